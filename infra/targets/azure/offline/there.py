"""What is on the simulated Azure before any stack is. It is the same in every subscription.

All of it is in the resource group `existing`: the network `existing` (10.20.0.0/16) with a subnet `existing`
(10.20.0.0/23), which Container Apps may use, and one `nodes` (10.20.4.0/22), which is nobody's; the public DNS zone
`example.com`; the Key Vault `existing-vault` with the secret `prod-api-key`; the cluster of AKS `existing`. The group
`dns` has a zone `example.com` too. In no zone of Azure's is `www.example.net`, which points at whatever app it is asked
of.
"""

import base64
import json
from typing import Any

from tools.offline.values import Values

GROUP = NETWORK = SUBNET = CLUSTER = "existing"
NODES = "nodes"
SPACE, BLOCK, NODES_BLOCK = "10.20.0.0/16", "10.20.0.0/23", "10.20.4.0/22"
ZONE, ZONE_GROUPS = "example.com", (GROUP, "dns")
VAULT, SECRET = "existing-vault", "prod-api-key"
POINTED = "www.example.net"
VERSION = "0123456789abcdef0123456789abcdef"


def id_of(subscription: str, group: str, path: str) -> str:
    """The id of something in a group, by what comes after `providers`."""
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{path}"


def subnet(subscription: str, group: str, network: str, name: str) -> Values:
    """A subnet that is given over to Container Apps."""
    service = "Microsoft.App/environments"
    return {
        "id": id_of(subscription, group, f"Microsoft.Network/virtualNetworks/{network}/subnets/{name}"),
        "name": name,
        "addressPrefix": BLOCK,
        "delegations": [{"name": "apps", "serviceName": service, "provisioningState": "Succeeded", "actions": []}],
        "provisioningState": "Succeeded",
    }


def nodes(subscription: str, group: str, network: str) -> Values:
    """A subnet that is given over to nobody."""
    return {
        "id": id_of(subscription, group, f"Microsoft.Network/virtualNetworks/{network}/subnets/{NODES}"),
        "name": NODES,
        "addressPrefix": NODES_BLOCK,
        "provisioningState": "Succeeded",
    }


def network(subscription: str, group: str, name: str) -> Values:
    """A network with its subnet."""
    return {
        "id": id_of(subscription, group, f"Microsoft.Network/virtualNetworks/{name}"),
        "name": name,
        "addressSpace": {"addressPrefixes": [SPACE]},
        "provisioningState": "Succeeded",
        "subnets": [subnet(subscription, group, name, SUBNET), nodes(subscription, group, name)],
    }


def zone(subscription: str, group: str, name: str) -> Values:
    """A public DNS zone."""
    return {
        "id": id_of(subscription, group, f"Microsoft.Network/dnsZones/{name}"),
        "location": "global",
        "name": name,
        # Nobody is asked for a domain that is nobody's.
        "nameServers": ["ns1-01.azure-dns.invalid.", "ns2-01.azure-dns.invalid."],
        "zoneType": "Public",
    }


def vault(subscription: str, group: str, name: str, tenant: str) -> Values:
    """A vault that asks Azure's roles who may read it."""
    properties: dict[str, Any] = {
        "enableRbacAuthorization": True,
        "sku": {"family": "A", "name": "standard"},
        "tenantId": tenant,
        "vaultUri": f"https://{name}.vault.azure.net/",
    }
    return {
        "id": id_of(subscription, group, f"Microsoft.KeyVault/vaults/{name}"),
        "name": name,
        "location": "eastus",
        "properties": properties,
    }


def secret(subscription: str, group: str, vault_name: str, name: str) -> Values:
    """The newest version of a secret, without its value, which ARM tells nobody."""
    address = f"https://{vault_name}.vault.azure.net/secrets/{name}"
    properties: dict[str, Any] = {
        "attributes": {"enabled": True, "created": 1767225600, "updated": 1767225600},
        "secretUri": address,
        "secretUriWithVersion": f"{address}/{VERSION}",
    }
    return {
        "id": id_of(subscription, group, f"Microsoft.KeyVault/vaults/{vault_name}/secrets/{name}"),
        "name": name,
        "location": "eastus",
        "properties": properties,
    }


def pointed(app: str, name: str) -> Values:
    """What Azure finds of a domain that points at an app, and that its owner lets it have."""
    return {
        "aRecords": [],
        "alternateCNameRecords": [],
        "alternateTxtRecords": [],
        "cNameRecords": [f"{app}.kindsea-00000000.westeurope.azurecontainerapps.io"],
        "conflictWithEnvironmentCustomDomain": False,
        "customDomainVerificationTest": "Passed",
        "hasConflictOnManagedEnvironment": False,
        "hostName": name,
        "isHostnameAlreadyVerified": False,
        "txtRecords": ["0" * 64],
    }


def cluster(subscription: str, group: str, name: str, tenant: str) -> Values:
    """A cluster that Entra knows whoever enters of, and its pods, and that serves Gateways."""
    return {
        "id": id_of(subscription, group, f"Microsoft.ContainerService/managedClusters/{name}"),
        "name": name,
        "location": "eastus",
        "aadProfile": {"managed": True, "enableAzureRBAC": True, "tenantID": tenant},
        "currentKubernetesVersion": "1.34.1",
        "identityProfile": {"kubeletidentity": {"objectId": "00000000-0000-4000-8000-000000000005"}},
        "ingressProfile": {"webAppRouting": {"enabled": True}},
        "oidcIssuerProfile": {"enabled": True, "issuerURL": f"https://eastus.oic.prod-aks.azure.com/{tenant}/{name}/"},
        "provisioningState": "Succeeded",
        "securityProfile": {"workloadIdentity": {"enabled": True}},
    }


def credentials(name: str) -> Values:
    """What logs in to a cluster, without what it does so with."""
    server = {"server": f"https://{name}.hcp.eastus.azmk8s.io:443", "certificate-authority-data": "b2ZmbGluZQ=="}
    told = json.dumps({"clusters": [{"name": name, "cluster": server}]})
    return {"kubeconfigs": [{"name": "clusterUser", "value": base64.b64encode(told.encode()).decode()}]}
