"""A stand-in for pulumi-docker's provider that does each resource for real through the Docker Engine's API.

It serves tests on machines where the provider's own plugin cannot be had.
"""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import ModuleType

import docker
import docker.errors

from tests.docker_provider import container, network, remote_image, volume
from tests.docker_provider.engine import connect
from tools.offline.backend import Failure, Found, Kind, Made, Problem, Resource
from tools.offline.values import Values

PARTS: dict[str, ModuleType] = {
    "docker:index/container:Container": container,
    "docker:index/network:Network": network,
    "docker:index/remoteImage:RemoteImage": remote_image,
    "docker:index/volume:Volume": volume,
}


class DockerBackend:
    """The package `docker`."""

    package = "docker"
    config = Kind()

    def configure(self, config: Values) -> "DockerSession":
        logins = config.get("registryAuth") or "[]"
        listed = json.loads(logins) if isinstance(logins, str) else logins
        return DockerSession(config.get("host") or None, listed)


@dataclass
class DockerSession:
    """The package under one configuration: the host, and the logins of registries."""

    host: str | None
    logins: list[Values]
    stopped: threading.Event = field(default_factory=threading.Event)
    _local: threading.local = field(default_factory=threading.local)

    @property
    def api(self) -> docker.APIClient:
        """The Engine; one client for each thread, made when first wanted, since a preview needs no Engine."""
        if not hasattr(self._local, "api"):
            self._local.api = connect(self.host)
        return self._local.api

    def kind(self, type_: str) -> Kind:
        return self._part(type_).KIND

    def suffix(self, resource: Resource, seed: str) -> str:
        return seed

    def judge(self, resource: Resource, inputs: Values) -> Sequence[Problem]:
        return list(self._part(resource.type).judge(inputs))

    def meet(self, resource: Resource, inputs: Values, outputs: Values) -> None:
        """Docker itself knows what there is."""

    def foresee(self, resource: Resource, inputs: Values) -> Made:
        return Made("", {})

    def foresee_change(self, resource: Resource, old: Values, new: Values, outputs: Values) -> Values:
        return {**outputs, **new}

    def create(self, resource: Resource, inputs: Values, timeout: float) -> Made:
        return self._part(resource.type).create(self, inputs)

    def read(self, resource: Resource, inputs: Values, outputs: Values) -> Found | None:
        try:
            return self._part(resource.type).read(self, resource.id, inputs, outputs)
        except docker.errors.NotFound:
            return None

    def update(self, resource: Resource, old: Values, new: Values, outputs: Values, timeout: float) -> Values:
        return self._part(resource.type).update(self, resource.id, old, new, outputs)

    def delete(self, resource: Resource, inputs: Values, outputs: Values, timeout: float) -> None:
        try:
            self._part(resource.type).delete(self, resource.id, inputs)
        except docker.errors.NotFound:
            return

    def invoke(self, token: str, arguments: Values) -> Values:
        raise Failure(f"{token}: the stand-in for docker plays no functions")

    def cancel(self) -> None:
        self.stopped.set()

    def _part(self, type_: str) -> ModuleType:
        if type_ not in PARTS:
            raise Failure(f"{type_}: the stand-in for docker does not play it; it plays {', '.join(PARTS)}")
        return PARTS[type_]
