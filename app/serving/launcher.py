"""Starts the web process: contract, environment, sockets, gate, and then the server."""

import importlib
import logging
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from serving.contract import load_contract
from serving.errors import run_or_explain
from serving.gate import pass_gate
from serving.listeners import open_listeners
from serving.logs import configure
from serving.rundir import create_run_directory
from serving.servers.run import Run
from serving.settings import load_settings

log = logging.getLogger("serving")

NOT_READY = 3


def main() -> int:
    """Run the service in the current directory; returns the exit code."""
    return run_or_explain(_serve)


def _serve(root: Path) -> int:
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    contract = load_contract(root / "service.toml")
    settings = load_settings(os.environ, contract, os.getpid())
    configure(settings.log_level)
    listeners = open_listeners(settings)
    if settings.gate is not None:
        from serving.application import identify, load_wrapper

        load = partial(load_wrapper, contract, replace(settings, access_log=False))
        if not pass_gate(Path(settings.gate), load, contract, identify(contract, settings, root)):
            log.error("stopped before the app got ready")
            return NOT_READY
    directory = create_run_directory()
    log.info("listening at %s", ", ".join(listeners.addresses()), extra={"fields": {"server": settings.server}})
    server = importlib.import_module(f"serving.servers.{settings.server}")
    try:
        return server.run(Run(contract, settings, listeners, directory))
    finally:
        directory.remove()
