"""A load on hosts from outside: 32 kept connections in all, of which no request is tried again."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from tests.hosts.role.rig import until
from tools.bench.load import Load, Tally

CONNECTIONS = 32
# A machine that others share may be slow to answer, but it has to.
TIMEOUT = 120.0
# Kept connections at rest are what a rollout may cut. In seconds.
PAUSE = 0.05


class Loads:
    """One on each host."""

    def __init__(self, loads: Sequence[Load]) -> None:
        self._loads = loads

    def wait_for(self, requests: int) -> None:
        """Until so many have been answered well."""
        until(lambda: sum(load.tally.ok for load in self._loads) >= requests)

    def stop(self) -> list[Tally]:
        """What became of all."""
        tallies = [load.stop() for load in self._loads]
        print(*tallies, sep="\n")
        return tallies

    def none_failed(self) -> bool:
        """Whether every one of them was answered, and there were some."""
        return all(tally.ok and not tally.failed for tally in self.stop())


@contextmanager
def loaded(hosts: Sequence[str], port: int = 80) -> Iterator[Loads]:
    """It runs on these hosts."""
    share, more = divmod(CONNECTIONS, len(hosts))
    with ExitStack() as running:
        yield Loads(
            [
                running.enter_context(
                    Load((host, port), "/api/hello", connections=share + (place < more), pause=PAUSE, timeout=TIMEOUT)
                )
                for place, host in enumerate(hosts)
            ]
        )
