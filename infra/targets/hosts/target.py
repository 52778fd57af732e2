"""The target `hosts`: declares what Ansible brings about on own servers, and where they answer."""

from collections.abc import Iterable
from typing import cast

import pulumi
from pulumi import ResourceOptions, dynamic

from infra import secrets
from infra.image import Image, Registry
from infra.service import Service
from infra.settings import Settings
from infra.targets import Endpoint
from infra.targets.hosts import inventory
from infra.targets.hosts.configuration import configuration, of_processes, options, private
from infra.targets.hosts.connection import Connection
from infra.targets.hosts.providers import DeploymentProvider, HostsProvider


class Hosts(dynamic.Resource, module="slipway", name="Hosts"):
    """The hosts, and what was made on them: it goes with this."""


class Deployment(dynamic.Resource, module="slipway", name="Deployment"):
    """What Ansible brought about on the hosts.

    `started`: when it last did; `drift`: what of it is no longer so, nothing where all is.
    """

    hosts: pulumi.Output[list[str]]
    started: pulumi.Output[str]
    drift: pulumi.Output[str]


class HostsService(pulumi.ComponentResource):
    """The service on own servers.

    Attributes:
        endpoint: where it answers.
    """

    def __init__(
        self, name: str, service: Service, settings: Settings, image: Image, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:hosts:Service", name, {}, opts)
        stack, release, given = pulumi.get_stack(), image.release, options(settings)
        by_image = given.runtime != "venv"
        child = ResourceOptions(parent=self)
        variables = configuration(service, settings, stack)
        values = secrets.service_secrets(service, settings, child)
        versions = secrets.secret_versions(values, child)
        addresses = _addresses(settings)
        names = addresses.apply(list)
        # What is due is done once, by the first host. That another machine is the first is another deployment.
        first = addresses.apply(lambda found: next(iter(found.values())) if service.jobs else "")
        content = {**of_processes(variables), "first": first}
        deployment = pulumi.Output.all(image.revision, content, versions).apply(
            lambda known: secrets.deployment_identity(str(known[0]), known[1], known[2])
        )
        name = variables["slipway_name"]
        # Those of an inventory too: one that leaves it is cleared.
        connection = names.apply(lambda found: {**Connection.of(given).plain(), "hosts": found})
        place = {"name": name, "connection": connection}
        hosts = Hosts(HostsProvider(), "hosts", {**place, "hosts": names}, child)
        running = Deployment(
            DeploymentProvider(),
            "deployment",
            {
                **place,
                "variables": {
                    **variables,
                    "slipway_image": image.reference if by_image else "",
                    "slipway_jobs_host": names.apply(lambda found: found[0]),
                },
                "revision": image.revision,
                # An image is pulled by the hosts themselves.
                "files": {} if by_image else dict(release.files),
                "inputs": {} if by_image else dict(release.inputs),
                "deployment": deployment,
                "secrets": pulumi.Output.secret(values),
                "private": pulumi.Output.secret(private(settings)),
                # A provider is not told which of the two it works for.
                "preview": pulumi.runtime.is_dry_run(),
                "hosts": None,
                "started": None,
                "drift": None,
            },
            ResourceOptions(parent=self, depends_on=[hosts], additional_secret_outputs=["secrets", "private"]),
        )
        self.endpoint = Endpoint(
            url=_url(settings, addresses, variables["slipway_port"]),
            revision=image.revision,
            deployment=deployment,
            image=image.reference,
            started=running.started,
            reachable=given.reachable,
            # Ansible has seen every host serve it before it went on to the next.
            watched=False,
        )
        self.register_outputs({"url": self.endpoint.url})


def _addresses(settings: Settings) -> pulumi.Output[dict[str, str]]:
    """Of every host by its name."""
    given = options(settings)
    if given.hosts_from:
        named = given.hosts_from.stack
        project = f"{pulumi.get_organization()}/{pulumi.get_project()}"
        other = pulumi.StackReference(named if "/" in named else f"{project}/{named}")
        return other.require_output(given.hosts_from.output).apply(lambda found: _as_named(_listed(found)))
    return pulumi.Output.from_input(inventory.addresses(given.inventory) if given.inventory else _as_named(given.hosts))


def _as_named(hosts: Iterable[str]) -> dict[str, str]:
    return {host: host for host in hosts}


def _listed(value: object) -> list[str]:
    """What another stack's output must be. It is not known before the program runs."""
    from infra.targets.hosts.spec import HostsOptions

    if isinstance(value, list) and value and all(isinstance(each, str) for each in cast("list[object]", value)):
        return list(HostsOptions.model_validate({"hosts": value}).hosts)
    raise pulumi.RunError(
        f"service:options.hosts_from: that output is {value!r}, which is no list of hosts. "
        "Fix: pulumi config set --path service:options.hosts_from.output hosts"
    )


def _url(settings: Settings, addresses: pulumi.Output[dict[str, str]], port: int) -> pulumi.Output[str]:
    nginx = options(settings).nginx
    if settings.domain:
        return pulumi.Output.from_input(f"https://{settings.domain}")
    scheme, end = ("https" if nginx.certificate else "http", "") if nginx.enabled else ("http", f":{port}")
    return addresses.apply(lambda found: f"{scheme}://{next(iter(found.values()))}{end}")


def registry(_service: Service, settings: Settings) -> Registry | None:
    """The repository that the stack names, where the hosts run images; else nowhere: files are what is shipped."""
    login = settings.registry
    if options(settings).runtime == "venv" or login is None:
        return None
    return Registry(login.repository, f"{login.repository}-cache", login.username, login.password)


def run(service: Service, settings: Settings, image: Image) -> Endpoint:
    """Declare the service on own servers."""
    return HostsService(service.name, service, settings, image).endpoint
