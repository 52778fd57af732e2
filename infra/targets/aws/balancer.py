"""The load balancer on AWS: the one thing that the world reaches."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.targets.aws import limits
from infra.targets.aws.access_logs import AccessLogs
from infra.targets.aws.firewall import Firewall
from infra.targets.aws.network import EVERYWHERE, GivenNetwork, Network
from infra.wsgi import Check

# TLS 1.2 and 1.3 with forward secrecy alone:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html, read 2026-11-23.
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"

# Seconds without a byte after which the balancer gives a connection up, at the least: its own default.
LEAST_IDLE = 60
# How much longer than a request may take it waits, so that the server's own answer comes first.
IDLE_MARGIN = 5


def idle_timeout(request_timeout: int) -> int:
    """Seconds: never less than a request may take."""
    return min(max(LEAST_IDLE, request_timeout + IDLE_MARGIN), limits.LONGEST_IDLE)


@dataclass(frozen=True)
class BalancerArgs:
    """What is balanced, and how it is reached.

    Attributes:
        network: whose public subnets the balancer stands in.
        port: of the service.
        ready: the path that answers 200 where a task may have requests.
        timeout: seconds that a request may take.
        check: how a task is asked whether it is well.
        account: the account's number.
        proxies: how many stand before the balancer.
        certificate: the ARN of the certificate of the service's domain; without one only HTTP is spoken.
        shifting: whether ECS moves traffic between two groups of tasks by itself.
        waf: whether AWS's common rules stand before it.
        access_logs: whether every request is logged in a bucket.
        protect: whether it outlives what else is destroyed.
    """

    network: Network | GivenNetwork
    port: int
    ready: str
    timeout: int
    check: Check
    account: pulumi.Input[str]
    proxies: int = 0
    certificate: pulumi.Input[str] | None = None
    shifting: bool = False
    waf: bool = False
    access_logs: bool = False
    protect: bool = False


@dataclass
class Shift:
    """What ECS needs to move traffic by itself: the other group, and the rule that tells which one is served."""

    other: aws.lb.TargetGroup
    rule: aws.lb.ListenerRule


class Balancer(pulumi.ComponentResource):
    """An application load balancer, and the group of tasks that it serves.

    Attributes:
        load_balancer: itself.
        group: the tasks that it sends requests to.
        groups: that one, and the other where ECS shifts traffic.
        shift: where ECS shifts traffic.
        security_group_id: where requests come from, as tasks see it.
        ready: what must be there before tasks register.
    """

    def __init__(self, name: str, args: BalancerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Balancer", name, {}, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        self._group = self._security_group()
        self.security_group_id = self._group.id
        self.load_balancer = self._balancer()
        self.group = self._target_group(name)
        self.groups = [self.group]
        self.shift: Shift | None = None
        self.ready: list[pulumi.Resource] = self._listeners()
        if args.waf:
            Firewall(name, self.load_balancer.arn, forwarded=args.proxies > 0, opts=self._child)
        self.register_outputs({"dns_name": self.load_balancer.dns_name})

    def _security_group(self) -> aws.ec2.SecurityGroup:
        name = f"{self._name}-balancer"
        group = aws.ec2.SecurityGroup(
            name,
            description="The load balancer, which the world reaches",
            vpc_id=self._args.network.vpc_id,
            tags={"Name": name},
            opts=self._child,
        )
        for scheme, port in (("http", 80), ("https", 443)):
            if scheme == "https" and not self._args.certificate:
                continue
            aws.vpc.SecurityGroupIngressRule(
                f"{self._name}-{scheme}-balancer",
                security_group_id=group.id,
                description="The world"
                if scheme == "https" or not self._args.certificate
                else "The world, sent on to HTTPS",
                cidr_ipv4=EVERYWHERE,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=self._child,
            )
        return group

    def admit(self, tasks: aws.ec2.SecurityGroup) -> None:
        """Let the balancer reach the tasks, and nothing else; and the tasks be reached by it, and by nothing else."""
        port: dict[str, Any] = {"ip_protocol": "tcp", "from_port": self._args.port, "to_port": self._args.port}
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-balancer",
            security_group_id=self._group.id,
            description="The tasks",
            referenced_security_group_id=tasks.id,
            opts=self._child,
            **port,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-tasks",
            security_group_id=tasks.id,
            description="The load balancer",
            referenced_security_group_id=self._group.id,
            opts=self._child,
            **port,
        )

    def _balancer(self) -> aws.lb.LoadBalancer:
        logged: list[pulumi.Resource] = []
        # Said in words: of what is not named the balancer keeps what was before.
        logs = aws.lb.LoadBalancerAccessLogsArgs(bucket="", enabled=False)
        if self._args.access_logs:
            kept = AccessLogs(f"{self._name}-access", self._args.account, protect=self._args.protect, opts=self._child)
            logged = [kept.allowed]
            logs = aws.lb.LoadBalancerAccessLogsArgs(bucket=kept.bucket, enabled=True)
        return aws.lb.LoadBalancer(
            self._name,
            load_balancer_type="application",
            security_groups=[self._group.id],
            subnets=list(self._args.network.public_subnet_ids),
            idle_timeout=idle_timeout(self._args.timeout),
            drop_invalid_header_fields=True,
            enable_deletion_protection=self._args.protect,
            access_logs=logs,
            tags={"Name": self._name},
            opts=ResourceOptions(
                parent=self, protect=self._args.protect, depends_on=[*self._args.network.way_in, *logged]
            ),
        )

    def _target_group(self, name: str) -> aws.lb.TargetGroup:
        check = self._args.check
        return aws.lb.TargetGroup(
            name,
            port=self._args.port,
            protocol="HTTP",
            target_type="ip",
            vpc_id=self._args.network.vpc_id,
            # So long a request that has begun may go on; ECS asks a task to end only afterwards.
            deregistration_delay=min(self._args.timeout + IDLE_MARGIN, limits.LONGEST_DRAIN),
            load_balancing_algorithm_type="least_outstanding_requests",
            health_check=aws.lb.TargetGroupHealthCheckArgs(
                path=self._args.ready,
                matcher="200",
                interval=check.interval,
                timeout=check.timeout,
                healthy_threshold=check.good,
                unhealthy_threshold=check.bad,
            ),
            opts=self._child,
        )

    def _listeners(self) -> list[pulumi.Resource]:
        """Over HTTPS where there is a certificate, to which HTTP then sends; else over HTTP."""
        args, name = self._args, self._name
        served: dict[str, Any] = {"port": 80, "protocol": "HTTP"}
        if args.certificate:
            served = {
                "port": 443,
                "protocol": "HTTPS",
                "certificate_arn": args.certificate,
                "ssl_policy": TLS_POLICY,
            }
        forward = aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=self.group.arn)
        listener = aws.lb.Listener(
            f"{name}-https" if args.certificate else f"{name}-http",
            load_balancer_arn=self.load_balancer.arn,
            default_actions=[forward],
            opts=self._child,
            **served,
        )
        if args.certificate:
            redirect = aws.lb.ListenerDefaultActionRedirectArgs(port="443", protocol="HTTPS", status_code="HTTP_301")
            aws.lb.Listener(
                f"{name}-http",
                load_balancer_arn=self.load_balancer.arn,
                port=80,
                protocol="HTTP",
                default_actions=[aws.lb.ListenerDefaultActionArgs(type="redirect", redirect=redirect)],
                # Where there was none before, HTTP goes on until there is something to send people to.
                opts=ResourceOptions(parent=self, depends_on=[listener]),
            )
        if not args.shifting:
            return [listener]
        self.shift = self._shift(listener)
        return [self.shift.rule]

    def _shift(self, listener: aws.lb.Listener) -> Shift:
        other = self._target_group(f"{self._name[: limits.LONGEST_NAME - 4]}-alt")
        self.groups = [self.group, other]
        weights = [
            aws.lb.ListenerRuleActionForwardTargetGroupArgs(arn=group.arn, weight=weight)
            for group, weight in ((self.group, 100), (other, 0))
        ]
        forward = aws.lb.ListenerRuleActionForwardArgs(target_groups=weights)
        rule = aws.lb.ListenerRule(
            self._name,
            listener_arn=listener.arn,
            priority=1,
            actions=[aws.lb.ListenerRuleActionArgs(type="forward", forward=forward)],
            conditions=[
                aws.lb.ListenerRuleConditionArgs(
                    path_pattern=aws.lb.ListenerRuleConditionPathPatternArgs(values=["/*"])
                )
            ],
            # ECS changes the weights as it shifts traffic.
            opts=ResourceOptions(parent=self, ignore_changes=["actions"]),
        )
        return Shift(other, rule)
