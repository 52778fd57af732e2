"""Loads the callable that the contract names and wraps it: what each server's workers call."""

import importlib
import logging
from pathlib import Path
from typing import Any, cast
from wsgiref.types import WSGIApplication

from serving.contract import Contract
from serving.errors import ServingError
from serving.identity import Identity, read_revision
from serving.rundir import current_run_directory
from serving.settings import Settings
from serving.wrapper import Wrapper

log = logging.getLogger("serving")


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
    return cast("WSGIApplication", app)


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


def load_wrapper(
    contract: Contract,
    settings: Settings,
    admin_ports: frozenset[str] = frozenset(),
    wrapper_class: type[Wrapper] = Wrapper,
) -> Wrapper:
    """The app of this process, ready to be called by a server."""
    identity = identify(contract, settings, Path.cwd())
    app = load_callable(contract.callable)
    if settings.proxy_hops:
        app = _behind_proxies(app, settings.proxy_hops, settings.proxy_addresses or settings.proxy_hops)
    return wrapper_class(app, contract, settings, identity, admin_ports, current_run_directory())


def load_or_explain(
    contract: Contract, settings: Settings, admin_ports: frozenset[str], wrapper_class: type[Wrapper] = Wrapper
) -> Wrapper | None:
    """The same in a worker: what keeps the app from being loaded is logged, and then there is none.

    An exception with a `problems` attribute is a person's mistake in the settings, and is shown without a traceback.
    """
    try:
        return load_wrapper(contract, settings, admin_ports, wrapper_class)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - all that an import may raise
        explain(error)
        return None


def explain(error: BaseException) -> None:
    """Log why the app cannot be loaded."""
    problems: Any = getattr(error, "problems", None)
    if isinstance(problems, (tuple, list)):
        for problem in cast("list[object]", problems):
            log.error("%s", problem)
    else:
        log.error("the app cannot be loaded", exc_info=error)


def _behind_proxies(app: WSGIApplication, hops: int, addresses: int) -> WSGIApplication:
    try:
        from werkzeug.middleware.proxy_fix import ProxyFix
    except ImportError:
        raise ServingError(["TRUSTED_PROXY_HOPS: needs werkzeug, which is not installed"]) from None
    return ProxyFix(app, x_for=addresses, x_proto=hops, x_host=hops, x_port=hops, x_prefix=hops)
