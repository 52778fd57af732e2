"""Asks a hub's API over HTTP. What passes by itself is asked again; what may have been done is never done twice."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import requests

# What passes by itself is tried again after so many seconds.
PAUSES = (1.0, 4.0, 10.0)
# A hub that has had enough may say how long to wait: so many seconds are waited for it, and no longer.
_LONGEST = 300.0
# Where it does not say: "wait for at least one minute before retrying", of
# docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api, read 2026-11-30.
_ENOUGH = 60.0
_TIMEOUT = 30
_TOO_MANY = 429
_FORBIDDEN = 403
_PASSING = (500, 502, 503, 504)


def ask(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: Mapping[str, Any] | None = None,
    pauses: Sequence[float] = PAUSES,
) -> requests.Response | None:
    """The answer, whatever it is; None where nobody answers."""
    left = list(pauses)
    while True:
        answer = _answer(method, url, headers, body)
        wait = _wait(method, answer, left)
        if wait is None:
            return answer
        time.sleep(wait)


def _answer(
    method: str, url: str, headers: Mapping[str, str], body: Mapping[str, Any] | None
) -> requests.Response | None:
    try:
        return requests.request(method, url, json=body, headers=headers, timeout=_TIMEOUT, allow_redirects=False)
    except requests.RequestException:
        return None


def _wait(method: str, answer: requests.Response | None, left: list[float]) -> float | None:
    """How many seconds later it is asked again; None where it is not."""
    if not left:
        return None
    if answer is not None and limited(answer):
        # It was refused, so that it was not done: what would be made may be asked for again.
        pause = left.pop(0)
        said = told(answer)
        wait = max(pause, said if said is not None else _ENOUGH)
        return wait if wait <= _LONGEST else None
    if method == "POST" or (answer is not None and answer.status_code not in _PASSING):
        # A comment that the hub failed to answer for may have been made.
        return None
    return left.pop(0)


def limited(answer: requests.Response) -> bool:
    """Whether the hub refuses it because there were too many: GitHub says so by 403 too, and by its headers."""
    if answer.status_code == _TOO_MANY:
        return True
    headers = answer.headers
    return answer.status_code == _FORBIDDEN and (
        "Retry-After" in headers or headers.get("X-RateLimit-Remaining") == "0" or "rate limit" in answer.text.lower()
    )


def told(answer: requests.Response) -> float | None:
    """After how many seconds the hub says that it may be asked again: GitHub's names of headers, and GitLab's.

    docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api and
    docs.gitlab.com/administration/settings/user_and_ip_rate_limits, read 2026-11-30.
    """
    headers = answer.headers
    after, remaining = headers.get("Retry-After", ""), headers.get("X-RateLimit-Remaining", "")
    reset = headers.get("X-RateLimit-Reset" if remaining == "0" else "RateLimit-Reset", "")
    if after.isdecimal():
        return float(after)
    return max(float(reset) - time.time(), 0.0) + 1 if reset.isdecimal() else None
