"""What is on the simulated AWS before any stack is. It is the same in every region, and nothing else can be looked up.

- the VPC `vpc-0123456789abcdef0` (10.20.0.0/16), with a public and a private subnet in each of three zones: those of
  the first zone are `subnet-0123456789abcdea0` and `subnet-0123456789abcdea1`, of the second `...b0` and `...b1`, ...
- the public hosted zone `example.com`
- the cluster `shared`, in Auto Mode, in that VPC
- the secret `prod/api-key`, with a current and a previous version
"""

import re
from collections.abc import Iterable, Mapping

from infra.targets.aws.offline.names import ACCOUNT
from tools.offline.values import Values

VPC = "vpc-0123456789abcdef0"
BLOCK = "10.20.0.0/16"
LETTERS = "abc"
# The number of a zone's first subnet in the VPC's block, by whether it is public.
_NUMBERS = {True: 0, False: 16}

ZONE, ZONE_ID = "example.com", "Z0123456789EXAMPLE0Z"
# Of a zone that a plan takes to be there.
ASSUMED_ZONE_ID = "Z0123456789ASSUMED0Z"
CLUSTER = "shared"
SECRET = "prod/api-key"  # noqa: S105 - a name
# By the labels that Secrets Manager puts on them.
VERSIONS = {
    "a1b2c3d4-5678-4000-8000-000000000002": ["AWSCURRENT"],
    "a1b2c3d4-5678-4000-8000-000000000001": ["AWSPREVIOUS"],
}

DAY = "2026-01-01T00:00:00Z"


def zones(region: str) -> list[str]:
    """The availability zones of a region. New accounts have two in Northern California."""
    return [f"{region}{letter}" for letter in (LETTERS[1:] if region == "us-west-1" else LETTERS)]


def secret_arn(region: str) -> str:
    """The ARN of the secret, with the six characters that Secrets Manager puts at its end."""
    return f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{SECRET}-AbCdEf"


def vpcs(region: str) -> list[Values]:
    """Every VPC, as it is looked up."""
    association = {"associationId": "vpc-cidr-assoc-0123456789abcdef0", "cidrBlock": BLOCK, "state": "associated"}
    return [
        {
            "arn": f"arn:aws:ec2:{region}:{ACCOUNT}:vpc/{VPC}",
            "cidrBlock": BLOCK,
            "cidrBlockAssociations": [association],
            "default": False,
            "dhcpOptionsId": "dopt-0123456789abcdef0",
            "enableDnsHostnames": True,
            "enableDnsSupport": True,
            "enableNetworkAddressUsageMetrics": False,
            "id": VPC,
            "instanceTenancy": "default",
            "ipv6AssociationId": "",
            "ipv6CidrBlock": "",
            "ipv6CidrBlockAssociations": [],
            "mainRouteTableId": "rtb-0123456789abcdef0",
            "ownerId": ACCOUNT,
            "region": region,
            "state": "available",
            "tags": {"Name": "existing"},
        }
    ]


def subnets(region: str) -> list[Values]:
    """Every subnet, as it is looked up."""
    return [
        _subnet(region, number, letter, public) for public in (True, False) for number, letter in enumerate(LETTERS)
    ]


def _subnet(region: str, number: int, letter: str, public: bool) -> Values:
    id_ = f"subnet-0123456789abcde{letter}{0 if public else 1}"
    return {
        "arn": f"arn:aws:ec2:{region}:{ACCOUNT}:subnet/{id_}",
        "assignIpv6AddressOnCreation": False,
        "availabilityZone": f"{region}{letter}",
        "availabilityZoneId": f"use1-az{number + 1}",
        "availableIpAddressCount": 251,
        "cidrBlock": f"10.20.{_NUMBERS[public] + number}.0/24",
        "customerOwnedIpv4Pool": "",
        "defaultForAz": False,
        "enableDns64": False,
        "enableLniAtDeviceIndex": 0,
        "enableResourceNameDnsARecordOnLaunch": False,
        "enableResourceNameDnsAaaaRecordOnLaunch": False,
        "id": id_,
        "ipv6CidrBlock": "",
        "ipv6CidrBlockAssociationId": "",
        "ipv6Native": False,
        "mapCustomerOwnedIpOnLaunch": False,
        "mapPublicIpOnLaunch": public,
        "outpostArn": "",
        "ownerId": ACCOUNT,
        "privateDnsHostnameTypeOnLaunch": "ip-name",
        "region": region,
        "state": "available",
        "tags": {"Name": f"existing-{'public' if public else 'private'}-{letter}"},
        "vpcId": VPC,
    }


