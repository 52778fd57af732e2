"""What can be known of the targets on Azure without its SDK."""

import ipaddress
import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from infra.targets.azure import limits
from infra.targets.spec import Capabilities, Options, Single, Spec, matching

if TYPE_CHECKING:
    from infra.errors import Problem
    from infra.service import Service
    from infra.settings import Settings

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, read 2026-11-30.
GROUP = r"[\w().-]{0,89}[\w()-]"
_IN_GROUP = rf"/subscriptions/{UUID.pattern}/resourceGroups/{GROUP}"
_ID = rf"/subscriptions/{UUID.pattern}|{_IN_GROUP}(/providers/[\w.]+(/[\w.-]+/[^/\s]+)+)?"
SUBNET = rf"{_IN_GROUP}/providers/Microsoft\.Network/virtualNetworks/[\w.-]+/subnets/[\w.-]+"
_ZONE = rf"({GROUP}|{_IN_GROUP}/providers/Microsoft\.Network/dns[Zz]ones)/([a-z0-9-]+\.)+[a-z0-9-]+"


def _location(value: str) -> str:
    if value not in limits.LOCATIONS:
        raise ValueError(f"{value!r} is not a location such as westeurope")
    return value


def _block(value: str) -> str:
    try:
        block = ipaddress.IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is not a block of IPv4 addresses such as 10.0.0.0/23: {error}") from error
    if not 8 <= block.prefixlen <= limits.SMALLEST_SUBNET:
        raise ValueError(f"{value!r} is not a /8 to a /{limits.SMALLEST_SUBNET}, which an environment wants")
    taken = next((each for each in limits.RESERVED if block.overlaps(ipaddress.IPv4Network(each))), None)
    if taken:
        raise ValueError(f"{value!r} shares addresses with {taken}, which Azure keeps for itself")
    return value


def _source(value: str) -> str:
    try:
        block = ipaddress.IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is not a block of IPv4 addresses such as 203.0.113.0/24: {error}") from error
    if block.prefixlen == 0:
        raise ValueError(f"{value!r} is everybody, who may come in where none are named")
    return value


def _role(value: str) -> str:
    if value in limits.BASIC_ROLES or value in limits.BASIC_ROLES.values():
        raise ValueError(f"{value!r} is a basic role, which allows far more than a service needs")
    if value not in limits.ROLES and not UUID.fullmatch(value):
        raise ValueError(f"{value!r} is neither a role's id nor one of: {', '.join(limits.ROLES)}")
    return value


Subscription = Annotated[str, matching(UUID.pattern, "the id of a subscription, a UUID in lower case")]
Location = Annotated[str, AfterValidator(_location)]
Zone = Annotated[str, matching(_ZONE, "a zone of Azure DNS such as dns/example.com: its resource group and its name")]
Cron = Annotated[str, matching(r"\S+( \S+){4}", "a cron schedule of five fields, such as 0 8 * * 1-5")]


class NetworkOptions(Options):
    """The virtual network that the environment is in."""

    own: bool = Field(False, description="Make a virtual network of the stack's own for it.", examples=[True])
    subnet: Annotated[str, matching(SUBNET, "the id of a subnet")] | None = Field(
        None,
        description="A subnet that is there already, by its id, delegated to Microsoft.App/environments.",
        examples=[
            "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/main/subnets/apps"
        ],
    )
    cidr: Annotated[str, AfterValidator(_block)] = Field(
        "10.0.0.0/23", description="The addresses of the stack's own network.", examples=["10.1.0.0/24"]
    )


class CronRule(Options):
    """So many replicas between two times."""

    start: Cron = Field(description="When it begins: cron, five fields.", examples=["0 8 * * 1-5"])
    end: Cron = Field(description="When it ends: cron, five fields.", examples=["0 18 * * 1-5"])
    replicas: int = Field(ge=1, le=limits.MOST_REPLICAS, description="At least so many meanwhile.", examples=[5])
    timezone: Annotated[str, matching(r"[A-Za-z]+(/[A-Za-z0-9_+-]+)*", "a time zone such as Europe/Berlin")] = Field(
        "Etc/UTC", description="Where it is that time."
    )


class ScaleRules(Options):
    """What more replicas are started for, beside requests at a time."""

    cpu: int | None = Field(
        None, ge=1, le=100, description="Percent of its CPU that a replica is to use on average.", examples=[70]
    )
    cron: tuple[CronRule, ...] = Field((), description="So many replicas between two times.")


class TrafficOptions(Options):
    """Which revision answers requests."""

    canary: int | None = Field(
        None,
        ge=1,
        le=99,
        description="Percent of the requests that a new revision gets, until this is removed; without it, all.",
        examples=[10],
    )
    revision: (
        Annotated[str, matching(r"[a-z][a-z0-9-]{0,30}[a-z0-9]--[a-z0-9-]{1,30}", "a revision's name: app--suffix")]
        | None
    ) = Field(
        None,
        description="An earlier revision that gets all requests; while it is named nothing else is shipped.",
        examples=["orders-prod--0a1b2c3d"],
    )


