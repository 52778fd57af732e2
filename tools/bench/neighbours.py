"""How much of the machine others took while the bench ran: figures from a busy machine must say so."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

# user, nice, system, irq, softirq and steal of /proc/stat's first line; idle and iowait are no work.
BUSY = (0, 1, 2, 5, 6, 7)


class Neighbours:
    """Watches from its making on."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._busy, self._own = _busy(), _own()

    def cores(self) -> float:
        """The cores that others kept busy, on average; what the stack `local` detaches from us counts as theirs."""
        others = (_busy() - self._busy) - (_own() - self._own)
        return max(0.0, others / (time.monotonic() - self._started))


def _busy() -> float:
    fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    return sum(int(fields[place]) for place in BUSY) / os.sysconf("SC_CLK_TCK")


def _own() -> float:
    """Processor time of this process, and of all that it has started and seen the end of."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
