"""What AWS's functions answer: facts of the account, and of what is there before any stack is."""

# botocore has no types of its own.
# pyright: basic

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from infra.targets.aws.offline import there
from infra.targets.aws.offline.values import partition
from tools.offline.backend import Failure
from tools.offline.values import Secret, Values

Facts = Mapping[str, str]
Function = Callable[[Values, Facts], Values]

# EC2's names of what a filter compares.
FILTERS = {
    "availability-zone": "availabilityZone",
    "cidr": "cidrBlock",
    "cidr-block": "cidrBlock",
    "map-public-ip-on-launch": "mapPublicIpOnLaunch",
    "state": "state",
    "subnet-id": "id",
    "vpc-id": "vpcId",
}


def _region(arguments: Values, facts: Facts) -> str:
    return str(arguments.get("region") or facts["region"])


def _token(arguments: Values, facts: Facts) -> Values:
    account, region = facts["account"], _region(arguments, facts)
    return {
        "id": account,
        "authorizationToken": Secret("QVdTOm9mZmxpbmU="),
        "expiresAt": "2026-01-01T12:00:00Z",
        "password": Secret("offline"),
        "proxyEndpoint": f"https://{account}.dkr.ecr.{region}.amazonaws.com",
        "region": region,
        "userName": "AWS",
    }


def _caller(_arguments: Values, facts: Facts) -> Values:
    account = facts["account"]
    return {"accountId": account, "arn": f"arn:aws:iam::{account}:user/offline", "id": account, "userId": "AIDAOFFLINE"}


def _the_region(arguments: Values, facts: Facts) -> Values:
    region = _region(arguments, facts)
    named = dict.fromkeys(("id", "name", "region", "description"), region)
    return {**named, "endpoint": f"ec2.{region}.amazonaws.com"}


def _partition(_arguments: Values, facts: Facts) -> Values:
    name, suffix = partition(facts["region"])
    reverse = ".".join(reversed(suffix.split(".")))
    return {"id": name, "partition": name, "dnsSuffix": suffix, "reverseDnsPrefix": reverse}


def _zones(arguments: Values, facts: Facts) -> Values:
    region = _region(arguments, facts)
    names = there.zones(region)
    ids = [f"use1-az{number + 1}" for number in range(len(names))]
    return {"id": region, "region": region, "groupNames": [region], "names": names, "zoneIds": ids}


def _cluster(arguments: Values, facts: Facts) -> Values:
    return _one("EKS Cluster", there.clusters(_region(arguments, facts)), arguments)


def _balancers_zone(arguments: Values, facts: Facts) -> Values:
    # One for each region; which is of no account here.
    return {"id": "Z35SXDOTRQ7X7K", "region": _region(arguments, facts), "loadBalancerType": "application"}


def _vpc(arguments: Values, facts: Facts) -> Values:
    return _one("EC2 VPC", there.vpcs(_region(arguments, facts)), arguments)


def _subnet(arguments: Values, facts: Facts) -> Values:
    return _one("EC2 Subnet", there.subnets(_region(arguments, facts)), arguments)


def _zone(arguments: Values, _facts: Facts) -> Values:
    if not arguments.get("name") and not arguments.get("zoneId"):
        raise Failure("one of `name` and `zoneId` must be specified")
    named = str(arguments.get("name") or "").removesuffix(".")
    return _one("Route 53 Hosted Zone", there.hosted_zones(), {**arguments, "name": named})


def _secret(arguments: Values, facts: Facts) -> Values:
    given = [str(arguments[name]) for name in ("arn", "name") if arguments.get(name)]
    if len(given) != 1:
        raise Failure("one of `arn` and `name` must be specified, and not both")
    return _known_secret(given[0], _region(arguments, facts))


def _versions(arguments: Values, facts: Facts) -> Values:
    region = _region(arguments, facts)
    asked = arguments["secretId"]
    arn, name = (_known_secret(str(asked), region)[key] for key in ("arn", "name"))
    versions = [
        {"createdTime": there.DAY, "lastAccessedDate": there.DAY, "versionId": version, "versionStages": stages}
        for version, stages in there.VERSIONS.items()
    ]
    named = {"arn": arn, "secretArn": arn, "name": name, "secretName": name, "secretId": asked}
    return {**named, "region": region, "versions": versions}


