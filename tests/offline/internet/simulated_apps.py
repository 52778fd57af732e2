"""Container Apps, played over what the simulated platform has: what a stack made there is deployed here."""

from dataclasses import dataclass, field

from infra.targets.azure.offline import requests
from infra.targets.azure.trial import whole
from tests.offline.internet.container_apps import ContainerApps, Given, Values
from tools.offline.world import Thing, World

APP, JOB, ENVIRONMENT = (f"azure-native:app:{kind}" for kind in ("ContainerApp", "Job", "ManagedEnvironment"))


@dataclass
class SimulatedApps(ContainerApps):
    """Container Apps of one world."""

    world: World = field(default_factory=World)
    _made: dict[str, Given] = field(default_factory=dict[str, Given])

    def look(self) -> None:
        there = {
            id_: thing for (type_, id_), thing in list(self.world.things.items()) if type_ in (APP, JOB, ENVIRONMENT)
        }
        for id_ in self._made.keys() - there.keys():
            del self._made[id_]
            for each in [each for each in self.kept if each == id_ or each.startswith(f"{id_}/")]:
                del self.kept[each]
        for id_, thing in there.items():
            given = as_sent(thing)
            if self._made.get(id_) != given:
                self._made[id_] = given
                self._make(thing.type, id_, given)

    def _make(self, type_: str, id_: str, given: Given) -> None:
        if type_ == APP:
            self.put(id_, given)
        elif type_ == JOB:
            self.job(id_, given)
        else:
            self.kept[id_] = {**given, "id": id_, "name": id_.rpartition("/")[2]}

    def answering(self, host: str) -> Given | None:
        self.look()
        return super().answering(host)

    def host(self, id_: str, given: Values) -> str:
        return str(self.world.things[APP, id_].outputs["configuration"]["ingress"]["fqdn"])


def as_sent(thing: Thing) -> Given:
    """A resource as the provider sends it."""
    return whole(requests.body(thing.type, thing.inputs))
