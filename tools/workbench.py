"""Everything a command on a stack stands on: its environment, an engine, its state, and the variables that say so."""

import os
from dataclasses import dataclass
from pathlib import Path

from tools.backend import Backend, backend, lost
from tools.engine import Engine, engine
from tools.engine.plugins import Plugin, wanted
from tools.environment import Environment, platform_environment
from tools.stack import Stack, lock_of


@dataclass(frozen=True)
class Workbench:
    """A stack with all that it needs at hand."""

    stack: Stack
    environment: Environment
    engine: Engine
    backend: Backend

    def plugins(self) -> list[Plugin]:
        """The plugins of providers that the engine wants for this environment."""
        return wanted(lock_of(self.stack.environment()))

    def lasting(self) -> None:
        """Raise ToolError where a runner would take the stack's state away with it, and with that all that it made."""
        if self.backend.inside and os.environ.get("CI") and self.stack.target() != "local":
            raise lost(self.stack.name)

    def settings(self) -> dict[str, str]:
        """The variables that a plain `pulumi` needs to do the same as the tools do."""
        folders = [self.environment.bin, *self.engine.folders]
        rest = os.environ.get("PATH", "").split(os.pathsep)
        path = [*map(str, folders), *(entry for entry in rest if Path(entry) not in folders)]
        return {
            # First on PATH, because the language host runs the `python` that it finds there.
            "PATH": os.pathsep.join(path),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # A stack's file without a salt is read with the salt of the state, so that a new one is never made up.
            "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
            **self.backend.variables(_given()),
        }

    def variables(self) -> dict[str, str]:
        """A whole environment for a program that works on the stack."""
        return {**_given(), **self.settings()}


def _given() -> dict[str, str]:
    """The environment, in a run without a passphrase that is empty: so comes a secret that nobody gave the repository.

    Pulumi would take it for one, and encrypt a new stack's secrets by nothing.
    """
    given = dict(os.environ)
    if given.get("CI") and given.get("PULUMI_CONFIG_PASSPHRASE") == "":
        del given["PULUMI_CONFIG_PASSPHRASE"]
    return given


def workbench(name: str) -> Workbench:
    """All that the stack `name` needs, made or got now where it is missing."""
    stack = Stack(name)
    environment = platform_environment(stack.environment())
    return Workbench(stack, environment, engine(), backend())
