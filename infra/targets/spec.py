"""The form of each platform's spec.py: what can be known of a target without its SDK."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import AfterValidator, BaseModel, ConfigDict

if TYPE_CHECKING:
    from infra.errors import Problem
    from infra.service import Service
    from infra.settings import Settings


class Options(BaseModel):
    """Base of every target's own options (`service:options`): frozen; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def matching(pattern: str, what: str) -> AfterValidator:
    """That a text is, as a whole, of a regular expression; the error says that it is not `what`."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} is not {what}")
        return value

    return AfterValidator(check)


def _single(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({each for each in values if values.count(each) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is named twice")
    return values


Single = AfterValidator(_single)
"""That nothing is named twice."""


@dataclass(frozen=True)
class Capabilities:
    """What a target can do. A stack that asks for one it lacks is refused, naming the targets that have it.

    `by_host`: it can be looked at on one host alone. `packages`: it installs the requirements itself, and of a build's
    settings it has use for the secrets.
    """

    release: bool = False
    workers: bool = False
    jobs: bool = False
    domain: bool = False
    image: bool = False
    stored_secrets: bool = False
    replicas: int = 1
    scale_to_zero: bool = False
    by_host: bool = False
    packages: bool = False


def _nothing_more(_service: "Service", _settings: "Settings") -> "list[Problem]":
    return []


@dataclass(frozen=True)
class Spec:
    """What can be known of a target without its SDK.

    `check` adds the platform's own limits to the settings'. `platforms` is what an image is built for unless a stack
    says otherwise, and `usual` what settings are there where it gives none. `of_options` says what it can do where that
    depends on its own options. `lodged` says with which options another stack runs in what one has made, or names: by
    this one's options, the service's name and this one's own; where none does, each makes all for itself.
    """

    options: type[Options]
    capabilities: Capabilities
    platforms: tuple[str, ...] = ("linux/amd64",)
    usual: "Mapping[str, Any]" = field(default_factory=dict[str, "Any"])
    of_options: "Callable[[Options], Capabilities] | None" = None
    check: "Callable[[Service, Settings], list[Problem]]" = field(default=_nothing_more)
    lodged: "Callable[[Mapping[str, Any], str, str], dict[str, Any]] | None" = None

    def can(self, options: Options) -> Capabilities:
        """What the target can do by these options of its own."""
        return self.of_options(options) if self.of_options else self.capabilities
