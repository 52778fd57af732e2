"""What is in a stack's resource group whatever the service's image: where it runs, as whom, and what it reads."""

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pulumi
from pulumi import ResourceOptions, dynamic

from infra import secrets
from infra.image import Registry
from infra.service import Service
from infra.settings import RegistryLogin, Settings
from infra.targets.azure import account, names, vault
from infra.targets.azure import registry as images
from infra.targets.azure.checks import in_azure, nodes
from infra.targets.azure.environment import Environment, EnvironmentArgs, Workspace, WorkspaceArgs
from infra.targets.azure.identity import Identity, IdentityArgs, Role
from infra.targets.azure.look_up import look_up
from infra.targets.azure.providers import SettledProvider
from infra.targets.azure.raw import ask

if TYPE_CHECKING:
    from infra.targets.azure.insights import Insights

# Under which a registry's password is kept beside the service's own secrets.
PASSWORD = "REGISTRY_PASSWORD"  # noqa: S105 - a name


class Settled(dynamic.Resource, module="slipway", name="Settled"):
    """Roles that Azure knows of everywhere."""


class Ground:
    """What is there before an image is built, and what takes its time while one is.

    Attributes:
        provider: of everything.
        found: what is there already.
        group: the resource group, by name.
        registry: where images are pushed.
        server: that they are pulled from.
        identity: who the service is.
        vault: its secrets.
        versions: a name for each secret's value that tells nothing of it.
        ready: what must be there before a process runs.
        workspace: that keeps its logs.
        insights: that keeps its telemetry, where it is asked for.
        environment: that it runs in.
    """

    def __init__(self, service: Service, settings: Settings) -> None:
        self._name, self._service, self._settings = service.name, service, settings
        self._called = names.stack_name(service.name, pulumi.get_stack())
        self._options, self._tags = account.options(settings), account.tags(service.name)
        options, login = self._options, settings.registry
        self.provider = account.provider(options.subscription, options.location)
        self.found = look_up(settings, self._called, self.provider)
        self.opts = ResourceOptions(provider=self.provider)
        group = account.group(service.name, options.location, protect=settings.protect, opts=self.opts)
        self.group: pulumi.Output[str] = group.output("name")
        self.server: pulumi.Input[str]
        registry_id: pulumi.Input[str] | None = None
        if login:
            self.server, self.registry = login.repository.partition("/")[0], self._named(login)
        else:
            made = self._make_registry()
            self.server, registry_id = made.login_server, made.registry_id
            self.registry = replace(made.registry, elsewhere=self._elsewhere)
        self.identity = self._make_identity(registry_id)
        self.vault = self._make_vault()
        self.ready = self._settle()
        kept = WorkspaceArgs(self.group, options.location, self._called, options.log_retention, self._tags)
        self.workspace = Workspace(self._name, kept, self.opts)
        self.insights = self._make_insights() if options.insights else None
        self.environment = self._make_environment()

    def _make_registry(self) -> images.Images:
        options = self._options
        args = images.ImagesArgs(
            group=self.group,
            location=options.location,
            name=names.registry_name(options.subscription, self._name, pulumi.get_stack()),
            tier=options.registry,
            kept=options.images_kept,
            tags=self._tags,
            protect=self._settings.protect,
        )
        return images.Images(self._name, args, self.opts)

    def _named(self, login: RegistryLogin) -> Registry:
        """The registry that the stack names: one of Azure's is logged in to as whoever runs the program."""
        if not in_azure(login.repository):
            return Registry(login.repository, f"{login.repository}-cache", login.username, login.password)
        server, asked = login.repository.partition("/")[0], pulumi.InvokeOptions(provider=self.provider)
        token = images.token(server, asked)
        return Registry(login.repository, f"{login.repository}-cache", images.TOKEN_USER, token, self._elsewhere)

    def _elsewhere(self, image: pulumi.Input[str]) -> pulumi.Output[str]:
        """With which whoever runs the program logs in where an image is that is promoted, if that is Azure's."""
        if pulumi.runtime.is_dry_run():
            return pulumi.Output.from_input("")
        login = str(ask("authorization:getClientToken", {}, pulumi.InvokeOptions(provider=self.provider))["token"])
        return pulumi.Output.from_input(image).apply(
            lambda known: images.exchanged(known.partition("/")[0], login) if in_azure(known) else ""
        )

    def _make_identity(self, registry_id: pulumi.Input[str] | None) -> Identity:
        options = self._options
        own = pulumi.Output.concat(f"/subscriptions/{options.subscription}/resourceGroups/", self.group)
        roles: dict[str, Role] = {}
        for asked in options.roles:
            mark = hashlib.sha256(f"{asked.definition}{asked.scope}".encode()).hexdigest()[:8]
            roles[f"{asked.role.lower().replace(' ', '-')}-{mark}"] = Role(asked.definition, asked.scope or own)
        args = IdentityArgs(
            group=self.group,
            location=options.location,
            name=self._called,
            registry_id=registry_id,
            roles=roles,
            tags=self._tags,
        )
        return Identity(self._name, args, self.opts)

    def _make_vault(self) -> vault.Vault:
        settings, options = self._settings, self._options
        values = secrets.service_secrets(self._service, settings, self.opts)
        self.versions = secrets.secret_versions(values, self.opts)
        if settings.registry and settings.registry.password:
            values[PASSWORD] = pulumi.Output.secret(settings.registry.password)
        args = vault.VaultArgs(
            group=self.group,
            location=options.location,
            name=self._called,
            tenant=self.found.tenant,
            reader=self.identity.principal_id,
            values=values,
            stored=self.found.secrets,
            tags=self._tags,
            protect=settings.protect,
        )
        return vault.Vault(self._name, args, self.opts)

    def _settle(self) -> list[pulumi.Resource]:
        ready = [*self.identity.ready, *self.vault.ready]
        created = [*self.identity.created, *self.vault.created]
        if not created:
            return ready
        opts = ResourceOptions.merge(self.opts, ResourceOptions(depends_on=ready))
        return [Settled(SettledProvider(), "settled", {"created": created}, opts)]

    def _make_insights(self) -> "Insights":
        # Only here, where it is asked for.
        from infra.targets.azure.insights import Insights, InsightsArgs

        args = InsightsArgs(self.group, self._options.location, self.workspace.resource_id, self._tags)
        return Insights(self._name, args, self.opts)

    def _make_environment(self) -> Environment:
        options = self._options
        subnet_id, network_id = self._inside()
        args = EnvironmentArgs(
            group=self.group,
            location=options.location,
            name=self._called,
            workspace=self.workspace,
            subnet_id=subnet_id,
            network_id=network_id,
            internal=options.internal,
            zone_redundant=options.zone_redundant,
            profile=options.workload_profile,
            nodes=nodes(self._settings, options, len(self._service.workers)),
            insights=self.insights.connection if self.insights else None,
            tags=self._tags,
        )
        return Environment(self._name, args, self.opts)

    def _inside(self) -> "tuple[pulumi.Input[str] | None, pulumi.Input[str] | None]":
        """The subnet that the environment is in, and the network of that, where it is in one."""
        asked = self._options.network
        if asked.subnet:
            return asked.subnet, asked.subnet.partition("/subnets/")[0]
        if not asked.own:
            return None, None
        # Only here, where it is asked for.
        from infra.targets.azure.network import Network, NetworkArgs

        args = NetworkArgs(self.group, self._options.location, asked.cidr, self._tags)
        made = Network(self._name, args, self.opts)
        return made.subnet_id, made.network_id