def _known_secret(asked: str, region: str) -> Values:
    for each in there.secrets(region):
        if asked in (each["arn"], each["name"]):
            return each
    raise Failure(f"reading Secrets Manager Secret ({asked}): couldn't find resource")


def _one(what: str, things: Sequence[Values], arguments: Values) -> Values:
    """The one thing that is as the arguments say. Raises Failure, in the provider's words, when it is not one."""
    for name, wanted in arguments.items():
        things = [each for each in things if not wanted or name == "region" or _is(each, name, wanted)]
    if len(things) > 1:
        raise Failure(f"multiple {what}s matched; use additional constraints to reduce matches to a single {what}")
    if not things:
        raise Failure(f"no matching {what} found")
    return {**things[0], **{name: value for name, value in arguments.items() if name == "filters"}}


def _is(thing: Values, name: str, wanted: Any) -> bool:
    if name == "tags":
        return wanted.items() <= thing["tags"].items()
    if name == "filters":
        return all(_value(thing, each["name"]) in [str(value) for value in each["values"]] for each in wanted)
    if name not in thing:
        raise Failure(f"{name}: the stand-in looks nothing up by it")
    return thing[name] == wanted


def _value(thing: Values, name: str) -> str | None:
    if name.startswith("tag:"):
        return thing["tags"].get(name.removeprefix("tag:"))
    if name not in FILTERS:
        raise Failure(f"{name}: the stand-in has no such filter")
    value = thing.get("id" if name == "vpc-id" and "vpcId" not in thing else FILTERS[name])
    return str(value).lower() if isinstance(value, bool) else str(value)


def _assumed_subnet(arguments: Values, facts: Facts, before: int) -> Values:
    # One in each zone in turn, as people name them.
    letter = there.LETTERS[before % len(there.LETTERS)]
    known = next(each for each in there.subnets(_region(arguments, facts)) if each["availabilityZone"].endswith(letter))
    return {**known, **{name: arguments[name] for name in ("id", "vpcId") if arguments.get(name)}}


def _assumed_cluster(arguments: Values, facts: Facts, _before: int) -> Values:
    region = _region(arguments, facts)
    return there.cluster(str(arguments["name"]), region)


def _assumed_zone(arguments: Values, _facts: Facts, _before: int) -> Values:
    (known,) = there.hosted_zones()
    arn = str(known["arn"]).replace(there.ZONE_ID, there.ASSUMED_ZONE_ID)
    id_ = there.ASSUMED_ZONE_ID
    return {**known, "arn": arn, "id": id_, "zoneId": id_, "name": str(arguments.get("name") or known["name"])}


def _assumed_secret(arguments: Values, facts: Facts, _before: int) -> Values:
    (known,) = there.secrets(_region(arguments, facts))
    given = str(arguments.get("name") or "")
    arn = str(arguments.get("arn") or str(known["arn"]).replace(there.SECRET, given))
    return {**known, "arn": arn, "id": arn, "name": given or arn.rpartition(":secret:")[2][:-7]}


def _assumed_versions(arguments: Values, facts: Facts, _before: int) -> Values:
    known = _versions({**arguments, "secretId": there.SECRET}, facts)
    asked = arguments["secretId"]
    return {**known, **dict.fromkeys(("arn", "secretArn", "id", "secretId"), asked)}


FUNCTIONS: Mapping[str, Function] = {
    "aws:ec2/getSubnet:getSubnet": _subnet,
    "aws:ec2/getVpc:getVpc": _vpc,
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": _token,
    "aws:eks/getCluster:getCluster": _cluster,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _the_region,
    "aws:lb/getHostedZoneId:getHostedZoneId": _balancers_zone,
    "aws:route53/getZone:getZone": _zone,
    "aws:secretsmanager/getSecret:getSecret": _secret,
    "aws:secretsmanager/getSecretVersions:getSecretVersions": _versions,
}

# What an account may have, though nobody here knows of it. Of a VPC too much follows for that.
ASSUMED: Mapping[str, Callable[[Values, Facts, int], Values]] = {
    "aws:ec2/getSubnet:getSubnet": _assumed_subnet,
    "aws:eks/getCluster:getCluster": _assumed_cluster,
    "aws:route53/getZone:getZone": _assumed_zone,
    "aws:secretsmanager/getSecret:getSecret": _assumed_secret,
    "aws:secretsmanager/getSecretVersions:getSecretVersions": _assumed_versions,
}
