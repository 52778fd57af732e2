"""Clusters of EKS, who may enter them, and the balancers that they make: ids, what replaces, rules, prices."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from infra.targets.aws.offline.balancer import PRICE as BALANCER_PRICE
from infra.targets.aws.offline.names import PRICED, VPC_PRICE, arn
from tools.offline import forms, judges
from tools.offline.backend import Kind, Problem
from tools.offline.judge import found, one
from tools.offline.tables import Others, Played, Price, Rule, Source, replacing
from tools.offline.values import UNKNOWN, Values

READ = "2026-11-30"
CREATE = Source("https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html", READ)
AUTO_MODE = Source("https://docs.aws.amazon.com/eks/latest/userguide/auto-enable-existing.html", READ)
SUBNETS = Source("https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html", READ)
ENDPOINT = Source("https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html", READ)
ENTRIES = Source("https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html", READ)
CLASS = Source("https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html", READ)
EKS_PRICE = Source("https://aws.amazon.com/eks/pricing/", READ)
EC2_PRICE = Source("https://aws.amazon.com/ec2/pricing/on-demand/", READ)
EBS_PRICE = Source("https://aws.amazon.com/ebs/pricing/", READ)

CLUSTER, ASSOCIATION = "aws:eks/cluster:Cluster", "aws:eks/podIdentityAssociation:PodIdentityAssociation"
ENTRY = "aws:eks/accessEntry:AccessEntry"
PARAMETERS = "kubernetes:eks.amazonaws.com/v1:IngressClassParams"
WORKLOAD = "kubernetes:apps/v1:Deployment"

# A node is reckoned as a c6a.large: what of its two vCPUs and its 4 GiB is left for pods, and its disk in GB.
CPU, MEMORY, DISK = 1.8, 2.8 * 1024**3, 80
WHY = "Auto Mode starts whichever nodes fit: reckoned as c6a.large, as many as the pods at the least ask for"
UNITS = {"Mi": 1024**2, "Gi": 1024**3, "Ki": 1024, "": 1}
# The three parts of Auto Mode, which go together.
PARTS = (
    "computeConfig.enabled",
    "kubernetesNetworkConfig.elasticLoadBalancing.enabled",
    "storageConfig.blockStorage.enabled",
)


def _at(inputs: Values, path: str) -> Any:
    """What is at a path; not known, where what it is within is not."""
    return UNKNOWN if judges.hidden(inputs, path) else one(inputs, path)


def _auto(_type: str, inputs: Values) -> Iterator[Problem]:
    """That Auto Mode is on as a whole, and with what it wants."""
    on = {part: _at(inputs, part) for part in PARTS}
    if True not in on.values():
        return
    for part, given in on.items():
        if given not in (True, UNKNOWN):
            yield Problem(part, f"must be true with the rest of Auto Mode ({AUTO_MODE})")
    if _at(inputs, "bootstrapSelfManagedAddons") not in (False, UNKNOWN):
        yield Problem("bootstrapSelfManagedAddons", f"must be false with Auto Mode ({AUTO_MODE})")
    if _at(inputs, "accessConfig.authenticationMode") not in ("API", "API_AND_CONFIG_MAP", UNKNOWN):
        yield Problem("accessConfig.authenticationMode", f"must be by the API with Auto Mode ({AUTO_MODE})")
    if _at(inputs, "computeConfig.nodePools") and _at(inputs, "computeConfig.nodeRoleArn") is None:
        yield Problem("computeConfig.nodeRoleArn", f"is wanted by the node pools ({AUTO_MODE})")


def _subnets(_type: str, inputs: Values) -> Iterator[Problem]:
    given: Any = _at(inputs, "vpcConfig.subnetIds")
    if isinstance(given, list) and len(given) < 2:  # pyright: ignore[reportUnknownArgumentType]
        yield Problem("vpcConfig.subnetIds", f"must be two at the least, in two zones ({SUBNETS})")


def _reached(_type: str, inputs: Values) -> Iterator[Problem]:
    """That somebody reaches the API server."""
    if _at(inputs, "vpcConfig.endpointPublicAccess") is False:
        if _at(inputs, "vpcConfig.endpointPrivateAccess") not in (True, UNKNOWN):
            yield Problem("vpcConfig", f"nobody reaches the API server ({ENDPOINT})")
        if _at(inputs, "vpcConfig.publicAccessCidrs") not in (None, UNKNOWN):
            yield Problem("vpcConfig.publicAccessCidrs", f"goes with endpointPublicAccess alone ({ENDPOINT})")


def _nodes(inputs: Values, others: Others) -> float | None:
    """How many nodes the pods want, of what the stack runs at the least; none without Auto Mode's own pools."""
    if not one(inputs, "computeConfig.nodePools"):
        return None
    cpu = memory = 0.0
    for _, workload in others(WORKLOAD):
        replicas: Any = one(workload, "spec.replicas")
        for _, requests in found(workload, "spec.template.spec.containers[*].resources.requests"):
            count = replicas if isinstance(replicas, int) else 1
            cpu += count * _cores(one(requests, "cpu"))
            memory += count * _bytes(one(requests, "memory"))
    return float(max(1, math.ceil(cpu / CPU), math.ceil(memory / MEMORY)))


