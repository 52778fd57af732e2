"""The dynamic providers of targets on Kubernetes: thin and stable, as a change of their form is a planned change."""

from typing import Any, cast

from pulumi import dynamic

from infra.provider_process import prepare, say
from infra.targets.kubernetes import release_task
from infra.targets.kubernetes.names import Scope
from infra.targets.kubernetes.session import Cluster


class ReleaseTaskProvider(dynamic.ResourceProvider):
    """The release task, once per revision.

    In: `cluster` (`kubeconfig`, `context`), `namespace`, `service`, `stack`; `revision`, `command`, `timeout` in
    seconds; `manifest`: the Job that runs it, without its name. Out: the same.
    """

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Run it."""
        return dynamic.CreateResult(id_=props["stack"], outs=_released(props))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Only another revision or command runs it again; not another setting."""
        return dynamic.DiffResult(changes=any(olds.get(key) != news.get(key) for key in ("revision", "command")))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Run it for the new revision."""
        return dynamic.UpdateResult(outs=_released(news))

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """What is left of it."""
        release_task.clear(Cluster.of(props["cluster"]), _scope(props))


prepare()


def _released(props: dict[str, Any]) -> dict[str, Any]:
    task = release_task.ReleaseTask(
        scope=_scope(props),
        revision=props["revision"],
        command=tuple(props["command"]),
        timeout=int(props["timeout"]),
        manifest=_whole(props["manifest"]),
    )
    release_task.run_once(Cluster.of(props["cluster"]), task, say)
    return {key: value for key, value in props.items() if key != "__provider"}


def _scope(props: dict[str, Any]) -> Scope:
    return Scope(props["service"], props["stack"], props["namespace"])


def _whole(value: Any) -> Any:
    """As it was declared: the engine hands every number over as a float."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _whole(inner) for name, inner in cast("dict[str, Any]", value).items()}
    return [_whole(inner) for inner in cast("list[Any]", value)] if isinstance(value, list) else value
