"""What the target `azure.aks` refuses, each in exact words."""

import json
from typing import Any

import pytest

from infra.targets.azure.aks_spec import TARGETS
from tests.infra.targets.refusals import refusals, rm, set_

ONE, OTHER = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
PLACE = {"subscription": ONE, "location": "westeurope"}
DOMAIN = {"domain": "api.example.com"}
CERTIFICATE = "shared/acme-certificates/api-example-com"
SUBNETS = "resourceGroups/net/providers/Microsoft.Network/virtualNetworks/main/subnets/nodes"


def refused(options: dict[str, Any], **more: Any) -> list[str]:
    return refusals("azure.aks", {**PLACE, **options}, **more)


BAD: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({"cluster": {"name": "shared"}}, {}, [f"service:options.cluster.name: 'shared' is not a cluster such as platform/shared: its resource group and its name. {set_('options.cluster.name', 'platform/shared')} --stack dev"]),
    ({"cluster": {"name": "platform/shared", "context": "x"}}, {}, [f"service:options.cluster.context: is of a kubeconfig, and none is named. {set_('options.cluster.kubeconfig', '~/.kube/config')}"]),
    ({"cluster": {"context": "x"}}, {}, [f"service:options.cluster.context: is of a cluster that is there already, and none is named. {set_('options.cluster.name', 'platform/shared')}"]),
    (
        {"cluster": {"name": "platform/shared", "private": True, "channel": "patch", "nodes": {"most": 3}}, "network": {"pods": "10.64.0.0/16"}},
        {},
        [f"service:{path}: is a matter of the cluster that is there already. {rm(path)}" for path in ("options.cluster.channel", "options.cluster.private", "options.cluster.nodes", "options.network.pods")],
    ),
    ({"cluster": {"private": True, "reached_from": ["192.0.2.0/24"]}}, {}, [f"service:options.cluster.reached_from: is of no use where only the network reaches the API server. {set_('options.cluster.private', 'false')}"]),
    ({"cluster": {"reached_from": ["192.0.2.1/24"]}}, {}, [f"service:options.cluster.reached_from[0]: '192.0.2.1/24' is not a block of IPv4 addresses such as 192.0.2.0/24: 192.0.2.1/24 has host bits set. {rm('options.cluster.reached_from[0]')} --stack dev"]),
    ({"cluster": {"nodes": {"least": 6}}}, {}, [f"service:options.cluster.nodes.least: 6 is more than options.cluster.nodes.most, 5. {set_('options.cluster.nodes.least', 5)}"]),
    ({"network": {"subnet": f"/subscriptions/{OTHER}/{SUBNETS}"}}, {}, [f"service:options.network.subnet: is in another subscription than {ONE}, which the cluster is in. {rm('options.network.subnet')}"]),
    ({"network": {"subnet": f"/subscriptions/{ONE}/{SUBNETS}", "cidr": "10.1.0.0/22"}}, {}, [f"service:options.network.cidr: is a matter of the network that is there already. {rm('options.network.cidr')}"]),
    ({"network": {"pods": "10.0.0.0/16"}}, {}, [f"service:options.network.pods: 10.0.0.0/16 shares addresses with the nodes', 10.0.0.0/22. {set_('options.network.pods', '192.168.0.0/16')}"]),
    ({"network": {"cidr": "172.16.8.0/22"}}, {}, [f"service:options.network.cidr: 172.16.8.0/22 shares addresses with the services', 172.16.0.0/16. {set_('options.network.cidr', '10.0.0.0/22')}"]),
    ({"expose": {"kind": "load_balancer"}}, {}, [f"service:options.expose.kind: a public balancer leads to the service already. {set_('options.balancer', 'none')}"]),
    ({"balancer": "none", "certificate": CERTIFICATE}, {}, [f"service:options.certificate: is of no use without a balancer of Azure's. {set_('options.balancer', 'public')}"]),
    ({"certificate": CERTIFICATE}, {}, [f"service:options.certificate: is of no use without service:domain. {set_('domain', 'api.example.com')}"]),
    ({"dns_zone": "dns/example.com"}, DOMAIN, [f"service:options.certificate: is required: api.example.com is served by HTTPS alone. {set_('options.certificate', CERTIFICATE)}"]),
    ({"dns_zone": "dns/example.org", "certificate": CERTIFICATE}, DOMAIN, [f"service:options.dns_zone: example.org does not hold api.example.com. {set_('options.dns_zone', 'dns/example.com')}"]),
    ({"balancer": "none"}, DOMAIN, [f"service:domain: nothing brings it to the service without service:options.ingress. {set_('options.ingress.namespace', 'ingress-nginx')}"]),
    ({}, {"build": {"platforms": ["linux/arm64"]}}, [f"service:build.platforms: linux/arm64: the nodes run linux/amd64. {set_('build.platforms[0]', 'linux/amd64')}"]),
    ({}, {"registry": {"repository": "acme.azurecr.io/orders", "username": "a", "password": "b"}}, [f"service:registry.username: a registry of Azure's is logged in to as whoever runs the program, and as the nodes' identity. {rm('registry')}"]),
]  # fmt: skip


@pytest.mark.parametrize(("options", "more", "told"), BAD, ids=lambda value: json.dumps(value)[:60])
def test_what_is_wrong_is_told_at_once_with_the_commands_that_mend_it(
    options: dict[str, Any], more: dict[str, Any], told: list[str]
) -> None:
    assert refused(options, **more) == sorted(told)


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ({}, {}),
        ({"cluster": {"name": "platform/shared", "kubeconfig": "~/.kube/x", "context": "x"}}, {}),
        ({"cluster": {"private": True, "nodes": {"zones": [], "disk": "managed"}, "access": {f"user:{ONE}": "view"}}}, {}),
        ({"network": {"subnet": f"/subscriptions/{ONE}/{SUBNETS}", "pods": "10.64.0.0/16"}}, {}),
        ({"balancer": "none", "expose": {"kind": "load_balancer"}}, {}),
        ({"balancer": "internal"}, {"registry": {"repository": "acme.azurecr.io/orders"}}),
        ({"certificate": CERTIFICATE}, DOMAIN),
        ({"certificate": CERTIFICATE, "dns_zone": "dns/example.com"}, DOMAIN),
    ],
)  # fmt: skip
def test_what_fits_is_taken(options: dict[str, Any], more: dict[str, Any]) -> None:
    assert refused(options, **more) == []


def test_a_pull_requests_stack_is_lodged_in_the_cluster_of_its_base() -> None:
    lodged = TARGETS["azure.aks"].lodged
    assert lodged is not None
    pods = {"egress": ["10.0.0.0/8:5432"]}
    own = {**PLACE, "cluster": {"private": True}, "network": {"cidr": "10.1.0.0/22", **pods}, "roles": []}
    assert lodged(own, "orders", "dev") == {
        **PLACE,
        "network": pods,
        "roles": [],
        "cluster": {"name": "orders-dev/orders-dev"},
    }
    named = {**PLACE, "cluster": {"name": "platform/shared", "kubeconfig": "~/.kube/x"}}
    assert lodged(named, "orders", "dev") == named
