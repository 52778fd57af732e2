"""What the tools say to a person: on standard error, so that standard output stays what was asked for."""

import sys
import time
from collections.abc import Callable


def say(line: str) -> None:
    """One line to the person, at once."""
    print(line, file=sys.stderr, flush=True)


class Progress:
    """Shows a long work's advance: one updating line on a terminal, elsewhere a line every `every` seconds."""

    def __init__(self, what: str, every: float = 20.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._clock = clock
        self._started = clock()
        self._terminal = sys.stderr.isatty()
        self._every = 0.5 if self._terminal else every
        self._said: float | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the work began."""
        return self._clock() - self._started

    def show(self, state: str) -> None:
        """Show how far the work is, unless something was shown a moment ago."""
        now = self._clock()
        if self._said is not None and now - self._said < self._every:
            return
        self._said = now
        line = f"{self._what}: {duration(self.elapsed)}, {state}"
        if self._terminal:
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
        else:
            say(line)

    def end(self, state: str) -> None:
        """Leave one last line that stays."""
        if self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr)
        say(f"{self._what}: {state} in {duration(self.elapsed)}")

    def clear(self) -> None:
        """Take the updating line away, so that an error stands alone."""
        if self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """Seconds in the words of a person: `4.2 s`, `5 min 50 s`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"
