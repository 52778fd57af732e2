"""The target `local`: declares the release's files, its release task and its processes on this machine."""

from typing import Any

import pulumi
from pulumi import ResourceOptions, dynamic

from infra import secrets
from infra.image import Image
from infra.probe import reachable
from infra.service import Service
from infra.settings import Settings
from infra.targets import Endpoint
from infra.targets.local.configuration import configuration, options
from infra.targets.local.providers import BundleProvider, DeploymentProvider, ReleaseTaskProvider


class Bundle(dynamic.Resource, module="slipway", name="Bundle"):
    """The release's files and an environment of its requirements."""


class ReleaseTask(dynamic.Resource, module="slipway", name="ReleaseTask"):
    """The release task of a revision, run to its end."""


class Deployment(dynamic.Resource, module="slipway", name="Deployment"):
    """The running processes. `started`: the instance that serves; `serving`: `yes`, or why not."""

    started: pulumi.Output[str]
    serving: pulumi.Output[str]


class LocalService(pulumi.ComponentResource):
    """The service on this machine.

    Attributes:
        endpoint: where it answers.
    """

    def __init__(
        self, name: str, service: Service, settings: Settings, image: Image, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:local:Service", name, {}, opts)
        stack, release = pulumi.get_stack(), image.release
        child = ResourceOptions(parent=self)
        # Each is one place on this machine: a replacement made first would be what its predecessor's end removes.
        single = ResourceOptions(parent=self, delete_before_replace=True)
        what: dict[str, Any] = {
            "stack": stack,
            "revision": release.revision,
            "requirements": service.web.requirements.format(server=settings.server),
        }
        bundle = Bundle(
            BundleProvider(), "bundle", {**what, "files": dict(release.files), "inputs": dict(release.inputs)}, single
        )
        values = secrets.service_secrets(service, settings, child)
        content = configuration(service, settings, stack)
        deployment = secrets.secret_versions(values, child).apply(
            lambda versions: secrets.deployment_identity(release.revision, content, versions)
        )
        what |= {"deployment": deployment, "secrets": pulumi.Output.secret(values)}
        ready_to_start: list[pulumi.Resource] = [bundle]
        if service.release:
            task = {
                **what,
                "command": list(service.release.command),
                "timeout": service.release.timeout,
                "variables": content["variables"],
            }
            after = ResourceOptions.merge(single, ResourceOptions(depends_on=[bundle]))
            ready_to_start.append(ReleaseTask(ReleaseTaskProvider(), "release", task, after))
        running = Deployment(
            DeploymentProvider(),
            "deployment",
            {**what, "configuration": content, "started": None, "serving": None},
            ResourceOptions.merge(single, ResourceOptions(depends_on=ready_to_start)),
        )
        self.endpoint = Endpoint(
            url=f"http://{reachable(options(settings).host)}:{content['port']}",
            revision=release.revision,
            deployment=deployment,
            image=image.reference,
            started=running.started,
            watched=False,
        )
        self.register_outputs({"url": self.endpoint.url})


def registry(_service: Service, _settings: Settings) -> None:
    """No image: the release's files are what is shipped."""
    return


def run(service: Service, settings: Settings, image: Image) -> Endpoint:
    """Declare the service on this machine."""
    return LocalService(service.name, service, settings, image).endpoint
