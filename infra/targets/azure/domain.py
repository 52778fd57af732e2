"""A domain of one's own on Azure: the records that point it at the app, and the certificate that Azure makes for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.targets.azure.environment import Environment


@dataclass(frozen=True)
class DnsZone:
    """A zone of Azure DNS that is there already, and its resource group."""

    name: str
    group: str


@dataclass(frozen=True)
class RecordsArgs:
    """What is pointed where.

    Attributes:
        domain: that the app answers for.
        zone: that holds the domain; none where its DNS is elsewhere.
        app: the app's name.
        environment: that the app is in.
    """

    domain: str
    zone: DnsZone | None
    app: str
    environment: Environment


class Records(pulumi.ComponentResource):
    """What a domain's DNS says, which has to be there before the app takes the domain.

    Attributes:
        ready: the records, where the zone is Azure's.
        wanted: the type, the name and the value of each, wherever the DNS is.
    """

    ready: Sequence[pulumi.Resource]
    wanted: pulumi.Output[list[tuple[str, str, str]]]

    def __init__(self, name: str, args: RecordsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Records", name, {}, opts)
        self.ready, self.wanted = [], pulumi.Output.from_input([])
        self.register_outputs({})


@dataclass(frozen=True)
class CertificateArgs:
    """What the certificate is for.

    Attributes:
        group: the resource group, by name.
        location: of the environment.
        name: what it is called.
        domain: that it is for.
        apex: whether the domain has an A record, as a zone's own name has.
        environment: that the app is in.
        app_ready: the app, which has taken the domain, and the records.
        tags: of the certificate.
    """

    group: pulumi.Input[str]
    location: str
    name: str
    domain: str
    apex: bool
    environment: Environment
    app_ready: Sequence[pulumi.Resource]
    tags: Mapping[str, str]


class Certificate(pulumi.ComponentResource):
    """A certificate that Azure makes and renews; an app that asks for one by itself (`Auto`) is then bound to it.

    Attributes:
        ready: what must be there before the domain is served.
    """

    ready: Sequence[pulumi.Resource]

    def __init__(self, name: str, args: CertificateArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Certificate", name, {}, opts)
        self.ready = []
        self.register_outputs({})


def is_apex(domain: str, zone: DnsZone | None) -> bool:
    """Whether a domain is a zone's own name, which has an A record and no CNAME."""
    return domain == zone.name if zone else False


def taken(domain: str, group: str, app: str, provider: pulumi.ProviderResource) -> bool:
    """Whether the app has the domain, or Azure finds it pointed so that it may have it.

    Where the DNS is elsewhere, the app of a first `up` is made without the domain, and the `up` after the records are
    there gives it to it.
    """
    raise NotImplementedError
