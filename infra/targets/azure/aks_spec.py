"""What can be known of the target `azure.aks` without an SDK: it stands on Azure and on Kubernetes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from infra.targets.azure.aks_kubeconfig import called
from infra.targets.azure.spec import GROUP, SUBNET, UUID, Location, RoleOptions, Subscription, Zone
from infra.targets.kubernetes.spec import CAPABILITIES, USUAL_OF_CLOUD, Range, WorkloadOptions, lodged
from infra.targets.kubernetes.spec import NetworkOptions as PodNetworkOptions
from infra.targets.spec import Options, Single, Spec, matching

if TYPE_CHECKING:
    from infra.errors import Problem
    from infra.service import Service
    from infra.settings import Settings

Principal = Annotated[
    str, matching(rf"(app|group|user):{UUID.pattern}", "app:, group: or user: with the object's id in Entra")
]
# https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, read 2026-11-30.
NAME = r"[A-Za-z0-9]([\w-]{0,61}[A-Za-z0-9])?"
# The addresses of the services in a cluster that the stack makes, which nothing outside of it sees.
SERVICES = "172.16.0.0/16"
CERTIFICATE = rf"{GROUP}/[A-Za-z][A-Za-z0-9-]{{1,22}}[A-Za-z0-9]/[A-Za-z0-9-]{{1,127}}"


class NodeOptions(Options):
    """The nodes of the stack's own cluster: one pool, which grows and shrinks by itself."""

    size: Annotated[str, matching(r"Standard_[A-Za-z]+\d[\w-]*", "a size of virtual machines")] = Field(
        "Standard_D2ds_v5", description="The size of each.", examples=["Standard_D4ds_v5"]
    )
    least: int = Field(2, ge=1, le=1000, description="At least so many.", examples=[3])
    most: int = Field(5, ge=1, le=1000, description="At most so many.", examples=[10])
    zones: Annotated[tuple[Literal["1", "2", "3"], ...], Single] = Field(
        ("1", "2", "3"), description="The availability zones that they are in; none in a location that has none."
    )
    disk: Literal["ephemeral", "managed"] = Field(
        "ephemeral",
        description="Their system's disk: the machine's own, or one that outlives it.",
        examples=["managed"],
    )
    disk_size: int = Field(64, ge=30, le=2048, description="Its size, GiB; the machine's own may have less.")


class ClusterOptions(Options):
    """The cluster: one that is there already, or how the stack's own is made."""

    name: (
        Annotated[
            str, matching(rf"{GROUP}/{NAME}", "a cluster such as platform/shared: its resource group and its name")
        ]
        | None
    ) = Field(
        None,
        description="A cluster that is there already, `<resource group>/<name>`; without it the stack makes its own.",
        examples=["platform/shared"],
    )
    kubeconfig: str | None = Field(
        None,
        min_length=1,
        description="The kubeconfig's file by which it is reached, where Azure's own address of it is not.",
        examples=["~/.kube/tunnel"],
    )
    context: str | None = Field(
        None, min_length=1, description="The context of that kubeconfig; without it, its current one."
    )
    tier: Literal["Free", "Standard"] = Field(
        "Standard", description="With a promise of how long its API server answers, or free of charge."
    )
    channel: Literal["rapid", "stable", "patch", "none"] = Field(
        "stable", description="How soon Azure brings it to a new version of Kubernetes.", examples=["patch"]
    )
    private: bool = Field(
        False, description="Only the network reaches the API server: `up` then runs inside it.", examples=[True]
    )
    reached_from: Annotated[tuple[Range, ...], Single] = Field(
        (),
        description="Who reaches the API server, with credentials of Entra's; without it, the whole internet.",
        examples=[["192.0.2.0/24"]],
    )
    nodes: NodeOptions = Field(
        default_factory=lambda: NodeOptions.model_validate({}), description="The nodes of the stack's own cluster."
    )
    access: Mapping[Principal, Literal["view", "edit", "admin", "cluster-admin"]] = Field(
        {}, description="Who may do what in the cluster, by the object's id in Entra, beside whoever makes it."
    )


class ClusterNetworkOptions(PodNetworkOptions):
    """Where the nodes stand, and what the pods may reach."""

    subnet: Annotated[str, matching(SUBNET, "the id of a subnet")] | None = Field(
        None,
        description="A subnet that is there already, by its id; without it the stack makes a network of its own.",
        examples=[
            "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/main/subnets/nodes"
        ],
    )
    cidr: Range = Field(
        "10.0.0.0/22", description="The addresses of the nodes, in the stack's own network.", examples=["10.1.0.0/22"]
    )
    pods: Range = Field(
        "192.168.0.0/16",
        description="The addresses of the pods, which are the cluster's own.",
        examples=["10.64.0.0/16"],
    )


class AksOptions(WorkloadOptions):
    """Options of the target `azure.aks`."""

    subscription: Subscription = Field(
        description="The id of the Azure subscription that everything is made in.",
        examples=["00000000-0000-4000-8000-000000000001"],
    )
    location: Location = Field(description="The Azure location that everything is made in.", examples=["westeurope"])
    cluster: ClusterOptions = Field(
        default_factory=lambda: ClusterOptions.model_validate({}), description="The cluster that it runs in."
    )
    # Nothing is ever put there that is not of this type: the models are frozen.
    network: ClusterNetworkOptions = Field(  # pyright: ignore[reportIncompatibleVariableOverride]
        default_factory=lambda: ClusterNetworkOptions.model_validate({}),
        description="Where the nodes stand, and what the pods may reach.",
    )
    balancer: Literal["public", "internal", "none"] = Field(
        "public",
        description="A balancer that the internet reaches, or the network alone; none where `ingress` or `expose` do.",
        examples=["internal"],
    )
    dns_zone: Zone | None = Field(
        None,
        description="The zone of Azure DNS that `service:domain` is in: `<resource group>/<name>`, or its id.",
        examples=["dns/example.com"],
    )
    certificate: Annotated[str, matching(CERTIFICATE, "<resource group>/<vault>/<certificate> of Key Vault")] | None = (
        Field(
            None,
            description="The certificate in Key Vault for `service:domain`: `<resource group>/<vault>/<certificate>`.",
            examples=["shared/acme-certificates/api-example-com"],
        )
    )
    registry: Literal["Basic", "Standard", "Premium"] = Field(
        "Basic", description="The tier of the container registry.", examples=["Standard"]
    )
    images_kept: int = Field(30, ge=2, le=1000, description="So many images stay, for going back to one.")
    roles: tuple[RoleOptions, ...] = Field((), description="What the service itself may do, and where.")


def _check(service: "Service", settings: "Settings") -> "list[Problem]":
    # Only here: it needs the settings' models, which are made of these.
    from infra.targets.azure.aks_checks import problems

    return problems(service, settings)


def _lodged(options: Mapping[str, Any], service: str, stack: str) -> dict[str, Any]:
    """In the same cluster, which is there already then."""
    own = called(service, stack)
    return lodged(options, f"{own}/{own}")


TARGETS = {
    "azure.aks": Spec(
        options=AksOptions,
        capabilities=CAPABILITIES,
        usual=USUAL_OF_CLOUD,
        check=_check,
        lodged=_lodged,
    )
}
