"""Clusters of AKS: ids, what replaces, rules, prices."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from infra.targets.azure.offline.names import PRICED, READ, kind, named, under
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.judges import hidden
from tools.offline.tables import Count, Others, Played, Price, Rule, Source
from tools.offline.values import UNKNOWN, Values

CLUSTER = "azure-native:containerservice:ManagedCluster"
SERVICE, GATEWAY = "kubernetes:core/v1:Service", "kubernetes:gateway.networking.k8s.io/v1:Gateway"

POOLS = Source("https://learn.microsoft.com/azure/aks/use-system-pools", READ)
SCALING = Source("https://learn.microsoft.com/azure/aks/cluster-autoscaler", READ)
OVERLAY = Source("https://learn.microsoft.com/azure/aks/azure-cni-overlay", READ)
CILIUM = Source("https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium", READ)
ACCOUNTS = Source("https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad", READ)
RANGES = Source("https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges", READ)
IDENTITY = Source("https://learn.microsoft.com/azure/aks/workload-identity-overview", READ)
AKS_PRICE = Source("https://azure.microsoft.com/pricing/details/kubernetes-service/", READ)
MACHINES = Source("https://azure.microsoft.com/pricing/details/virtual-machines/linux/", READ)
BALANCER = Source("https://azure.microsoft.com/pricing/details/load-balancer/", READ)
ADDRESS = Source("https://azure.microsoft.com/pricing/details/ip-addresses/", READ)

# Dollars of an hour of some sizes, which could not be read from Azure's list: its calculator has the last word.
SIZES = {"Standard_D2ds_v5": 0.136, "Standard_D4ds_v5": 0.272, "Standard_D8ds_v5": 0.544}
OF_NODES = "as many nodes as there are at the least; what others cost is not told"


def _pools(_type: str, inputs: Values) -> Iterator[Problem]:
    """That there is a pool for the system, and that each says how far it grows, where it does by itself."""
    pools = list(found(inputs, "agentPoolProfiles[*]"))
    modes = [one(pool, "mode") for _, pool in pools]
    if pools and not hidden(inputs, "agentPoolProfiles[*].mode") and "System" not in modes:
        yield Problem("agentPoolProfiles", f"one must be of the mode System ({POOLS})")
    for path, pool in pools:
        low, high, grows = one(pool, "minCount"), one(pool, "maxCount"), one(pool, "enableAutoScaling")
        if hidden(pool, "enableAutoScaling"):
            continue
        if grows is True and (low is None or high is None):
            yield Problem(f"{path}.maxCount", f"minCount and maxCount are wanted with enableAutoScaling ({SCALING})")
        elif grows is not True and (low is not None or high is not None):
            yield Problem(f"{path}.minCount", f"goes with enableAutoScaling alone ({SCALING})")
        if isinstance(low, int) and isinstance(high, int) and low > high:
            yield Problem(f"{path}.minCount", f"{low} is more than maxCount, {high} ({SCALING})")


def _network(_type: str, inputs: Values) -> Iterator[Problem]:
    """That its parts go together, and no two of its blocks share addresses."""
    at = "networkProfile"
    plugin, mode, dataplane, policy = (
        one(inputs, f"{at}.{name}")
        for name in ("networkPlugin", "networkPluginMode", "networkDataplane", "networkPolicy")
    )
    if mode == "overlay" and plugin not in ("azure", UNKNOWN):
        yield Problem(f"{at}.networkPluginMode", f"goes with the plugin azure alone ({OVERLAY})")
    if UNKNOWN not in (dataplane, policy) and (dataplane == "cilium") != (policy == "cilium"):
        yield Problem(f"{at}.networkPolicy", f"cilium goes with the dataplane cilium, and with no other ({CILIUM})")
    blocks: dict[str, ipaddress.IPv4Network] = {}
    for name in ("podCidr", "serviceCidr"):
        given = one(inputs, f"{at}.{name}")
        try:
            if isinstance(given, str):
                blocks[name] = ipaddress.IPv4Network(given)
        except ValueError as error:
            yield Problem(f"{at}.{name}", f"{given!r} is no block of IPv4 addresses: {error}")
    if len(blocks) == len(("podCidr", "serviceCidr")) and blocks["podCidr"].overlaps(blocks["serviceCidr"]):
        yield Problem(f"{at}.podCidr", f"shares addresses with serviceCidr ({OVERLAY})")
    dns = one(inputs, f"{at}.dnsServiceIP")
    if isinstance(dns, str) and "serviceCidr" in blocks and ipaddress.IPv4Address(dns) not in blocks["serviceCidr"]:
        yield Problem(f"{at}.dnsServiceIP", f"{dns} is not in serviceCidr ({OVERLAY})")


def _entered(_type: str, inputs: Values) -> Iterator[Problem]:
    """That somebody can enter it, and from somewhere."""
    managed = "aadProfile.managed"
    if inputs.get("disableLocalAccounts") is True and not hidden(inputs, managed) and one(inputs, managed) is not True:
        yield Problem("disableLocalAccounts", f"nobody enters a cluster that does not know Entra either ({ACCOUNTS})")
    at = "apiServerAccessProfile"
    if one(inputs, f"{at}.enablePrivateCluster") is True and forms.given(inputs, f"{at}.authorizedIPRanges"):
        yield Problem(f"{at}.authorizedIPRanges", f"does not go with a private cluster ({RANGES})")


def _identities(_type: str, inputs: Values) -> Iterator[Problem]:
    """What pods take an identity by."""
    issuer, wanted = "oidcIssuerProfile.enabled", one(inputs, "securityProfile.workloadIdentity.enabled") is True
    if wanted and not hidden(inputs, issuer) and one(inputs, issuer) is not True:
        yield Problem(issuer, f"is wanted by workload identity ({IDENTITY})")


def _promised(inputs: Values, _others: Others) -> float | None:
    return 1.0 if one(inputs, "sku.tier") == "Standard" else None


def _nodes(size: str) -> Count:
    """Of a size, as many as there are at the least."""

    def count(inputs: Values, _others: Others) -> float | None:
        pools = [pool for _, pool in found(inputs, "agentPoolProfiles[*]") if one(pool, "vmSize") == size]
        counts: list[Any] = [one(pool, "minCount") or one(pool, "count") or 1 for pool in pools]
        return float(sum(counts)) if counts and all(isinstance(each, int) for each in counts) else None

    return count


def _addresses(_inputs: Values, others: Others) -> float | None:
    """One to go out by, and one for each way in."""
    asked = [one(service, "spec.type") for _, service in others(SERVICE)].count("LoadBalancer")
    return 1.0 + asked + len(list(others(GATEWAY)))


AKS: Mapping[str, Played] = {
    CLUSTER: Played(
        purpose="service",
        id=under("Microsoft.ContainerService/managedClusters", "resourceName"),
        outputs={
            "name": "{resourceName}",
            "currentKubernetesVersion": "1.34.1",
            "fqdn": "{resourceName}-{hex8}.hcp.{location}.azmk8s.io",
            "identityProfile": {"kubeletidentity": {"clientId": "{uuid}", "objectId": "{uuid}"}},
            "type": "Microsoft.ContainerService/managedClusters",
        },
        within={"oidcIssuerProfile.issuerURL": "https://{location}.oic.prod-aks.azure.com/{tenantId}/{uuid}/"},
        # https://learn.microsoft.com/azure/templates/microsoft.containerservice/managedclusters, read 2026-11-30.
        kind=kind(
            "resourceName",
            "dnsPrefix",
            "fqdnSubdomain",
            "networkProfile.dnsServiceIP",
            "networkProfile.networkPlugin",
            "networkProfile.podCidr",
            "networkProfile.serviceCidr",
            "nodeResourceGroup",
            "apiServerAccessProfile.enablePrivateCluster",
            "diskEncryptionSetID",
        ),
        rules=(
            named(
                "resourceName", 1, 63, r"[A-Za-z0-9]([\w-]*[A-Za-z0-9])?", "letters, digits, underscores and hyphens"
            ),
            named("dnsPrefix", 1, 54, r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", "letters, digits and hyphens"),
            named("nodeResourceGroup", 1, 80, r"[\w().-]*[\w()-]", "letters, digits, periods, hyphens and the like"),
            named("agentPoolProfiles[*].name", 1, 12, r"[a-z][a-z0-9]*", "lower-case letters and digits"),
            Rule("agentPoolProfiles[*].osDiskSizeGB", POOLS, "be from 30 to 2048 GiB", least=30, most=2048),
            Rule("agentPoolProfiles[*].availabilityZones[*]", POOLS, "be 1, 2 or 3", choices=("1", "2", "3")),
        ),
        judges=(_pools, _network, _entered, _identities),
        prices=(
            Price(0.10, "hour", AKS_PRICE, region=PRICED, beside=_promised),
            *(
                Price(dollars, "hour", MACHINES, region=PRICED, beside=_nodes(size), estimate=OF_NODES)
                for size, dollars in SIZES.items()
            ),
            Price(0.025, "hour", BALANCER, region=PRICED),
            Price(0.005, "GB that the balancer processes", BALANCER, region=PRICED),
            Price(0.005, "hour", ADDRESS, region=PRICED, beside=_addresses),
        ),
    ),
}
