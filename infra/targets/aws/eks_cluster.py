"""The cluster on EKS in Auto Mode, which looks after its nodes, its disks and its balancers itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.targets.aws import limits
from infra.targets.aws.account import policy, trust
from infra.targets.aws.eks_kubeconfig import kubeconfig
from infra.targets.aws.eks_spec import ClusterOptions
from infra.targets.aws.network import EVERYWHERE, GivenNetwork, Network

# What the control plane may do, and what a node may:
# https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html and
# https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html, read 2026-11-30.
OF_CLUSTER = (
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
OF_NODES = ("AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodeMinimalPolicy")
NODE_POOLS = ("general-purpose", "system")
# https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html, read 2026-11-30.
ACCESS = {
    "view": "AmazonEKSViewPolicy",
    "edit": "AmazonEKSEditPolicy",
    "admin": "AmazonEKSAdminPolicy",
    "cluster-admin": "AmazonEKSClusterAdminPolicy",
}


@dataclass(frozen=True)
class ControlPlaneArgs:
    """How the cluster is made.

    Attributes:
        called: what it is called.
        region: of AWS.
        account: the account's number.
        network: where its nodes stand.
        options: the stack's.
        log_retention: days that its log is kept.
        key: the KMS key of the stack's own, if there is one, which its secrets are encrypted with.
        protect: whether it outlives what else is destroyed.
    """

    called: str
    region: str
    account: pulumi.Input[str]
    network: Network | GivenNetwork
    options: ClusterOptions
    log_retention: int
    key: pulumi.Input[str] | None
    protect: bool


class ControlPlane(pulumi.ComponentResource):
    """The cluster, who it is, and who may do what in it.

    Attributes:
        kubeconfig: by which it is reached.
        ready: what must be there before anything is made in it.
    """

    def __init__(self, name: str, args: ControlPlaneArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:ControlPlane", name, {}, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        self._partition = limits.partition(args.region)
        cluster_trust = trust("eks.amazonaws.com", args.account, {})
        role, allowed = self._role("cluster", cluster_trust, OF_CLUSTER)
        nodes, pulled = self._role("nodes", trust("ec2.amazonaws.com"), OF_NODES)
        cluster = self._cluster(role.arn, nodes.arn, [*allowed, *pulled, *args.network.way_out, *self._log()])
        # What an autoscaler asks how much the pods use.
        measured = aws.eks.Addon(
            f"{name}-metrics", cluster_name=cluster.name, addon_name="metrics-server", opts=self._child
        )
        self.ready: list[pulumi.Resource] = [cluster, measured, *self._access(cluster.name)]
        self.kubeconfig = pulumi.Output.all(
            cluster.name, cluster.endpoint, cluster.certificate_authority.apply(lambda known: str(known.data))
        ).apply(lambda known: kubeconfig(str(known[0]), args.region, str(known[1]), str(known[2])))
        self.register_outputs({})

    def _role(
        self, kind: str, trusted: Mapping[str, object], policies: Sequence[str]
    ) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        name = f"{self._name}-{kind}"
        role = aws.iam.Role(name, assume_role_policy=policy(trusted), opts=self._child)
        attached: list[pulumi.Resource] = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{each}",
                role=role.name,
                policy_arn=f"arn:{self._partition}:iam::aws:policy/{each}",
                opts=self._child,
            )
            for each in policies
        ]
        return role, attached

    def _log(self) -> list[pulumi.Resource]:
        """Made before the cluster, which would make one that is kept for ever."""
        if not self._args.options.logs:
            return []
        group = aws.cloudwatch.LogGroup(
            f"{self._name}-cluster",
            name=f"/aws/eks/{self._args.called}/cluster",
            retention_in_days=self._args.log_retention,
            kms_key_id=self._args.key,
            opts=ResourceOptions(parent=self, protect=self._args.protect),
        )
        return [group]

    def _cluster(
        self, role: pulumi.Input[str], nodes: pulumi.Input[str], before: Sequence[pulumi.Resource]
    ) -> aws.eks.Cluster:
        args, options = self._args, self._args.options
        encrypted = (
            aws.eks.ClusterEncryptionConfigArgs(
                provider=aws.eks.ClusterEncryptionConfigProviderArgs(key_arn=args.key), resources=["secrets"]
            )
            if args.key
            else None
        )
        return aws.eks.Cluster(
            self._name,
            name=args.called,
            role_arn=role,
            version=options.version,
            # Auto Mode brings its own; all three parts of it go together.
            bootstrap_self_managed_addons=False,
            compute_config=aws.eks.ClusterComputeConfigArgs(
                enabled=True, node_pools=list(NODE_POOLS), node_role_arn=nodes
            ),
            kubernetes_network_config=aws.eks.ClusterKubernetesNetworkConfigArgs(
                elastic_load_balancing=aws.eks.ClusterKubernetesNetworkConfigElasticLoadBalancingArgs(enabled=True)
            ),
            storage_config=aws.eks.ClusterStorageConfigArgs(
                block_storage=aws.eks.ClusterStorageConfigBlockStorageArgs(enabled=True)
            ),
            access_config=aws.eks.ClusterAccessConfigArgs(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=True
            ),
            vpc_config=aws.eks.ClusterVpcConfigArgs(
                subnet_ids=list(args.network.task_subnet_ids),
                endpoint_private_access=True,
                endpoint_public_access=not options.private,
                public_access_cidrs=None if options.private else list(options.reached_from) or [EVERYWHERE],
            ),
            encryption_config=encrypted,
            enabled_cluster_log_types=list(options.logs),
            # What is no longer supported is brought up to date, and not paid for six times over.
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
            deletion_protection=args.protect,
            opts=ResourceOptions(parent=self, protect=args.protect, depends_on=list(before)),
        )

    def _access(self, cluster: pulumi.Input[str]) -> list[pulumi.Resource]:
        made: list[pulumi.Resource] = []
        for principal, level in self._args.options.access.items():
            name = f"{self._name}-{principal.rpartition(':')[2].replace('/', '-')}"
            entry = aws.eks.AccessEntry(
                name, cluster_name=cluster, principal_arn=principal, type="STANDARD", opts=self._child
            )
            granted = aws.eks.AccessPolicyAssociation(
                name,
                cluster_name=cluster,
                principal_arn=entry.principal_arn,
                policy_arn=f"arn:{self._partition}:eks::aws:cluster-access-policy/{ACCESS[level]}",
                access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
                opts=self._child,
            )
            made.append(granted)
        return made
