"""What the target `aws.eks` refuses, each in exact words."""

import json
from typing import Any

import pytest

from infra.targets.aws.eks_spec import TARGETS
from tests.infra.targets.refusals import refusals, rm, set_

REGION = {"region": "eu-central-1"}
DOMAIN = {"domain": "api.example.com"}
SUBNETS = ["subnet-0123456789abcdea0", "subnet-0123456789abcdeb0"]
VPC = "vpc-0123456789abcdef0"
ROLE = "arn:aws:iam::123456789012:role/preview"


def refused(options: dict[str, Any], **more: Any) -> list[str]:
    return refusals("aws.eks", {**REGION, **options}, **more)


BAD: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({"cluster": {"name": "a b"}}, {}, [f"service:options.cluster.name: 'a b' is not the name of a cluster. {set_('options.cluster.name', 'shared')} --stack dev"]),
    ({"cluster": {"version": "latest"}}, {}, [f"service:options.cluster.version: 'latest' is not a version of Kubernetes such as 1.34. {set_('options.cluster.version', '1.34')} --stack dev"]),
    ({"cluster": {"kubeconfig": "~/.kube/x"}}, {}, [f"service:options.cluster.kubeconfig: is of a cluster that is there already, and none is named. {set_('options.cluster.name', 'shared')}"]),
    ({"cluster": {"name": "shared", "context": "x"}}, {}, [f"service:options.cluster.context: is of a kubeconfig, and none is named. {set_('options.cluster.kubeconfig', '~/.kube/config')}"]),
    ({"cluster": {"private": True, "reached_from": ["192.0.2.0/24"]}}, {}, [f"service:options.cluster.reached_from: is of no use where only the network reaches the API server. {set_('options.cluster.private', 'false')}"]),
    ({"cluster": {"reached_from": ["192.0.2.1/24"]}}, {}, [f"service:options.cluster.reached_from[0]: '192.0.2.1/24' is not a block of IPv4 addresses such as 192.0.2.0/24: 192.0.2.1/24 has host bits set. {rm('options.cluster.reached_from[0]')} --stack dev"]),
    (
        {"cluster": {"name": "shared", "private": True, "access": {ROLE: "view"}}, "network": {"nat": "one"}, "zones": 3},
        {},
        [f"service:{path}: is a matter of the cluster that is there already. {rm(path)}" for path in ("options.cluster.private", "options.cluster.access", "options.network.nat", "options.zones")],
    ),
    ({"network": {"public_subnets": SUBNETS}}, {}, [f"service:options.network.public_subnets: the stack makes its own VPC; subnets are named with the VPC that they are in. {set_('options.network.vpc', VPC)}"]),
    (
        {"network": {"vpc": VPC, "nat": "one", "private_subnets": SUBNETS[:1]}, "zones": 2},
        {},
        [
            f"service:options.network.nat: is a matter of the VPC that is there already. {rm('options.network.nat')}",
            f"service:options.zones: the zones are those of the given subnets. {rm('options.zones')}",
            f"service:options.network.public_subnets: a load balancer wants two subnets at the least, each in another zone. {set_('options.network.public_subnets[0]', 'subnet-0123456789abcdef0')}",
            f"service:options.network.private_subnets: a cluster wants two subnets at the least, each in another zone. {set_('options.network.private_subnets[1]', 'subnet-0123456789abcdef1')}",
        ],
    ),
    ({"expose": {"kind": "load_balancer"}}, {}, [f"service:options.expose.kind: a public balancer leads to the service already. {set_('options.balancer', 'none')}"]),
    ({"balancer": "none", "hosted_zone": "example.com"}, {}, [f"service:options.hosted_zone: is of no use without a balancer of AWS's. {set_('options.balancer', 'public')}"]),
    ({}, DOMAIN, [f"service:options.hosted_zone: 'api.example.com' wants a hosted zone of Route 53, or a certificate for it. {set_('options.hosted_zone', 'example.com')}"]),
    ({"balancer": "none"}, DOMAIN, [f"service:domain: nothing brings it to the service without service:options.ingress. {set_('options.ingress.namespace', 'ingress-nginx')}"]),
    ({}, {"build": {"platforms": ["linux/arm64"]}}, [f"service:build.platforms: linux/arm64: the nodes of Auto Mode run linux/amd64. {set_('build.platforms[0]', 'linux/amd64')}"]),
    ({}, {"registry": {"repository": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/orders"}}, [f"service:registry: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/orders is in ECR, where the stack has a repository of its own. {rm('registry')}"]),
]  # fmt: skip


@pytest.mark.parametrize(("options", "more", "told"), BAD, ids=lambda value: json.dumps(value)[:60])
def test_what_is_wrong_is_told_at_once_with_the_commands_that_mend_it(
    options: dict[str, Any], more: dict[str, Any], told: list[str]
) -> None:
    assert refused(options, **more) == sorted(told)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"cluster": {"name": "shared", "kubeconfig": "~/.kube/tunnel", "context": "tunnel"}},
        {"network": {"vpc": VPC, "public_subnets": SUBNETS, "private_subnets": SUBNETS}},
        {"balancer": "none", "expose": {"kind": "load_balancer"}},
        {"cluster": {"access": {ROLE: "view"}, "logs": [], "version": "1.34"}},
    ],
)
def test_what_fits_is_taken(options: dict[str, Any]) -> None:
    assert refused(options) == []


def test_a_pull_requests_stack_is_lodged_in_the_cluster_of_its_base_with_a_balancer_in_its_subnets() -> None:
    lodged = TARGETS["aws.eks"].lodged
    assert lodged is not None
    network = {"vpc": VPC, "public_subnets": SUBNETS, "private_subnets": SUBNETS}
    own = {**REGION, "zones": 3, "cluster": {"version": "1.34"}, "network": {"egress": ["10.0.0.0/8:5432"], **network}}
    assert lodged(own, "orders", "dev") == {
        **REGION,
        "network": {"egress": ["10.0.0.0/8:5432"], "public_subnets": SUBNETS},
        "cluster": {"name": "orders-dev"},
    }
    internal = {**REGION, "balancer": "internal", "network": network}
    assert lodged(internal, "orders", "dev") == {**REGION, "balancer": "internal", "cluster": {"name": "orders-dev"}}
