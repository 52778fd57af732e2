"""What is there before an image is built, for every target on AWS: the registry, the key, and what a stack names."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.image import Registry
from infra.service import Service
from infra.settings import Settings
from infra.targets.aws import account, limits
from infra.targets.aws import network as networks
from infra.targets.aws.certificate import Certificate, CertificateArgs, zone_id
from infra.targets.aws.encryption import Key
from infra.targets.aws.registry import Images, ImagesArgs
from infra.targets.aws.spec import NetworkOptions
from infra.targets.looks import Looks


@dataclass(frozen=True)
class GroundArgs:
    """What a stack's options say of it.

    Attributes:
        region: of AWS.
        zones: over how many availability zones its network goes.
        network: that it makes, or that is there already; nothing where it has no use for one.
        log_retention: days that logs are kept.
        images_kept: so many images stay.
        kms: whether it has a key of its own.
        boundary: what its roles may do at most.
        hosted_zone: the public hosted zone in Route 53 that its domain is in.
        shell: whether `aws ecs execute-command` may open a shell in a task.
        without: the zones that its network cannot go over, by their ids.
    """

    region: str
    zones: int
    network: NetworkOptions | None
    log_retention: int
    images_kept: int
    kms: bool
    boundary: str | None
    hosted_zone: str | None
    shell: bool = False
    without: Sequence[str] = limits.ZONES_WITHOUT_FARGATE


class Ground:
    """What a stack on AWS stands on. Raises SettingsError with all that it names and is not there.

    Attributes:
        provider: of everything that is made.
        opts: the same, for a resource.
        zones: that its own network goes over, by name.
        given: the network that is there already.
        zone_id: of the hosted zone.
        key: the ARN of its own key, where it has one.
        registry: where its images go.
        repository: the ARN of its own repository in ECR, where it has one.
    """

    def __init__(self, service: Service, settings: Settings, args: GroundArgs) -> None:
        account.bound(args.boundary)
        self.args = args
        self.key: pulumi.Output[str] | None = None
        self.provider = account.provider(args.region, service.name)
        looks = Looks()
        self.look(looks)
        looks.done()
        self.opts = ResourceOptions(provider=self.provider)
        if args.kms:
            self.key = Key(service.name, args.region, protect=settings.protect, opts=self.opts).arn
        self.repository: pulumi.Input[str] | None = None
        login = settings.registry
        if login:
            self.registry = Registry(login.repository, f"{login.repository}-cache", login.username, login.password)
            return
        images = Images(service.name, ImagesArgs(args.images_kept, settings.protect), self.opts)
        self.repository, self.registry = images.arn, images.registry

    def look(self, looks: Looks) -> None:
        """Look for what the stack names, before anything is made."""
        args, provider, wanted = self.args, self.provider, self.args.network
        self.zones: Sequence[str] = ()
        self.given: networks.GivenNetwork | None = None
        if wanted and wanted.vpc:
            self.given = looks.tried(lambda: networks.given(self._network_args(wanted), provider), None)
        elif wanted:
            self.zones = looks.tried(lambda: networks.zones(args.region, args.zones, args.without, provider), [])
        zone = args.hosted_zone
        self.zone_id = looks.tried(lambda: zone_id(zone, provider), None) if zone else None

    def network(self, name: str, opts: ResourceOptions) -> networks.Network | networks.GivenNetwork:
        """The network that is there already, or one of the stack's own, which is declared."""
        assert self.args.network is not None
        return self.given or networks.Network(name, self._network_args(self.args.network), opts)

    def certificate(
        self, name: str, domain: str | None, given: str | None, opts: ResourceOptions
    ) -> pulumi.Input[str] | None:
        """A domain's certificate: the one that is there already, or one that is declared; without a domain, none."""
        if not domain or given:
            return given
        assert self.zone_id is not None
        return Certificate(name, CertificateArgs(domain, self.zone_id), opts).arn

    def _network_args(self, options: NetworkOptions) -> networks.NetworkArgs:
        args = self.args
        return networks.NetworkArgs(args.region, self.zones, options, args.log_retention, self.key, args.shell)
