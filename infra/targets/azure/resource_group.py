"""What is there before an image is built, for every target on Azure: its group, its registry, what a stack names."""

from dataclasses import dataclass, replace

import pulumi
from pulumi import ResourceOptions

from infra.image import Registry
from infra.service import Service
from infra.settings import RegistryLogin, Settings
from infra.targets.azure import account, names
from infra.targets.azure import registry as images
from infra.targets.azure.checks import in_azure
from infra.targets.azure.domain import DnsZone
from infra.targets.azure.look_up import dns_zone, tenant, zone
from infra.targets.azure.raw import ask
from infra.targets.looks import Looks


@dataclass(frozen=True)
class GroupArgs:
    """What a stack's options say of it.

    Attributes:
        subscription: that everything is made in.
        location: that it is made in.
        tier: of the registry.
        images_kept: so many images stay.
        dns_zone: of Azure DNS, that its domain is in.
    """

    subscription: str
    location: str
    tier: str
    images_kept: int
    dns_zone: str | None


class ResourceGroup:
    """What a stack on Azure stands on. Raises SettingsError with all that it names and is not there.

    Attributes:
        provider: of everything that is made.
        opts: the same, for a resource.
        tags: of everything that is made.
        called: what the group is called, and what else there is once.
        tenant: that the subscription belongs to.
        zone: of Azure DNS, that the domain is in.
        group: the resource group, by name.
        registry: where images are pushed.
        registry_id: of the stack's own registry, where it has one.
        server: that images are pulled from.
    """

    def __init__(self, service: Service, settings: Settings, args: GroupArgs) -> None:
        self.args, self._name, self._settings = args, service.name, settings
        self.called, self.tags = account.group_name(service.name), account.tags(service.name)
        self.provider = account.provider(args.subscription, args.location)
        self.opts = ResourceOptions(provider=self.provider)
        self.tenant = tenant(args.subscription, self.provider)
        looks = Looks()
        self.look(settings, looks)
        looks.done()
        group = account.group(service.name, args.location, protect=settings.protect, opts=self.opts)
        self.group: pulumi.Output[str] = group.output("name")
        self.server: pulumi.Input[str]
        self.registry_id: pulumi.Input[str] | None = None
        login = settings.registry
        if login:
            self.server, self.registry = login.repository.partition("/")[0], self._named(login)
        else:
            made = self._make_registry()
            self.server, self.registry_id = made.login_server, made.registry_id
            self.registry = replace(made.registry, elsewhere=self._elsewhere)

    def look(self, settings: Settings, looks: Looks) -> None:
        """Look for what the stack names, before anything is made."""
        self.zone: DnsZone | None = None
        if self.args.dns_zone:
            self.zone = named = dns_zone(self.args.dns_zone)
            looks.tried(lambda: zone(named, self.provider), None)

    def _make_registry(self) -> images.Images:
        args = images.ImagesArgs(
            group=self.group,
            location=self.args.location,
            name=names.registry_name(self.args.subscription, self._name, pulumi.get_stack()),
            tier=self.args.tier,
            kept=self.args.images_kept,
            tags=self.tags,
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
