"""What stands before a service of Cloud Run: the balancer of its domain, and Cloud Armor."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from infra.targets.gcp.firewall import LAST, MOST_REQUESTS, SECONDS, SETS
from tests.offline.program import Program
from tools.offline.server import Serving
from tools.plan.preview import Planned, read
from tools.project import ROOT

Edge = Callable[..., Sequence[Planned]]

SOURCE = """
import sys

sys.path.insert(0, {root!r})

import pulumi
import pulumi_gcp as gcp
from infra.targets.gcp.balancer import Balancer, BalancerArgs

opts = pulumi.ResourceOptions(provider=gcp.Provider("gcp", project="offline-project", region="europe-west1"))
container = {{"image": "registry.example.com/service@sha256:{digest}"}}
service = gcp.cloudrunv2.Service(
    "service", name="service-prod", location="europe-west1", template={{"containers": [container]}}, opts=opts
)
balancer = Balancer("service", BalancerArgs(service=service.name, **{args!r}), opts)
pulumi.export("address", balancer.address)
"""


def source(**args: Any) -> str:
    """A program that makes a service and its balancer."""
    given = {"region": "europe-west1", "domain": "api.example.com", **args}
    return SOURCE.format(root=str(ROOT), args=given, digest="0" * 64)


@pytest.fixture(scope="module")
def edge(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Edge:
    """What a balancer with these arguments would be made of."""
    folder: Path = tmp_path_factory.mktemp("edge")
    program = Program(folder / "gcp", "gcp", {"PULUMI_DEBUG_PROVIDERS": serving.variable()})
    kept: dict[str, Sequence[Planned]] = {}

    def plan(**args: Any) -> Sequence[Planned]:
        text = source(**args)
        if text not in kept:
            program.write(text)
            ran = program.run("preview", "--json")
            seen = read(ran.stdout, ran.stderr)
            assert seen.problems == ()
            kept[text] = seen.resources
        return kept[text]

    return plan


def of(resources: Sequence[Planned], kind: str) -> dict[str, dict[str, Any]]:
    """By its name what each resource of a kind is told, but for the name that it gets."""
    return {
        each.name: {key: value for key, value in each.inputs.items() if key not in ("__defaults", "name")}
        for each in resources
        if each.type.endswith(f":{kind}")
    }


def named(resources: Sequence[Planned], urn: str) -> str:
    """What stands behind a resource's name: its kind."""
    (found,) = [each.type.rpartition(":")[2] for each in resources if each.urn == urn]
    return found


def test_a_domain_is_served_over_https_and_http_sends_there(edge: Edge) -> None:
    plan = edge(managed_zone="example-com")
    rules = of(plan, "GlobalForwardingRule")
    assert {name: (each["portRange"], each["loadBalancingScheme"]) for name, each in rules.items()} == {
        "service-https": ("443", "EXTERNAL_MANAGED"),
        "service-http": ("80", "EXTERNAL_MANAGED"),
    }
    targets = {
        each.name: sorted(named(plan, urn) for urn in each.needs)
        for each in plan
        if each.type.endswith(":GlobalForwardingRule")
    }
    assert targets == {
        "service-https": ["GlobalAddress", "TargetHttpsProxy"],
        # Nobody is sent to what is not there yet.
        "service-http": ["GlobalAddress", "GlobalForwardingRule", "TargetHttpProxy"],
    }
    maps = of(plan, "URLMap")
    assert maps["service-http"] == {
        "defaultUrlRedirect": {
            "httpsRedirect": True,
            "redirectResponseCode": "MOVED_PERMANENTLY_DEFAULT",
            "stripQuery": False,
        }
    }
    assert list(maps["service"]) == ["defaultService"]
    assert of(plan, "SSLPolicy") == {"service": {"profile": "RESTRICTED", "minTlsVersion": "TLS_1_2"}}


def test_what_is_balanced_is_the_service_by_its_name(edge: Edge) -> None:
    plan = edge(managed_zone="example-com")
    assert of(plan, "RegionNetworkEndpointGroup") == {
        "service": {
            "region": "europe-west1",
            "networkEndpointType": "SERVERLESS",
            "cloudRun": {"service": "service-prod"},
        }
    }
    (backend,) = of(plan, "BackendService").values()
    assert (backend["loadBalancingScheme"], backend["protocol"]) == ("EXTERNAL_MANAGED", "HTTPS")
    assert [list(each) for each in backend["backends"]] == [["group"]]
    assert (backend["logConfig"], "securityPolicy" in backend) == ({"enable": False}, False)


