"""`up` ends well only when the address serves what was asked for."""

import json
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import dynamic

from infra.errors import DeploymentError
from infra.service import Service
from infra.settings import Settings
from infra.targets import Endpoint, load_target

# So many answers in a row, each on a connection of its own, must agree: one good answer proves nothing of a server that
# flaps or of a balancer with one stale backend.
STEADY_ANSWERS = 10
INTERVAL = 0.1


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
    """One question on a new connection; what was answered, in words."""
    request = urllib.request.Request(url, headers={"Accept": "application/json", "Cache-Control": "no-cache"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as response:
            body = json.loads(response.read(65536))
            return told(body["revision"], body["deployment"])
    except urllib.error.HTTPError as error:
        return f"status {error.code}"
    except (OSError, TimeoutError) as error:
        return f"no answer ({getattr(error, 'reason', error)})"
    except (ValueError, KeyError, TypeError):
        return "an answer that is not the service's"


def _verdict(expected: Expected, wanted: str, seen: Counter[str]) -> Iterator[str]:
    how = "does not steadily serve" if seen[wanted] else "does not serve"
    yield f"{expected.url} {how} what was asked for, {wanted}. In {expected.timeout:g} s it answered:"
    for answer, times in seen.most_common(5):
        yield f"  {times} x {answer}"


class RolloutProvider(dynamic.ResourceProvider):
    """Waits, at create and at every change of what is asked for."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Wait for the first deployment."""
        return dynamic.CreateResult(id_=props["deployment"], outs=_await(props))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """A new deployment, or the same one set going again, is waited for."""
        asked = ("url", "revision", "deployment", "started")
        return dynamic.DiffResult(changes=any(olds.get(key) != news.get(key) for key in asked))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Wait for a later one."""
        return dynamic.UpdateResult(outs=_await(news))


def _await(props: dict[str, Any]) -> dict[str, Any]:
    keys = ("url", "path", "revision", "deployment")
    try:
        verify(Expected(**{key: props[key] for key in keys}, timeout=float(props["timeout"])))
    except DeploymentError as error:
        lines = load_target(props["target"]).last_lines(props["stack"])
        raise DeploymentError("\n".join([str(error), "The last log lines:", *lines])) from None
    return {key: value for key, value in props.items() if not key.startswith("__")}


class Rollout(dynamic.Resource, module="slipway", name="Rollout"):
    """The wait for a deployment to serve. Its outputs are known only when it does.

    Attributes:
        url: the address that serves it.
        deployment: what it serves.
    """

    url: pulumi.Output[str]
    deployment: pulumi.Output[str]


def await_rollout(service: Service, settings: Settings, endpoint: Endpoint) -> Rollout:
    """Declare the wait. The stack's outputs come out of it, so that they never name what does not serve."""
    props: dict[str, Any] = {
        "url": endpoint.url,
        "path": service.web.version,
        "revision": endpoint.revision,
        "deployment": endpoint.deployment,
        "started": endpoint.started,
        "timeout": settings.rollout_timeout,
        "target": settings.target,
        "stack": pulumi.get_stack(),
    }
    return Rollout(RolloutProvider(), "rollout", props)
