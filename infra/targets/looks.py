"""Looking up what is there already and a stack names, before anything is made."""

from collections.abc import Callable
from typing import TypeVar

from infra.errors import Problem, SettingsError

T = TypeVar("T")


class Looks:
    """Looks for several things, and tells of all that are not there at once."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def tried(self, look: Callable[[], T], instead: T) -> T:
        """What a look finds; `instead` where it finds nothing, of which `done` tells."""
        try:
            return look()
        except SettingsError as error:
            self._problems.extend(error.problems)
            return instead

    def done(self) -> None:
        """Raise SettingsError with everything that is not there."""
        if self._problems:
            raise SettingsError(self._problems)