def test_google_makes_the_certificate_unless_there_is_one(edge: Edge) -> None:
    assert of(edge(managed_zone="example-com"), "ManagedSslCertificate") == {
        "service": {"managed": {"domains": ["api.example.com"]}}
    }
    given = edge(certificate="api-example-com")
    assert of(given, "ManagedSslCertificate") == {}
    (proxy,) = of(given, "TargetHttpsProxy").values()
    assert proxy["sslCertificates"] == ["api-example-com"]


def test_the_domain_moves_to_the_address_when_that_answers_and_never_where_its_dns_is_elsewhere(edge: Edge) -> None:
    plan = edge(managed_zone="example-com")
    (record,) = [each for each in plan if each.type == "gcp:dns/recordSet:RecordSet"]
    (told,) = of(plan, "RecordSet").values()
    (address,) = told.pop("rrdatas")
    assert address.startswith("203.0.113.")
    assert (record.inputs["name"], told) == (
        "api.example.com.",
        {"managedZone": "example-com", "type": "A", "ttl": 300},
    )
    assert sorted(named(plan, urn) for urn in record.needs) == [
        "GlobalAddress",
        "GlobalForwardingRule",
        "GlobalForwardingRule",
    ]
    assert of(edge(certificate="api-example-com"), "RecordSet") == {}


def test_cloud_armor_refuses_known_attacks_before_it_counts_requests_and_lets_everything_else_in(edge: Edge) -> None:
    plan = edge(managed_zone="example-com", armor=True)
    (policy,) = of(plan, "SecurityPolicy").values()
    rules = sorted(policy["rules"], key=lambda rule: rule["priority"])
    everybody = {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}}
    *refused, limit, rest = rules
    assert {rule["action"] for rule in refused} == {"deny(403)"}
    assert [rule["match"]["expr"]["expression"] for rule in refused] == [
        "evaluatePreconfiguredWaf('cve-canary')",
        *(f"evaluatePreconfiguredWaf('{each}', {{'sensitivity': 1}})" for each in SETS),
    ]
    assert (limit["action"], limit["match"], limit["rateLimitOptions"]) == (
        "throttle",
        everybody,
        {
            "conformAction": "allow",
            "exceedAction": "deny(429)",
            "enforceOnKey": "IP",
            "rateLimitThreshold": {"count": MOST_REQUESTS, "intervalSec": SECONDS},
        },
    )
    assert (rest["priority"], rest["action"], rest["match"]) == (LAST, "allow", everybody)
    assert len({rule["priority"] for rule in rules}) == len(rules)
    (backend,) = of(plan, "BackendService").values()
    assert backend["logConfig"] == {"enable": True, "sampleRate": 1}
    assert backend["securityPolicy"].startswith("https://www.googleapis.com/compute/v1/projects/offline-project/")


def test_behind_proxies_the_address_that_they_tell_of_is_counted(edge: Edge) -> None:
    (policy,) = of(edge(managed_zone="example-com", armor=True, proxies=1), "SecurityPolicy").values()
    (limit,) = [rule for rule in policy["rules"] if rule["action"] == "throttle"]
    assert limit["rateLimitOptions"]["enforceOnKey"] == "XFF_IP"


@pytest.fixture
def made(program: Callable[[str], Program]) -> Iterator[Program]:
    """A program that has made a balancer, whose address is protected."""
    balanced = program("gcp")
    balanced.up(source(managed_zone="example-com", armor=True, protect=True))
    yield balanced
    balanced.up(source(managed_zone="example-com"))


def changed(program: Program, text: str) -> dict[str, str]:
    """What would become of which kind of resource."""
    program.write(text)
    steps = json.loads(program.run("preview", "--json").stdout)["steps"]
    states = [(step["op"], step.get("newState") or step["oldState"]) for step in steps]
    return {
        state["type"].rpartition(":")[2]: op
        for op, state in states
        if state["custom"] and op in ("create", "update", "replace", "delete")
    }


def test_a_balancer_lives_through_changes_and_keeps_its_address(made: Program) -> None:
    address = made.outputs()["address"]
    assert made.up() == {}

    assert changed(made, source(managed_zone="example-com", protect=True)) == {
        "BackendService": "update",
        "SecurityPolicy": "delete",
    }
    made.up()

    moved = source(domain="www.example.com", managed_zone="example-com", protect=True)
    assert changed(made, moved) == {
        "ManagedSslCertificate": "replace",
        "TargetHttpsProxy": "update",
        "RecordSet": "replace",
    }
    made.up()
    assert made.outputs()["address"] == address

    refused = made.run("destroy", "--yes", "--skip-preview", ok=False)
    assert refused.returncode != 0
    assert "GlobalAddress::service" in refused.stdout + refused.stderr
