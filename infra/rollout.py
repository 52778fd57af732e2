"""`up` ends well only when the address serves what was asked for."""

from typing import TYPE_CHECKING, Any

import pulumi
from pulumi import dynamic

from infra.errors import DeploymentError
from infra.probe import Expected, verify

if TYPE_CHECKING:
    from infra.service import Service
    from infra.settings import Settings
    from infra.targets import Endpoint, State


class RolloutProvider(dynamic.ResourceProvider):
    """Waits, at create and at every change of what is asked for."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Wait for the first deployment."""
        return dynamic.CreateResult(id_=props["deployment"], outs=_await(props))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """A new deployment, or the same one set going again, is waited for."""
        asked = ("url", "asked", "revision", "deployment")
        again = news.get("started") not in (olds.get("started"), olds.get("served"))
        return dynamic.DiffResult(changes=again or any(olds.get(key) != news.get(key) for key in asked))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Wait for a later one."""
        return dynamic.UpdateResult(outs=_await(news))


def _await(props: dict[str, Any]) -> dict[str, Any]:
    keys = ("path", "revision", "deployment", "reachable")
    # Only here: a target's operations may bring its platform's SDK with them.
    from infra.targets import load_operations

    def state() -> "State":
        return load_operations(props["target"]).state(props["stack"], props["deployment"])

    try:
        given = {key: props[key] for key in keys}
        expected = Expected(url=props.get("asked") or props["url"], **given, timeout=float(props["timeout"]))
        serving = verify(expected, state if props["watched"] else None)
    except DeploymentError as error:
        lines = load_operations(props["target"]).last_lines(props["stack"])
        raise DeploymentError("\n".join([str(error), "The last log lines:", *lines])) from None
    known = {key: value for key, value in props.items() if not key.startswith("__")}
    # A refresh finds that in place of the `started` that the engine was told.
    return {**known, "served": serving.started if serving else ""}


class Rollout(dynamic.Resource, module="slipway", name="Rollout"):
    """The wait for a deployment to serve. Its outputs are known only when it does.

    Attributes:
        url: the address that serves it.
        deployment: what it serves.
    """

    url: pulumi.Output[str]
    deployment: pulumi.Output[str]


def await_rollout(service: "Service", settings: "Settings", endpoint: "Endpoint") -> Rollout:
    """Declare the wait. The stack's outputs come out of it, so that they never name what does not serve."""
    props: dict[str, Any] = {
        "url": endpoint.url,
        "path": service.web.version,
        "revision": endpoint.revision,
        "deployment": endpoint.deployment,
        "started": endpoint.started,
        "reachable": endpoint.reachable,
        "watched": endpoint.watched,
        "timeout": settings.rollout_timeout,
        "target": settings.target,
        "stack": pulumi.get_stack(),
    }
    if endpoint.asked is not None:
        props["asked"] = endpoint.asked
    return Rollout(RolloutProvider(), "rollout", props)
