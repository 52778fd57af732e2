"""The target `azure.aks`: the service in a cluster of AKS, the stack's own or one that is there already."""

from collections.abc import Mapping

import pulumi
from pulumi import ResourceOptions, dynamic

from infra.image import Image, Registry
from infra.service import Service
from infra.settings import Settings
from infra.targets import Endpoint
from infra.targets.azure import vault
from infra.targets.azure.aks_cluster import ControlPlane, ControlPlaneArgs
from infra.targets.azure.aks_gateway import INTERNAL, Gateway, GatewayArgs, hung, namespace
from infra.targets.azure.aks_ground import AksGround
from infra.targets.azure.aks_identity import CLIENT, LOGIN, USES, PodIdentity, PodIdentityArgs
from infra.targets.azure.aks_kubeconfig import called
from infra.targets.azure.aks_providers import RoutingProvider
from infra.targets.azure.aks_spec import AksOptions
from infra.targets.azure.domain import record
from infra.targets.azure.identity import PULL, Role, assigned, named
from infra.targets.azure.names import stack_name
from infra.targets.azure.network import Network, NetworkArgs
from infra.targets.azure.providers import SettledProvider
from infra.targets.azure.raw import ask
from infra.targets.kubernetes.names import Scope, scope_of
from infra.targets.kubernetes.pointed import by_hand, by_record
from infra.targets.kubernetes.reached import Reached, reached
from infra.targets.kubernetes.spec import WorkloadOptions
from infra.targets.kubernetes.workload import Workload, WorkloadArgs

# Seconds until a cluster knows of a role: https://learn.microsoft.com/azure/aks/manage-azure-rbac, read 2026-11-30.
ENTERED = 300


class Routing(dynamic.Resource, module="slipway", name="Routing"):
    """A cluster that serves Gateways."""


class Settled(dynamic.Resource, module="slipway", name="Settled"):
    """Roles that Azure knows of everywhere."""


class AksCluster(pulumi.ComponentResource):
    """The cluster that the service runs in, and what of Azure the service has there.

    Attributes:
        reached: how it is reached.
        gateway: the way in under a domain; nothing where the stack has another, or no domain.
        client_id: of the identity that the pods take; nothing where they have no use for one.
        before: what must be there before a pod starts.
    """

    def __init__(self, name: str, service: Service, settings: Settings, ground: AksGround) -> None:
        super().__init__("slipway:azure:AksCluster", name, {}, ground.opts)
        self._name, self._service, self._settings, self._ground = name, service, settings, ground
        self._options, self._child = ground.options, ResourceOptions(parent=self)
        self._scope = _scope(service, self._options)
        self.before: list[pulumi.Resource] = []
        self._made: ControlPlane | None = None
        self._issuer: pulumi.Input[str]
        self.reached = self._make() if ground.cluster is None else self._find()
        self.client_id = self._identify("", self._scope.namespace, self._roles()) if self._options.roles else None
        self.gateway = self._way_in() if _gated(settings, self._options) else None
        self.register_outputs({})

    def _find(self) -> Reached:
        cluster, given = self._ground.cluster, self._options.cluster
        assert cluster is not None
        self._issuer = cluster.issuer
        if cluster.nodes:
            self._pull(cluster.nodes)
        if given.kubeconfig:
            return reached(self._scope, given.kubeconfig, given.context, self._child)
        return reached(self._scope, pulumi.Output.from_input(cluster.kubeconfig), None, self._child)

    def _make(self) -> Reached:
        ground, options = self._ground, self._options
        subnet = options.network.subnet or self._network().subnet_id
        args = ControlPlaneArgs(
            called=ground.called,
            identity=stack_name(self._service.name, pulumi.get_stack(), "cluster"),
            group=ground.group,
            options=options,
            subnet_id=subnet,
            maker=ask("authorization:getClientConfig", {}, pulumi.InvokeOptions(provider=ground.provider)),
            tags=ground.tags,
            protect=self._settings.protect,
        )
        self._made = made = ControlPlane(self._name, args, self._child)
        self._issuer = made.issuer
        ready = [*made.ready, self._settle("entered", made.created, made.ready, ENTERED)]
        if _gated(self._settings, options):
            ready.append(self._route(made))
        self.before += ready
        self._pull(made.nodes)
        return reached(self._scope, made.kubeconfig, None, ResourceOptions(parent=self, depends_on=[*ready]))

    def _network(self) -> Network:
        ground = self._ground
        args = NetworkArgs(ground.group, self._options.location, self._options.network.cidr, ground.tags, "nodes", None)
        return Network(self._name, args, self._child)

    def _route(self, made: ControlPlane) -> Routing:
        props = {
            "subscription": self._options.subscription,
            "group": self._ground.group,
            "cluster": made.resource.output("name"),
            "options": self._options.cluster.model_dump(mode="json"),
        }
        return Routing(RoutingProvider(), "routing", props, ResourceOptions(parent=self, depends_on=[made.resource]))

    def _pull(self, nodes: pulumi.Input[str]) -> None:
        """The nodes may pull from the stack's own registry."""
        registry = self._ground.registry_id
        if registry is not None:
            self.before.append(assigned(f"{self._name}-nodes-pull", Role(PULL, registry), nodes, self._child))

    def _settle(
        self, word: str, created: list[pulumi.Output[str]], after: list[pulumi.Resource], longest: int | None = None
    ) -> pulumi.Resource:
        opts = ResourceOptions(parent=self, depends_on=[*after])
        patience = {} if longest is None else {"longest": longest}
        return Settled(SettledProvider(), f"settled-{word}", {"created": created, **patience}, opts)

    def _roles(self) -> dict[str, Role]:
        own = pulumi.Output.concat(f"/subscriptions/{self._options.subscription}/resourceGroups/", self._ground.group)
        return named(self._options.roles, own)

    def _identify(self, word: str, where: str, roles: Mapping[str, Role]) -> pulumi.Output[str]:
        """An identity for the account of the scope's name in a namespace, settled before anything takes it."""
        name = f"{self._name}-{word}" if word else self._name
        args = PodIdentityArgs(
            group=self._ground.group,
            location=self._options.location,
            name=stack_name(self._service.name, pulumi.get_stack(), *([word] if word else [])),
            issuer=self._issuer,
            namespace=where,
            service_account=self._scope.called(),
            roles=roles,
            tags=self._ground.tags,
        )
        made = PodIdentity(name, args, self._child)
        self.before.append(self._settle(word or "pods", made.created, made.ready))
        return made.client_id

    def _way_in(self) -> Gateway:
        settings, options = self._settings, self._options
        assert settings.domain is not None
        assert options.certificate is not None
        group, vault_name, certificate = options.certificate.split("/")
        place = f"/subscriptions/{options.subscription}/resourceGroups/{group}/providers/Microsoft.KeyVault"
        # A certificate is read as the secret of its name, key and all.
        reads = {"read": Role(vault.READER, f"{place}/vaults/{vault_name}/secrets/{certificate}")}
        args = GatewayArgs(
            scope=self._scope,
            domain=settings.domain,
            certificate=options.certificate,
            client_id=self._identify("gateway", namespace(self._scope), reads),
            public=options.balancer == "public",
            ready=[*self.before],
        )
        inside = ResourceOptions(parent=self, providers=[self.reached.provider])
        return Gateway(self._name, args, inside)


