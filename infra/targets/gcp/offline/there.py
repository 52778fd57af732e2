"""What is on the simulated Google Cloud before any stack is. It is the same in every project and region.

- the network `existing`, with a subnet `existing` (10.20.0.0/24) in every region
- the global certificate `existing`
- the public managed zone `example-com`, of `example.com`
- the secret `prod-api-key`, with two versions, both enabled
- the cluster `existing` of GKE, in Autopilot and in every region and zone: gke_there.py
"""

import re
from collections.abc import Iterable

from infra.targets.gcp.offline.names import COMPUTE
from tools.offline.values import Values

NETWORK = SUBNET = CERTIFICATE = "existing"
BLOCK = "10.20.0.0/24"
ZONE, ZONE_DOMAIN = "example-com", "example.com."
SECRET = "prod-api-key"  # noqa: S105 - a name
VERSIONS = ("1", "2")
DAY = "2026-01-01T00:00:00Z"


def network(project: str, name: str = NETWORK) -> Values:
    """A network, as it is looked up."""
    return {
        "description": "",
        "gatewayIpv4": "",
        "id": f"projects/{project}/global/networks/{name}",
        "internalIpv6Range": "",
        "name": name,
        "networkId": 1234567890123456789,
        "networkProfile": "",
        "numericId": "1234567890123456789",
        "project": project,
        "selfLink": f"{COMPUTE.format(project=project)}/global/networks/{name}",
        "subnetworksSelfLinks": [],
    }


def subnet(project: str, region: str, name: str = SUBNET) -> Values:
    """A subnet, as it is looked up."""
    return {
        "description": "",
        "externalIpv6Prefix": "",
        "gatewayAddress": "10.20.0.1",
        "id": f"projects/{project}/regions/{region}/subnetworks/{name}",
        "internalIpv6Prefix": "",
        "ipCidrRange": BLOCK,
        "ipv6AccessType": "",
        "name": name,
        "network": network(project)["selfLink"],
        "privateIpGoogleAccess": True,
        "project": project,
        "region": region,
        "secondaryIpRanges": [],
        "selfLink": f"{COMPUTE.format(project=project)}/regions/{region}/subnetworks/{name}",
        "stackType": "IPV4_ONLY",
        "subnetworkId": 1234567890123456789,
    }


def certificate(project: str, name: str = CERTIFICATE) -> Values:
    """A certificate, as it is looked up: without its key, which nobody is told."""
    return {
        "certificate": "",
        "certificateId": 1234567890123456789,
        "creationTimestamp": DAY,
        "deletionPolicy": "",
        "description": "",
        "expireTime": "",
        "id": f"projects/{project}/global/sslCertificates/{name}",
        "name": name,
        "namePrefix": "",
        "privateKey": "",
        "privateKeyWo": "",
        "privateKeyWoVersion": "",
        "project": project,
        "selfLink": f"{COMPUTE.format(project=project)}/global/sslCertificates/{name}",
    }


def zone(project: str, name: str = ZONE) -> Values:
    """A managed zone, as it is looked up."""
    servers = [f"ns-cloud-a{number}.googledomains.com." for number in range(1, 5)]
    return {
        "description": "",
        "dnsName": ZONE_DOMAIN,
        "id": f"projects/{project}/managedZones/{name}",
        "managedZoneId": "1234567890123456789",
        "name": name,
        "nameServers": servers,
        "project": project,
        "visibility": "public",
    }


def version(project: str, name: str, number: str) -> Values:
    """A version of a secret without its value, as it is looked up."""
    secret = f"projects/{project}/secrets/{name}"
    return {
        "createTime": DAY,
        "destroyTime": "",
        "enabled": True,
        "fetchSecretData": False,
        "id": f"{secret}/versions/{number}",
        "isSecretDataBase64": False,
        "name": f"{secret}/versions/{number}",
        "project": project,
        "secret": name,
        "secretData": "",
        "version": number,
    }


def secret(project: str, name: str = SECRET) -> Values:
    """A secret, as it is looked up."""
    return {
        "annotations": {},
        "createTime": DAY,
        "deletionPolicy": "",
        "deletionProtection": False,
        "effectiveAnnotations": {},
        "effectiveLabels": {},
        "expireTime": "",
        "id": f"projects/{project}/secrets/{name}",
        "labels": {},
        "name": f"projects/{project}/secrets/{name}",
        "project": project,
        "pulumiLabels": {},
        "replications": [{"autos": [{"customerManagedEncryptions": []}], "userManageds": []}],
        "rotations": [],
        "secretId": name,
        "secretType": "",
        "tags": {},
        "topics": [],
        "ttl": "",
        "versionAliases": {},
        "versionDestroyTtl": "",
    }


def but(names: Iterable[str]) -> str:
    """A pattern that goes before another's last part, so that this one fits none of these names."""
    return f"(?!(?:{'|'.join(map(re.escape, names))})(?:/|$))"