class AlarmOptions(Options):
    """What is watched, and who hears of it."""

    emails: Annotated[
        tuple[Annotated[str, matching(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address")], ...], Single
    ] = Field((), description="Who is told.", examples=[["oncall@example.com"]])
    errors: float = Field(1, gt=0, le=100, description="Percent of requests answered 5xx, over five minutes.")
    latency: float = Field(2, gt=0, le=3600, description="Seconds that 99 of 100 requests stay below.")
    replicas: int | None = Field(
        None, ge=1, description="So many replicas are too many; without it, nine tenths of `service:scale.max`."
    )
    restarts: int = Field(3, ge=1, description="Containers that were started again in ten minutes.")


class RoleOptions(Options):
    """What the service itself may do, and where."""

    role: Annotated[str, AfterValidator(_role)] = Field(
        description="A role, by its id or the name of a built-in one.", examples=["Storage Blob Data Reader"]
    )
    scope: Annotated[str, matching(_ID, "the id of a subscription, a group or a resource")] | None = Field(
        None, description="On what, by its id; without it, on the stack's own resource group."
    )

    @property
    def definition(self) -> str:
        """The role's own id, a UUID."""
        return limits.ROLES.get(self.role, self.role)


class ContainerAppsOptions(Options):
    """Options of the target `azure.container_apps`."""

    subscription: Subscription = Field(
        description="The id of the Azure subscription that everything is made in.",
        examples=["00000000-0000-4000-8000-000000000001"],
    )
    location: Location = Field(description="The Azure location that everything is made in.", examples=["westeurope"])
    registry: Literal["Basic", "Standard", "Premium"] = Field(
        "Basic", description="The tier of the container registry.", examples=["Standard"]
    )
    images_kept: int = Field(30, ge=2, le=1000, description="So many images stay, for going back to one.")
    network: NetworkOptions = Field(
        default_factory=lambda: NetworkOptions.model_validate({}), description="The virtual network that it is in."
    )
    internal: bool = Field(False, description="Reach the environment from its virtual network alone.")
    zone_redundant: bool = Field(False, description="Spread replicas over a location's zones; wants a network.")
    ingress: Literal["all", "internal"] = Field(
        "all", description="From where it is reached: everywhere, or the environment's other apps alone."
    )
    allowed_ips: Annotated[tuple[Annotated[str, AfterValidator(_source)], ...], Single] = Field(
        (),
        description="Who may come in, as blocks of addresses; without them, everybody.",
        examples=[["203.0.113.0/24"]],
    )
    session_affinity: bool = Field(False, description="Send a client's requests to one replica where possible.")
    concurrency: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="Requests at a time that a replica is to have; without it, as many as the WSGI server runs.",
        examples=[8],
    )
    scale_rules: ScaleRules = Field(
        default_factory=lambda: ScaleRules.model_validate({}), description="What more replicas are started for."
    )
    workload_profile: Literal["Consumption", "D4", "D8", "D16", "D32", "E4", "E8", "E16", "E32"] = Field(
        "Consumption", description="What replicas run on: by use, or on nodes of the stack's own."
    )
    traffic: TrafficOptions = Field(
        default_factory=lambda: TrafficOptions.model_validate({}), description="Which revision answers."
    )
    dns_zone: Zone | None = Field(
        None,
        description="The zone of Azure DNS that `service:domain` is in: `<resource group>/<name>`, or its id.",
        examples=["dns/example.com"],
    )
    alarms: AlarmOptions | None = Field(None, description="Alerts and a dashboard; `{}` has them at their defaults.")
    insights: bool = Field(False, description="Send what processes tell by OpenTelemetry to Application Insights.")
    log_retention: int = Field(
        30,
        ge=limits.SHORTEST_RETENTION,
        le=limits.LONGEST_RETENTION,
        description="Days that logs are kept.",
        examples=[30],
    )
    roles: tuple[RoleOptions, ...] = Field((), description="What the service itself may do, beside what it must.")


def _check(service: "Service", settings: "Settings") -> "list[Problem]":
    # Only here: it needs the settings' models, which are made of these.
    from infra.targets.azure.checks import problems

    return problems(service, settings)


TARGETS = {
    "azure.container_apps": Spec(
        options=ContainerAppsOptions,
        capabilities=Capabilities(
            release=True,
            workers=True,
            jobs=True,
            domain=True,
            image=True,
            stored_secrets=True,
            replicas=limits.MOST_REPLICAS,
            scale_to_zero=True,
        ),
        usual={"size": {"cpu": 0.5, "memory": "1GiB"}, "rollout_timeout": 600},
        check=_check,
    )
}
