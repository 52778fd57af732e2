"""What a cluster of AKS has that the provider cannot say yet: the Gateway API, and what serves it.

`az aks update --enable-gateway-api --enable-app-routing-istio` does the same: it takes the cluster as it is, and puts
it back with this. The provider puts a cluster by the API of 2025-09-01, which has no word for it.
"""

from collections.abc import Callable
from typing import Any

from infra.errors import DeploymentError
from infra.targets.azure.ground import Ground, differs
from infra.targets.azure.session import connected

# ManagedClusterIngressProfile of azure-mgmt-containerservice 41.8, 2026-08-01, read 2026-11-30.
WANTED: dict[str, Any] = {
    "gatewayAPI": {"installation": "Standard"},
    "webAppRouting": {"enabled": True, "gatewayAPIImplementations": {"appRoutingIstio": {"mode": "Enabled"}}},
}
# What is said of a cluster beside its properties.
WRITTEN = ("extendedLocation", "identity", "kind", "location", "sku", "tags")


def cluster_id(subscription: str, group: str, name: str) -> str:
    """Of a cluster, by its name in its group."""
    place = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerService"
    return f"{place}/managedClusters/{name}"


def enable(subscription: str, group: str, name: str, say: Callable[[str], None]) -> None:
    """Have a cluster serve Gateways; one that does is left as it is.

    Raises:
        DeploymentError: there is no such cluster, or Azure refuses.
    """
    id_ = cluster_id(subscription, group, name)
    with connected(subscription, group):
        ground = Ground(subscription, group)
        found = ground.found(id_)
        if not found:
            raise DeploymentError(f"there is no cluster {name} in {group}")
        profile: dict[str, Any] = found["properties"].get("ingressProfile") or {}
        if not differs(profile, WANTED):
            return
        say(f"having {name} serve Gateways, which takes some minutes")
        ground.put(id_, _with_routing(found))


def _with_routing(found: dict[str, Any]) -> dict[str, Any]:
    """A cluster as it is put back: without what only Azure says of it."""
    made = {name: found[name] for name in WRITTEN if name in found}
    properties: dict[str, Any] = found["properties"]
    profile: dict[str, Any] = properties.get("ingressProfile") or {}
    before: dict[str, Any] = profile.get("webAppRouting") or {}
    whole = {**profile, **WANTED, "webAppRouting": {**before, **WANTED["webAppRouting"]}}
    identities: dict[str, Any] = found.get("identity", {}).get("userAssignedIdentities") or {}
    if identities:
        kept: dict[str, Any] = {name: {} for name in identities}
        made["identity"] = {"type": found["identity"]["type"], "userAssignedIdentities": kept}
    return {**made, "properties": {**properties, "ingressProfile": whole}}
