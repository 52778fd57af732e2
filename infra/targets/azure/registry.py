"""The registry on Azure: a container registry without an admin user."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure
from pulumi import ResourceOptions

from infra.image import Registry


@dataclass(frozen=True)
class ImagesArgs:
    """Whose the registry is, and its tier."""

    group: pulumi.Input[str]
    location: str
    tier: str
    tags: Mapping[str, str]


class Images(pulumi.ComponentResource):
    """The registry of the stack's images and of their builds' cache.

    Attributes:
        registry: where to push; `az acr login` logs in.
    """

    def __init__(self, name: str, args: ImagesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Images", name, {}, opts)
        made = azure.containerregistry.Registry(
            name,
            resource_group_name=args.group,
            location=args.location,
            sku=azure.containerregistry.SkuArgs(name=args.tier),
            admin_user_enabled=False,
            tags=args.tags,
            opts=ResourceOptions(parent=self),
        )
        repository = pulumi.Output.concat(made.login_server, "/", name)
        self.registry = Registry(repository, pulumi.Output.concat(repository, "-cache"))
        self.register_outputs({"repository": repository})
