"""The APIs of Google Cloud that a stack stands on. A project has them switched off until somebody asks."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.service import Service
from infra.settings import Settings
from infra.targets.gcp.account import options
from infra.targets.gcp.raw import resource


@dataclass(frozen=True)
class ApisArgs:
    """Which: `run.googleapis.com`, ..."""

    services: Sequence[str]


class Apis(pulumi.ComponentResource):
    """They are never switched off again: other things in the project may stand on them too.

    Attributes:
        ready: what must be there before anything that they make.
    """

    def __init__(self, name: str, args: ApisArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:Apis", name, {}, opts)
        self.ready: list[pulumi.Resource] = [
            resource(
                "projects/service:Service",
                f"{name}-{service.partition('.')[0]}",
                {"service": service, "disableOnDestroy": False, "disableDependentServices": False},
                ResourceOptions(parent=self),
            )
            for service in args.services
        ]
        self.register_outputs({})


def wanted(service: Service, settings: Settings, *, secrets: bool) -> list[str]:
    """The APIs that a stack needs. `secrets`: whether it has any."""
    asked = options(settings)
    balanced = settings.domain is not None
    by_need = {
        "artifactregistry": settings.registry is None,
        "cloudresourcemanager": bool(asked.roles),
        "cloudscheduler": bool(service.jobs),
        "compute": balanced or asked.network.egress != "none",
        "containerscanning": asked.scanning and settings.registry is None,
        "dns": balanced and asked.managed_zone is not None,
        "iam": True,
        "logging": True,
        "monitoring": asked.alarms is not None,
        "run": True,
        "secretmanager": secrets,
    }
    return [f"{name}.googleapis.com" for name, needed in by_need.items() if needed]
