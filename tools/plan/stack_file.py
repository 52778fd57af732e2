"""A stack's file as a plan reads it: the stack that it promotes, and its settings without what is encrypted."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tools.errors import ToolError
from tools.project import shown
from tools.stack import Stack, stacks

# What a secret is in a plan: the real ones are encrypted, for whoever has the key.
PLACEHOLDER = "a secret that no plan knows"


def settings(file: Path) -> dict[str, Any]:
    """What the file has under `config`. Raises ToolError for a file that is no YAML, or no stack's."""
    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "the file"
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        raise ToolError(f"{shown(file)}: {place} is no YAML: {reason}", f"mend {place} of {shown(file)}") from None
    config = (read.get("config") or {}) if isinstance(read, dict) else None
    if not isinstance(config, dict):
        raise ToolError(
            f"{shown(file)}: there are no keys under config:", "write each as `  service:key: value` below it"
        )
    return config


def promoted(stack: Stack, config: Mapping[str, Any]) -> str | None:
    """The other stack whose image this one runs. Raises ToolError when there is no such stack."""
    named = config.get("service:image")
    # An image by its digest is no stack, and what is neither is the program's to refuse.
    if not isinstance(named, str) or not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", named):
        return None
    others = [name for name in stacks() if name != stack.name]
    if named not in others:
        wrong = "is this stack itself" if named == stack.name else f"there is no {shown(Stack(named).file)}"
        raise ToolError(
            f"{shown(stack.file)}: service:image: {named}: {wrong}",
            f"name another stack ({', '.join(others)}), or an image by its digest",
        )
    return named


def without_secrets(config: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The settings with a placeholder for all that is encrypted, and the paths of those as `pulumi config` has them."""
    found: list[str] = []

    def walk(value: Any, path: str) -> Any:
        match value:
            case {"secure": str()}:
                found.append(path)
                return PLACEHOLDER
            case dict():
                return {key: walk(item, f"{path}{_step(str(key))}") for key, item in value.items()}
            case list():
                return [walk(item, f"{path}[{index}]") for index, item in enumerate(value)]
            case _:
                return value

    return {key: walk(item, key) for key, item in config.items()}, found


def _step(key: str) -> str:
    return f".{key}" if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f"[{json.dumps(key, ensure_ascii=False)}]"
