"""Asks an address what it serves, and whether it steadily serves what was asked for."""

import http.client
import ipaddress
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.errors import DeploymentError

if TYPE_CHECKING:
    from infra.targets import State

ANY_ADDRESS = "0.0.0.0"  # noqa: S104 -- only compared with

# So many answers in a row, each on a connection of its own, must agree: one good answer proves nothing of a server that
# flaps or of a balancer with one stale backend.
STEADY_ANSWERS = 10
INTERVAL = 0.1
ANSWER_TIMEOUT = 5

# Seconds between two questions to a platform about its own state, which many answer only so often.
STATE_INTERVAL = 1.0


@dataclass(frozen=True)
class Expected:
    """What an address must answer, and for how long it may fail to (seconds).

    Where the address is not `reachable` from here only the platform's own state is asked.
    """

    url: str
    path: str
    revision: str
    deployment: str
    timeout: float
    reachable: bool = True


def verify(
    expected: Expected, state: "Callable[[], State] | None" = None, sleep: Callable[[float], None] = time.sleep
) -> "State | None":
    """Ask the address, and the platform where there is one, until what is expected is steadily served.

    Returns:
        What the platform said last; nothing where there is none.

    Raises:
        DeploymentError: it was not within the timeout, and the message says what was answered, and how often; or the
            platform says that it never will be.
    """
    wanted = told(expected.revision, expected.deployment)
    platform = _Platform(state)
    seen: Counter[str] = Counter()
    streak = 0
    deadline = time.monotonic() + expected.timeout
    while streak < STEADY_ANSWERS:
        said = platform.said()
        answer = ask(expected.url.rstrip("/") + expected.path) if expected.reachable else wanted
        if said and not said.serving:
            answer = f"{answer}; the platform says: {said.told}"
        seen[answer] += 1
        streak = streak + 1 if answer == wanted else 0
        if time.monotonic() > deadline:
            raise DeploymentError("\n".join(_verdict(expected, wanted, seen)))
        sleep(INTERVAL)
    return platform.last


class _Platform:
    """A platform's own state, asked no more often than it likes."""

    def __init__(self, ask_state: "Callable[[], State] | None") -> None:
        self._ask = ask_state
        self._asked = -STATE_INTERVAL
        self.last: State | None = None

    def said(self) -> "State | None":
        """Nothing where there is no platform. Raises DeploymentError when it says that the deployment failed."""
        if self._ask and time.monotonic() - self._asked >= STATE_INTERVAL:
            self.last = self._ask()
            self._asked = time.monotonic()
            if self.last.failed:
                raise DeploymentError(self.last.failed)
        return self.last


def told(revision: object, deployment: object) -> str:
    """What a service says of itself, in words."""
    return f"revision {revision}, deployment {deployment}"


def ask(url: str) -> str:
    """One question on a new connection, and what was answered, in words."""
    seen, body = _get(url)
    if body is None:
        return seen
    try:
        content = json.loads(body)
        return told(content["revision"], content["deployment"])
    except (ValueError, KeyError, TypeError):
        return "an answer that is not the service's"


def status(url: str) -> str:
    """What a question on a new connection was answered with: `status 200`, or why there was no answer."""
    return _get(url)[0]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Another address's answer says nothing of this one."""

    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        """Leave the redirection as the answer."""


def _get(url: str) -> tuple[str, bytes | None]:
    request = urllib.request.Request(url, headers={"Accept": "application/json", "Cache-Control": "no-cache"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(_proxies(url)), _NoRedirect)
    try:
        with opener.open(request, timeout=ANSWER_TIMEOUT) as response:
            return f"status {response.status}", response.read(65536)
    except urllib.error.HTTPError as error:
        with error:
            return f"status {error.code}", None
    except (OSError, http.client.HTTPException) as error:
        return f"no answer ({getattr(error, 'reason', error)})", None


def _proxies(url: str) -> dict[str, str]:
    """Those of the environment, which lead out to the world; never to this machine or its own network."""
    host = urllib.parse.urlsplit(url).hostname or ""
    try:
        near = not ipaddress.ip_address(host).is_global
    except ValueError:
        near = host == "localhost" or "." not in host
    return {} if near else urllib.request.getproxies()


def _verdict(expected: Expected, wanted: str, seen: Counter[str]) -> Iterator[str]:
    how = "does not steadily serve" if seen[wanted] else "does not serve"
    answered = "it answered" if expected.reachable else "(not asked itself, only its platform) it showed"
    yield f"{expected.url} {how} what was asked for, {wanted}. In {expected.timeout:g} s {answered}:"
    for answer, times in seen.most_common(5):
        yield f"  {times} x {answer}"


def reachable(host: str) -> str:
    """The address at which a server that listens on `host` is asked from this machine."""
    return "127.0.0.1" if host == ANY_ADDRESS else host
