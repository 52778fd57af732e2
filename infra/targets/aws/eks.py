"""The target `aws.eks`: the service in a cluster of EKS, the stack's own or one that is there already."""

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra import wsgi
from infra.image import Image, Registry
from infra.service import Service
from infra.settings import Settings
from infra.targets import Endpoint
from infra.targets.aws.eks_balancer import BalancerArgs, edge
from infra.targets.aws.eks_cluster import ControlPlane, ControlPlaneArgs
from infra.targets.aws.eks_ground import EksGround
from infra.targets.aws.eks_identity import AGENT, PodIdentity, PodIdentityArgs
from infra.targets.aws.eks_kubeconfig import called, kubeconfig
from infra.targets.kubernetes.edge import Edge
from infra.targets.kubernetes.names import scope_of
from infra.targets.kubernetes.pointed import by_hand, by_record
from infra.targets.kubernetes.raw import declared
from infra.targets.kubernetes.reached import Reached, reached
from infra.targets.kubernetes.spec import WorkloadOptions
from infra.targets.kubernetes.workload import Workload, WorkloadArgs

# Enforces NetworkPolicies: https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html, read 2026-11-30.
ENFORCING = {
    "metadata": {"name": "amazon-vpc-cni", "namespace": "kube-system"},
    "data": {"enable-network-policy-controller": "true"},
}


class EksCluster(pulumi.ComponentResource):
    """The cluster that the service runs in, and what of AWS the service has there.

    Attributes:
        reached: how it is reached.
        edge: the balancer before the pods; nothing where the stack has another way to them.
        before: what must be there before a pod starts.
        called: what the cluster is called.
    """

    def __init__(self, name: str, service: Service, settings: Settings, ground: EksGround) -> None:
        super().__init__("slipway:aws:EksCluster", name, {}, ground.opts)
        self._name, self._service, self._settings, self._ground = name, service, settings, ground
        self._options, self._child = ground.options, ResourceOptions(parent=self)
        self._account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self)).account_id
        self._scope = scope_of(service.name, pulumi.get_stack(), self._options.namespace.name)
        self._subnets, self._sources = list(self._options.network.public_subnets), ground.sources
        self.before: list[pulumi.Resource] = []
        self.called = self._options.cluster.name or called(service.name, pulumi.get_stack())
        self.reached = self._make() if ground.cluster is None else self._find()
        self.before += self._identity()
        self.edge = self._balancer() if self._options.balancer != "none" else None
        self.register_outputs({})

    def _find(self) -> Reached:
        cluster, given = self._ground.cluster, self._options.cluster
        assert cluster is not None
        own = ResourceOptions(parent=self)
        if given.kubeconfig:
            return reached(self._scope, given.kubeconfig, given.context, own)
        config = kubeconfig(cluster.name, self._options.region, cluster.endpoint, cluster.authority)
        return reached(self._scope, pulumi.Output.from_input(config), None, own)

    def _make(self) -> Reached:
        options = self._options
        network = self._ground.network(self._name, self._child)
        internal = options.balancer == "internal"
        self._subnets = list(network.task_subnet_ids if internal else network.public_subnet_ids)
        self._sources = network.task_blocks if internal else network.public_blocks
        args = ControlPlaneArgs(
            called=self.called,
            region=options.region,
            account=self._account,
            network=network,
            options=options.cluster,
            log_retention=options.log_retention,
            key=self._ground.key,
            protect=self._settings.protect,
        )
        made = ControlPlane(self._name, args, self._child)
        # A way in and out stays as long as something in the cluster has a balancer and nodes.
        after = ResourceOptions(parent=self, depends_on=[*made.ready, *network.way_in])
        cluster = reached(self._scope, made.kubeconfig, None, after)
        self.before += made.ready
        if options.network.policy:
            inside = ResourceOptions(parent=self, provider=cluster.provider)
            self.before.append(declared("v1", "ConfigMap", "network-policies", ENFORCING, inside))
        return cluster

    def _identity(self) -> list[pulumi.Resource]:
        args = PodIdentityArgs(
            account=self._account,
            cluster=self.called,
            namespace=self._scope.namespace,
            service_account=self._scope.called(),
            policies=self._options.policies,
        )
        after = ResourceOptions(parent=self, depends_on=[*self.before])
        return PodIdentity(self._name, args, after).ready

    def _balancer(self) -> Edge:
        settings, options = self._settings, self._options
        assert settings.server is not None
        args = BalancerArgs(
            service=self._service,
            scope=self._scope,
            public=options.balancer == "public",
            subnets=self._subnets,
            sources=self._sources,
            timeout=settings.timeout,
            check=wsgi.plan(
                settings.server, settings.size.cpu, settings.size.memory, request_timeout=settings.timeout
            ).check,
            certificate=self._ground.certificate(self._name, settings.domain, options.certificate, self._child),
            protect=settings.protect,
        )
        return edge(args, ResourceOptions(parent=self, provider=self.reached.provider))


class Eks:
    """The target's face. The ground is laid before there is an image, and built on afterwards."""

    def registry(self, service: Service, settings: Settings) -> Registry:
        """The stack's repository in ECR, or the one that it names."""
        self._ground = EksGround(service, settings)
        return self._ground.registry

    def run(self, service: Service, settings: Settings, image: Image) -> Endpoint:
        """Declare the cluster where the stack makes it, and the service in it."""
        ground, options = self._ground, self._ground.options
        cluster = EksCluster(service.name, service, settings, ground)
        console = f"https://{options.region}.console.aws.amazon.com/eks/clusters/{cluster.called}"
        args = WorkloadArgs(
            service=service,
            settings=settings,
            image=image,
            options=_with_agent(options),
            cluster=cluster.reached,
            console=f"{console}?region={options.region}",
            edge=cluster.edge,
            before=cluster.before,
        )
        workload = Workload(service.name, args)
        domain = settings.domain
        if workload.balancer is None or not domain:
            return workload.endpoint
        if ground.zone_id is None:
            return by_hand(workload.endpoint, domain, workload.balancer, "Route 53")
        record = _record(service.name, domain, ground, workload.balancer)
        return by_record(workload.endpoint, record)


def _with_agent(options: WorkloadOptions) -> WorkloadOptions:
    """Pods may ask for the credentials of their role."""
    network = options.network.model_copy(update={"egress": (*options.network.egress, AGENT)})
    return options.model_copy(update={"network": network})


def _record(name: str, domain: str, ground: EksGround, balancer: pulumi.Output[str]) -> aws.route53.Record:
    """The domain's, which leads to the balancer."""
    asked = pulumi.InvokeOptions(provider=ground.provider)
    of_balancers = aws.lb.get_hosted_zone_id_output(load_balancer_type="application", opts=asked).id
    alias = aws.route53.RecordAliasArgs(name=balancer, zone_id=of_balancers, evaluate_target_health=True)
    assert ground.zone_id is not None
    return aws.route53.Record(name, zone_id=ground.zone_id, name=domain, type="A", aliases=[alias], opts=ground.opts)


_target = Eks()
registry, run = _target.registry, _target.run
