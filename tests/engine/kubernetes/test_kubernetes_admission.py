"""The API server's own judgement of what is planned: a strict dry run of every object of every stack, and of each pod in it."""

import copy
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from tests.kubernetes_provider.cluster import Cluster, NoSuchKind, Refused
from tests.kubernetes_provider.definitions import install
from tests.offline.inventories import previewed
from tests.offline.test_properties import planned
from tools.offline.values import UNKNOWN, Values
from tools.plan.preview import Planned
from tools.stack import Stack, stacks

pytestmark = pytest.mark.timeout(600)

MANAGER = "slipway-tests"
# Where something is known only later: as good a name as it is base64.
LATER = "unknown0"
# Of these no definition is published that a test could get; what is in them is held to their makers' pages elsewhere.
UNDEFINED = ("eks.amazonaws.com/", "networking.gke.io/", "cloud.google.com/")

CONTEXT, REGISTRY = {"context": "any"}, {"repository": "ghcr.io/acme/orders"}
INGRESS = {"namespace": "ingress-nginx", "pods": {"app.kubernetes.io/name": "ingress-nginx"}}
GATEWAY = {"kind": "gateway", "namespace": "gateways", "gateway": {"name": "public", "namespace": "gateways"}}
EVERYTHING = {
    "an Ingress with a certificate of cert-manager": (
        {"ingress": {**INGRESS, "class_name": "nginx", "tls": {"cluster_issuer": "letsencrypt"}}},
        {"domain": "shop.example.com"},
    ),
    "an Ingress with a given certificate": (
        {"ingress": {**INGRESS, "tls": {"secret": "shop-tls"}}},
        {"domain": "shop.example.com"},
    ),
    "a route of a Gateway": ({"ingress": GATEWAY}, {"domain": "shop.example.com"}),
    "a balancer": ({"expose": {"kind": "load_balancer"}}, {}),
    "a port of every node": ({"expose": {"kind": "node_port", "node_port": 30080, "address": "node1.example.com"}}, {}),
    "replicas by need": ({"scaling": {"cpu": 60, "memory": 80, "down_after": 60}}, {"scale": {"min": 2, "max": 9}}),
    "a ServiceMonitor": ({"metrics": {"kind": "service_monitor", "labels": {"release": "prometheus"}}}, {}),
    "annotations for Prometheus": ({"metrics": {"kind": "annotations"}}, {}),
    "ways out": ({"network": {"egress": ["10.0.0.0/8:5432", "0.0.0.0/0:*"], "namespaces": ["shop"]}}, {}),
    "no policy": ({"network": {"policy": False}}, {}),
    "an account of a cloud": ({"account_annotations": {"iam.gke.io/gcp-service-account": "a@b.iam.gserviceaccount.com"}}, {}),
}  # fmt: skip


def stacks_in_clusters() -> list[str]:
    """Every stack of this project whose service runs in a cluster."""
    known = ("kubernetes", "aws.eks", "gcp.gke", "azure.aks")
    return [name for name in stacks() if Stack(name).target() in known]


@pytest.fixture(scope="module", autouse=True)
def kinds(cluster: Cluster) -> Iterator[None]:
    """The definitions of what the cluster does not have by itself; what was there before stays."""
    made = install(cluster)
    yield
    for each in made:
        cluster.delete(each, "Background")


@pytest.fixture(scope="module")
def room(cluster: Cluster) -> Iterator[str]:
    """A namespace that is as strict as the stack's own."""
    name = f"slipway-admission-{os.getpid()}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    made = cluster.apply(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}, MANAGER
    )
    yield name
    cluster.delete(made)


@pytest.mark.parametrize("stack", stacks_in_clusters())
def test_every_object_of_a_stack_is_one_that_the_api_server_takes(cluster: Cluster, room: str, stack: str) -> None:
    plan = previewed(stack)
    assert plan.problems == ()
    assert refused(cluster, room, objects(plan.resources)) == []


@pytest.mark.parametrize(("options", "more"), EVERYTHING.values(), ids=EVERYTHING)
def test_every_object_that_a_setting_asks_for_is_one_that_the_api_server_takes(
    cluster: Cluster, room: str, options: Values, more: Values
) -> None:
    plan = planned({"target": "kubernetes", "registry": REGISTRY, "options": {**CONTEXT, **options}, **more})
    assert plan.problems == ()
    assert refused(cluster, room, objects(plan.resources)) == []


def test_what_the_api_server_does_not_know_is_refused(cluster: Cluster, room: str) -> None:
    route = {"parentRefs": [{"name": "public"}], "hostnames": ["shop.example.com"], "rulez": []}
    account = {"automountServiceAccountTokens": False}
    pod = {"containers": [{"name": "c", "image": "i"}]}
    wrong = [
        {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "a"}, "spec": route},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "b"}, **account},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "c"}, "spec": pod},
        {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "d"}},
    ]
    said = refused(cluster, room, wrong)
    assert [each.partition(": ")[0] for each in said] == ["ServiceAccount b", "HTTPRoute a", "Pod c", "Thing d"]
    assert ".automountServiceAccountTokens: field not declared in schema" in said[0]
    assert ".spec.rulez: field not declared in schema" in said[1]
    assert 'violates PodSecurity "restricted:latest"' in said[2]
    assert 'no matches for kind "Thing"' in said[3]


def objects(resources: Sequence[Planned]) -> list[Values]:
    """Every object that a plan has, and those that our own providers make of a manifest."""
    found = [each.inputs for each in resources if each.type.startswith("kubernetes:")]
    manifests = [each.inputs["manifest"] for each in resources if isinstance(each.inputs.get("manifest"), Mapping)]
    assert found
    assert manifests
    return [_known(each) for each in (*found, *manifests)]


def refused(cluster: Cluster, room: str, wanted: Sequence[Values]) -> list[str]:
    """What the API server says of each object that it would not take, and of the pods of each."""
    accounts = [each for each in wanted if each["kind"] == "ServiceAccount"]
    said = []
    for each in (*accounts, *(each for each in wanted if each not in accounts)):
        tried = [_in(room, each), *(_in(room, pod) for pod in _pods(each))]
        for it in tried:
            try:
                # A pod is refused whose account is not there.
                cluster.apply(it, MANAGER, force=True, dry=it["kind"] != "ServiceAccount" or "Tokens" in str(it))
            except NoSuchKind as missing:
                if not it["apiVersion"].startswith(UNDEFINED):
                    said.append(f"{it['kind']} {it['metadata']['name']}: {missing}")
            except Refused as refusal:
                said.append(f"{it['kind']} {it['metadata']['name']}: {refusal}")
    return said


def _in(room: str, wanted: Values) -> Values:
    """The same in another namespace; a namespace stays what it is."""
    metadata = {"name": LATER, **wanted["metadata"]}
    if wanted["kind"] != "Namespace":
        metadata["namespace"] = room
    return {**wanted, "metadata": metadata}


def _pods(wanted: Values) -> Iterator[Values]:
    """The pods that a workload would make."""
    spec = wanted.get("spec") or {}
    template = (spec.get("jobTemplate", {}).get("spec") or spec).get("template")
    if isinstance(template, dict) and "containers" in template.get("spec", {}):
        metadata = {**template.get("metadata", {}), "name": "pod"}
        yield {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": copy.deepcopy(template["spec"])}


def _known(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: _known(item) for name, item in value.items() if not str(name).startswith("__")}
        case list() | tuple():
            return [_known(item) for item in value]
        case _:
            return LATER if value is UNKNOWN else value
