"""What a stack's settings are refused for, line by line as a person reads it, and the commands that mend it."""

import json
from collections.abc import Mapping
from typing import Any

from infra.errors import SettingsError
from infra.service import load_service
from infra.settings import load_settings


def refusals(target: str, options: Mapping[str, Any], **more: Any) -> list[str]:
    """Of the settings of the stack `dev`; none where they are taken."""
    given = {"target": target, "options": options, **more}
    config = {f"service:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in given.items()}
    try:
        load_settings(load_service(), config, [], stack="dev")
    except SettingsError as error:
        return str(error).splitlines()
    return []


def set_(path: str, value: object) -> str:
    """What sets a key."""
    return f"Fix: pulumi config set --path service:{path} {value}"


def rm(path: str) -> str:
    """What removes one."""
    return f"Fix: pulumi config rm --path service:{path}"
