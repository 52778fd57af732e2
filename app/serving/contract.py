"""The `[web]` part of service.toml: which callable, which server, which port, which paths."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from serving.errors import ServingError

SERVERS = ("gunicorn", "uwsgi", "waitress")


@dataclass(frozen=True)
class Contract:
    """What the service is, as far as starting its web process goes."""

    name: str
    callable: str
    server: str = "gunicorn"
    port: int = 8000
    alive: str = "/healthz"
    ready: str = "/readyz"
    version: str = "/version"
    metrics: str = "/metrics"


def read_contract(path: Path) -> dict[str, Any]:
    """The whole of `path`; raises ServingError where it is missing or no TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        problem = f"{path.name}: there is none in {path.parent}; start in the folder that holds it"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = f"{path.name}: {error}"
    raise ServingError([problem])


def load_contract(path: Path) -> Contract:
    """Read `path`; raises ServingError naming every key that is missing or wrong."""
    document = read_contract(path)
    web = document.get("web")
    if not isinstance(web, dict):
        raise ServingError([f"{path.name}: [web] is missing"])
    table = cast("dict[str, Any]", web)
    problems: list[str] = []

    def text(source: dict[str, Any], label: str, key: str, default: str | None = None) -> str:
        value = source.get(key, default)
        if isinstance(value, str) and value:
            return value
        problems.append(f"{path.name}: {label} must be a text" if key in source else f"{path.name}: {label} is missing")
        return ""

    def address(key: str) -> str:
        value = text(table, f"web.{key}", key, getattr(Contract, key))
        if value and not value.startswith("/"):
            problems.append(f"{path.name}: web.{key}: {value!r} must begin with /")
        return value

    name = text(document, "name", "name")
    entry = text(table, "web.callable", "callable")
    if entry and ":" not in entry:
        problems.append(f"{path.name}: web.callable: {entry!r} is not module:callable or module:factory()")
    server = text(table, "web.server", "server", Contract.server)
    if server and server not in SERVERS:
        problems.append(f"{path.name}: web.server: {server!r} is none of {', '.join(SERVERS)}")
    port = table.get("port", Contract.port)
    if not isinstance(port, int) or not 0 <= port <= 65535:
        problems.append(f"{path.name}: web.port: {port!r} is no port number")
        port = Contract.port
    paths = {key: address(key) for key in ("alive", "ready", "version", "metrics")}
    if problems:
        raise ServingError(problems)
    return Contract(name=name, callable=entry, server=server, port=port, **paths)
