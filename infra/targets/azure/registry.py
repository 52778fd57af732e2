"""The registry on Azure: a container registry without an admin user, and the task that removes old images from it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.image import Registry
from infra.targets.azure.raw import resource

# The name that a token logs in under:
# https://learn.microsoft.com/azure/container-registry/container-registry-authentication, read 2026-11-23.
TOKEN_USER = "00000000-0000-0000-0000-000000000000"  # noqa: S105 - a user's name


@dataclass(frozen=True)
class ImagesArgs:
    """Where the registry lies, and how images are kept.

    Attributes:
        group: the resource group, by name.
        location: that it lies in.
        name: what it is called, in the whole world: 5 to 50 letters and digits.
        tier: Basic, Standard or Premium.
        kept: so many images stay, for going back to one. What is deployed is among the last that were pushed.
        tags: of the registry.
        protect: whether it outlives what else is destroyed.
    """

    group: pulumi.Input[str]
    location: str
    name: str
    tier: str
    kept: int
    tags: Mapping[str, str]
    protect: bool = False


class Images(pulumi.ComponentResource):
    """The registry of the stack's images and of their builds' cache.

    Attributes:
        registry: where to push, with the token of whoever runs the program; it is good for three hours.
        registry_id: by which a role is given on it.
        login_server: its host.
    """

    def __init__(self, name: str, args: ImagesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Images", name, {}, opts)
        made = resource(
            "containerregistry:Registry",
            name,
            {
                "resourceGroupName": args.group,
                "registryName": args.name,
                "location": args.location,
                "sku": {"name": args.tier},
                "adminUserEnabled": False,
                "tags": args.tags,
            },
            ResourceOptions(parent=self, protect=args.protect),
            outputs=("loginServer",),
        )
        self.registry_id: pulumi.Output[str] = made.id
        self.login_server: pulumi.Output[str] = made.output("loginServer")
        repository = pulumi.Output.concat(self.login_server, "/", name)
        self.registry = Registry(repository, pulumi.Output.concat(repository, "-cache"))
        self.register_outputs({"repository": repository})


def token(server: pulumi.Input[str], opts: pulumi.InvokeOptions) -> pulumi.Output[str]:
    """With which whoever runs the program logs in to a registry: their own login of Azure."""
    raise NotImplementedError
