"""The cluster on AKS: who it is, who may do what in it, and the one pool of its nodes."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.targets.azure.aks_kubeconfig import told
from infra.targets.azure.aks_spec import SERVICES, AksOptions
from infra.targets.azure.identity import Identity, IdentityArgs, Role, assigned
from infra.targets.azure.raw import resource
from infra.targets.raw import Resource

# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles, read 2026-11-30.
NETWORKS = "4d97b98b-1d4f-4787-a291-c67834d212e7"
ACCESS = {
    "view": "7f6c6a51-bcf8-42ba-9220-52d62157d7db",
    "edit": "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb",
    "admin": "3498e952-d568-435e-9b2c-8d77e338d7f7",
    "cluster-admin": "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
}
KINDS = {"app": "ServicePrincipal", "group": "Group", "user": "User"}
# The application by which a person is logged in to Azure: https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in,
# read 2026-11-30.
CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
# Of the services' addresses, where DNS is: any but the first.
DNS = 10
# On a node, as many as Kubernetes itself is tried with.
PODS = 110
# Hours between two looks for images that no pod has use for.
CLEANED = 168


@dataclass(frozen=True)
class ControlPlaneArgs:
    """How the cluster is made.

    Attributes:
        called: what it is called.
        identity: what its identity is called.
        group: the resource group, by name.
        options: the stack's.
        subnet_id: where its nodes stand.
        maker: whoever runs the program, as Azure says: `objectId`, `clientId`.
        tags: of the cluster.
        protect: whether it outlives what else is destroyed.
    """

    called: str
    identity: str
    group: pulumi.Input[str]
    options: AksOptions
    subnet_id: pulumi.Input[str]
    maker: Mapping[str, Any]
    tags: Mapping[str, str]
    protect: bool


class ControlPlane(pulumi.ComponentResource):
    """The cluster, who it is, and who may do what in it.

    Attributes:
        kubeconfig: by which it is reached.
        issuer: of its pods' tokens.
        nodes: who its nodes are, by the object's id.
        resource: the cluster itself.
        ready: what must be there before anything is made in it.
        created: when each role was given.
    """

    def __init__(self, name: str, args: ControlPlaneArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:ControlPlane", name, {}, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        # It makes balancers in the network, for whatever in it asks for one.
        roles = {"network": Role(NETWORKS, args.subnet_id)}
        whole = IdentityArgs(args.group, args.options.location, args.identity, None, roles, args.tags)
        identity = Identity(f"{name}-cluster", whole, self._child)
        self.resource = cluster = self._cluster(identity.identity_id, identity.ready)
        given = self._access(cluster.id)
        self.ready: list[pulumi.Resource] = [cluster, *given]
        self.created: list[pulumi.Output[str]] = [each.output("createdOn") for each in given]
        issuer, profile = cluster.output("oidcIssuerProfile"), cluster.output("identityProfile")
        self.issuer: pulumi.Output[str] = issuer.apply(lambda known: str(known["issuerURL"]))
        self.nodes: pulumi.Output[str] = profile.apply(lambda known: str(known["kubeletidentity"]["objectId"]))
        self.kubeconfig = self._kubeconfig(cluster)
        self.register_outputs({})

    def _kubeconfig(self, cluster: Resource) -> pulumi.Output[str]:
        asked = {"resourceGroupName": self._args.group, "resourceName": cluster.output("name")}
        after = pulumi.InvokeOutputOptions(parent=self, depends_on=[cluster])
        token = "azure-native:containerservice:listManagedClusterUserCredentials"  # noqa: S105 - a function
        answer = pulumi.runtime.invoke_output(token, asked, after)
        return answer.apply(lambda known: told(self._args.called, known))

    def _cluster(self, identity: pulumi.Input[str], before: Sequence[pulumi.Resource]) -> Resource:
        args, options = self._args, self._args.options.cluster
        return resource(
            "containerservice:ManagedCluster",
            self._name,
            {
                "resourceGroupName": args.group,
                "resourceName": args.called,
                "location": args.options.location,
                "dnsPrefix": args.called,
                "nodeResourceGroup": f"{args.called}-nodes",
                "sku": {"name": "Base", "tier": options.tier},
                "identity": {"type": "UserAssigned", "userAssignedIdentities": [identity]},
                # Entra says who comes in, and Azure's roles what he may do; there is no other way.
                "aadProfile": {"managed": True, "enableAzureRBAC": True},
                "disableLocalAccounts": True,
                "enableRBAC": True,
                "apiServerAccessProfile": self._reached(),
                "networkProfile": self._network(),
                "agentPoolProfiles": [self._pool()],
                "oidcIssuerProfile": {"enabled": True},
                "securityProfile": {
                    "workloadIdentity": {"enabled": True},
                    "imageCleaner": {"enabled": True, "intervalHours": CLEANED},
                },
                "autoUpgradeProfile": {"upgradeChannel": options.channel, "nodeOSUpgradeChannel": "NodeImage"},
                # What brings a certificate from Key Vault to a Gateway, and no controller beside.
                "ingressProfile": {
                    "webAppRouting": {"enabled": True, "nginx": {"defaultIngressControllerType": "None"}}
                },
                "addonProfiles": {
                    "azureKeyvaultSecretsProvider": {"enabled": True, "config": {"enableSecretRotation": "true"}}
                },
                "tags": args.tags,
            },
            ResourceOptions(
                parent=self,
                protect=args.protect or None,
                depends_on=list(before),
                # It has the same name in another network. What grows and shrinks by itself stays as it is.
                delete_before_replace=True,
                ignore_changes=["agentPoolProfiles[0].count"],
            ),
            ("identityProfile", "name", "oidcIssuerProfile"),
        )

    def _reached(self) -> dict[str, Any]:
        options = self._args.options.cluster
        # No command is run in it but through its API server.
        common = {"disableRunCommand": True, "enablePrivateCluster": options.private}
        if options.private:
            return {**common, "enablePrivateClusterPublicFQDN": False, "privateDNSZone": "system"}
        # Said in words: of what is not named Azure keeps what was before.
        return {**common, "authorizedIPRanges": list(options.reached_from)}

    def _network(self) -> dict[str, Any]:
        """Pods have addresses of the cluster's own; Cilium enforces NetworkPolicies.

        https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium, read 2026-11-30.
        """
        return {
            "networkPlugin": "azure",
            "networkPluginMode": "overlay",
            "networkDataplane": "cilium",
            "networkPolicy": "cilium",
            "podCidr": self._args.options.network.pods,
            "serviceCidr": SERVICES,
            "dnsServiceIP": str(ipaddress.IPv4Network(SERVICES)[DNS]),
            "loadBalancerSku": "standard",
            "outboundType": "loadBalancer",
        }

    def _pool(self) -> dict[str, Any]:
        nodes = self._args.options.cluster.nodes
        return {
            "name": "nodes",
            "mode": "System",
            "type": "VirtualMachineScaleSets",
            "vmSize": nodes.size,
            "osType": "Linux",
            "osSKU": "AzureLinux",
            "osDiskType": nodes.disk.capitalize(),
            "osDiskSizeGB": nodes.disk_size,
            "enableAutoScaling": True,
            "minCount": nodes.least,
            "maxCount": nodes.most,
            "count": nodes.least,
            "maxPods": PODS,
            **({"availabilityZones": list(nodes.zones)} if nodes.zones else {}),
            "vnetSubnetID": self._args.subnet_id,
            "upgradeSettings": {"maxSurge": "33%"},
        }

    def _access(self, cluster: pulumi.Input[str]) -> list[Resource]:
        """Whoever makes it may do everything in it, whoever runs the program afterwards."""
        args = self._args
        kind = "User" if args.maker.get("clientId") == CLI else "ServicePrincipal"
        kept = ResourceOptions(parent=self, ignore_changes=["principalId", "principalType"])
        whole = Role(ACCESS["cluster-admin"], cluster)
        made = [assigned(f"{self._name}-maker", whole, str(args.maker["objectId"]), kept, kind)]
        for principal, level in args.options.cluster.access.items():
            word, _, id_ = principal.partition(":")
            role = Role(ACCESS[level], cluster)
            made.append(assigned(f"{self._name}-{level}-{id_}", role, id_, self._child, KINDS[word]))
        return made
