"""What the environment says, read once into a frozen object. service.toml declares the same names."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from click import ClickException

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsError(ClickException):
    """A person's mistake in the environment. `problems` holds every one; Flask's CLI shows them without a traceback."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Settings:
    """The service's settings. Secrets stay out of `repr`, and so out of logs."""

    secret_key: str = field(repr=False)
    greeting: str = "It floats."
    log_level: str = "INFO"
    max_body: int = 16 * 1024 * 1024


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read `environ`; raises SettingsError naming every variable that is missing or wrong."""
    problems: list[str] = []
    settings = Settings(
        secret_key=_secret(environ, "SECRET_KEY", problems),
        greeting=environ.get("GREETING", Settings.greeting),
        log_level=_level(environ, "LOG_LEVEL", problems),
        max_body=_size(environ, "WEB_MAX_BODY", problems),
    )
    if problems:
        raise SettingsError(problems)
    return settings


def _secret(environ: Mapping[str, str], name: str, problems: list[str]) -> str:
    """The variable `name`, or what stands in the file that `<name>_FILE` names, without its line's end."""
    path = environ.get(f"{name}_FILE", "")
    value = environ.get(name, "")
    if path and value:
        problems.append(f"{name} and {name}_FILE are both set: which one counts?")
    elif path:
        try:
            value = Path(path).read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            problems.append(f"{name}_FILE: cannot read {path}: {reason}")
        else:
            if not value:
                problems.append(f"{name}_FILE: {path} is empty")
    elif not value:
        problems.append(f"{name} is required: set it, or {name}_FILE to the path of a file that holds it")
    return value


def _level(environ: Mapping[str, str], name: str, problems: list[str]) -> str:
    value = environ.get(name, "") or Settings.log_level
    if value.upper() not in LEVELS:
        problems.append(f"{name}: {value!r} is none of {', '.join(LEVELS)}")
    return value.upper()


def _size(environ: Mapping[str, str], name: str, problems: list[str]) -> int:
    value = environ.get(name, "")
    if not value:
        return Settings.max_body
    if not value.isdecimal():
        problems.append(f"{name}: {value!r} is not a number of bytes")
        return Settings.max_body
    return int(value)
