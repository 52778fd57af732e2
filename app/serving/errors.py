"""The one error that is a person's mistake to mend, shown as text and never as a traceback."""

from collections.abc import Sequence


class ServingError(Exception):
    """What the environment, service.toml or the machine does not allow; `problems` holds every one that was found."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)
