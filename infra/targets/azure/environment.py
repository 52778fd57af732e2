"""Where the apps run on Azure: a managed environment, and the Log Analytics workspace that keeps their logs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.targets.azure import limits
from infra.targets.azure.raw import resource
from infra.targets.raw import Resource

# A node in each of a location's zones: https://learn.microsoft.com/azure/reliability/reliability-container-apps, read
# 2026-11-30.
ZONES = 3
# Seconds that an address may be remembered.
TTL = 300


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
    """A Log Analytics workspace. It stands before the environment, since Application Insights keeps its own in it too.

    Attributes:
        workspace_id: by which it is asked, and written to: the API's customerId.
        resource_id: by which Azure Resource Manager knows it.
        key: with which the environment writes to it; a secret.
    """

    def __init__(self, name: str, args: WorkspaceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Workspace", name, {}, opts)
        made = resource(
            "operationalinsights:Workspace",
            name,
            {
                "resourceGroupName": args.group,
                "workspaceName": args.name,
                "location": args.location,
                "sku": {"name": "PerGB2018"},
                "retentionInDays": args.retention,
                "tags": args.tags,
            },
            # It has the same name in another location.
            ResourceOptions(parent=self, delete_before_replace=True),
            outputs=("name", "customerId"),
        )
        asked = {"resourceGroupName": args.group, "workspaceName": made.output("name")}
        keys = pulumi.runtime.invoke_output(
            "azure-native:operationalinsights:getSharedKeys", asked, pulumi.InvokeOutputOptions(parent=self)
        )
        self.workspace_id: pulumi.Output[str] = made.output("customerId")
        self.resource_id: pulumi.Output[str] = made.id
        self.key: pulumi.Output[str] = pulumi.Output.secret(keys.apply(lambda known: str(known["primarySharedKey"])))
        self.register_outputs({"resource_id": self.resource_id})


@dataclass(frozen=True)
class EnvironmentArgs:
    """What the apps have in common.

    Attributes:
        group: the resource group, by name.
        location: that they run in.
        name: what the environment is called.
        workspace: that keeps their logs.
        subnet_id: that they are in; without one they are in no network of the stack's.
        internal: whether they are reached from the network alone.
        zone_redundant: whether their replicas are spread over the location's zones; it takes a network.
        profile: the workload profile that they run on, `Consumption` or such as `D4`.
        insights: the connection string of Application Insights, for what the processes tell by OpenTelemetry.
        network_id: in which an internal environment's names are to be found; none where others see to that.
        tags: of the environment.
        nodes: so many nodes the profile has at the most, where it is no `Consumption`.
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
    nodes: int = 10


class Environment(pulumi.ComponentResource):
    """A managed environment of workload profiles.

    Attributes:
        environment_id: by which an app names it.
        name: what it is called, once it is there.
        default_domain: under which every app has a name.
        static_ip: where all its apps are reached.
        verification_id: what proves that a domain's owner lets an app have it.
        resource: the environment itself.
        ready: what must be there before an app is reached by its name.
    """

    def __init__(self, name: str, args: EnvironmentArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Environment", name, {}, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        made = resource(
            "app:ManagedEnvironment",
            name,
            {
                "resourceGroupName": args.group,
                "environmentName": args.name,
                "location": args.location,
                "appLogsConfiguration": {
                    "destination": "log-analytics",
                    "logAnalyticsConfiguration": {
                        "customerId": args.workspace.workspace_id,
                        "sharedKey": args.workspace.key,
                    },
                },
                "workloadProfiles": self._profiles(),
                "zoneRedundant": args.zone_redundant,
                **self._inside(),
                **self._telemetry(),
                "tags": args.tags,
            },
            # Both are decided once. It has the same name in another network.
            ResourceOptions(
                parent=self, delete_before_replace=True, replace_on_changes=["vnetConfiguration", "zoneRedundant"]
            ),
            outputs=("name", "defaultDomain", "staticIp", "customDomainConfiguration"),
        )
        self.resource: Resource = made
        self.environment_id: pulumi.Output[str] = made.id
        self.name: pulumi.Output[str] = made.output("name")
        self.default_domain: pulumi.Output[str] = made.output("defaultDomain")
        self.static_ip: pulumi.Output[str] = made.output("staticIp")
        self.verification_id: pulumi.Output[str] = made.output("customDomainConfiguration").apply(
            lambda known: str(known["customDomainVerificationId"])
        )
        named = args.internal and args.network_id is not None
        self.ready: list[pulumi.Resource] = [made, *(self._names(args.network_id) if named else [])]
        self.register_outputs({"environment_id": self.environment_id})

    def _profiles(self) -> list[dict[str, Any]]:
        """Every environment has the one that is paid by use, which jobs may run on too."""
        args = self._args
        profiles: list[dict[str, Any]] = [
            {"name": limits.CONSUMPTION, "workloadProfileType": limits.CONSUMPTION},
        ]
        if args.profile != limits.CONSUMPTION:
            least = ZONES if args.zone_redundant else 1
            counts = {"minimumCount": least, "maximumCount": max(least, args.nodes)}
            profiles.append({"name": args.profile, "workloadProfileType": args.profile, **counts})
        return profiles

    def _inside(self) -> dict[str, Any]:
        if self._args.subnet_id is None:
            return {}
        return {
            "vnetConfiguration": {
                "infrastructureSubnetId": self._args.subnet_id,
                "internal": self._args.internal,
            }
        }

    def _telemetry(self) -> dict[str, Any]:
        """Metrics are not among what the agent brings to Application Insights.

        https://learn.microsoft.com/azure/container-apps/opentelemetry-agents, read 2026-11-30.
        """
        if self._args.insights is None:
            return {}
        to = {"destinations": ["appInsights"]}
        return {
            "appInsightsConfiguration": {"connectionString": self._args.insights},
            "openTelemetryConfiguration": {"tracesConfiguration": to, "logsConfiguration": to},
        }

    def _names(self, network_id: pulumi.Input[str] | None) -> list[pulumi.Resource]:
        """A zone of the network's own, in which all names of the environment lead to its address."""
        owned = {"resourceGroupName": self._args.group, "tags": self._args.tags}
        zone = resource(
            "privatedns:PrivateZone",
            self._name,
            {**owned, "privateZoneName": self.default_domain, "location": "Global"},
            self._child,
            outputs=("name",),
        )
        within = {"privateZoneName": zone.output("name")}
        record = resource(
            "privatedns:PrivateRecordSet",
            self._name,
            {
                "resourceGroupName": self._args.group,
                **within,
                "recordType": "A",
                "relativeRecordSetName": "*",
                "ttl": TTL,
                "aRecords": [{"ipv4Address": self.static_ip}],
            },
            self._child,
        )
        link = resource(
            "privatedns:VirtualNetworkLink",
            self._name,
            {
                **owned,
                **within,
                "location": "Global",
                "registrationEnabled": False,
                "virtualNetwork": {"id": network_id},
            },
            self._child,
        )
        return [record, link]
