"""The cluster on AWS: what all tasks of a stack share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.targets.aws.network import GivenNetwork, Network
from infra.targets.aws.spec import CapacityOptions

ON_DEMAND, SPOT = "FARGATE", "FARGATE_SPOT"


@dataclass(frozen=True)
class ClusterArgs:
    """What the tasks share.

    Attributes:
        network: that they stand in.
        public: whether they stand in public subnets, where each needs an address of its own to reach anything.
        egress: what they may reach over TCP: blocks of addresses, each with a port or `*`.
        capacity: on demand, spare, or both.
        insights: whether Container Insights gathers metrics of each task.
        log_retention: days that their log is kept.
        key: the KMS key of the stack's own, if there is one.
        protect: whether the log outlives what else is destroyed.
    """

    network: Network | GivenNetwork
    public: bool
    egress: Sequence[str]
    capacity: CapacityOptions
    insights: bool
    log_retention: int
    key: pulumi.Input[str] | None = None
    protect: bool = False


class Cluster(pulumi.ComponentResource):
    """A cluster on Fargate, its log, and the security group of its tasks.

    Attributes:
        arn: of the cluster.
        cluster_name: its name.
        log_group: the log that all processes write.
        group: the tasks' security group.
        network: as a task or a service is told where it stands.
        capacity: as a service is told what its tasks run on.
        ready: what must be there before a task is started.
    """

    def __init__(self, name: str, args: ClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Cluster", name, {}, opts)
        child = ResourceOptions(parent=self)
        insights = aws.ecs.ClusterSettingArgs(
            name="containerInsights", value="enabled" if args.insights else "disabled"
        )
        cluster = aws.ecs.Cluster(name, settings=[insights], opts=child)
        self.arn, self.cluster_name = cluster.arn, cluster.name
        capacity = aws.ecs.ClusterCapacityProviders(
            name, cluster_name=cluster.name, capacity_providers=[ON_DEMAND, SPOT], opts=child
        )
        self.log_group = aws.cloudwatch.LogGroup(
            name,
            retention_in_days=args.log_retention,
            kms_key_id=args.key,
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        self.group = aws.ec2.SecurityGroup(
            f"{name}-tasks",
            description="The tasks, which only the load balancer reaches",
            vpc_id=args.network.vpc_id,
            tags={"Name": f"{name}-tasks"},
            opts=child,
        )
        self.ready: list[pulumi.Resource] = [capacity, *args.network.way_out]
        for reached in args.egress:
            block, _, port = reached.rpartition(":")
            first, last = (0, 65535) if port == "*" else (int(port), int(port))
            allowed = aws.vpc.SecurityGroupEgressRule(
                f"{name}-tasks-{re.sub(r'[./]', '-', block)}-{first}",
                security_group_id=self.group.id,
                description=f"service:options.network.egress: {reached}",
                cidr_ipv4=block,
                ip_protocol="tcp",
                from_port=first,
                to_port=last,
                opts=child,
            )
            self.ready.append(allowed)
        self.subnets, self.public = list(args.network.task_subnet_ids), args.public
        self.network = aws.ecs.ServiceNetworkConfigurationArgs(
            subnets=self.subnets, security_groups=[self.group.id], assign_public_ip=args.public
        )
        given = args.capacity
        weights = [
            aws.ecs.ServiceCapacityProviderStrategyArgs(
                capacity_provider=ON_DEMAND, weight=given.on_demand, base=given.base
            ),
            aws.ecs.ServiceCapacityProviderStrategyArgs(capacity_provider=SPOT, weight=given.spot, base=0),
        ]
        self.capacity = [each for each in weights if each.weight or each.base]
        self.register_outputs({"arn": self.arn})
