"""What is there before an image is built, for every target on Google Cloud: APIs, registry, what a stack names."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.image import Registry
from infra.service import Service
from infra.settings import Settings
from infra.targets.gcp import account
from infra.targets.gcp import network as networks
from infra.targets.gcp import registry as images
from infra.targets.gcp.apis import Apis, ApisArgs
from infra.targets.gcp.checks import ARTIFACT_REGISTRY
from infra.targets.gcp.look_up import certificate, zone
from infra.targets.gcp.spec import NetworkOptions
from infra.targets.looks import Looks


@dataclass(frozen=True)
class GroundArgs:
    """What a stack's options say of it.

    Attributes:
        project: that everything is made in.
        region: that it is made in.
        network: that it makes, or that is there already; nothing where it has no use for one.
        managed_zone: the managed zone of Cloud DNS that its domain is in.
        certificate: for its domain, which is there already.
        images_kept: so many images stay.
        scanning: whether each is looked through for known vulnerabilities.
        apis: that it stands on.
    """

    project: str
    region: str
    network: NetworkOptions | None
    managed_zone: str | None
    certificate: str | None
    images_kept: int
    scanning: bool
    apis: Sequence[str]


class Ground:
    """What a stack on Google Cloud stands on. Raises SettingsError with all that it names and is not there.

    Attributes:
        provider: of everything that is made.
        opts: the same, for a resource.
        given: the network that is there already.
        apis: the APIs, which must be on before anything else is made.
        registry: where its images go.
        repository: its own repository in Artifact Registry, by its whole name, where it has one.
    """

    def __init__(self, service: Service, settings: Settings, args: GroundArgs) -> None:
        self.args = args
        self.provider = account.provider(args.project, args.region, service.name)
        looks = Looks()
        self.look(settings, looks)
        looks.done()
        self.opts = ResourceOptions(provider=self.provider)
        self.apis = Apis(service.name, ApisArgs(args.apis), self.opts).ready
        self.repository: pulumi.Input[str] | None = None
        login = settings.registry
        if login and ARTIFACT_REGISTRY.fullmatch(login.repository):
            token = images.token(pulumi.InvokeOptions(provider=self.provider))
            self.registry = Registry(login.repository, f"{login.repository}-cache", images.TOKEN_USER, token)
        elif login:
            self.registry = Registry(login.repository, f"{login.repository}-cache", login.username, login.password)
        else:
            made = images.Images(service.name, self._images(service, settings), self._on_apis())
            self.repository, self.registry = made.repository, made.registry

    def look(self, settings: Settings, looks: Looks) -> None:
        """Look for what the stack names, before anything is made."""
        args, provider = self.args, self.provider
        self.given: networks.GivenNetwork | None = None
        if args.network and args.network.network:
            asked = networks.NetworkArgs(args.region, args.network)
            self.given = looks.tried(lambda: networks.given(asked, args.project, provider), None)
        if settings.domain and args.managed_zone:
            domain, held = settings.domain, args.managed_zone
            looks.tried(lambda: zone(domain, held, args.project, provider), None)
        if args.certificate:
            name = args.certificate
            looks.tried(lambda: certificate(name, args.project, provider), None)

    def network(self, name: str, opts: ResourceOptions) -> networks.Network | networks.GivenNetwork:
        """The network that is there already, or one of the stack's own, which is declared."""
        assert self.args.network is not None
        asked = networks.NetworkArgs(self.args.region, self.args.network)
        return self.given or networks.Network(name, asked, opts)

    def _on_apis(self) -> ResourceOptions:
        return ResourceOptions.merge(self.opts, ResourceOptions(depends_on=self.apis))

    def _images(self, service: Service, settings: Settings) -> images.ImagesArgs:
        return images.ImagesArgs(
            account.stack_name(service.name, pulumi.get_stack()),
            self.args.region,
            self.args.images_kept,
            len(settings.build.platforms) or 1,
            self.args.scanning,
            settings.protect,
        )
