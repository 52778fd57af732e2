"""The cluster on GKE in Autopilot, which looks after its nodes itself, and whose pods are paid for, not its nodes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.targets.gcp.gke_kubeconfig import kubeconfig
from infra.targets.gcp.gke_spec import ClusterOptions
from infra.targets.gcp.identity import service_account
from infra.targets.gcp.network import GivenNetwork, Network
from infra.targets.gcp.raw import resource
from infra.targets.raw import Resource

# What a node may: https://cloud.google.com/kubernetes-engine/docs/how-to/service-accounts, read 2026-11-30.
OF_NODES = "roles/container.defaultNodeServiceAccount"
PULLS = "roles/artifactregistry.reader"
# IAM alone says what a node may do, not the older scopes beside it.
SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
LOGS = {
    "system": "SYSTEM_COMPONENTS",
    "workloads": "WORKLOADS",
    "api_server": "APISERVER",
    "controller_manager": "CONTROLLER_MANAGER",
    "scheduler": "SCHEDULER",
}


@dataclass(frozen=True)
class ControlPlaneArgs:
    """How the cluster is made.

    Attributes:
        called: what it is called.
        project: that it is in.
        region: over whose zones it goes.
        account_id: what the account of its nodes is called.
        network: where its nodes stand.
        repository: in Artifact Registry, by its whole name, that they pull from; without it, one of somebody else's.
        options: the stack's.
        protect: whether it outlives what else is destroyed.
    """

    called: str
    project: str
    region: str
    account_id: str
    network: Network | GivenNetwork
    repository: pulumi.Input[str] | None
    options: ClusterOptions
    protect: bool


class ControlPlane(pulumi.ComponentResource):
    """The cluster, and who its nodes are.

    Attributes:
        kubeconfig: by which it is reached.
        ready: what must be there before anything is made in it.
    """

    def __init__(self, name: str, args: ControlPlaneArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:ControlPlane", name, {}, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        nodes = service_account(
            f"{name}-nodes", args.account_id, f"{name}, in {pulumi.get_stack()}: nodes", self._child
        )
        allowed = self._allow(nodes.output("member"))
        cluster = self._cluster(nodes.output("email"), [*allowed, *args.network.way_out])
        self.ready: list[pulumi.Resource] = [cluster]
        authority = cluster.output("masterAuth").apply(lambda known: str(known["clusterCaCertificate"]))
        self.kubeconfig = pulumi.Output.all(cluster.output("endpoint"), authority).apply(
            lambda known: kubeconfig(args.called, str(known[0]), str(known[1]))
        )
        self.register_outputs({})

    def _allow(self, member: pulumi.Input[str]) -> list[pulumi.Resource]:
        args, name = self._args, f"{self._name}-nodes"
        given = {"project": args.project, "role": OF_NODES, "member": member}
        made: list[pulumi.Resource] = [resource("projects/iAMMember:IAMMember", name, given, self._child)]
        if args.repository:
            pulled = {"location": args.region, "repository": args.repository, "role": PULLS, "member": member}
            token = "artifactregistry/repositoryIamMember:RepositoryIamMember"  # noqa: S105 - a type
            made.append(resource(token, name, pulled, self._child))
        return made

    def _cluster(self, nodes: pulumi.Input[str], before: Sequence[pulumi.Resource]) -> Resource:
        """Autopilot brings Workload Identity, NetworkPolicies that are enforced, and the metrics of its pods."""
        args, options = self._args, self._args.options
        blocks = [{"cidrBlock": block} for block in options.reached_from]
        reached: dict[str, Any] = {}
        if options.private or blocks:
            reached["masterAuthorizedNetworksConfig"] = {"cidrBlocks": blocks} if blocks else {}
        return resource(
            "container/cluster:Cluster",
            self._name,
            {
                "name": args.called,
                "location": args.region,
                "enableAutopilot": True,
                "network": args.network.network_id,
                "subnetwork": args.network.subnet_id,
                # Pods and services get ranges of their own, which Google chooses.
                "ipAllocationPolicy": {},
                "privateClusterConfig": {"enablePrivateNodes": True, "enablePrivateEndpoint": options.private},
                **reached,
                "clusterAutoscaling": {
                    "autoProvisioningDefaults": {"serviceAccount": nodes, "oauthScopes": list(SCOPES)}
                },
                # Nobody logs in by a certificate, which never ends before its time.
                "masterAuth": {"clientCertificateConfig": {"issueClientCertificate": False}},
                "releaseChannel": {"channel": options.channel.upper()},
                "loggingConfig": {"enableComponents": [LOGS[each] for each in options.logs]},
                "deletionProtection": args.protect,
            },
            ResourceOptions(parent=self, protect=args.protect, depends_on=list(before)),
            ("endpoint",),
        )
