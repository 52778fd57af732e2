"""Application Insights on Azure, which the environment's OpenTelemetry agent sends what processes tell to."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions


@dataclass(frozen=True)
class InsightsArgs:
    """Where the telemetry lies.

    Attributes:
        group: the resource group, by name.
        location: that the stack is in.
        workspace_id: the Log Analytics workspace that keeps it, by its resource's id.
        retention: days that it is kept.
        tags: of the component.
    """

    group: pulumi.Input[str]
    location: str
    workspace_id: pulumi.Input[str]
    retention: int
    tags: Mapping[str, str]


class Insights(pulumi.ComponentResource):
    """A component of Application Insights.

    Attributes:
        insights_id: its resource's id.
        connection: the connection string that telemetry is sent with.
    """

    insights_id: pulumi.Output[str]
    connection: pulumi.Output[str]

    def __init__(self, name: str, args: InsightsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Insights", name, {}, opts)
