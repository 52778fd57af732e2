"""Where on Azure a stack's resources are made: its resource group, and the tags that tell whose they are."""

import functools
from typing import cast

import pulumi
import pulumi_azure_native as azure

from infra.settings import Settings
from infra.targets.azure.spec import ContainerAppsOptions


def options(settings: Settings) -> ContainerAppsOptions:
    """The stack's options for this target."""
    return cast("ContainerAppsOptions", settings.options)


def tags(service: str) -> dict[str, str]:
    """The tags of everything that the program makes."""
    return {"slipway-service": service, "slipway-stack": pulumi.get_stack()}


@functools.cache
def group(location: str, service: str) -> azure.resources.ResourceGroup:
    """The group of everything that the program makes."""
    return azure.resources.ResourceGroup(service, location=location, tags=tags(service))
