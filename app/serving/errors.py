"""The one error that is a person's mistake to mend, shown as text and never as a traceback."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from serving.logs import configure

log = logging.getLogger("serving")

WRONG_SETTINGS = 2


class ServingError(Exception):
    """What the environment, service.toml or the machine does not allow; `problems` holds every one that was found."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def run_or_explain(run: Callable[[Path], int]) -> int:
    """What `run` answers for the current directory, or else WRONG_SETTINGS, with every problem in the log."""
    configure("INFO")
    try:
        return run(Path.cwd())
    except ServingError as error:
        problems = error.problems
    for problem in problems:
        log.error("%s", problem)
    return WRONG_SETTINGS
