"""A stand-in for docker-build that pushes: a small image with the labels of the real one, by its digest."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from tests.offline.internet.registry import CONFIG, MANIFEST, Registries, house_of
from tools.offline.backend import Failure, Made, Resource
from tools.offline.simulation import SimulatedSession, Simulation
from tools.offline.values import Values
from tools.offline.world import Thing

IMAGE = "docker-build:index:Image"


@dataclass(frozen=True)
class Building(Simulation):
    """The package docker-build, whose images arrive in the registries."""

    registries: Registries

    def configure(self, config: Values) -> BuildingSession:
        made = super().configure(config)
        return BuildingSession(made.tables, made.world, made.facts, self.registries)


@dataclass(frozen=True)
class BuildingSession(SimulatedSession):
    """The package under one configuration."""

    registries: Registries

    def create(self, resource: Resource, inputs: Values, timeout: float) -> Made:
        made = super().create(resource, inputs, timeout)
        return replace(made, outputs=self._pushed(resource, made.id, inputs, made.outputs))

    def update(self, resource: Resource, old: Values, new: Values, outputs: Values, timeout: float) -> Values:
        changed = super().update(resource, old, new, outputs, timeout)
        return self._pushed(resource, resource.id, new, changed)

    def _pushed(self, resource: Resource, id_: str, inputs: Values, outputs: Values) -> Values:
        name = str(inputs["exports"][0]["image"]["names"][0])
        digest = self._push(name, inputs)
        outputs = {**outputs, "digest": digest, "ref": f"{name}@{digest}"}
        self.world.made(id_, Thing(resource.type, inputs, outputs), resource.stack)
        return outputs

    def _push(self, name: str, inputs: Values) -> str:
        host = name.partition("/")[0]
        house = house_of(host)
        if house is None or self.registries.tags_stay(house, name) is None:
            raise Failure(f"failed to push {name}: name unknown: The repository with name '{name}' does not exist")
        given = [(each.get("username"), each.get("password")) for each in inputs.get("registries") or ()]
        # A program that gives no login leaves it to docker's file, which this process does not read.
        if given and house.login not in given:
            raise Failure(f"failed to push {name}: unexpected status from HEAD request: 401 Unauthorized")
        there = self.registries.repository(name)
        arguments = inputs["buildArgs"]
        labels = {
            "org.opencontainers.image.revision": arguments["REVISION"],
            "io.slipway.server": arguments["WEB_SERVER"],
        }
        config = there.keep(json.dumps({"architecture": "amd64", "os": "linux", "config": {"Labels": labels}}).encode())
        layer = there.keep(f"what is in {arguments['REVISION']}".encode())
        return there.add(
            MANIFEST,
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": {"mediaType": CONFIG, **config},
                "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", **layer}],
            },
        )
