"""The target `docker`: declares the network, the secrets, the release task and the containers on a Docker Engine."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pulumi
import pulumi_docker as docker
from pulumi import ResourceOptions, dynamic

from infra import secrets, wsgi
from infra.image import UID, Engine, Image, Registry
from infra.oci import is_loopback
from infra.service import Service
from infra.settings import Settings
from infra.targets import Endpoint
from infra.targets.docker.engine import DEPLOYMENT, PROCESS, REVISION, SERVICE, STACK, declared_address, host_of, url
from infra.targets.docker.providers import EngineImageProvider, PortProvider, ReleaseTaskProvider
from infra.targets.docker.shape import SECRETS, Shape, options

# Where the container that holds the listening socket hands it to those that serve (app/serving/listener.py).
LISTENER = "/run/listener"
LISTENER_SOCKET = f"{LISTENER}/socket"
LISTENER_MEMORY = 64
PYTHON = ("python", "-m")


class EngineImage(dynamic.Resource, module="slipway", name="EngineImage"):
    """The image in the Engine. `image_id`: its id there."""

    image_id: pulumi.Output[str]


class Port(dynamic.Resource, module="slipway", name="Port"):
    """The port to publish, which must be free."""


class ReleaseTask(dynamic.Resource, module="slipway", name="ReleaseTask"):
    """The release task of a revision, run to its end."""


class DockerService(pulumi.ComponentResource):
    """The service on a Docker Engine.

    Attributes:
        endpoint: where it answers.
    """

    def __init__(
        self, name: str, service: Service, settings: Settings, image: Image, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:docker:Service", name, {}, opts)
        self._service, self._settings, self._image = service, settings, image
        self._stack = pulumi.get_stack()
        self._shape = Shape.of(settings)
        engine = options(settings).engine
        # First, as it tells in plain words of an Engine that does not answer.
        self._in_engine = self._pull(engine)
        after_it = ResourceOptions(parent=self, depends_on=[self._in_engine])
        # One Engine for all: pulumi-docker by itself knows nothing of the Docker context in use.
        where = declared_address(engine)
        provider = docker.Provider("engine", host=where, opts=after_it) if where else None
        self._child = ResourceOptions.merge(after_it, ResourceOptions(provider=provider))
        assert settings.server is not None
        self._plan = wsgi.plan(
            settings.server, settings.size.cpu, settings.size.memory, request_timeout=settings.timeout
        )
        self._labels = {SERVICE: service.name, STACK: self._stack}
        self._network = docker.Network(
            self._named("network"),
            labels=[docker.NetworkLabelArgs(label=k, value=v) for k, v in self._labels.items()],
            opts=self._child,
        )
        values = secrets.service_secrets(service, settings, ResourceOptions(parent=self))
        versions = secrets.secret_versions(values, ResourceOptions(parent=self))
        content = self._configuration()
        self._deployment = pulumi.Output.all(image.revision, versions).apply(
            lambda known: secrets.deployment_identity(str(known[0]), content, known[1])
        )
        self._secret_mounts, carried = self._carry(values, versions)
        ready: list[pulumi.Resource] = [carried] if carried else []
        if service.release:
            ready.append(self._release(engine, ready))
        listener = self._listener()
        web = self._web([*ready, listener])
        self.endpoint = self._endpoint(web)
        self.register_outputs({"url": self.endpoint.url})

    def _pull(self, engine: str | None) -> EngineImage:
        login = self._settings.registry
        password = login.password if login else None
        props: dict[str, Any] = {
            "engine": engine,
            "service": self._service.name,
            "stack": self._stack,
            "reference": self._image.reference,
            "username": login.username if login else None,
            "password": None if password is None else pulumi.Output.secret(password),
            "image_id": None,
        }
        return EngineImage(EngineImageProvider(), "engine-image", props, ResourceOptions(parent=self))

    def _configuration(self) -> dict[str, Any]:
        """What decides how the processes run, beside the image and the secrets."""
        service = self._service
        return {
            "shape": self._shape.plain(),
            "variables": self._variables(),
            "web": self._plan.environment(),
            "proxies": self._settings.proxies,
            "stop_timeout": self._plan.stop_timeout,
            "workers": {name: list(worker.command) for name, worker in service.workers.items()},
            "jobs": {name: job.model_dump(mode="json") for name, job in service.jobs.items()},
        }

    def _named(self, what: str) -> str:
        """Names in an Engine, which other services may share, begin with the service's."""
        return f"{self._service.name}-{what}"

    def _variables(self) -> dict[str, str]:
        return {
            **self._settings.environment,
            **{f"{name}_FILE": f"{SECRETS}/{name}" for name in self._secret_names()},
            "SERVICE_NAME": self._service.name,
            "SERVICE_TARGET": self._settings.target,
            "SERVICE_STACK": self._stack,
        }

    def _secret_names(self) -> list[str]:
        generated = {name for name, secret in self._service.secrets.items() if secret.generate}
        return sorted(generated | set(self._settings.secrets))

    def _carry(
        self, values: Mapping[str, pulumi.Output[str]], versions: pulumi.Output[dict[str, str]]
    ) -> tuple[list[docker.ContainerMountArgs], docker.Container | None]:
        """A volume with a file for each secret, filled by a container that is never started.

        So the values are in no container's environment and `docker inspect` shows none of them. Another version of one
        is another volume: what still runs keeps its own.
        """
        if not values:
            return [], None
        version = versions.apply(lambda known: ",".join(f"{name}={known[name]}" for name in sorted(known)))
        beside = ResourceOptions.merge(self._child, ResourceOptions(delete_before_replace=False))
        labels = [docker.VolumeLabelArgs(label=k, value=v) for k, v in self._labels.items()]
        volume = docker.Volume(
            self._named("secrets"),
            labels=[*labels, docker.VolumeLabelArgs(label="slipway.secrets", value=version)],
            opts=beside,
        )
        carrier = docker.Container(
            self._named("secrets"),
            image=self._in_engine.image_id,
            start=False,
            must_run=False,
            entrypoints=[],
            command=["true"],
            labels=self._container_labels("secrets"),
            mounts=[docker.ContainerMountArgs(type="volume", source=volume.name, target=SECRETS)],
            uploads=[
                docker.ContainerUploadArgs(
                    file=f"{SECRETS}/{name}", content=value, owner=UID, group=UID, permissions="0400"
                )
                for name, value in sorted(values.items())
            ],
            opts=ResourceOptions.merge(beside, ResourceOptions(ignore_changes=["image"])),
        )
        return [docker.ContainerMountArgs(type="volume", source=volume.name, target=SECRETS, read_only=True)], carrier

    def _release(self, engine: str | None, after: Sequence[pulumi.Resource]) -> ReleaseTask:
        task = self._service.release
        assert task is not None
        mounts = [
            {"Type": "volume", "Source": mount.source, "Target": SECRETS, "ReadOnly": True}
            for mount in self._secret_mounts
        ]
        props: dict[str, Any] = {
            "engine": engine,
            "service": self._service.name,
            "stack": self._stack,
            "revision": self._image.revision,
            "command": list(task.command),
            "timeout": task.timeout,
            "image_id": self._in_engine.image_id,
            "shape": asdict(self._shape),
            "container": {
                "network": self._network.name,
                "mounts": mounts,
                "labels": self._labels,
                "environment": {**self._variables(), "SERVICE_DEPLOYMENT": self._deployment},
            },
        }
        opts = ResourceOptions(parent=self, depends_on=list(after))
        return ReleaseTask(ReleaseTaskProvider(), "release", props, opts)

    def _listener(self) -> docker.Container:
        """What holds the listening socket through every update; it stays when the image and the settings change."""
        labels = [docker.VolumeLabelArgs(label=k, value=v) for k, v in self._labels.items()]
        self._shared = docker.Volume(self._named("listener"), labels=labels, opts=self._child)
        port, host = self._port(), options(self._settings).host
        asked: dict[str, Any] = {
            "engine": options(self._settings).engine,
            "service": self._service.name,
            "stack": self._stack,
            "host": host,
            "port": port,
        }
        checked = Port(PortProvider(), "port", asked, ResourceOptions(parent=self))
        fixed = ResourceOptions(ignore_changes=["image"], delete_before_replace=True, depends_on=[checked])
        shape = Shape(LISTENER_MEMORY, 0.25, self._shape.log_max_size, self._shape.log_max_files)
        return docker.Container(
            self._named("listener"),
            **shape.declared(),
            image=self._in_engine.image_id,
            entrypoints=[],
            command=[*PYTHON, "serving.listener"],
            envs=_envs({"LISTENER_SOCKET": LISTENER_SOCKET, "HOST": "0.0.0.0", "PORT": str(port)}),  # noqa: S104
            labels=self._container_labels("listener"),
            mounts=[docker.ContainerMountArgs(type="volume", source=self._shared.name, target=LISTENER)],
            networks_advanced=[docker.ContainerNetworksAdvancedArgs(name=self._network.name)],
            ports=[docker.ContainerPortArgs(internal=port, external=port, ip=host)],
            healthcheck=docker.ContainerHealthcheckArgs(tests=["NONE"]),
            restart="unless-stopped",
            destroy_grace_seconds=10,
            opts=ResourceOptions.merge(self._child, fixed),
        )

    def _web(self, after: Sequence[pulumi.Resource]) -> docker.Container:
        shared = docker.ContainerMountArgs(type="volume", source=self._shared.name, target=LISTENER)
        return self._container(
            "web",
            (*PYTHON, "serving.replica"),
            {
                **self._plan.environment(),
                "TRUSTED_PROXY_HOPS": str(self._settings.proxies),
                "LISTENER_SOCKET": LISTENER_SOCKET,
            },
            self._plan.stop_timeout,
            # The new one serves before the old one goes.
            ResourceOptions(depends_on=list(after), delete_before_replace=False),
            [shared],
        )

    def _beside_all(self, serving: pulumi.Resource) -> None:
        """Workers and jobs: those of a deployment that never serves must not replace those of one that does."""
        for process, worker in self._service.workers.items():
            self._beside(f"worker.{process}", worker.command, [serving], self._plan.stop_timeout)
        for process, job in self._service.jobs.items():
            self._beside(f"job.{process}", (*PYTHON, "serving.schedule", process), [serving], min(job.timeout, 300))

    def _beside(self, process: str, command: Sequence[str], after: Sequence[pulumi.Resource], grace: int) -> None:
        # The old one goes first: a job never runs twice at a time.
        opts = ResourceOptions(depends_on=list(after), delete_before_replace=True)
        none = docker.ContainerHealthcheckArgs(tests=["NONE"])
        self._container(process, command, {}, grace, opts, [], healthcheck=none)

    def _container(
        self,
        process: str,
        command: Sequence[str],
        variables: Mapping[str, str],
        grace: int,
        opts: ResourceOptions,
        mounts: list[docker.ContainerMountArgs],
        **more: Any,
    ) -> docker.Container:
        """A process of the deployment. Its label makes another deployment another container, whatever differs."""
        return docker.Container(
            self._named(process.replace(".", "-")),
            **self._shape.declared(),
            **more,
            image=self._in_engine.image_id,
            entrypoints=[],
            command=list(command),
            envs=self._deployment.apply(
                lambda deployment: _envs({**self._variables(), **variables, "SERVICE_DEPLOYMENT": deployment})
            ),
            labels=self._container_labels(process, deployed=True),
            mounts=[*self._secret_mounts, *mounts],
            networks_advanced=[docker.ContainerNetworksAdvancedArgs(name=self._network.name)],
            restart="unless-stopped",
            stop_timeout=grace,
            destroy_grace_seconds=grace,
            opts=ResourceOptions.merge(self._child, opts),
        )

    def _container_labels(self, process: str, *, deployed: bool = False) -> list[docker.ContainerLabelArgs]:
        labels: dict[str, pulumi.Input[str]] = {**self._labels, PROCESS: process}
        if deployed:
            labels |= {DEPLOYMENT: self._deployment, REVISION: self._image.revision}
        return [docker.ContainerLabelArgs(label=name, value=value) for name, value in labels.items()]

    def _port(self) -> int:
        return options(self._settings).port or self._service.web.port

    def _endpoint(self, web: docker.Container) -> Endpoint:
        given = options(self._settings)
        return Endpoint(
            url=url(given.engine, given.host, self._port()),
            revision=self._image.revision,
            deployment=self._deployment,
            image=self._image.reference,
            started=web.id,
            # What another machine publishes on its loopback address nobody but itself can ask.
            reachable=not (host_of(given.engine) and is_loopback(given.host)),
            afterwards=self._beside_all,
        )


def _envs(variables: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in sorted(variables.items())]


def registry(service: Service, settings: Settings) -> Registry | Engine:
    """The repository that the stack names; without one the Engine itself keeps what is built."""
    login = settings.registry
    if login is None:
        return Engine(f"slipway/{service.name}", declared_address(options(settings).engine))
    return Registry(login.repository, f"{login.repository}-cache", login.username, login.password)


def run(service: Service, settings: Settings, image: Image) -> Endpoint:
    """Declare the service on a Docker Engine."""
    return DockerService(service.name, service, settings, image).endpoint
