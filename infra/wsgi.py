"""CPU and memory -> workers, threads and timeouts of the WSGI server: one table for every server and every target."""

import math
from dataclasses import dataclass

from infra.service import Server

MIB = 1024 * 1024

# Resident memory of one Gunicorn 27 or uWSGI 2.0 worker with the bundled service under load, rounded up generously
# for a real app's own, and of what runs once: the master process and the metrics files.
WORKER_MEMORY = 96 * MIB
SHARED_MEMORY = 64 * MIB

# A thread waits on the network or the database for most of a request, so a worker can run several; more than this only
# lengthens the queue for the interpreter lock.
THREADS = 4
WAITRESS_THREADS_PER_CPU = 8

# A proxy in front must never reuse a connection that the server is just closing: the server's idle time is longer than
# the proxy's by this many seconds. Without a proxy an idle client is let go soon.
KEEPALIVE_MARGIN = 15
DIRECT_KEEPALIVE = 5

# How much longer than the server's own graceful stop a platform must wait before it kills, seconds.
KILL_MARGIN = 5


# How a balancer asks whether a server is well: seconds between two questions, seconds that an answer may take, and how
# many good or bad ones in a row settle it.
CHECK_INTERVAL, CHECK_TIMEOUT = 10, 5
# More than five minutes no platform waits between two questions.
LONGEST_INTERVAL = 300
GOOD_ANSWERS, BAD_ANSWERS, MOST_BAD_ANSWERS = 2, 3, 10


@dataclass(frozen=True)
class Check:
    """How a server is asked whether it is well. Times in seconds."""

    interval: int
    timeout: int
    good: int
    bad: int


@dataclass(frozen=True)
class Plan:
    """How the server is run. Times in seconds."""

    server: Server
    workers: int
    threads: int
    timeout: int
    graceful_timeout: int
    keepalive: int
    drain: int
    backlog: int = 2048

    @property
    def concurrency(self) -> int:
        """Requests that run at the same time in one replica."""
        return self.workers * self.threads

    @property
    def stop_timeout(self) -> int:
        """How long a platform must wait between SIGTERM and SIGKILL."""
        return self.drain + self.graceful_timeout + KILL_MARGIN

    @property
    def check(self) -> Check:
        """A server all of whose threads are taken answers late: it is not given up before a request may be over."""
        interval = max(CHECK_INTERVAL, math.ceil(self.timeout / MOST_BAD_ANSWERS))
        bad = min(max(BAD_ANSWERS, math.ceil(self.timeout / interval)), MOST_BAD_ANSWERS)
        return Check(min(interval, LONGEST_INTERVAL), CHECK_TIMEOUT, GOOD_ANSWERS, bad)

    def environment(self) -> dict[str, str]:
        """The variables that `python -m serving` reads."""
        return {
            "WEB_SERVER": self.server,
            "WEB_CONCURRENCY": str(self.workers),
            "WEB_THREADS": str(self.threads),
            "WEB_TIMEOUT": str(self.timeout),
            "WEB_GRACEFUL_TIMEOUT": str(self.graceful_timeout),
            "WEB_KEEPALIVE": str(self.keepalive),
            "WEB_BACKLOG": str(self.backlog),
            "WEB_DRAIN": str(self.drain),
        }


def plan(
    server: Server,
    cpu: float,
    memory: int,
    *,
    request_timeout: int = 60,
    proxy_idle: int | None = None,
    drain: int = 0,
    longest_stop: int | None = None,
) -> Plan:
    """Size a server for one replica.

    Args:
        cpu: cores, fractions allowed.
        memory: bytes.
        request_timeout: the longest a request may take, seconds; also how long a stopping server waits for it.
        proxy_idle: seconds after which the proxy in front drops an idle connection, if there is a proxy.
        drain: seconds that a stopping server goes on serving as not ready, for a balancer to notice.
        longest_stop: seconds between SIGTERM and SIGKILL that the platform grants at the most, if there is a limit.

    Two workers at the least where memory allows, so that one that crashes or hangs does not take the service with it;
    more than one per core only costs memory, as each has threads.
    """
    if server == "waitress":
        workers, threads = 1, WAITRESS_THREADS_PER_CPU * max(1, math.ceil(cpu))
    else:
        fits = (memory - SHARED_MEMORY) // WORKER_MEMORY
        workers, threads = max(1, min(max(2, math.ceil(cpu)), fits)), THREADS
    graceful = request_timeout
    if longest_stop is not None:
        graceful = min(graceful, longest_stop - drain - KILL_MARGIN)
    return Plan(
        server=server,
        workers=workers,
        threads=threads,
        timeout=request_timeout,
        graceful_timeout=graceful,
        keepalive=DIRECT_KEEPALIVE if proxy_idle is None else proxy_idle + KEEPALIVE_MARGIN,
        drain=drain,
    )
