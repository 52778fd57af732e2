"""What the target `gcp.gke` refuses, each in exact words."""

import json
from typing import Any

import pytest

from infra.targets.gcp.gke_spec import TARGETS
from tests.infra.targets.refusals import refusals, rm, set_

PLACE = {"project": "my-project-123", "region": "europe-west1"}
DOMAIN = {"domain": "api.example.com"}
REPOSITORY = "europe-west1-docker.pkg.dev/acme/images/orders"


def refused(options: dict[str, Any], **more: Any) -> list[str]:
    return refusals("gcp.gke", {**PLACE, **options}, **more)


BAD: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({"cluster": {"name": "A"}}, {}, [f"service:options.cluster.name: 'A' is not the name of a cluster. {set_('options.cluster.name', 'shared')} --stack dev"]),
    ({"cluster": {"name": "shared", "location": "berlin"}}, {}, [f"service:options.cluster.location: 'berlin' is not a region such as europe-west1, or a zone of one. {set_('options.cluster.location', 'europe-west1-b')} --stack dev"]),
    ({"cluster": {"location": "europe-west1-b"}}, {}, [f"service:options.cluster.location: is of a cluster that is there already, and none is named. {set_('options.cluster.name', 'shared')}"]),
    ({"cluster": {"name": "shared", "context": "x"}}, {}, [f"service:options.cluster.context: is of a kubeconfig, and none is named. {set_('options.cluster.kubeconfig', '~/.kube/config')}"]),
    ({"cluster": {"reached_from": ["192.0.2.1/24"]}}, {}, [f"service:options.cluster.reached_from[0]: '192.0.2.1/24' is not a block of IPv4 addresses such as 192.0.2.0/24: 192.0.2.1/24 has host bits set. {rm('options.cluster.reached_from[0]')} --stack dev"]),
    (
        {"cluster": {"name": "shared", "private": True, "channel": "stable"}, "network": {"nat": False}},
        {},
        [f"service:{path}: is a matter of the cluster that is there already. {rm(path)}" for path in ("options.cluster.channel", "options.cluster.private", "options.network.nat")],
    ),
    ({"network": {"network": "shared"}}, {}, [f"service:options.network.subnet: is required with options.network.network. {set_('options.network.subnet', 'default')}"]),
    (
        {"network": {"network": "shared", "subnet": "apps", "cidr": "10.1.0.0/22", "flow_logs": True}},
        {},
        [f"service:{path}: is a matter of the VPC that is there already. {rm(path)}" for path in ("options.network.cidr", "options.network.flow_logs")],
    ),
    ({"expose": {"kind": "load_balancer"}}, {}, [f"service:options.expose.kind: a public balancer leads to the service already. {set_('options.balancer', 'none')}"]),
    ({"balancer": "none", "managed_zone": "example-com"}, {}, [f"service:options.managed_zone: is of no use without Google's balancer. {set_('options.balancer', 'public')}"]),
    ({"certificate": "existing"}, {}, [f"service:options.certificate: is of no use without service:domain. {set_('domain', 'api.example.com')}"]),
    ({}, DOMAIN, [f"service:options.managed_zone: 'api.example.com' wants a managed zone of Cloud DNS, or a certificate for it. {set_('options.managed_zone', 'example-com')}"]),
    ({"balancer": "none"}, DOMAIN, [f"service:domain: nothing brings it to the service without service:options.ingress. {set_('options.ingress.namespace', 'ingress-nginx')}"]),
    ({}, {"build": {"platforms": ["linux/arm64"]}}, [f"service:build.platforms: linux/arm64: the nodes of Autopilot run linux/amd64. {set_('build.platforms[0]', 'linux/amd64')}"]),
    ({}, {"registry": {"repository": REPOSITORY, "username": "a", "password": "b"}}, [f"service:registry.username: Artifact Registry is logged in to as whoever runs the program. {rm('registry')}"]),
    ({}, {"size": {"cpu": 0.01, "memory": "512MiB"}}, [f"service:size.cpu: 0.01 is not from 0.05 to 30, which a pod of Autopilot has. {set_('size.cpu', 0.05)}"]),
    ({}, {"size": {"cpu": 2, "memory": "1GiB"}}, [f"service:size.memory: 1024MiB does not go with 2 CPU in Autopilot; there is 2048MiB to 13312MiB. {set_('size.memory', '2048MiB')}"]),
    ({}, {"size": {"cpu": 0.5, "memory": "8GiB"}}, [f"service:size.memory: 8192MiB does not go with 0.5 CPU in Autopilot; there is 512MiB to 3328MiB. {set_('size.memory', '3328MiB')}"]),
    ({"roles": ["roles/owner"]}, {}, [f"service:options.roles[0]: 'roles/owner' is a basic role, which allows far more than a service needs. {rm('options.roles[0]')} --stack dev"]),
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
        ({"cluster": {"name": "shared", "location": "europe-west1-b", "kubeconfig": "~/.kube/x", "context": "x"}}, {}),
        # What is too much for Autopilot may fit the nodes of another cluster.
        ({"cluster": {"name": "shared"}}, {"size": {"cpu": 0.5, "memory": "8GiB"}}),
        ({"cluster": {"private": True, "reached_from": ["10.8.0.0/16"], "logs": ["system", "api_server"]}}, {}),
        ({"network": {"network": "shared", "subnet": "apps"}}, {}),
        ({"balancer": "none", "expose": {"kind": "load_balancer"}}, {}),
        ({}, {"registry": {"repository": REPOSITORY}}),
        ({"managed_zone": "example-com"}, DOMAIN),
    ],
)
def test_what_fits_is_taken(options: dict[str, Any], more: dict[str, Any]) -> None:
    assert refused(options, **more) == []


def test_a_pull_requests_stack_is_lodged_in_the_cluster_of_its_base() -> None:
    lodged = TARGETS["gcp.gke"].lodged
    assert lodged is not None
    pods = {"egress": ["10.0.0.0/8:5432"]}
    own = {**PLACE, "cluster": {"channel": "stable"}, "network": {"nat": False, **pods}, "roles": []}
    assert lodged(own, "orders", "dev") == {
        **PLACE,
        "network": pods,
        "roles": [],
        "cluster": {"name": "orders-dev"},
    }
    named = {**PLACE, "cluster": {"name": "shared", "location": "europe-west1-b", "kubeconfig": "~/.kube/x"}}
    assert lodged(named, "orders", "dev") == named
