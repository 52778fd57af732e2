"""What the settings of `gcp.gke` make of its plan."""

import json
from typing import Any

import pytest

from infra.targets.gcp.offline import there
from infra.targets.gcp.offline.names import NUMBER
from tests.offline.inventories import needed
from tests.offline.plans import of, one, planned_once
from tools.plan.preview import Preview

PROJECT, REGION = "my-project-123", "europe-west1"
PLACE = {"project": PROJECT, "region": REGION}
NAME = "slipway-dev"
CLUSTER = "gcp:container/cluster:Cluster"
MEMBER, PULLS = "gcp:projects/iAMMember:IAMMember", "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
ADDRESS, RECORD = "gcp:compute/globalAddress:GlobalAddress", "gcp:dns/recordSet:RecordSet"
CERTIFICATE = "gcp:compute/managedSslCertificate:ManagedSslCertificate"
INGRESS, POLICY = "kubernetes:networking.k8s.io/v1:Ingress", "kubernetes:networking.k8s.io/v1:NetworkPolicy"
BACKEND, FRONTEND = (
    "kubernetes:cloud.google.com/v1:BackendConfig",
    "kubernetes:networking.gke.io/v1beta1:FrontendConfig",
)
DEPLOYMENT, CONFIG = "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service"
PROVIDER = "pulumi:providers:kubernetes"


def gke(options: dict[str, Any], **more: Any) -> Preview:
    """The plan of a stack with these options."""
    return planned_once({"target": "gcp.gke", "options": {**PLACE, **options}, **more})


def everything() -> Preview:
    """A cluster that only the network reaches, and a domain, all of it protected."""
    options = {
        "cluster": {"private": True, "reached_from": ["10.8.0.0/16"], "channel": "stable", "logs": ["system"]},
        "network": {"network": there.NETWORK, "subnet": there.SUBNET},
        "managed_zone": there.ZONE,
        "roles": ["roles/cloudsql.client"],
    }
    return gke(options, domain="api.example.com", protect=True, proxies=1)


def given() -> Preview:
    """In a cluster that is there already."""
    return gke({"cluster": {"name": "existing", "location": f"{REGION}-b"}, "roles": ["roles/cloudsql.client"]})


def test_the_cluster_is_autopilots_without_a_way_in_to_its_nodes() -> None:
    cluster = one(everything(), CLUSTER)
    nodes = cluster.pop("clusterAutoscaling")["autoProvisioningDefaults"]
    assert nodes["oauthScopes"] == ["https://www.googleapis.com/auth/cloud-platform"]
    assert {name: value for name, value in cluster.items() if name != "__defaults"} == {
        "deletionProtection": True,
        "enableAutopilot": True,
        "ipAllocationPolicy": {},
        "location": REGION,
        "loggingConfig": {"enableComponents": ["SYSTEM_COMPONENTS"]},
        "masterAuth": {"clientCertificateConfig": {"issueClientCertificate": False}},
        "masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "10.8.0.0/16"}]},
        "name": NAME,
        "network": f"projects/{PROJECT}/global/networks/{there.NETWORK}",
        "privateClusterConfig": {"enablePrivateEndpoint": True, "enablePrivateNodes": True},
        "releaseChannel": {"channel": "STABLE"},
        "subnetwork": f"projects/{PROJECT}/regions/{REGION}/subnetworks/{there.SUBNET}",
    }


def test_nodes_have_an_account_of_their_own_that_pulls_the_stacks_images_alone() -> None:
    plan = everything()
    roles = {
        each.inputs["role"] for type_ in (MEMBER, PULLS) for each in of(plan, type_) if each.name == "slipway-nodes"
    }
    assert roles == {"roles/artifactregistry.reader", "roles/container.defaultNodeServiceAccount"}
    before = needed(plan, "slipway", CLUSTER)
    assert {f"{MEMBER}::slipway-nodes", f"{PULLS}::slipway-nodes"} <= before


@pytest.mark.parametrize("plan", [everything, given])
def test_the_pods_have_their_roles_as_themselves_and_may_ask_for_credentials(plan: Any) -> None:
    seen: Preview = plan()
    (member,) = [each.inputs for each in of(seen, MEMBER) if each.inputs["role"] == "roles/cloudsql.client"]
    pool = f"projects/{NUMBER}/locations/global/workloadIdentityPools/{PROJECT}.svc.id.goog"
    assert member["member"] == f"principal://iam.googleapis.com/{pool}/subject/ns/{NAME}/sa/{NAME}"
    (out,) = [each.inputs["spec"] for each in of(seen, POLICY) if each.name == "policy-every"]
    assert [each for each in out["egress"] if "to" in each] == [
        {"to": [{"ipBlock": {"cidr": "169.254.169.254/32"}}], "ports": [{"protocol": "TCP", "port": port}]}
        for port in (80, 8080)
    ]


