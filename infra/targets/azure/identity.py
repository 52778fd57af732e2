"""Who the service is on Azure: a user-assigned identity of its own, which may do what it must and what a stack adds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.targets.azure.raw import resource


@dataclass(frozen=True)
class Role:
    """What somebody may do.

    Attributes:
        definition: the built-in role's UUID.
        scope: the id of what it is good for.
    """

    definition: str
    scope: pulumi.Input[str]


@dataclass(frozen=True)
class IdentityArgs:
    """What the identity is for.

    Attributes:
        group: the resource group, by name.
        location: that the stack is in.
        name: what it is called.
        subscription: that the roles are defined in.
        registry_id: of the registry that it pulls images from; none where another's login is given.
        roles: what the service itself may do, by what it is called in the plan.
        tags: of the identity.
    """

    group: pulumi.Input[str]
    location: str
    name: str
    subscription: str
    registry_id: pulumi.Input[str] | None
    roles: Mapping[str, Role]
    tags: Mapping[str, str]


class Identity(pulumi.ComponentResource):
    """The identity that every process runs as, and that pulls its image.

    Attributes:
        identity_id: of the identity, by which an app knows it.
        client_id: by which a process asks for its tokens.
        principal_id: by which roles are given to it.
        ready: what must be there before a process runs.
    """

    ready: Sequence[pulumi.Resource]

    def __init__(self, name: str, args: IdentityArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Identity", name, {}, opts)
        made = resource(
            "managedidentity:UserAssignedIdentity",
            name,
            {
                "resourceGroupName": args.group,
                "resourceName": args.name,
                "location": args.location,
                "tags": args.tags,
            },
            ResourceOptions(parent=self),
            outputs=("clientId", "principalId"),
        )
        self.identity_id = made.id
        self.client_id, self.principal_id = made.output("clientId"), made.output("principalId")
        self.ready = []
        self.register_outputs({"identity_id": self.identity_id})
