"""The dynamic providers of the targets on Google Cloud: thin and stable, as a change of form is a planned change."""

from collections.abc import Mapping
from typing import Any

from pulumi import dynamic

from infra.provider_process import prepare, say
from infra.targets.gcp import release_task, traffic

# What a share of the requests is decided by.
ASKED = ("project", "region", "service", "base", "deployment", "release", "canary", "back_to")


class ReleaseTaskProvider(dynamic.ResourceProvider):
    """The release task, once per revision. `execution`: what ran last."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Run it."""
        return dynamic.CreateResult(id_=props["job"], outs=_released(props, ""))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Only another revision or command runs it again; not another setting or job."""
        return dynamic.DiffResult(changes=any(olds.get(key) != news.get(key) for key in ("revision", "command")))

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Run it for the new revision."""
        return dynamic.UpdateResult(outs=_released(news, olds.get("execution", "")))

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """What a killed run left of it."""
        release_task.clear(props["project"], props["region"], props["job"])


class RevisionProvider(dynamic.ResourceProvider):
    """The name of Cloud Run's revision, and how requests are shared: by what Cloud Run itself has at that moment.

    `deployment`, `release` and `image` come in as those of what is shipped, and go out as those of what will serve.
    """

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """For the first time."""
        return dynamic.CreateResult(id_=props["service"], outs=_shared(props))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Another template or share; or the same again, where the revision that it was to be did not come to serve."""
        asked = olds["asked"]
        changed = any(asked.get(key) != news.get(key) for key in ASKED)
        return dynamic.DiffResult(changes=changed or traffic.is_spent(_wanted(asked), olds["name"]))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """For the new template or share."""
        return dynamic.UpdateResult(outs=_shared(news))


prepare()


def _kept(props: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in props.items() if key != "__provider"}


def _released(props: dict[str, Any], before: str) -> dict[str, Any]:
    task = release_task.ReleaseTask(
        project=props["project"],
        region=props["region"],
        job=props["job"],
        revision=props["revision"],
        command=tuple(props["command"]),
        timeout=int(props["timeout"]),
        before=before,
    )
    return {**_kept(props), "execution": release_task.run_once(task, say)}


def _shared(props: dict[str, Any]) -> dict[str, Any]:
    decided = traffic.decide(_wanted(props))
    return {
        **_kept(props),
        "name": decided.name,
        "traffics": [share.as_input() for share in decided.shares],
        "deployment": decided.deployment,
        "release": decided.release,
        "image": decided.image or props["image"],
        "asked": {key: props[key] for key in ASKED},
    }


def _wanted(props: Mapping[str, Any]) -> traffic.Wanted:
    return traffic.Wanted(
        project=props["project"],
        region=props["region"],
        service=props["service"],
        base=props["base"],
        deployment=props["deployment"],
        release=props["release"],
        canary=int(props["canary"]),
        back_to=props["back_to"],
    )
