"""Application Insights on Azure, which the environment's OpenTelemetry agent sends what processes tell to."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.targets.azure.raw import resource


@dataclass(frozen=True)
class InsightsArgs:
    """Where the telemetry lies.

    Attributes:
        group: the resource group, by name.
        location: that the stack is in.
        workspace_id: the Log Analytics workspace that keeps it, as long as its logs, by its resource's id.
        tags: of the component.
    """

    group: pulumi.Input[str]
    location: str
    workspace_id: pulumi.Input[str]
    tags: Mapping[str, str]


class Insights(pulumi.ComponentResource):
    """A component of Application Insights.

    Attributes:
        insights_id: its resource's id.
        connection: the connection string that telemetry is sent with, a secret.
    """

    def __init__(self, name: str, args: InsightsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Insights", name, {}, opts)
        made = resource(
            "applicationinsights:Component",
            name,
            {
                "resourceGroupName": args.group,
                "location": args.location,
                "kind": "web",
                "applicationType": "web",
                "ingestionMode": "LogAnalytics",
                "workspaceResourceId": args.workspace_id,
                "tags": dict(args.tags),
            },
            # With either whoever has it may send telemetry.
            ResourceOptions(parent=self, additional_secret_outputs=["connectionString", "instrumentationKey"]),
            ["connectionString"],
        )
        self.insights_id: pulumi.Output[str] = made.id
        self.connection = made.output("connectionString")
        self.register_outputs({"insights_id": self.insights_id})