class Aks:
    """The target's face. The ground is laid before there is an image, and built on afterwards."""

    def registry(self, service: Service, settings: Settings) -> Registry:
        """The stack's registry, or the one that it names."""
        self._ground = AksGround(service, settings)
        return self._ground.registry

    def run(self, service: Service, settings: Settings, image: Image) -> Endpoint:
        """Declare the cluster where the stack makes it, and the service in it."""
        ground, options = self._ground, self._ground.options
        cluster = AksCluster(service.name, service, settings, ground)
        gateway = cluster.gateway
        args = WorkloadArgs(
            service=service,
            settings=settings,
            image=image,
            options=_told(options, settings, _scope(service, options), cluster.client_id),
            cluster=cluster.reached,
            console=_console(options, service),
            before=[*cluster.before, *(gateway.ready if gateway else ())],
            labels=USES if cluster.client_id is not None else {},
        )
        workload = Workload(service.name, args)
        if gateway is None:
            return workload.endpoint
        domain = str(settings.domain)
        if ground.zone is None:
            return by_hand(workload.endpoint, domain, gateway.address, "Azure DNS")
        told = {"aRecords": [{"ipv4Address": gateway.address}]}
        pointed = record(f"{service.name}-gateway", ground.zone, "A", domain, told, ground.opts)
        return by_record(workload.endpoint, pointed)


def _scope(service: Service, options: AksOptions) -> Scope:
    return scope_of(service.name, pulumi.get_stack(), options.namespace.name)


def _gated(settings: Settings, options: AksOptions) -> bool:
    """Whether a Gateway leads to the service: under a domain, where nothing else does."""
    return options.balancer != "none" and settings.domain is not None


def _console(options: AksOptions, service: Service) -> str:
    own = called(service.name, pulumi.get_stack())
    group, name = (options.cluster.name or f"{own}/{own}").split("/")
    id_ = f"/subscriptions/{options.subscription}/resourceGroups/{group}/providers"
    return f"https://portal.azure.com/#resource{id_}/Microsoft.ContainerService/managedClusters/{name}/workloads"


def _told(
    options: AksOptions, settings: Settings, scope: Scope, client_id: pulumi.Output[str] | None
) -> WorkloadOptions:
    """The way in as any cluster has it: a route on the Gateway, or without a domain a balancer of the Service's own."""
    changed: dict[str, object] = {}
    if client_id is not None:
        network = options.network.model_copy(update={"egress": (*options.network.egress, *LOGIN)})
        annotations = {**options.account_annotations, CLIENT: client_id}
        changed |= {"network": network, "account_annotations": annotations}
    if _gated(settings, options):
        changed["ingress"] = hung(scope)
    elif options.balancer != "none":
        annotations = {**options.expose.annotations, **(INTERNAL if options.balancer == "internal" else {})}
        changed["expose"] = options.expose.model_copy(update={"kind": "load_balancer", "annotations": annotations})
    return options.model_copy(update=changed)


_target = Aks()
registry, run = _target.registry, _target.run
