"""What can be known of the targets on Google Cloud without its SDK."""

import ipaddress
import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from infra.targets.gcp import limits
from infra.targets.spec import Capabilities, Options, Single, Spec, matching

if TYPE_CHECKING:
    from infra.errors import Problem
    from infra.service import Service
    from infra.settings import Settings

# https://cloud.google.com/resource-manager/docs/creating-managing-projects, read 2026-11-23.
PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
# https://cloud.google.com/iam/docs/principal-identifiers, read 2026-11-29; without those that are everybody.
_MEMBER = re.compile(r"(user|group|serviceAccount|domain):[^\s:]+|principal(Set)?://\S+")
_EVERYBODY = ("allUsers", "allAuthenticatedUsers")


def _project(value: str) -> str:
    if not PROJECT.fullmatch(value):
        raise ValueError(f"{value!r} is not a project's id: 6 to 30 lower-case letters, digits and hyphens")
    return value


def _region(value: str) -> str:
    if value not in limits.REGIONS:
        raise ValueError(f"{value!r} is not a region such as europe-west1")
    return value


def _block(value: str) -> str:
    try:
        block = ipaddress.IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is not a block of IPv4 addresses such as 10.0.0.0/24: {error}") from error
    if not 8 <= block.prefixlen <= limits.SMALLEST_SUBNET:
        raise ValueError(f"{value!r} is not a /8 to a /{limits.SMALLEST_SUBNET}, which a subnet of a stack's wants")
    return value


def _member(value: str) -> str:
    if value in _EVERYBODY:
        raise ValueError(f"{value!r} is everybody; that is service:options.public true")
    if not _MEMBER.fullmatch(value):
        raise ValueError(f"{value!r} is not a principal such as group:ops@example.com")
    return value


def _role(value: str) -> str:
    if value in ("roles/owner", "roles/editor", "roles/viewer"):
        raise ValueError(f"{value!r} is a basic role, which allows far more than a service needs")
    if not re.fullmatch(
        r"roles/[a-zA-Z]+(\.[a-zA-Z]+)+|(projects|organizations)/[a-z0-9-]+/roles/[a-zA-Z0-9_.]+", value
    ):
        raise ValueError(f"{value!r} is not a role such as roles/cloudsql.client")
    return value


