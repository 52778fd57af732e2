"""Cloud Run, played over what the simulated platform has: what a stack made there is deployed here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.offline.internet.cloud_run import CloudRun, Given
from tools.offline.world import Thing, World

SERVICE = "gcp:cloudrunv2/service:Service"
JOB = "gcp:cloudrunv2/job:Job"
KINDS = {SERVICE: "services", "gcp:cloudrunv2/workerPool:WorkerPool": "workerPools", JOB: "jobs"}

# What the provider keeps to itself, or sends in the address.
_OWN = ("location", "name", "project", "deletionProtection", "deletionPolicy")
# Terraform has a block in the singular where the API has a list, which the SDK has in the plural again.
_NAMES = {"envs": "env", "traffics": "traffic"}


@dataclass
class SimulatedRun(CloudRun):
    """Cloud Run of one world."""

    world: World = field(default_factory=World)
    _made: dict[str, Given] = field(default_factory=dict[str, Given])

    def look(self) -> None:
        there = {id_: thing for (type_, id_), thing in list(self.world.things.items()) if type_ in KINDS}
        for name in self._made.keys() - there.keys():
            del self._made[name]
            for each in [each for each in self.kept if each == name or each.startswith(f"{name}/")]:
                del self.kept[each]
        for name, thing in there.items():
            given = as_sent(thing)
            if self._made.get(name) == given:
                continue
            self._made[name] = given
            kind = KINDS[thing.type]
            if kind == "jobs":
                self.job(name, given)
            else:
                self.deploy(kind, name, {**given, **({"uri": thing.outputs["uri"]} if kind == "services" else {})})

    def answering(self, host: str) -> Given | None:
        self.look()
        service = self._behind(host)
        return self._drawn(service, self.kept[service]) if service else super().answering(host)

    def knows(self, host: str) -> bool:
        """Whether the host is a name in a zone of Cloud DNS."""
        return self._record(host) is not None

    def _record(self, host: str) -> Thing | None:
        records = self._things("gcp:dns/recordSet:RecordSet").values()
        return next((each for each in records if each.inputs["name"] == f"{host}."), None)

    def _behind(self, host: str) -> str:
        """The service that a host leads to: by its record, the address, the rule for HTTPS and what is behind it."""
        record = self._record(host)
        if record is None:
            return ""
        places = self._things("gcp:compute/globalAddress:GlobalAddress").items()
        (place,) = [id_ for id_, each in places if [each.outputs["address"]] == record.inputs["rrdatas"]]
        (rule,) = [
            each
            for each in self._things("gcp:compute/globalForwardingRule:GlobalForwardingRule").values()
            if each.inputs["ipAddress"] == place and each.inputs["portRange"] == "443"
        ]
        proxy = self._things("gcp:compute/targetHttpsProxy:TargetHttpsProxy")[rule.inputs["target"]]
        urls = self._things("gcp:compute/uRLMap:URLMap")[proxy.inputs["urlMap"]]
        backend = self._things("gcp:compute/backendService:BackendService")[urls.inputs["defaultService"]]
        groups = self._things("gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup")
        wanted = groups[backend.inputs["backends"][0]["group"]].inputs["cloudRun"]["service"]
        return next(name for name in self._things(SERVICE) if name.endswith(f"/services/{wanted}"))

    def _things(self, type_: str) -> Mapping[str, Thing]:
        return {id_: thing for (of, id_), thing in list(self.world.things.items()) if of == type_}


def as_sent(thing: Thing) -> Given:
    """A resource as the provider sends it."""
    given = {name: value for name, value in thing.inputs.items() if name not in _OWN}
    return {**_renamed(given), "labels": dict(thing.outputs["effectiveLabels"])}


def _renamed(given: Mapping[str, Any]) -> Given:
    sent: Given = {}
    for name, value in given.items():
        if name.startswith("__"):
            continue
        value = [value] if name == "ports" and isinstance(value, Mapping) else value
        sent[_NAMES.get(name, name)] = _value(value)
    return sent


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _renamed(value)
    if isinstance(value, list):
        return [_value(each) for each in value]
    return int(value) if isinstance(value, float) else value
