"""The target `gcp.gke`: the service in a cluster of GKE, the stack's own or one that is there already."""

import pulumi
from pulumi import ResourceOptions

from infra import wsgi
from infra.image import Image, Registry
from infra.service import Service
from infra.settings import Settings
from infra.targets import Endpoint
from infra.targets.gcp import account
from infra.targets.gcp.balancer import record
from infra.targets.gcp.gke_balancer import Front, FrontArgs, of_service
from infra.targets.gcp.gke_cluster import ControlPlane, ControlPlaneArgs
from infra.targets.gcp.gke_ground import GkeGround
from infra.targets.gcp.gke_identity import METADATA, PodIdentity, PodIdentityArgs
from infra.targets.gcp.gke_kubeconfig import called, kubeconfig
from infra.targets.gcp.gke_spec import GkeOptions
from infra.targets.kubernetes.edge import Edge
from infra.targets.kubernetes.names import Scope, scope_of
from infra.targets.kubernetes.pods import DISK, MOST_DISK
from infra.targets.kubernetes.pointed import by_hand, by_record
from infra.targets.kubernetes.reached import Reached, reached
from infra.targets.kubernetes.spec import WorkloadOptions
from infra.targets.kubernetes.workload import Workload, WorkloadArgs


class GkeCluster(pulumi.ComponentResource):
    """The cluster that the service runs in, and what of Google Cloud the service has there.

    Attributes:
        reached: how it is reached.
        edge: the balancer before the pods; nothing where the stack has another way to them.
        before: what must be there before a pod starts.
        called: what the cluster is called.
    """

    def __init__(self, name: str, service: Service, settings: Settings, ground: GkeGround) -> None:
        super().__init__("slipway:gcp:GkeCluster", name, {}, ground.opts)
        self._name, self._service, self._settings, self._ground = name, service, settings, ground
        self._options = ground.options
        self._on_apis = ResourceOptions(parent=self, depends_on=ground.apis)
        self._scope = _scope(service, self._options)
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
        config = kubeconfig(cluster.name, cluster.endpoint, cluster.authority)
        return reached(self._scope, pulumi.Output.from_input(config), None, own)

    def _make(self) -> Reached:
        options = self._options
        network = self._ground.network(self._name, self._on_apis)
        args = ControlPlaneArgs(
            called=self.called,
            project=options.project,
            region=options.region,
            account_id=account.account_id(self._name, pulumi.get_stack(), "nodes"),
            network=network,
            repository=self._ground.repository,
            options=options.cluster,
            protect=self._settings.protect,
        )
        made = ControlPlane(self._name, args, self._on_apis)
        self.before += made.ready
        # A way out stays as long as something in the cluster has nodes.
        after = ResourceOptions(parent=self, depends_on=[*made.ready, *network.way_out])
        return reached(self._scope, made.kubeconfig, None, after)

    def _identity(self) -> list[pulumi.Resource]:
        args = PodIdentityArgs(
            project=self._options.project,
            namespace=self._scope.namespace,
            service_account=self._scope.called(),
            roles=self._options.roles,
            apis=self._ground.apis,
        )
        # The pool of identities that the pods' accounts are in is made with the project's first cluster.
        after = ResourceOptions(parent=self, depends_on=[*self.before, *self._ground.apis])
        return PodIdentity(self._name, args, after).ready

    def _balancer(self) -> Edge:
        settings = self._settings
        assert settings.server is not None
        plan = wsgi.plan(settings.server, settings.size.cpu, settings.size.memory, request_timeout=settings.timeout)
        args = FrontArgs(
            service=self._service,
            scope=self._scope,
            domain=settings.domain,
            certificate=self._options.certificate,
            timeout=settings.timeout,
            check=plan.check,
            protect=settings.protect,
        )
        return Front(self._name, args, self._on_apis).edge


class Gke:
    """The target's face. The ground is laid before there is an image, and built on afterwards."""

    def registry(self, service: Service, settings: Settings) -> Registry:
        """The stack's repository in Artifact Registry, or the one that it names."""
        self._ground = GkeGround(service, settings)
        return self._ground.registry

    def run(self, service: Service, settings: Settings, image: Image) -> Endpoint:
        """Declare the cluster where the stack makes it, and the service in it."""
        ground, options = self._ground, self._ground.options
        cluster = GkeCluster(service.name, service, settings, ground)
        args = WorkloadArgs(
            service=service,
            settings=settings,
            image=image,
            options=_told(options, _scope(service, options)),
            cluster=cluster.reached,
            console=_console(options, cluster.called),
            edge=cluster.edge,
            before=cluster.before,
            # Autopilot lets no container have more of it than is kept for it:
            # https://cloud.google.com/kubernetes-engine/docs/concepts/autopilot-resource-requests, read 2026-11-30.
            disk=MOST_DISK if ground.cluster is None or ground.cluster.autopilot else DISK,
        )
        workload = Workload(service.name, args)
        domain = settings.domain
        if workload.balancer is None or not domain:
            return workload.endpoint
        if options.managed_zone is None:
            return by_hand(workload.endpoint, domain, workload.balancer, "Cloud DNS")
        # Where the domain was elsewhere before, it moves to what answers.
        pointed = record(service.name, options.managed_zone, domain, workload.balancer, ground.opts)
        return by_record(workload.endpoint, pointed)


def _scope(service: Service, options: GkeOptions) -> Scope:
    return scope_of(service.name, pulumi.get_stack(), options.namespace.name)


def _console(options: GkeOptions, cluster: str) -> str:
    where = options.cluster.location or options.region
    pages = f"https://console.cloud.google.com/kubernetes/clusters/details/{where}"
    return f"{pages}/{cluster}/details?project={options.project}"


def _told(options: GkeOptions, scope: Scope) -> WorkloadOptions:
    """Pods with roles may ask for their credentials; their Service tells the balancer of them."""
    changed: dict[str, object] = {}
    if options.roles:
        network = options.network.model_copy(update={"egress": (*options.network.egress, *METADATA)})
        changed["network"] = network
    if options.balancer != "none":
        annotations = {**options.expose.annotations, **of_service(scope)}
        changed["expose"] = options.expose.model_copy(update={"annotations": annotations})
    return options.model_copy(update=changed)


_target = Gke()
registry, run = _target.registry, _target.run
