"""Loads the callable that the contract names and wraps it: what each server's workers call."""

import importlib
import os
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from serving.contract import Contract, load_contract
from serving.errors import ServingError
from serving.identity import Identity, read_revision
from serving.rundir import current_run_directory
from serving.settings import Settings, load_settings
from serving.wrapper import Wrapper


def load_callable(entry: str) -> WSGIApplication:
    """`module:name` or `module:factory()`; whatever its import raises is left to be seen."""
    module_name, _, attribute = entry.partition(":")
    called = attribute.endswith("()")
    found: Any = importlib.import_module(module_name)
    for name in attribute.removesuffix("()").split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            raise ServingError([f"service.toml: web.callable: {module_name} has no {attribute!r}"]) from None
    app = found() if called else found
    if not callable(app):
        raise ServingError([f"service.toml: web.callable: {entry} is no WSGI callable but {type(app).__name__}"])
    return app


def identify(contract: Contract, settings: Settings, root: Path) -> Identity:
    """What runs here."""
    return Identity(
        service=contract.name,
        revision=read_revision(root),
        deployment=settings.deployment,
        server=settings.server,
        target=settings.target,
        stack=settings.stack,
    )


def load_wrapper(contract: Contract, settings: Settings, admin_ports: frozenset[str] = frozenset()) -> Wrapper:
    """The app of this process, ready to be called by a server."""
    identity = identify(contract, settings, Path.cwd())
    app = load_callable(contract.callable)
    if settings.proxy_hops:
        app = _behind_proxies(app, settings.proxy_hops)
    return Wrapper(app, contract, settings, identity, admin_ports, current_run_directory())


def load_here() -> tuple[Contract, Settings]:
    """The contract and the settings of a process that was started without being handed them."""
    contract = load_contract(Path.cwd() / "service.toml")
    return contract, load_settings(os.environ, contract, os.getpid())


def _behind_proxies(app: WSGIApplication, hops: int) -> WSGIApplication:
    try:
        from werkzeug.middleware.proxy_fix import ProxyFix
    except ImportError:
        raise ServingError(["TRUSTED_PROXY_HOPS: needs werkzeug, which is not installed"]) from None
    return ProxyFix(app, x_for=hops, x_proto=hops, x_host=hops, x_port=hops, x_prefix=hops)
