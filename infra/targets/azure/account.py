"""Where on Azure a stack's resources are made: its provider, its resource group, and tags that tell whose they are."""

import functools
from typing import cast

import pulumi
import pulumi_azure_native as azure
from pulumi import ResourceOptions

from infra.settings import Settings
from infra.targets.azure.names import stack_name
from infra.targets.azure.raw import resource
from infra.targets.azure.spec import ContainerAppsOptions
from infra.targets.raw import Resource


def options(settings: Settings) -> ContainerAppsOptions:
    """The stack's options for this target."""
    return cast("ContainerAppsOptions", settings.options)


def tags(service: str) -> dict[str, str]:
    """The tags of everything that the program makes."""
    return {"slipway-service": service, "slipway-stack": pulumi.get_stack()}


@functools.cache
def provider(subscription: str, location: str) -> azure.Provider:
    """The provider of everything that the program makes: its subscription, its location."""
    return azure.Provider("azure", subscription_id=subscription, location=location)


def group_name(service: str) -> str:
    """What the stack's resource group is called."""
    return stack_name(service, pulumi.get_stack())


def group(service: str, location: str, *, protect: bool, opts: ResourceOptions) -> Resource:
    """The group of everything that the program makes, by the name of `group_name`."""
    props = {"resourceGroupName": group_name(service), "location": location, "tags": tags(service)}
    # It has the same name in another location.
    kept = ResourceOptions.merge(opts, ResourceOptions(protect=protect or None, delete_before_replace=True))
    return resource("resources:ResourceGroup", service, props, kept, ["name"])
