"""docker.RemoteImage, for real: searched in the Engine, pulled when it is not there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import docker.errors

from infra.targets.docker.offline import REMOTE_IMAGE as KIND
from tests.docker_provider.engine import find_image, local_image
from tools.offline.backend import Failure, Found, Made, Problem
from tools.offline.values import Values

if TYPE_CHECKING:
    from tests.docker_provider.backend import DockerSession


def judge(inputs: Values) -> Iterator[Problem]:
    if inputs["name"] == "":
        yield Problem("name", "must not be empty")
    if "build" in inputs:
        yield Problem("build", "the stand-in for docker builds nothing")


def create(session: "DockerSession", inputs: Values) -> Made:
    found = find_image(session.api, inputs["name"], session.logins, inputs.get("platform"))
    return Made(_id(found, inputs), _outputs(inputs, found))


def read(session: "DockerSession", id_: str, inputs: Values, outputs: Values) -> Found | None:
    name = inputs.get("name") or id_
    found = local_image(session.api, name)
    if found is None:
        return None
    inputs = inputs or {"name": name}
    return Found(_id(found, inputs), inputs, _outputs(inputs, found))


def update(session: "DockerSession", id_: str, old: Values, new: Values, outputs: Values) -> Values:
    return _outputs(new, find_image(session.api, new["name"], session.logins, new.get("platform")))


def delete(session: "DockerSession", id_: str, inputs: Values) -> None:
    if inputs.get("keepLocally") or local_image(session.api, inputs["name"]) is None:
        return
    try:
        session.api.remove_image(inputs["name"], force=inputs.get("forceRemove", False))
    except docker.errors.APIError as error:
        raise Failure(f"unable to remove image {inputs['name']}: {error.explanation}") from None


def _id(found: Values, inputs: Values) -> str:
    return found["Id"] + inputs["name"]


def _outputs(inputs: Values, found: Values) -> Values:
    digests = found.get("RepoDigests") or []
    repository = inputs["name"].split("@")[0]
    if ":" in repository.rpartition("/")[2]:
        repository = repository.rpartition(":")[0]
    own = [digest for digest in digests if digest.split("@")[0] == repository]
    return {**inputs, "imageId": found["Id"], "repoDigest": (own or digests or [""])[0]}


__all__ = ["KIND", "create", "delete", "judge", "read", "update"]
