"""Who the service is on Azure: a user-assigned identity of its own, which may do what it must and what a stack adds."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.targets.azure import limits
from infra.targets.azure.raw import resource
from infra.targets.azure.spec import RoleOptions
from infra.targets.raw import Resource

PULL = limits.ROLES["AcrPull"]


@dataclass(frozen=True)
class Role:
    """What somebody may do.

    Attributes:
        definition: the role's UUID.
        scope: the id of the subscription, the group or the resource that it is good for.
    """

    definition: str
    scope: pulumi.Input[str]


def named(asked: Sequence[RoleOptions], own: pulumi.Input[str]) -> dict[str, Role]:
    """The roles that a stack asks for, by what each is called in the plan. `own`: the scope of those that name none."""
    roles: dict[str, Role] = {}
    for each in asked:
        mark = hashlib.sha256(f"{each.definition}{each.scope}".encode()).hexdigest()[:8]
        roles[f"{each.role.lower().replace(' ', '-')}-{mark}"] = Role(each.definition, each.scope or own)
    return roles


@dataclass(frozen=True)
class IdentityArgs:
    """What the identity is for.

    Attributes:
        group: the resource group, by name.
        location: that the stack is in.
        name: what it is called.
        registry_id: of the registry that it pulls images from; none where another one's login is given.
        roles: what the service itself may do, by what each is called in the plan.
        tags: of the identity.
    """

    group: pulumi.Input[str]
    location: str
    name: str
    registry_id: pulumi.Input[str] | None
    roles: Mapping[str, Role]
    tags: Mapping[str, str]


class Identity(pulumi.ComponentResource):
    """The identity that every process runs as, and that pulls its image.

    Attributes:
        identity_id: by which an app names it.
        name: what it is called, once it is there.
        client_id: by which a process asks for its tokens.
        principal_id: by which roles are given to it.
        ready: what must be there before a process runs.
        created: when each of its roles was given, since Azure does not know of one everywhere at once.
    """

    def __init__(self, name: str, args: IdentityArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Identity", name, {}, opts)
        child = ResourceOptions(parent=self)
        made = resource(
            "managedidentity:UserAssignedIdentity",
            name,
            {
                "resourceGroupName": args.group,
                "resourceName": args.name,
                "location": args.location,
                "tags": args.tags,
            },
            # It has the same name in another location.
            ResourceOptions(parent=self, delete_before_replace=True),
            outputs=("clientId", "name", "principalId"),
        )
        self.identity_id: pulumi.Output[str] = made.id
        self.name: pulumi.Output[str] = made.output("name")
        self.client_id: pulumi.Output[str] = made.output("clientId")
        self.principal_id: pulumi.Output[str] = made.output("principalId")
        pull = {} if args.registry_id is None else {"pull": Role(PULL, args.registry_id)}
        given = [
            assigned(f"{name}-{word}", role, self.principal_id, child) for word, role in {**pull, **args.roles}.items()
        ]
        self.ready: list[pulumi.Resource] = [*given]
        self.created: list[pulumi.Output[str]] = [each.output("createdOn") for each in given]
        self.register_outputs({"identity_id": self.identity_id})


def assigned(
    name: str, role: Role, principal: pulumi.Input[str], opts: ResourceOptions, kind: str = "ServicePrincipal"
) -> Resource:
    """Give a role to a principal, which is no person unless its kind says so. `createdOn` is when it was given.

    Azure is told what kind of principal it is, as it may not find one that is new:
    https://learn.microsoft.com/azure/role-based-access-control/role-assignments-template#new-service-principal, read
    2026-11-30.
    """
    definition = pulumi.Output.from_input(role.scope).apply(
        lambda scope: (
            f"/subscriptions/{scope.split('/')[2]}/providers/Microsoft.Authorization/roleDefinitions/{role.definition}"
        )
    )
    props = {
        "principalId": principal,
        "principalType": kind,
        "roleDefinitionId": definition,
        "scope": role.scope,
    }
    return resource("authorization:RoleAssignment", name, props, opts, outputs=("createdOn",))
