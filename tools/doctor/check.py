"""What a check says: whether something is there, what it is, and the command that mends it."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal, Protocol, cast

State = Literal["ok", "warn", "missing"]

# Seconds that something which is asked may take.
PATIENCE = 5

# "In most cases, a request must reach AWS within five minutes of the time stamp in the request":
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-signing.html, read 2026-11-30.
_SKEWED = 60
_DENIED = 403


@dataclass(frozen=True)
class Check:
    """One line. What is `missing` is needed; a `warn` can be lived with, or is got when it is wanted."""

    name: str
    state: State
    said: str
    fix: str = ""

    def document(self) -> dict[str, str]:
        """As JSON has it."""
        return asdict(self)


@dataclass(frozen=True)
class Asked:
    """A stack that is asked about, and what its file has under `config`, right or wrong."""

    stack: str
    config: Mapping[str, Any]

    @property
    def options(self) -> Mapping[str, Any]:
        """The options of its target."""
        return self.table("options")

    def table(self, key: str) -> Mapping[str, Any]:
        """A table of settings; empty where it is none."""
        found = self.config.get(f"service:{key}")
        return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}


class Doctor(Protocol):
    """The face of infra.targets.<platform>.doctor, which runs in the environment of its platform."""

    def checks(self, of: Asked) -> Iterator[Check]:
        """What the platform wants of this machine for a stack. Nothing that is secret is told."""
        ...


def ok(name: str, said: str) -> Check:
    """What is there."""
    return Check(name, "ok", said)


def warn(name: str, said: str, fix: str) -> Check:
    """What can be lived with."""
    return Check(name, "warn", said, fix)


def missing(name: str, said: str, fix: str) -> Check:
    """What is needed and is not there."""
    return Check(name, "missing", said, fix)


def refused(name: str, error: Exception) -> Check:
    """What a platform's own errors say, whose last words are the fix.

    Who is known and may not see what was asked for may still deploy, by rights that are no more than that takes.
    """
    said, _, fix = str(error).partition(". Fix: ")
    known = getattr(error.__cause__, "status", None) == _DENIED
    return Check(name, "warn" if known else "missing", " ".join(said.split()), fix)


def program(name: str, why: str, fix: str) -> Check:
    """A program on PATH."""
    found = shutil.which(name)
    return ok(name, found) if found else missing(name, f"there is no {name} on PATH, {why}", fix)


def clock(date: str | None, now: datetime | None = None) -> Iterator[Check]:
    """How far this machine's clock is from the `Date` of an answer."""
    try:
        theirs = parsedate_to_datetime(date or "")
    except ValueError:
        return
    off = round(((now or datetime.now(UTC)) - theirs).total_seconds())
    if abs(off) > _SKEWED:
        said = f"it is {abs(off)} s {'ahead' if off > 0 else 'behind'}, and from 300 s on clouds refuse what is signed"
        yield warn("clock", said, "timedatectl set-ntp true")
    else:
        yield ok("clock", "within a minute of the platform's")
