"""The network on AWS: a VPC with subnets in each zone and a way out, or one that is there already."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.commands import key_of, set_key
from infra.errors import Problem, SettingsError
from infra.targets.aws.account import allow, policy, trust
from infra.targets.aws.spec import NetworkOptions, subnets
from infra.targets.raw import reason

EVERYWHERE = "0.0.0.0/0"
# What tasks ask of AWS while they start and run.
ENDPOINTS = ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
# By which EKS finds the subnets of a balancer that is not told of any, by their kind:
# https://docs.aws.amazon.com/eks/latest/userguide/tag-subnets-auto.html, read 2026-11-30.
BALANCED = {"public": {"kubernetes.io/role/elb": "1"}, "private": {"kubernetes.io/role/internal-elb": "1"}}


@dataclass(frozen=True)
class NetworkArgs:
    """What the network is made of.

    Attributes:
        region: of AWS.
        zones: the availability zones that it goes over, by name.
        options: the stack's.
        log_retention: days that the log of connections is kept.
        key: the KMS key of that log, if there is one of the stack's own.
        shell: whether `aws ecs execute-command` may open a shell in a task.
        balanced: whether a cluster of EKS puts balancers in it.
    """

    region: str
    zones: Sequence[str]
    options: NetworkOptions
    log_retention: int
    key: pulumi.Input[str] | None = None
    shell: bool = False
    balanced: bool = False


class Network(pulumi.ComponentResource):
    """A network of the stack's own.

    Attributes:
        vpc_id: the VPC.
        public_subnet_ids: a subnet in each zone whose hosts reach the internet, and are reached where a security group
            lets it.
        task_subnet_ids: where the tasks stand.
        public_blocks: the addresses of those public subnets.
        task_blocks: the addresses of those where the tasks stand.
        way_in: what must be there before something is reached from the internet.
        way_out: what must be there before a task reaches anything.
    """

    vpc_id: pulumi.Output[str]
    public_subnet_ids: Sequence[pulumi.Input[str]]
    task_subnet_ids: Sequence[pulumi.Input[str]]
    public_blocks: Sequence[str]
    task_blocks: Sequence[str]
    way_in: Sequence[pulumi.Resource]
    way_out: Sequence[pulumi.Resource]

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Network", name, {}, opts)
        self._name, self._args = name, args
        self._child = ResourceOptions(parent=self)
        self._associations: list[pulumi.Resource] = []
        self._make()
        self.register_outputs({"vpc_id": self.vpc_id})

    def _make(self) -> None:
        name, options, child = self._name, self._args.options, self._child
        vpc = aws.ec2.Vpc(name, cidr_block=options.cidr, enable_dns_hostnames=True, tags={"Name": name}, opts=child)
        self._vpc, self.vpc_id = vpc, vpc.id
        # What nobody chose must let nothing through.
        aws.ec2.DefaultSecurityGroup(name, vpc_id=vpc.id, tags={"Name": f"{name}-unused"}, opts=child)
        gateway = aws.ec2.InternetGateway(name, vpc_id=vpc.id, tags={"Name": name}, opts=child)
        public_blocks, private_blocks = subnets(options.cidr, len(self._args.zones))
        out = self._routes("public", aws.ec2.RouteTableRouteArgs(cidr_block=EVERYWHERE, gateway_id=gateway.id))
        public = self._subnets("public", public_blocks, [out] * len(public_blocks))
        self.public_subnet_ids = self.task_subnet_ids = [subnet.id for subnet in public]
        self.public_blocks = self.task_blocks = public_blocks
        self.way_in = [gateway, *self._associations]
        tables = [out]
        if options.tasks == "private":
            self.task_blocks = private_blocks
            tables = self._private_routes(public)
            each = tables if len(tables) > 1 else tables * len(private_blocks)
            self.task_subnet_ids = [subnet.id for subnet in self._subnets("private", private_blocks, each)]
        self.way_out = [*self._associations, *self._endpoints(tables)]
        if options.flow_logs:
            self._flow_logs()

    def _routes(self, name: str, *routes: aws.ec2.RouteTableRouteArgs) -> aws.ec2.RouteTable:
        full = f"{self._name}-{name}"
        return aws.ec2.RouteTable(full, vpc_id=self._vpc.id, routes=[*routes], tags={"Name": full}, opts=self._child)

    def _subnets(
        self,
        kind: str,
        blocks: Sequence[str],
        tables: Sequence[aws.ec2.RouteTable],
    ) -> list[aws.ec2.Subnet]:
        made: list[aws.ec2.Subnet] = []
        found = BALANCED[kind] if self._args.balanced else {}
        for number, (block, table) in enumerate(zip(blocks, tables, strict=True)):
            name = f"{self._name}-{kind}-{number}"
            subnet = aws.ec2.Subnet(
                name,
                vpc_id=self._vpc.id,
                cidr_block=block,
                availability_zone=self._args.zones[number],
                tags={"Name": name, **found},
                # A region's list of zones may change, and a subnet cannot move.
                opts=ResourceOptions(parent=self, ignore_changes=["availability_zone"]),
            )
            self._associations.append(
                aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id, opts=self._child)
            )
            made.append(subnet)
        return made

    def _private_routes(self, public: Sequence[aws.ec2.Subnet]) -> list[aws.ec2.RouteTable]:
        """A way out by NAT: none, the same for all zones, or one for each."""
        if self._args.options.nat == "none":
            return [self._routes("private")]
        count = 1 if self._args.options.nat == "one" else len(self._args.zones)
        tables: list[aws.ec2.RouteTable] = []
        for number in range(count):
            name = f"{self._name}-{number}"
            address = aws.ec2.Eip(name, domain="vpc", tags={"Name": name}, opts=self._child)
            nat = aws.ec2.NatGateway(
                name,
                allocation_id=address.allocation_id,
                subnet_id=public[number].id,
                tags={"Name": name},
                # AWS makes none where there is no way to the internet yet.
                opts=ResourceOptions(parent=self, depends_on=[*self.way_in]),
            )
            route = aws.ec2.RouteTableRouteArgs(cidr_block=EVERYWHERE, nat_gateway_id=nat.id)
            tables.append(self._routes(f"private-{number}" if count > 1 else "private", route))
        return tables

    def _endpoints(self, tables: Sequence[aws.ec2.RouteTable]) -> list[pulumi.Resource]:
        """The layers of images come from S3, whose endpoint costs nothing; the others are paid by the hour."""
        options, region = self._args.options, self._args.region
        layers = aws.ec2.VpcEndpoint(
            f"{self._name}-s3",
            vpc_id=self._vpc.id,
            service_name=f"com.amazonaws.{region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=[table.id for table in tables],
            tags={"Name": f"{self._name}-s3"},
            opts=self._child,
        )
        if not options.endpoints and not (options.tasks == "private" and options.nat == "none"):
            return [layers]
        name = f"{self._name}-endpoints"
        group = aws.ec2.SecurityGroup(
            name,
            description="Endpoints of AWS, for the tasks",
            vpc_id=self._vpc.id,
            tags={"Name": name},
            opts=self._child,
        )
        made: list[pulumi.Resource] = [layers]
        inside = aws.vpc.SecurityGroupIngressRule(
            name,
            security_group_id=group.id,
            description="From within the VPC",
            cidr_ipv4=options.cidr,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=self._child,
        )
        for service in (*ENDPOINTS, *(["ssmmessages"] if self._args.shell else [])):
            logical = f"{self._name}-{service.replace('.', '-')}"
            endpoint = aws.ec2.VpcEndpoint(
                logical,
                vpc_id=self._vpc.id,
                service_name=f"com.amazonaws.{region}.{service}",
                vpc_endpoint_type="Interface",
                subnet_ids=list(self.task_subnet_ids),
                security_group_ids=[group.id],
                private_dns_enabled=True,
                tags={"Name": logical},
                opts=self._child,
            )
            made.append(endpoint)
        return [*made, inside]

    def _flow_logs(self) -> None:
        name, child = f"{self._name}-flow", self._child
        account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self)).account_id
        group = aws.cloudwatch.LogGroup(
            name, retention_in_days=self._args.log_retention, kms_key_id=self._args.key, opts=child
        )
        role = aws.iam.Role(name, assume_role_policy=policy(trust("vpc-flow-logs.amazonaws.com", account)), opts=child)
        writing = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"]
        allowed = allow(writing, [group.arn, pulumi.Output.concat(group.arn, ":*")])
        aws.iam.RolePolicy(name, role=role.name, policy=policy(allowed), opts=child)
        aws.ec2.FlowLog(
            name,
            vpc_id=self._vpc.id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            opts=child,
        )


@dataclass(frozen=True)
class GivenNetwork:
    """A network that is there already: the attributes that a `Network` has."""

    vpc_id: pulumi.Input[str]
    public_subnet_ids: Sequence[pulumi.Input[str]]
    task_subnet_ids: Sequence[pulumi.Input[str]]
    public_blocks: Sequence[str]
    task_blocks: Sequence[str]
    way_in: Sequence[pulumi.Resource] = ()
    way_out: Sequence[pulumi.Resource] = ()


def zones(region: str, count: int, without: Sequence[str], provider: aws.Provider) -> list[str]:
    """The first zones of a region that need no opting in. Raises SettingsError when there are too few.

    Args:
        without: those that are of no use, by their ids.
    """
    usual = aws.GetAvailabilityZonesFilterArgs(name="opt-in-status", values=["opt-in-not-required"])
    asked = pulumi.InvokeOptions(provider=provider)
    names = aws.get_availability_zones(
        state="available", filters=[usual], exclude_zone_ids=[*without], opts=asked
    ).names
    if len(names) < count:
        rule = f"{count} are more than there are in {region}: {', '.join(names)}"
        # One is too few for a load balancer; only in Northern California may there be so few.
        fix = set_key("options.zones", len(names)) if len(names) > 1 else set_key("options.region", "us-west-2")
        raise SettingsError([Problem(key_of("options.zones"), rule, fix)])
    return list(names[:count])


def given(args: NetworkArgs, provider: aws.Provider) -> GivenNetwork:
    """The network that the stack names.

    Raises:
        SettingsError: a subnet is not in the VPC, or all public ones are in one zone.
    """
    options = args.options
    asked = pulumi.InvokeOptions(provider=provider)
    problems: list[Problem] = []
    zones: dict[str, list[str]] = {"public_subnets": [], "private_subnets": []}
    blocks: dict[str, list[str]] = {"public_subnets": [], "private_subnets": []}
    for kind in ("public_subnets", "private_subnets"):
        for number, subnet in enumerate(getattr(options, kind)):
            key = key_of(f"options.network.{kind}[{number}]")
            fix = f"aws ec2 describe-subnets --region {args.region} --filters Name=vpc-id,Values={options.vpc}"
            try:
                found = aws.ec2.get_subnet(id=subnet, vpc_id=options.vpc, opts=asked)
            except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
                problems.append(Problem(key, f"{subnet} is not found in {options.vpc} ({reason(error)})", fix))
                continue
            zones[kind].append(found.availability_zone)
            blocks[kind].append(found.cidr_block)
    problems += [] if problems else _spread(zones["public_subnets"], zones["private_subnets"])
    if problems:
        raise SettingsError(problems)
    of_tasks = "private_subnets" if options.tasks == "private" else "public_subnets"
    tasks: Sequence[str] = getattr(options, of_tasks)
    public = options.public_subnets
    return GivenNetwork(str(options.vpc), public, tasks, blocks["public_subnets"], blocks[of_tasks])


def _spread(public: Sequence[str], private: Sequence[str]) -> Iterator[Problem]:
    """A load balancer has one subnet in each of its zones, and reaches no task in a zone that is none of them."""
    key = key_of("options.network.public_subnets")
    if len({*public}) < max(2, len(public)):
        rule = f"they are in {', '.join(public)}; a load balancer wants each in another zone, and two at the least"
        yield Problem(key, rule, f"pulumi config set --path '{key}[1]' subnet-...")
    for zone in sorted({*private} - {*public}):
        rule = f"none is in {zone}, where private tasks stand: the load balancer would not reach them"
        yield Problem(key, rule, f"pulumi config set --path '{key}[{len(public)}]' subnet-...")
