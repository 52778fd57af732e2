"""What can be known of the target `aws.eks` without an SDK: it stands on AWS and on Kubernetes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from infra.targets.aws.eks_kubeconfig import called
from infra.targets.aws.spec import (
    Block,
    Certificate,
    NetworkOptions,
    Policy,
    Principal,
    Range,
    Region,
    Retention,
    SubnetIds,
    VpcId,
    Zone,
)
from infra.targets.kubernetes.spec import CAPABILITIES, USUAL_OF_CLOUD, WorkloadOptions, lodged
from infra.targets.kubernetes.spec import NetworkOptions as PodNetworkOptions
from infra.targets.spec import Options, Single, Spec, matching

if TYPE_CHECKING:
    from infra.errors import Problem
    from infra.service import Service
    from infra.settings import Settings

LogType = Literal["api", "audit", "authenticator", "controllerManager", "scheduler"]
LOG_TYPES: tuple[LogType, ...] = ("api", "audit", "authenticator", "controllerManager", "scheduler")


class ClusterOptions(Options):
    """The cluster: one that is there already, or how the stack's own is made."""

    name: Annotated[str, matching(r"[A-Za-z0-9][\w-]{0,99}", "the name of a cluster")] | None = Field(
        None,
        description="A cluster in Auto Mode that is there already; without it the stack makes its own.",
        examples=["shared"],
    )
    kubeconfig: str | None = Field(
        None,
        min_length=1,
        description="The kubeconfig's file by which that one is reached, where AWS's own address of it is not.",
        examples=["~/.kube/tunnel"],
    )
    context: str | None = Field(
        None, min_length=1, description="The context of that kubeconfig; without it, its current one."
    )
    version: Annotated[str, matching(r"1\.\d{2}", "a version of Kubernetes such as 1.34")] | None = Field(
        None, description="The version of Kubernetes; without it, whichever EKS makes, and as it is.", examples=["1.34"]
    )
    private: bool = Field(
        False, description="Only the network reaches the API server: `up` then runs inside it.", examples=[True]
    )
    reached_from: Annotated[tuple[Range, ...], Single] = Field(
        (),
        description="Who else reaches the API server, with credentials of AWS; without it, the whole internet.",
        examples=[["192.0.2.0/24"]],
    )
    logs: Annotated[tuple[LogType, ...], Single] = Field(
        LOG_TYPES, description="Of what the control plane keeps a log.", examples=[["audit"]]
    )
    access: Mapping[Principal, Literal["view", "edit", "admin", "cluster-admin"]] = Field(
        {}, description="Who may do what in the cluster, by the ARN of a role or a user, beside whoever makes it."
    )


class ClusterNetworkOptions(PodNetworkOptions):
    """Where the balancer and the nodes stand, and what the pods may reach."""

    cidr: Block = Field("10.0.0.0/16", description="The addresses of the stack's own VPC.", examples=["10.1.0.0/16"])
    vpc: VpcId | None = Field(
        None,
        description="A VPC that is there already; without it the stack makes its own.",
        examples=["vpc-0123456789abcdef0"],
    )
    public_subnets: SubnetIds = Field(
        (), description="Of that VPC, where a public balancer stands: one in each of two or three zones."
    )
    private_subnets: SubnetIds = Field((), description="Of that VPC, where the nodes stand.")
    nat: Literal["one", "per-zone"] = Field(
        "one", description="How the nodes reach the internet: `one` costs least, `per-zone` outlives a zone."
    )
    flow_logs: bool = Field(True, description="Log the connections of the stack's own VPC.", examples=[False])

    def of_nodes(self) -> NetworkOptions:
        """The same as AWS's network is made by."""
        given = self.model_dump(include={"cidr", "vpc", "public_subnets", "private_subnets", "nat", "flow_logs"})
        return NetworkOptions.model_validate({**given, "tasks": "private"})


class EksOptions(WorkloadOptions):
    """Options of the target `aws.eks`."""

    region: Region = Field(description="The AWS region that everything is made in.", examples=["eu-central-1"])
    zones: int = Field(2, ge=2, le=3, description="Over how many availability zones the network goes.", examples=[3])
    cluster: ClusterOptions = Field(
        default_factory=lambda: ClusterOptions.model_validate({}), description="The cluster that it runs in."
    )
    # Nothing is ever put there that is not of this type: the models are frozen.
    network: ClusterNetworkOptions = Field(  # pyright: ignore[reportIncompatibleVariableOverride]
        default_factory=lambda: ClusterNetworkOptions.model_validate({}),
        description="Where balancer and nodes stand, and what the pods may reach.",
    )
    balancer: Literal["public", "internal", "none"] = Field(
        "public",
        description="A balancer that the internet reaches, or the network alone; none where `ingress` or `expose` do.",
        examples=["internal"],
    )
    hosted_zone: Zone | None = Field(
        None, description="The public hosted zone in Route 53 that `service:domain` is in.", examples=["example.com"]
    )
    certificate: Certificate | None = Field(
        None, description="A certificate for `service:domain` that is there already, where its DNS is not in Route 53."
    )
    kms: bool = Field(
        True, description="Encrypt the cluster's secrets, and logs, with a key of the stack's own.", examples=[False]
    )
    log_retention: Retention = Field(30, description="Days that logs are kept.", examples=[30])
    images_kept: int = Field(30, ge=2, le=1000, description="So many images stay, for going back to one.")
    policies: Annotated[tuple[Policy, ...], Single] = Field(
        (), description="What the service itself may do in AWS: managed policies by ARN."
    )
    boundary: Policy | None = Field(
        None, description="What the stack's roles may do at most, whatever they are given: a managed policy by ARN."
    )


def _check(service: "Service", settings: "Settings") -> "list[Problem]":
    # Only here: it needs the settings' models, which are made of these.
    from infra.targets.aws.eks_checks import problems

    return problems(service, settings)


def _lodged(options: Mapping[str, Any], service: str, stack: str) -> dict[str, Any]:
    """In the same cluster, which is there already then, with a balancer where a public one stands."""
    kept = lodged(options, called(service, stack), "zones")
    network: Mapping[str, Any] = options.get("network") or {}
    subnets = network.get("public_subnets")
    if subnets and options.get("balancer", "public") == "public":
        kept["network"] = {**kept.get("network", {}), "public_subnets": subnets}
    return kept


TARGETS = {
    "aws.eks": Spec(
        options=EksOptions,
        capabilities=CAPABILITIES,
        usual=USUAL_OF_CLOUD,
        check=_check,
        lodged=_lodged,
    )
}
