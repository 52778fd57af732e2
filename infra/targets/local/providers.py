"""The dynamic providers of the target `local`: thin and stable, as the engine plans a change when their form changes.

The work is done in ordinary modules. The engine hands a provider plain values, numbers as floats.
"""

from collections.abc import Mapping
from typing import Any

from pulumi import dynamic

from infra import probe
from infra.paths import APP
from infra.provider_process import prepare, say, unchecked
from infra.revision import Release
from infra.targets.local import bundle, deployment, release_task
from infra.targets.local.instance import Spec
from infra.targets.local.layout import Layout


class BundleProvider(dynamic.ResourceProvider):
    """The release's files and environment."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Build it."""
        return dynamic.CreateResult(id_=props["stack"], outs=_build(props))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """It changes with the revision, and when what was built is gone from the disk."""
        whole = bundle.built(Layout(olds["stack"]), olds["revision"], olds["requirements"])
        return dynamic.DiffResult(changes=not whole or _changed(olds, news, ("revision", "requirements")))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Build the new one beside the old one, which may still serve."""
        return dynamic.UpdateResult(outs=_build(news))

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """Everything that the stack has on this machine: what runs was ended before."""
        bundle.delete(Layout(props["stack"]), say)


class ReleaseTaskProvider(dynamic.ResourceProvider):
    """The release task, once per revision."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Run it."""
        return dynamic.CreateResult(id_=props["stack"], outs=_release(props))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Only another revision or command runs it again; not another setting."""
        return dynamic.DiffResult(changes=_changed(olds, news, ("revision", "command")))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Run it for the new revision."""
        return dynamic.UpdateResult(outs=_release(news))


class DeploymentProvider(dynamic.ResourceProvider):
    """The running processes."""

    serialize_as_secret_always = False

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """A port that cannot be had is told in the preview, before anything is created."""
        failures: list[dynamic.CheckFailure] = []
        wanted = news["configuration"]
        if unchecked(f"whether port {int(wanted['port'])} is free on {wanted['host']}"):
            return dynamic.CheckResult(news, failures)
        problem = deployment.port_problem(Layout(news["stack"]), wanted["host"], int(wanted["port"]))
        if problem:
            failures.append(dynamic.CheckFailure("", problem))
        return dynamic.CheckResult(news, failures)

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Start them."""
        return dynamic.CreateResult(id_=props["stack"], outs=_deploy(props))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Another deployment, or one that is no longer what serves."""
        serving = _health(olds) == "yes"
        return dynamic.DiffResult(changes=not serving or _changed(olds, news, ("deployment",)))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Start the new ones on the old ones' socket, then end the old ones."""
        return dynamic.UpdateResult(outs=_deploy(news))

    def read(self, id_: str, props: dict[str, Any]) -> dynamic.ReadResult:
        """Whether they still serve."""
        return dynamic.ReadResult(id_, {**_plain(props), "serving": _health(props)})

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """End them."""
        deployment.stop(Layout(props["stack"]), say)


prepare()


def _build(props: dict[str, Any]) -> dict[str, Any]:
    release = Release(APP, props["files"], props["inputs"])
    bundle.build(Layout(props["stack"]), release, props["requirements"], say)
    return _plain(props)


def _release(props: dict[str, Any]) -> dict[str, Any]:
    layout = Layout(props["stack"])
    task = release_task.ReleaseTask(
        revision=props["revision"],
        command=props["command"],
        timeout=int(props["timeout"]),
        programs=str(bundle.programs(layout, props["revision"], props["requirements"])),
        variables={**props["variables"], "SERVICE_DEPLOYMENT": props["deployment"]},
    )
    release_task.run_once(layout, task, props["secrets"], say)
    return _plain(props)


def _deploy(props: dict[str, Any]) -> dict[str, Any]:
    layout, wanted = Layout(props["stack"]), props["configuration"]
    spec = Spec.of(
        {
            **wanted,
            "variables": {**wanted["variables"], "SERVICE_DEPLOYMENT": props["deployment"]},
            "deployment": props["deployment"],
            "revision": props["revision"],
            "release": str(layout.releases / props["revision"]),
            "programs": str(bundle.programs(layout, props["revision"], props["requirements"])),
        }
    )
    started = deployment.deploy(layout, spec, props["secrets"], say)
    return {**_plain(props), "started": started, "serving": "yes"}


def _health(props: Mapping[str, Any]) -> str:
    """Whether what was deployed still serves; when it does not, why is said to the person too."""
    wanted = props["configuration"]
    health = deployment.health(
        Layout(props["stack"]),
        wanted["host"],
        int(wanted["port"]),
        wanted["version"],
        probe.told(props["revision"], props["deployment"]),
    )
    if health != "yes":
        say(f"what was deployed does not serve: {health.removeprefix('no: ')}")
    return health


def _changed(olds: Mapping[str, Any], news: Mapping[str, Any], keys: tuple[str, ...]) -> bool:
    return any(olds.get(key) != news.get(key) for key in keys)


def _plain(props: Mapping[str, Any]) -> dict[str, Any]:
    """What goes back into the state: all but the provider itself and the secrets, which stay encrypted inputs."""
    return {key: value for key, value in props.items() if key not in ("__provider", "secrets")}
