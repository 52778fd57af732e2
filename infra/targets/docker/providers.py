"""The dynamic providers of the target `docker`: thin and stable, as a change of their form is a planned change."""

from typing import Any

from pulumi import dynamic

from infra.provider_process import prepare, say, unchecked
from infra.targets.docker import images, ports, release_task
from infra.targets.docker.engine import Scope
from infra.targets.docker.shape import Shape


class EngineImageProvider(dynamic.ResourceProvider):
    """An image in the Engine."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Pull it, unless it is there."""
        outs = _kept(props)
        return dynamic.CreateResult(id_=outs["image_id"], outs=outs)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Another image, or one that somebody removed from the Engine."""
        changes = olds.get("reference") != news.get("reference") or olds.get("engine") != news.get("engine")
        return dynamic.DiffResult(changes=changes or images.is_gone(olds.get("engine"), olds["image_id"]))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Pull the new one, and remove those that are long past."""
        return dynamic.UpdateResult(outs=_kept(news))


class PortProvider(dynamic.ResourceProvider):
    """The port to publish: nothing but the check that it can be had."""

    serialize_as_secret_always = False

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """A port that cannot be had is told in the preview, before anything is created."""
        if unchecked(f"whether port {int(news['port'])} is free on {news['host']}"):
            return dynamic.CheckResult(news, [])
        told = ports.problem(_scope(news), news["host"], int(news["port"]))
        return dynamic.CheckResult(news, [dynamic.CheckFailure("", told)] if told else [])

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Nothing is made."""
        return dynamic.CreateResult(id_=f"{props['host']}:{int(props['port'])}", outs=_plain(props))


class ReleaseTaskProvider(dynamic.ResourceProvider):
    """The release task, once per revision."""

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
        """What a killed run left of it."""
        release_task.clear(_scope(props))


prepare()


def _kept(props: dict[str, Any]) -> dict[str, Any]:
    login = (props["username"], props.get("password") or "") if props.get("username") else None
    image_id = images.keep(props.get("engine"), props["stack"], props["reference"], login, say)
    return {**_plain(props), "image_id": image_id}


def _released(props: dict[str, Any]) -> dict[str, Any]:
    task = release_task.ReleaseTask(
        revision=props["revision"],
        command=tuple(props["command"]),
        timeout=int(props["timeout"]),
        image=props["image_id"],
        create={**Shape.plain_of(props["shape"]).run(), **props["container"]},
    )
    release_task.run_once(_scope(props), task, say)
    return _plain(props)


def _scope(props: dict[str, Any]) -> Scope:
    return Scope(props["service"], props["stack"], props.get("engine"))


def _plain(props: dict[str, Any]) -> dict[str, Any]:
    """What goes back into the state: a password stays an encrypted input."""
    return {key: value for key, value in props.items() if key not in ("__provider", "password")}
