"""Where a stack's state lives: inside the tree, unless the person is logged in elsewhere or says so."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.errors import ToolError
from tools.project import PASSPHRASE, STATE, pulumi_home, shown


@dataclass(frozen=True)
class Backend:
    """Where the state is, and what the engine must be told to find it."""

    url: str | None
    inside: bool
    why: str

    def variables(self, environment: Mapping[str, str]) -> dict[str, str]:
        """What to set for the engine. Makes the state's folder and passphrase inside the tree when they are missing."""
        if not self.inside:
            return {}
        STATE.mkdir(parents=True, exist_ok=True)
        said = {"PULUMI_BACKEND_URL": STATE.as_uri()}
        if not {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & environment.keys():
            said["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(_passphrase())
        return said


def backend(environment: Mapping[str, str] = os.environ) -> Backend:
    """The backend that a person's environment and login choose."""
    inside = Backend(STATE.as_uri(), True, "inside the tree")
    url = environment.get("PULUMI_BACKEND_URL")
    if url:
        return inside if url == inside.url else Backend(url, False, "PULUMI_BACKEND_URL")
    if environment.get("PULUMI_ACCESS_TOKEN"):
        return Backend(None, False, "PULUMI_ACCESS_TOKEN")
    current = _logged_in(environment)
    if current and current != inside.url:
        return Backend(current, False, "pulumi login")
    return inside


def lost(stack: str) -> ToolError:
    """That a stack's state would be in the tree of a run that is gone with it."""
    return ToolError(
        f"the state of the stack {stack} would be inside the tree, which is gone with this runner",
        "export PULUMI_BACKEND_URL=s3://..., gs://..., azblob://... (in GitHub: the variable of that name)",
    )


def _logged_in(environment: Mapping[str, str]) -> str | None:
    try:
        current = json.loads((pulumi_home(environment) / "credentials.json").read_text())["current"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return current if isinstance(current, str) and current else None


def orphaned() -> bool:
    """Whether the state inside the tree has stacks, whose secrets nothing decrypts without the passphrase."""
    return any((STATE / ".pulumi" / "stacks").glob("*/*.json"))


def _passphrase() -> Path:
    """The file of the random passphrase that encrypts the secrets of the state inside the tree."""
    if not PASSPHRASE.exists():
        if orphaned():
            raise ToolError(
                f"{shown(PASSPHRASE)} is gone, and with it what decrypts the secrets of the stacks in {shown(STATE)}",
                "put it back, or say another one (export PULUMI_CONFIG_PASSPHRASE=...), "
                f"or forget those stacks: rm -r {shown(STATE)}",
            )
        fresh = PASSPHRASE.with_name(f"passphrase.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(32) + "\n")
        try:
            # A link fails when another process was first: one passphrase, never overwritten.
            os.link(fresh, PASSPHRASE)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return PASSPHRASE