def hosted_zones() -> list[Values]:
    """Every hosted zone, as it is looked up."""
    servers = [f"ns-{number}.awsdns-0{number}.{domain}" for number, domain in enumerate(("com", "net", "org", "co.uk"))]
    return [
        {
            "arn": f"arn:aws:route53:::hostedzone/{ZONE_ID}",
            "callerReference": "offline",
            "comment": "",
            "enableAcceleratedRecovery": False,
            "id": ZONE_ID,
            "linkedServiceDescription": "",
            "linkedServicePrincipal": "",
            "name": ZONE,
            "nameServers": servers,
            "primaryNameServer": servers[0],
            "privateZone": False,
            "resourceRecordSetCount": 2,
            "tags": {},
            "vpcId": "",
            "zoneId": ZONE_ID,
        }
    ]


def clusters(region: str) -> list[Values]:
    """Every cluster of EKS, as it is looked up."""
    return [cluster(CLUSTER, region)]


def cluster(name: str, region: str) -> Values:
    """A cluster in Auto Mode, in the VPC."""
    private = [each["id"] for each in subnets(region) if not each["mapPublicIpOnLaunch"]]
    network = {
        "clusterSecurityGroupId": "sg-0123456789abcdef0",
        "controlPlaneEgressMode": "",
        "endpointPrivateAccess": True,
        "endpointPublicAccess": True,
        "publicAccessCidrs": ["0.0.0.0/0"],
        "securityGroupIds": [],
        "subnetIds": private,
        "vpcId": VPC,
    }
    inside = {"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16", "serviceIpv6Cidr": ""}
    return {
        "accessConfigs": [],
        "arn": f"arn:aws:eks:{region}:{ACCOUNT}:cluster/{name}",
        "certificateAuthorities": [{"data": "b2ZmbGluZQ=="}],
        "clusterId": "",
        "computeConfigs": [],
        "controlPlaneScalingConfigs": [],
        "createdAt": DAY,
        "deletionProtection": False,
        "enabledClusterLogTypes": [],
        "endpoint": f"https://0123456789ABCDEF0123456789ABCDEF.gr7.{region}.eks.amazonaws.com",
        "id": name,
        "identities": [],
        "kubeApiServerConfigs": [],
        "kubeControllerManagerConfigs": [],
        "kubeSchedulerConfigs": [],
        "kubernetesNetworkConfigs": [{**inside, "elasticLoadBalancings": [{"enabled": True}]}],
        "name": name,
        "outpostConfigs": [],
        "platformVersion": "eks.1",
        "region": region,
        "remoteNetworkConfigs": [],
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "status": "ACTIVE",
        "storageConfigs": [],
        "tags": {},
        "upgradePolicies": [],
        "version": "1.34",
        "vpcConfig": network,
        "zonalShiftConfigs": [],
    }


def secrets(region: str) -> list[Values]:
    """Every secret, as it is looked up."""
    return [
        {
            "arn": secret_arn(region),
            "createdDate": DAY,
            "description": "",
            "id": secret_arn(region),
            "kmsKeyId": "",
            "lastChangedDate": DAY,
            "name": SECRET,
            "policy": "",
            "region": region,
            "tags": {},
            "type": "",
        }
    ]


def but(names: Iterable[str]) -> str:
    """A pattern that goes before another, so that this one fits none of these names."""
    return f"(?!(?:{'|'.join(map(re.escape, names))})$)"


# The ids that a plan may name though nothing in it makes them.
IDS = (VPC, *(each["id"] for each in subnets("us-east-1")))
ZONE_OF_SUBNET: Mapping[str, str] = {each["id"]: each["availabilityZone"][-1] for each in subnets("us-east-1")}
