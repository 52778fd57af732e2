"""What a service on Container Apps stands on whatever its image: where it runs, as whom, and what it reads."""

from typing import TYPE_CHECKING

import pulumi
from pulumi import ResourceOptions, dynamic

from infra import secrets
from infra.service import Service
from infra.settings import Settings
from infra.targets.azure import account, vault
from infra.targets.azure.checks import nodes
from infra.targets.azure.domain import pointed
from infra.targets.azure.environment import Environment, EnvironmentArgs, Workspace, WorkspaceArgs
from infra.targets.azure.identity import Identity, IdentityArgs, named
from infra.targets.azure.look_up import subnet
from infra.targets.azure.providers import SettledProvider
from infra.targets.azure.resource_group import GroupArgs, ResourceGroup
from infra.targets.looks import Looks

if TYPE_CHECKING:
    from infra.targets.azure.insights import Insights

# Under which a registry's password is kept beside the service's own secrets.
PASSWORD = "REGISTRY_PASSWORD"  # noqa: S105 - a name


class Settled(dynamic.Resource, module="slipway", name="Settled"):
    """Roles that Azure knows of everywhere."""


class Ground(ResourceGroup):
    """What is there before an image is built, and what takes its time while one is.

    Attributes:
        secrets: that are there already, by the variable that each stands for.
        pointed: how Azure sees that the domain points at the app; nothing where it does not, or there is none.
        identity: who the service is.
        vault: its secrets.
        versions: a name for each secret's value that tells nothing of it.
        ready: what must be there before a process runs.
        workspace: that keeps its logs.
        insights: that keeps its telemetry, where it is asked for.
        environment: that it runs in.
    """

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service, self._options = service, account.options(settings)
        options = self._options
        args = GroupArgs(
            subscription=options.subscription,
            location=options.location,
            tier=options.registry,
            images_kept=options.images_kept,
            dns_zone=options.dns_zone,
        )
        super().__init__(service, settings, args)
        self.identity = self._make_identity(self.registry_id)
        self.vault = self._make_vault()
        self.ready = self._settle()
        kept = WorkspaceArgs(self.group, options.location, self.called, options.log_retention, self.tags)
        self.workspace = Workspace(self._name, kept, self.opts)
        self.insights = self._make_insights() if options.insights else None
        self.environment = self._make_environment()

    def look(self, settings: Settings, looks: Looks) -> None:
        """Secrets, the subnet and how the domain is pointed too."""
        options, provider = self._options, self.provider
        self.secrets: dict[str, vault.Stored] = {}
        if settings.stored_secrets:
            asked = settings.stored_secrets
            self.secrets = looks.tried(lambda: vault.stored(asked, options.subscription, provider), self.secrets)
        if options.network.subnet:
            named = options.network.subnet
            looks.tried(lambda: subnet(named, provider), None)
        super().look(settings, looks)
        self.pointed: str | None = None
        if settings.domain:
            domain, app = settings.domain, self.called
            self.pointed = looks.tried(lambda: pointed(domain, self.zone, app, app, provider), None)

    def _make_identity(self, registry_id: pulumi.Input[str] | None) -> Identity:
        options = self._options
        own = pulumi.Output.concat(f"/subscriptions/{options.subscription}/resourceGroups/", self.group)
        args = IdentityArgs(
            group=self.group,
            location=options.location,
            name=self.called,
            registry_id=registry_id,
            roles=named(options.roles, own),
            tags=self.tags,
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
            name=self.called,
            tenant=self.tenant,
            reader=self.identity.principal_id,
            values=values,
            stored=self.secrets,
            tags=self.tags,
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

        args = InsightsArgs(self.group, self._options.location, self.workspace.resource_id, self.tags)
        return Insights(self._name, args, self.opts)

    def _make_environment(self) -> Environment:
        options = self._options
        subnet_id, network_id = self._inside()
        args = EnvironmentArgs(
            group=self.group,
            location=options.location,
            name=self.called,
            workspace=self.workspace,
            subnet_id=subnet_id,
            network_id=network_id,
            internal=options.internal,
            zone_redundant=options.zone_redundant,
            profile=options.workload_profile,
            nodes=nodes(self._settings, options, len(self._service.workers)),
            insights=self.insights.connection if self.insights else None,
            tags=self.tags,
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

        args = NetworkArgs(self.group, self._options.location, asked.cidr, self.tags)
        made = Network(self._name, args, self.opts)
        return made.subnet_id, made.network_id
