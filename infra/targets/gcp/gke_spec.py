"""What can be known of the target `gcp.gke` without an SDK: it stands on Google Cloud and on Kubernetes."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field

from infra.targets.gcp.gke_kubeconfig import called
from infra.targets.gcp.spec import Block, Name, NetworkOptions, Project, Region, Role
from infra.targets.kubernetes.spec import CAPABILITIES, USUAL_OF_CLOUD, Range, WorkloadOptions, lodged
from infra.targets.kubernetes.spec import NetworkOptions as PodNetworkOptions
from infra.targets.spec import Options, Single, Spec, matching

if TYPE_CHECKING:
    from infra.errors import Problem
    from infra.service import Service
    from infra.settings import Settings

LogType = Literal["system", "workloads", "api_server", "controller_manager", "scheduler"]


def _location(value: str) -> str:
    if not re.fullmatch(r"[a-z]+-[a-z]+\d+(-[a-z])?", value):
        raise ValueError(f"{value!r} is not a region such as europe-west1, or a zone of one")
    return value


class ClusterOptions(Options):
    """The cluster: one that is there already, or how the stack's own is made."""

    name: Annotated[str, matching(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", "the name of a cluster")] | None = Field(
        None, description="A cluster that is there already; without it the stack makes its own.", examples=["shared"]
    )
    location: Annotated[str, AfterValidator(_location)] | None = Field(
        None,
        description="The region or the zone that it is in; without it, the stack's region.",
        examples=["europe-west1-b"],
    )
    kubeconfig: str | None = Field(
        None,
        min_length=1,
        description="The kubeconfig's file by which it is reached, where Google's own address of it is not.",
        examples=["~/.kube/tunnel"],
    )
    context: str | None = Field(
        None, min_length=1, description="The context of that kubeconfig; without it, its current one."
    )
    channel: Literal["rapid", "regular", "stable", "extended"] = Field(
        "regular", description="How soon Google brings it to a new version of Kubernetes.", examples=["stable"]
    )
    private: bool = Field(
        False, description="Only the network reaches the API server: `up` then runs inside it.", examples=[True]
    )
    reached_from: Annotated[tuple[Range, ...], Single] = Field(
        (),
        description="Who reaches the API server beside the nodes, with credentials of Google's; without it, anybody.",
        examples=[["192.0.2.0/24"]],
    )
    logs: Annotated[tuple[LogType, ...], Single] = Field(
        ("system", "workloads"), description="What is written to Cloud Logging.", examples=[["system"]]
    )


class ClusterNetworkOptions(PodNetworkOptions):
    """Where the nodes stand, and what the pods may reach."""

    network: Name | None = Field(
        None, description="A VPC of the project that is there already; without it the stack makes its own."
    )
    subnet: Name | None = Field(None, description="Of that VPC, a subnet in the stack's region.")
    cidr: Block = Field(
        "10.0.0.0/22", description="The addresses of the nodes, in the stack's own subnet.", examples=["10.1.0.0/22"]
    )
    nat: bool = Field(True, description="Let nodes and pods of the stack's own VPC reach the internet.")
    flow_logs: bool = Field(False, description="Log the connections of the stack's own subnet.")

    def of_nodes(self) -> NetworkOptions:
        """The same as Google's network is made by."""
        given = self.model_dump(include={"network", "subnet", "cidr", "nat", "flow_logs"})
        return NetworkOptions.model_validate({**given, "egress": "all"})


class GkeOptions(WorkloadOptions):
    """Options of the target `gcp.gke`."""

    project: Project = Field(
        description="The id of the Google Cloud project that everything is made in.", examples=["my-project-123"]
    )
    region: Region = Field(description="The Google Cloud region that everything is made in.", examples=["europe-west1"])
    cluster: ClusterOptions = Field(
        default_factory=lambda: ClusterOptions.model_validate({}), description="The cluster that it runs in."
    )
    # Nothing is ever put there that is not of this type: the models are frozen.
    network: ClusterNetworkOptions = Field(  # pyright: ignore[reportIncompatibleVariableOverride]
        default_factory=lambda: ClusterNetworkOptions.model_validate({}),
        description="Where the nodes stand, and what the pods may reach.",
    )
    balancer: Literal["public", "none"] = Field(
        "public",
        description="Google's balancer, which the internet reaches; none where `ingress` or `expose` lead to the pods.",
        examples=["none"],
    )
    managed_zone: Name | None = Field(
        None, description="The managed zone of Cloud DNS that `service:domain` is in.", examples=["example-com"]
    )
    certificate: Name | None = Field(
        None, description="A global certificate for `service:domain` that is there already, where its DNS is elsewhere."
    )
    images_kept: int = Field(30, ge=2, le=1000, description="So many images stay, for going back to one.")
    scanning: bool = Field(True, description="Have each image looked through for known vulnerabilities, at a price.")
    roles: Annotated[tuple[Role, ...], Single] = Field(
        (), description="What the service itself may do in the project: roles of IAM."
    )


def _check(service: "Service", settings: "Settings") -> "list[Problem]":
    # Only here: it needs the settings' models, which are made of these.
    from infra.targets.gcp.gke_checks import problems

    return problems(service, settings)


def _lodged(options: Mapping[str, Any], service: str, stack: str) -> dict[str, Any]:
    """In the same cluster, which is there already then."""
    return lodged(options, called(service, stack))


TARGETS = {
    "gcp.gke": Spec(
        options=GkeOptions,
        capabilities=CAPABILITIES,
        usual=USUAL_OF_CLOUD,
        check=_check,
        lodged=_lodged,
    )
}
