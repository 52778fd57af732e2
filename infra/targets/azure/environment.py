"""Where the apps run on Azure: a managed environment, and the Log Analytics workspace that keeps their logs."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.targets.azure.raw import resource


@dataclass(frozen=True)
class WorkspaceArgs:
    """Where logs are kept, and how long.

    Attributes:
        group: the resource group, by name.
        location: that they are kept in.
        name: what the workspace is called.
        retention: days that they are kept.
        tags: of the workspace.
    """

    group: pulumi.Input[str]
    location: str
    name: str
    retention: int
    tags: Mapping[str, str]


class Workspace(pulumi.ComponentResource):
    """A Log Analytics workspace of the stack's own. It is one apart, since Application Insights needs it too.

    Attributes:
        workspace_id: by which it is asked, and written to: the API's customerId.
        resource_id: by which Azure Resource Manager knows it.
        key: with which the environment writes to it; a secret.
    """

    def __init__(self, name: str, args: WorkspaceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Workspace", name, {}, opts)
        made = resource("operationalinsights:Workspace", name, {}, ResourceOptions(parent=self), outputs=("customerId",))
        self.workspace_id: pulumi.Output[str] = made.output("customerId")
        self.resource_id: pulumi.Output[str] = made.id
        self.key: pulumi.Output[str] = pulumi.Output.secret("")
        self.register_outputs({})


@dataclass(frozen=True)
class EnvironmentArgs:
    """What the apps have in common.

    Attributes:
        group: the resource group, by name.
        location: that they run in.
        name: what the environment is called.
        workspace: that keeps their logs.
        subnet_id: of the network that they are in; without one they are in none of the stack's.
        internal: whether they are reached from the network alone.
        zone_redundant: whether their replicas are spread over the location's zones; the network is needed for it.
        profile: the workload profile that they run on, `Consumption` or as `D4`.
        insights: the connection string of Application Insights, for what the processes tell by OpenTelemetry.
        network_id: of the network that is to find an internal environment's names; none where others see to that.
        tags: of the environment.
    """

    group: pulumi.Input[str]
    location: str
    name: str
    workspace: Workspace
    subnet_id: pulumi.Input[str] | None
    internal: bool
    zone_redundant: bool
    profile: str
    insights: pulumi.Input[str] | None
    network_id: pulumi.Input[str] | None
    tags: Mapping[str, str]


class Environment(pulumi.ComponentResource):
    """A managed environment of workload profiles.

    Attributes:
        environment_id: by which an app names it.
        name: what it is called, once it is there.
        default_domain: under which every app has a name.
        static_ip: where all its apps are reached.
        verification_id: what the TXT record of a domain says.
        ready: what must be there before an app is reached by its name.
    """

    def __init__(self, name: str, args: EnvironmentArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Environment", name, {}, opts)
        made = resource(
            "app:ManagedEnvironment",
            name,
            {"resourceGroupName": args.group, "environmentName": args.name, "location": args.location},
            ResourceOptions(parent=self),
            outputs=("name", "defaultDomain", "staticIp", "customDomainConfiguration"),
        )
        self.environment_id: pulumi.Output[str] = made.id
        self.name: pulumi.Output[str] = made.output("name")
        self.default_domain: pulumi.Output[str] = made.output("defaultDomain")
        self.static_ip: pulumi.Output[str] = made.output("staticIp")
        self.verification_id: pulumi.Output[str] = made.output("customDomainConfiguration").apply(
            lambda known: str(known["customDomainVerificationId"])
        )
        self.ready: list[pulumi.Resource] = []
        self.register_outputs({"environment_id": self.environment_id})
