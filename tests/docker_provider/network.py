"""docker.Network, for real."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import docker.errors

from infra.targets.docker.offline import NETWORK as KIND
from tests.docker_provider.engine import labels, only
from tools.offline.backend import Failure, Found, Made, Problem
from tools.offline.values import Values

if TYPE_CHECKING:
    from tests.docker_provider.backend import DockerSession

REMOVAL_SECONDS = 30


def judge(inputs: Values) -> Iterator[Problem]:
    for index, entry in enumerate(inputs.get("labels", [])):
        if not entry["label"]:
            yield Problem(f"labels[{index}].label", "must not be empty")


def create(session: "DockerSession", inputs: Values) -> Made:
    ranges = [
        only({
            "Subnet": entry.get("subnet"),
            "IPRange": entry.get("ipRange"),
            "Gateway": entry.get("gateway"),
            "AuxiliaryAddresses": entry.get("auxAddress"),
        })
        for entry in inputs.get("ipamConfigs", [])
    ]  # fmt: skip
    try:
        made = session.api.create_network(
            inputs["name"],
            driver=inputs.get("driver"),
            options=inputs.get("options"),
            ipam={"Driver": inputs["ipamDriver"], "Config": ranges, "Options": inputs.get("ipamOptions")},
            internal=inputs.get("internal", False),
            labels=labels(inputs.get("labels")),
            enable_ipv6=inputs.get("ipv6", False),
            attachable=inputs.get("attachable"),
            ingress=inputs.get("ingress"),
        )
    except docker.errors.APIError as error:
        raise Failure(f"unable to create network: {error.explanation}") from None
    return Made(made["Id"], _outputs(inputs, session.api.inspect_network(made["Id"])))


def read(session: "DockerSession", id_: str, inputs: Values, outputs: Values) -> Found:
    found = session.api.inspect_network(id_)
    return Found(id_, inputs or {"name": found["Name"]}, _outputs(inputs, found))


def update(session: "DockerSession", id_: str, old: Values, new: Values, outputs: Values) -> Values:
    return outputs | new


def delete(session: "DockerSession", id_: str, inputs: Values) -> None:
    deadline = time.monotonic() + REMOVAL_SECONDS
    while True:
        try:
            session.api.remove_network(id_)
            return
        except docker.errors.NotFound:
            return
        except docker.errors.APIError as error:
            if "has active endpoints" not in str(error.explanation) or time.monotonic() > deadline:
                raise Failure(f"unable to remove network {id_[:12]}: {error.explanation}") from None
        if session.stopped.wait(1):
            raise Failure(f"removing network {id_[:12]} was cancelled")


def _outputs(inputs: Values, found: Values) -> Values:
    ipam = found.get("IPAM") or {}
    seen = {
        "name": found["Name"],
        "driver": found["Driver"],
        "scope": found["Scope"],
        "internal": found["Internal"],
        "options": found.get("Options"),
        "ipamConfigs": [
            only({"subnet": r.get("Subnet"), "gateway": r.get("Gateway"), "ipRange": r.get("IPRange")})
            for r in ipam.get("Config") or []
        ],
    }
    return {**inputs, **only(seen)}


__all__ = ["KIND", "create", "delete", "judge", "read", "update"]