def _cores(quantity: Any) -> float:
    told = str(quantity or "0")
    return float(told.removesuffix("m")) / 1000 if told.endswith("m") else float(told)


def _bytes(quantity: Any) -> float:
    told = str(quantity or "0")
    unit = next(unit for unit in UNITS if told.endswith(unit))
    return float(told.removesuffix(unit)) * UNITS[unit]


def _addresses(inputs: Values) -> float:
    """An address of the internet in each of its subnets; two, where those are told by their tags alone."""
    subnets: Any = one(inputs, "spec.subnets.ids")
    if one(inputs, "spec.scheme") != "internet-facing":
        return 0.0
    return float(len(subnets)) if isinstance(subnets, list) else 2.0  # pyright: ignore[reportUnknownArgumentType]


def _association_arn(words: Any) -> str:
    path = f"podidentityassociation/{words['clusterName']}/{words['id']}"
    return f"arn:aws:eks:{words['region']}:{words['account']}:{path}"


EKS: Mapping[str, Played] = {
    CLUSTER: Played(
        purpose="service",
        id="{name}",
        outputs={
            "arn": arn("eks", "cluster/{name}"),
            "certificateAuthority": {"data": "b2ZmbGluZQ=="},
            "endpoint": "https://{hex32}.gr7.{region}.eks.amazonaws.com",
            "platformVersion": "eks.1",
            "status": "ACTIVE",
        },
        kind=replacing(
            "accessConfig.bootstrapClusterCreatorAdminPermissions",
            "bootstrapSelfManagedAddons",
            "encryptionConfig.provider.keyArn",
            "kubernetesNetworkConfig.ipFamily",
            "kubernetesNetworkConfig.serviceIpv4Cidr",
            "name",
            "outpostConfig",
            "region",
            "roleArn",
        ),
        rules=(
            Rule(
                "name",
                CREATE,
                "be up to 100 letters, digits, - and _, and begin with a letter or digit",
                pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}",
            ),
            Rule("encryptionConfig.resources[*]", CREATE, "be secrets", choices=("secrets",)),
            Rule(
                "computeConfig.nodePools[*]",
                AUTO_MODE,
                "be general-purpose or system",
                choices=("general-purpose", "system"),
            ),
        ),
        judges=(_auto, _subnets, _reached),
        prices=(
            Price(0.10, "hour", EKS_PRICE, region=PRICED),
            Price(0.0765, "hour", EC2_PRICE, region=PRICED, beside=_nodes, estimate=WHY),
            Price(0.00918, "hour", EKS_PRICE, region=PRICED, beside=_nodes, estimate=WHY),
            Price(0.08 * DISK, "month", EBS_PRICE, region=PRICED, beside=_nodes, estimate=WHY),
        ),
    ),
    ENTRY: Played(
        purpose="identity",
        id="{clusterName}:{principalArn}",
        outputs={"accessEntryArn": arn("eks", "access-entry/{clusterName}/{uuid}")},
        kind=replacing("clusterName", "principalArn", "region", "type", autonamed=None),
        foreign=frozenset({"principalArn"}),
        rules=(
            Rule(
                "principalArn",
                ENTRIES,
                "be the ARN of a role or a user",
                pattern=r"arn:aws[\w-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+",
            ),
        ),
        free="who may enter is told for free",
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": Played(
        purpose="identity",
        id="{clusterName}#{principalArn}#{policyArn}",
        kind=replacing("accessScope", "clusterName", "policyArn", "principalArn", "region", autonamed=None),
        foreign=frozenset({"principalArn"}),
        rules=(
            Rule(
                "policyArn",
                ENTRIES,
                "be the ARN of one of EKS's own policies",
                pattern=r"arn:aws[\w-]*:eks::aws:cluster-access-policy/\w+",
            ),
            Rule("accessScope.type", ENTRIES, "be cluster or namespace", choices=("cluster", "namespace")),
        ),
        beside=(forms.told_by("principalArn", ENTRY, "there is no entry for it in this plan", "principalArn"),),
        free="who may do what is told for free",
    ),
    ASSOCIATION: Played(
        purpose="identity",
        id="a-{hex17}",
        outputs={"associationId": "{id}", "associationArn": _association_arn},
        kind=replacing("clusterName", "namespace", "region", "serviceAccount", autonamed=None),
        beside=(forms.distinct(ASSOCIATION, ("clusterName", "namespace", "serviceAccount"), "has a role already"),),
        free="an association is free",
    ),
    "aws:eks/addon:Addon": Played(
        purpose="service",
        id="{clusterName}:{addonName}",
        outputs={"arn": arn("eks", "addon/{clusterName}/{addonName}/{uuid}")},
        kind=replacing("addonName", "clusterName", "region", autonamed=None),
        free="an add-on is free; the nodes that it runs on are not",
    ),
    PARAMETERS: Played(
        purpose="network",
        kind=Kind(),
        rules=(Rule("spec.scheme", CLASS, "be public or not", choices=("internet-facing", "internal")),),
        prices=(
            Price(0.0225, "hour", BALANCER_PRICE, region=PRICED),
            Price(0.008, "LCU-hour", BALANCER_PRICE, region=PRICED),
            Price(0.005, "hour", VPC_PRICE, _addresses, PRICED),
        ),
    ),
}
