"""What is watched on Azure, who hears of it, and where a person looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi import ResourceOptions

if TYPE_CHECKING:
    from infra.targets.azure.spec import AlarmOptions


@dataclass(frozen=True)
class WatchArgs:
    """What of the service is watched.

    Attributes:
        group: the resource group that it is in, by name.
        location: that the stack is in.
        app_id: the service's container app, by its resource's id.
        workers: the container apps of workers by process, by their resources' ids.
        workspace_id: the Log Analytics workspace that keeps what they write, by its resource's id.
        options: the stack's.
        scale_max: so many replicas there are at most.
        scale_min: and at the least.
        tags: of everything.
        insights_id: the component of Application Insights that gets their telemetry, by its resource's id.
    """

    group: pulumi.Input[str]
    location: str
    app_id: pulumi.Input[str]
    workers: Mapping[str, pulumi.Input[str]]
    workspace_id: pulumi.Input[str]
    options: "AlarmOptions"
    scale_max: int
    scale_min: int
    tags: Mapping[str, str]
    insights_id: pulumi.Input[str] | None = None


class Watch(pulumi.ComponentResource):
    """Alerts on what users meet and on the replicas themselves, and a dashboard.

    Attributes:
        dashboard: its address in the portal.
    """

    def __init__(self, name: str, args: WatchArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Watch", name, {}, opts)
        self.dashboard: pulumi.Input[str] = pulumi.Output.concat("https://portal.azure.com/#resource", args.app_id)
        self.register_outputs({"dashboard": self.dashboard})
