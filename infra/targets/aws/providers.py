"""The dynamic providers of the targets on AWS: thin and stable, as a change of their form is a planned change."""

from typing import Any

from pulumi import dynamic

from infra.provider_process import prepare, say
from infra.targets.aws import release_task


class ReleaseTaskProvider(dynamic.ResourceProvider):
    """The release task, once per revision. `task`: what ran last."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Run it."""
        return dynamic.CreateResult(id_=props["cluster"], outs=_released(props, ""))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Only another revision or command runs it again; not another setting or task definition."""
        return dynamic.DiffResult(changes=any(olds.get(key) != news.get(key) for key in ("revision", "command")))

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Run it for the new revision."""
        return dynamic.UpdateResult(outs=_released(news, olds.get("task", "")))

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """What a killed run left of it."""
        release_task.clear(props["region"], props["cluster"])


prepare()


def _released(props: dict[str, Any], before: str) -> dict[str, Any]:
    network = {
        "subnets": list(props["subnets"]),
        "securityGroups": list(props["security_groups"]),
        "assignPublicIp": "ENABLED" if props["assign_public_ip"] else "DISABLED",
    }
    task = release_task.ReleaseTask(
        region=props["region"],
        cluster=props["cluster"],
        definition=props["task_definition"],
        network={"awsvpcConfiguration": network},
        revision=props["revision"],
        command=tuple(props["command"]),
        timeout=int(props["timeout"]),
        before=before,
    )
    ran = release_task.run_once(task, say)
    return {**{key: value for key, value in props.items() if key != "__provider"}, "task": ran}
