"""Who something in a cluster is on Azure: an identity that Entra gives to one of the cluster's accounts alone."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.targets.azure.identity import Identity, IdentityArgs, Role
from infra.targets.azure.raw import resource

AUDIENCE = "api://AzureADTokenExchange"
# By which the cluster gives a pod its token, and says of an account whose it is:
# https://learn.microsoft.com/azure/aks/workload-identity-overview, read 2026-11-30.
USES, CLIENT = {"azure.workload.identity/use": "true"}, "azure.workload.identity/client-id"
# Where a pod has its token changed for one of Azure's, login.microsoftonline.com: row 56 of
# https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges, read 2026-11-30.
LOGIN = ("20.190.128.0/18:443", "40.126.0.0/18:443")


@dataclass(frozen=True)
class PodIdentityArgs:
    """Whose identity it is.

    Attributes:
        group: the resource group, by name.
        location: that the stack is in.
        name: what the identity is called.
        issuer: of the cluster's tokens.
        namespace: of the account.
        service_account: that takes the identity.
        roles: what it may do, by what each is called in the plan.
        tags: of the identity.
    """

    group: pulumi.Input[str]
    location: str
    name: str
    issuer: pulumi.Input[str]
    namespace: str
    service_account: str
    roles: Mapping[str, Role]
    tags: Mapping[str, str]


class PodIdentity(pulumi.ComponentResource):
    """An identity that one account of a cluster takes, without a key.

    Attributes:
        client_id: by which the account names it.
        ready: what must be there before anything takes it.
        created: when each of its roles was given.
    """

    def __init__(self, name: str, args: PodIdentityArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:PodIdentity", name, {}, opts)
        child = ResourceOptions(parent=self)
        whole = IdentityArgs(args.group, args.location, args.name, None, args.roles, args.tags)
        identity = Identity(name, whole, child)
        trusted = resource(
            "managedidentity:FederatedIdentityCredential",
            name,
            {
                "resourceGroupName": args.group,
                "resourceName": identity.name,
                "federatedIdentityCredentialResourceName": args.service_account,
                "issuer": args.issuer,
                "subject": f"system:serviceaccount:{args.namespace}:{args.service_account}",
                "audiences": [AUDIENCE],
            },
            # It has the same name with another issuer.
            ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.client_id: pulumi.Output[str] = identity.client_id
        self.ready: list[pulumi.Resource] = [*identity.ready, trusted]
        self.created = identity.created
        self.register_outputs({})
