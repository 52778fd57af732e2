"""Asks an address what it serves, and whether it steadily serves what was asked for."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from infra.errors import DeploymentError

ANY_ADDRESS = "0.0.0.0"  # noqa: S104 -- only compared with

# So many answers in a row, each on a connection of its own, must agree: one good answer proves nothing of a server that
# flaps or of a balancer with one stale backend.
STEADY_ANSWERS = 10
INTERVAL = 0.1
ANSWER_TIMEOUT = 5


@dataclass(frozen=True)
class Expected:
    """What an address must answer, and for how long it may fail to (seconds)."""

    url: str
    path: str
    revision: str
    deployment: str
    timeout: float


def verify(expected: Expected, sleep: Callable[[float], None] = time.sleep) -> None:
    """Ask the address until it steadily serves what is expected.

    Raises:
        DeploymentError: it did not within the timeout; the message says what was answered, and how often.
    """
    wanted = told(expected.revision, expected.deployment)
    seen: Counter[str] = Counter()
    streak = 0
    deadline = time.monotonic() + expected.timeout
    while streak < STEADY_ANSWERS:
        answer = ask(expected.url.rstrip("/") + expected.path)
        seen[answer] += 1
        streak = streak + 1 if answer == wanted else 0
        if time.monotonic() > deadline:
            raise DeploymentError("\n".join(_verdict(expected, wanted, seen)))
        sleep(INTERVAL)


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
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    try:
        with opener.open(request, timeout=ANSWER_TIMEOUT) as response:
            return f"status {response.status}", response.read(65536)
    except urllib.error.HTTPError as error:
        with error:
            return f"status {error.code}", None
    except (OSError, http.client.HTTPException) as error:
        return f"no answer ({getattr(error, 'reason', error)})", None


def _verdict(expected: Expected, wanted: str, seen: Counter[str]) -> Iterator[str]:
    how = "does not steadily serve" if seen[wanted] else "does not serve"
    yield f"{expected.url} {how} what was asked for, {wanted}. In {expected.timeout:g} s it answered:"
    for answer, times in seen.most_common(5):
        yield f"  {times} x {answer}"


def reachable(host: str) -> str:
    """The address at which a server that listens on `host` is asked from this machine."""
    return "127.0.0.1" if host == ANY_ADDRESS else host
