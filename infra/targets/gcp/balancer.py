"""The load balancer on Google Cloud: a global external one, which answers for the service's domain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.targets.gcp.firewall import Firewall
from infra.targets.gcp.raw import resource
from infra.targets.raw import Resource

# TLS 1.2 and 1.3 with forward secrecy alone:
# https://cloud.google.com/load-balancing/docs/ssl-policies-concepts, read 2026-11-29.
TLS = {"profile": "RESTRICTED", "minTlsVersion": "TLS_1_2"}
# The balancer of Google's newer front ends, which Cloud Armor's limits and the traffic's own rules are for:
# https://cloud.google.com/load-balancing/docs/https, read 2026-11-29.
SCHEME = "EXTERNAL_MANAGED"
# Seconds that the domain's address may be remembered.
TTL = 300


@dataclass(frozen=True)
class BalancerArgs:
    """What is balanced, and how it is reached.

    Attributes:
        region: of the service.
        domain: that it answers for.
        service: the name of the service on Cloud Run.
        managed_zone: the managed zone of Cloud DNS that the domain is in, by name; without it DNS is elsewhere.
        certificate: a global certificate that is there already, by name; without it Google makes one and renews it.
        armor: whether Cloud Armor stands before it.
        proxies: how many stand before the balancer.
        protect: whether its address outlives what else is destroyed.
    """

    region: str
    domain: str
    service: pulumi.Input[str]
    managed_zone: str | None = None
    certificate: str | None = None
    armor: bool = False
    proxies: int = 0
    protect: bool = False


class Balancer(pulumi.ComponentResource):
    """A global external application load balancer for one service on Cloud Run.

    How long a request may take is the service's own matter: for a backend without servers of its own the balancer's
    time-out does not count (https://cloud.google.com/load-balancing/docs/backend-service#timeout-setting, read
    2026-11-29), and neither does a health check.

    Attributes:
        address: the IPv4 address that the domain is to point at.
        ready: what must be there before it answers.
    """

    def __init__(self, name: str, args: BalancerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:Balancer", name, {}, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        place = address(name, ResourceOptions(parent=self, protect=args.protect))
        self.address = place.output("address")
        self._place = place.id
        self.ready = self._listeners(self._backend())
        if args.managed_zone:
            # Where the domain was elsewhere before, it moves to what answers.
            after = ResourceOptions(parent=self, depends_on=self.ready)
            record(name, args.managed_zone, args.domain, self.address, after)
        self.register_outputs({"address": self.address})

    def _backend(self) -> Resource:
        args, name = self._args, self._name
        group = resource(
            "compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup",
            name,
            {
                "region": args.region,
                "networkEndpointType": "SERVERLESS",
                "cloudRun": {"service": args.service},
            },
            self._child,
        )
        armor = Firewall(name, forwarded=args.proxies > 0, opts=self._child) if args.armor else None
        return resource(
            "compute/backendService:BackendService",
            name,
            {
                "loadBalancingScheme": SCHEME,
                "protocol": "HTTPS",
                "backends": [{"group": group.id}],
                # Cloud Run logs what reaches it; what Cloud Armor refuses only the balancer knows.
                "logConfig": {"enable": True, "sampleRate": 1.0} if armor else {"enable": False},
                **({"securityPolicy": armor.policy} if armor else {}),
            },
            self._child,
        )

    def _listeners(self, backend: Resource) -> list[pulumi.Resource]:
        """Over HTTPS, to which HTTP then sends."""
        name = self._name
        served = self._url_map(name, {"defaultService": backend.id})
        policy = tls(name, self._child)
        certificate = self._args.certificate or managed_certificate(name, self._args.domain, self._child).id
        https = resource(
            "compute/targetHttpsProxy:TargetHttpsProxy",
            name,
            {"urlMap": served.id, "sslCertificates": [certificate], "sslPolicy": policy.id},
            self._child,
        )
        listener = self._rule("https", 443, https, self._child)
        redirect = {"httpsRedirect": True, "redirectResponseCode": "MOVED_PERMANENTLY_DEFAULT", "stripQuery": False}
        moved = self._url_map(f"{name}-http", {"defaultUrlRedirect": redirect})
        http = resource("compute/targetHttpProxy:TargetHttpProxy", name, {"urlMap": moved.id}, self._child)
        # There is something to send people to before they are sent.
        sent_on = self._rule("http", 80, http, ResourceOptions(parent=self, depends_on=[listener]))
        return [listener, sent_on]

    def _url_map(self, name: str, to: Mapping[str, Any]) -> Resource:
        return resource("compute/uRLMap:URLMap", name, to, self._child)

    def _rule(self, scheme: str, port: int, target: Resource, opts: ResourceOptions) -> Resource:
        return resource(
            "compute/globalForwardingRule:GlobalForwardingRule",
            f"{self._name}-{scheme}",
            {
                "ipAddress": self._place,
                "ipProtocol": "TCP",
                "portRange": str(port),
                "loadBalancingScheme": SCHEME,
                "target": target.id,
            },
            # Two rules cannot listen on one port of one address, so another one is made when the first is gone.
            ResourceOptions.merge(opts, ResourceOptions(delete_before_replace=True)),
        )


def address(name: str, opts: ResourceOptions) -> Resource:
    """An address for a balancer, of which `address` and `name` are told."""
    props = {"addressType": "EXTERNAL", "ipVersion": "IPV4", "description": f"Where {name} is reached"}
    return resource("compute/globalAddress:GlobalAddress", name, props, opts, outputs=("address", "name"))


def managed_certificate(name: str, domain: str, opts: ResourceOptions) -> Resource:
    """Google issues it when the domain points at the address, and renews it by itself. Its `name` is told."""
    props = {"managed": {"domains": [domain]}}
    return resource("compute/managedSslCertificate:ManagedSslCertificate", name, props, opts, outputs=("name",))


def tls(name: str, opts: ResourceOptions) -> Resource:
    """What a balancer takes of TLS. Its `name` is told."""
    return resource("compute/sSLPolicy:SSLPolicy", name, TLS, opts, outputs=("name",))


def record(name: str, zone: str, domain: str, address: pulumi.Input[str], opts: ResourceOptions) -> Resource:
    """The domain's, which leads to the balancer. `zone`: a managed zone of Cloud DNS."""
    props = {"managedZone": zone, "name": f"{domain}.", "type": "A", "ttl": TTL, "rrdatas": [address]}
    return resource("dns/recordSet:RecordSet", name, props, opts)