def test_a_domain_is_served_over_https_and_http_sends_there() -> None:
    plan = everything()
    ingress = one(plan, INGRESS)
    annotations = ingress["metadata"]["annotations"]
    (address,), (certificate,) = of(plan, ADDRESS), of(plan, CERTIFICATE)
    told = {
        "kubernetes.io/ingress.class": "gce",
        "kubernetes.io/ingress.global-static-ip-name": address.inputs["name"],
        "ingress.gcp.kubernetes.io/pre-shared-cert": certificate.inputs["name"],
        "networking.gke.io/v1beta1.FrontendConfig": NAME,
    }
    assert {name: annotations[name] for name in told} == told
    assert "ingressClassName" not in ingress["spec"]
    assert [rule["host"] for rule in ingress["spec"]["rules"]] == ["api.example.com"]
    front = one(plan, FRONTEND)
    assert (front["metadata"]["name"], front["metadata"]["namespace"]) == (NAME, NAME)
    assert front["spec"]["redirectToHttps"] == {"enabled": True, "responseCodeName": "MOVED_PERMANENTLY_DEFAULT"}
    record = one(plan, RECORD)
    assert (record["managedZone"], record["name"]) == (there.ZONE, "api.example.com.")
    assert f"{INGRESS}::ingress" in needed(plan, "slipway", RECORD)


def test_the_balancer_asks_the_pods_themselves_and_nobody_else_does() -> None:
    plan = everything()
    service, back = one(plan, CONFIG), one(plan, BACKEND)
    annotations = service["metadata"]["annotations"]
    assert json.loads(annotations["cloud.google.com/neg"]) == {"ingress": True}
    assert json.loads(annotations["cloud.google.com/backend-config"]) == {"default": back["metadata"]["name"]}
    check = back["spec"]["healthCheck"]
    assert (check["requestPath"], check["port"], check["type"]) == ("/readyz", 8000, "HTTP")
    (into,) = [each.inputs["spec"] for each in of(plan, POLICY) if each.name == "policy-web"]
    blocks = [each["ipBlock"]["cidr"] for each in into["ingress"][0]["from"]]
    assert (len(into["ingress"]), blocks) == (1, ["130.211.0.0/22", "35.191.0.0/16"])


def test_the_client_is_whom_the_balancer_tells_of_before_its_own_address() -> None:
    (web,) = [each for each in of(everything(), DEPLOYMENT) if each.name == "web"]
    (container,) = web.inputs["spec"]["template"]["spec"]["containers"]
    variables = {each["name"]: each["value"] for each in container["env"]}
    assert (variables["TRUSTED_PROXY_HOPS"], variables["TRUSTED_PROXY_ADDRESSES"]) == ("2", "3")


def test_a_container_asks_for_all_the_disk_that_it_may_have_as_autopilot_would_lower_what_it_may() -> None:
    for web in of(everything(), DEPLOYMENT):
        (container,) = web.inputs["spec"]["template"]["spec"]["containers"]
        assert container["resources"]["requests"] == container["resources"]["limits"]


@pytest.mark.parametrize("plan", [everything, given])
def test_the_kubeconfig_is_secret(plan: Any) -> None:
    (provider,) = [each for each in plan().providers if each.type == PROVIDER]
    assert provider.inputs["kubeconfig"] == "[secret]"


def test_in_a_cluster_that_is_there_already_neither_it_nor_a_network_is_made() -> None:
    plan = given()
    made = {each.type for each in plan.resources}
    assert {CLUSTER, PULLS, "gcp:compute/network:Network", "gcp:serviceaccount/account:Account"} & made == set()
    # Without a domain the balancer speaks HTTP at its own address.
    assert {FRONTEND, CERTIFICATE, RECORD} & made == set()
    assert len(of(plan, ADDRESS)) == 1


def test_a_cluster_that_is_not_there_is_told_before_anything_is_made() -> None:
    plan = gke({"cluster": {"name": "other"}})
    (told,) = plan.problems
    problem = f"service:options.cluster.name: other cannot be looked up in {REGION} of {PROJECT} "
    assert (problem in told, plan.resources) == (True, ())
