"""docker.Volume, for real."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import docker.errors

from infra.targets.docker.offline import VOLUME as KIND
from tests.docker_provider.engine import labels, only
from tools.offline.backend import Failure, Found, Made, Problem
from tools.offline.values import Values

if TYPE_CHECKING:
    from tests.docker_provider.backend import DockerSession

REMOVAL_SECONDS = 30


def judge(inputs: Values) -> Iterator[Problem]:
    if "cluster" in inputs:
        yield Problem("cluster", "the stand-in for docker plays no cluster volumes")


def create(session: "DockerSession", inputs: Values) -> Made:
    try:
        made = session.api.create_volume(
            inputs["name"], inputs.get("driver"), inputs.get("driverOpts"), labels(inputs.get("labels"))
        )
    except docker.errors.APIError as error:
        raise Failure(f"unable to create volume: {error.explanation}") from None
    return Made(made["Name"], _outputs(inputs, made))


def read(session: "DockerSession", id_: str, inputs: Values, outputs: Values) -> Found:
    found = session.api.inspect_volume(id_)
    return Found(id_, inputs or {"name": found["Name"]}, _outputs(inputs, found))


def update(session: "DockerSession", id_: str, old: Values, new: Values, outputs: Values) -> Values:
    return outputs | new


def delete(session: "DockerSession", id_: str, inputs: Values) -> None:
    deadline = time.monotonic() + REMOVAL_SECONDS
    while True:
        try:
            session.api.remove_volume(id_, force=True)
            return
        except docker.errors.APIError as error:
            if "volume is in use" not in str(error.explanation) or time.monotonic() > deadline:
                raise Failure(f"unable to remove volume {id_}: {error.explanation}") from None
        if session.stopped.wait(1):
            raise Failure(f"removing volume {id_} was cancelled")


def _outputs(inputs: Values, found: Values) -> Values:
    seen = {
        "name": found["Name"],
        "driver": found["Driver"],
        "driverOpts": found.get("Options"),
        "mountpoint": found["Mountpoint"],
    }
    return {**inputs, **only(seen)}


__all__ = ["KIND", "create", "delete", "judge", "read", "update"]