Name = Annotated[
    str, matching(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", "a name: 1 to 63 lower-case letters, digits, hyphens")
]
Project = Annotated[str, AfterValidator(_project)]
Region = Annotated[str, AfterValidator(_region)]
Block = Annotated[str, AfterValidator(_block)]
Role = Annotated[str, AfterValidator(_role)]


class NetworkOptions(Options):
    """Which way the service's own requests take."""

    egress: Literal["none", "private", "all"] = Field(
        "none",
        description="What goes through a VPC (Direct VPC egress): nothing, private addresses, or everything.",
        examples=["private"],
    )
    network: Name | None = Field(
        None, description="A VPC of the project that is there already; without it the stack makes its own."
    )
    subnet: Name | None = Field(None, description="Of that VPC, a subnet in the stack's region.")
    cidr: Block = Field("10.0.0.0/24", description="The addresses of the stack's own subnet.", examples=["10.1.0.0/24"])
    nat: bool = Field(False, description="Let what goes through the stack's own VPC reach the internet.")
    flow_logs: bool = Field(False, description="Log the connections of the stack's own subnet.")


class TrafficOptions(Options):
    """Which revision answers requests."""

    canary: int | None = Field(
        None,
        ge=1,
        le=99,
        description="Percent of the requests that a new revision gets, until this is removed; without it, all.",
        examples=[10],
    )
    revision: Name | None = Field(
        None,
        description="An earlier revision that gets all requests; while it is named nothing else is shipped.",
    )


class AlarmOptions(Options):
    """What is watched, and who hears of it."""

    emails: Annotated[
        tuple[Annotated[str, matching(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address")], ...], Single
    ] = Field((), description="Who is told.", examples=[["oncall@example.com"]])
    errors: float = Field(1, gt=0, le=100, description="Percent of requests answered 5xx, over five minutes.")
    latency: float = Field(2, gt=0, le=3600, description="Seconds that 99 of 100 requests stay below.")
    instances: int | None = Field(
        None, ge=1, description="So many instances are too many; without it, nine tenths of `service:scale.max`."
    )
    restarts: int = Field(3, ge=1, description="Containers that ended by themselves in ten minutes.")


class CloudRunOptions(Options):
    """Options of the target `gcp.cloud_run`."""

    project: Project = Field(
        description="The id of the Google Cloud project that everything is made in.", examples=["my-project-123"]
    )
    region: Region = Field(description="The Google Cloud region that everything is made in.", examples=["europe-west1"])
    network: NetworkOptions = Field(
        default_factory=lambda: NetworkOptions.model_validate({}), description="Which way its own requests take."
    )
    ingress: Literal["all", "internal", "load-balancer"] = Field(
        "all", description="From where it is reached; `load-balancer`, only through `service:domain`'s and from inside."
    )
    public: bool = Field(True, description="Whether anybody may ask it; otherwise `invokers` alone, by IAM.")
    invokers: Annotated[tuple[Annotated[str, AfterValidator(_member)], ...], Single] = Field(
        (), description="Who may ask it where it is not public.", examples=[["group:ops@example.com"]]
    )
    concurrency: int | None = Field(
        None,
        ge=1,
        le=limits.MOST_CONCURRENCY,
        description="Requests that an instance gets at a time; without it, as many as the WSGI server runs.",
        examples=[8],
    )
    session_affinity: bool = Field(False, description="Send a client's requests to one instance where possible.")
    execution_environment: Literal["gen1", "gen2"] = Field(
        "gen2", description="Of Cloud Run: `gen1` starts sooner and takes less memory, `gen2` is full Linux."
    )
    cpu_boost: bool = Field(True, description="More CPU while an instance starts.")
    billing: Literal["request", "instance"] = Field(
        "request", description="Whether there is CPU, and a price, only while requests are answered or always."
    )
    traffic: TrafficOptions = Field(
        default_factory=lambda: TrafficOptions.model_validate({}), description="Which revision answers."
    )
    managed_zone: Name | None = Field(
        None,
        description="The managed zone of Cloud DNS that `service:domain` is in.",
        examples=["example-com"],
    )
    certificate: Name | None = Field(
        None, description="A global certificate for `service:domain` that is there already, where its DNS is elsewhere."
    )
    armor: bool = Field(False, description="Cloud Armor: rules against known attacks, and a limit of requests.")
    alarms: AlarmOptions | None = Field(
        None, description="Alert policies, an uptime check and a dashboard; `{}` has them at their defaults."
    )
    log_retention: int = Field(
        30, ge=1, le=limits.LONGEST_RETENTION, description="Days that logs are kept.", examples=[30]
    )
    images_kept: int = Field(30, ge=2, le=1000, description="So many images stay, for going back to one.")
    scanning: bool = Field(True, description="Have each image looked through for known vulnerabilities, at a price.")
    roles: Annotated[tuple[Role, ...], Single] = Field(
        (), description="What the service itself may do in the project: roles of IAM."
    )


def _check(service: "Service", settings: "Settings") -> "list[Problem]":
    # Only here: it needs the settings' models, which are made of these.
    from infra.targets.gcp.checks import problems

    return problems(service, settings)


TARGETS = {
    "gcp.cloud_run": Spec(
        options=CloudRunOptions,
        capabilities=Capabilities(
            release=True,
            workers=True,
            jobs=True,
            domain=True,
            image=True,
            stored_secrets=True,
            replicas=1000,
            scale_to_zero=True,
        ),
        usual={"rollout_timeout": 600},
        check=_check,
    )
}
