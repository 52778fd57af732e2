"""What Google Cloud's functions answer: facts of the project, and of what is there before any stack is."""

from collections.abc import Callable, Mapping

from infra.targets.gcp.offline import gke_there, there
from infra.targets.gcp.offline.names import NUMBER, last
from tools.offline.backend import Failure
from tools.offline.values import Secret, Values

Facts = Mapping[str, str]
Function = Callable[[Values, Facts], Values]


def _project(arguments: Values, facts: Facts) -> str:
    return str(arguments.get("project") or facts["project"])


def _region(arguments: Values, facts: Facts) -> str:
    return last(arguments.get("region") or facts["region"])


def _configuration(_arguments: Values, facts: Facts) -> Values:
    return {
        "id": "offline",
        "accessToken": Secret("offline"),
        "defaultLabels": {},
        "project": facts["project"],
        "region": facts["region"],
        "zone": facts["zone"],
    }


def _the_project(arguments: Values, facts: Facts) -> Values:
    project = str(arguments.get("projectId") or facts["project"])
    return {
        "id": f"projects/{project}",
        "projectId": project,
        "name": project,
        "number": NUMBER,
        "autoCreateNetwork": True,
        "billingAccount": "",
        "deletionPolicy": "PREVENT",
        "effectiveLabels": {},
        "folderId": "",
        "labels": {},
        "orgId": "",
        "pulumiLabels": {},
        "tags": {},
    }


def _network(arguments: Values, facts: Facts) -> Values:
    project, name = _project(arguments, facts), last(arguments.get("name") or arguments.get("selfLink") or "")
    return there.network(project) if name == there.NETWORK else _missing(f"projects/{project}/global/networks/{name}")


def _subnet(arguments: Values, facts: Facts) -> Values:
    project, region = _project(arguments, facts), _region(arguments, facts)
    name = last(arguments.get("name") or arguments.get("selfLink") or "")
    if name == there.SUBNET:
        return there.subnet(project, region)
    return _missing(f"projects/{project}/regions/{region}/subnetworks/{name}")


def _certificate(arguments: Values, facts: Facts) -> Values:
    project, name = _project(arguments, facts), str(arguments.get("name"))
    if name == there.CERTIFICATE:
        return there.certificate(project)
    return _missing(f"projects/{project}/global/sslCertificates/{name}")


def _zone(arguments: Values, facts: Facts) -> Values:
    project, name = _project(arguments, facts), str(arguments.get("name"))
    return there.zone(project) if name == there.ZONE else _missing(f"projects/{project}/managedZones/{name}")


def _secret(arguments: Values, facts: Facts) -> Values:
    project, name = _project(arguments, facts), last(arguments.get("secretId") or "")
    return there.secret(project) if name == there.SECRET else _missing(f"projects/{project}/secrets/{name}")


def _version(arguments: Values, facts: Facts) -> Values:
    project, name = _project(arguments, facts), last(arguments.get("secret") or "")
    number = str(arguments.get("version") or "latest")
    if name != there.SECRET or number not in (*there.VERSIONS, "latest"):
        return _missing(f"projects/{project}/secrets/{name}/versions/{number}")
    return _told(there.version(project, name, there.VERSIONS[-1] if number == "latest" else number), arguments)


def _cluster(arguments: Values, facts: Facts) -> Values:
    project, name = _project(arguments, facts), str(arguments.get("name"))
    if name == gke_there.NAME:
        return gke_there.cluster(project, _location(arguments, facts))
    return _missing(f"projects/{project}/locations/{_location(arguments, facts)}/clusters/{name}")


def _location(arguments: Values, facts: Facts) -> str:
    return str(arguments.get("location") or facts["region"])


def _told(version: Values, arguments: Values) -> Values:
    """A version with its value, unless it was asked for without."""
    without = arguments.get("fetchSecretData") is False
    return version if without else {**version, "fetchSecretData": True, "secretData": Secret("offline")}


def _missing(name: str) -> Values:
    raise Failure(f"googleapi: Error 404: The resource '{name}' was not found, notFound")


def _assumed_network(arguments: Values, facts: Facts, _before: int) -> Values:
    return there.network(_project(arguments, facts), last(arguments.get("name")))


def _assumed_subnet(arguments: Values, facts: Facts, _before: int) -> Values:
    """One of a network that nobody has told of."""
    taken = there.subnet(_project(arguments, facts), _region(arguments, facts), last(arguments.get("name")))
    return {**taken, "network": ""}


def _assumed_certificate(arguments: Values, facts: Facts, _before: int) -> Values:
    return there.certificate(_project(arguments, facts), str(arguments.get("name")))


def _assumed_zone(arguments: Values, facts: Facts, _before: int) -> Values:
    """One that holds whatever domain."""
    return {**there.zone(_project(arguments, facts), str(arguments.get("name"))), "dnsName": "."}


def _assumed_cluster(arguments: Values, facts: Facts, _before: int) -> Values:
    return gke_there.cluster(_project(arguments, facts), _location(arguments, facts), str(arguments.get("name")))


def _assumed_secret(arguments: Values, facts: Facts, _before: int) -> Values:
    return there.secret(_project(arguments, facts), last(arguments.get("secretId")))


def _assumed_version(arguments: Values, facts: Facts, _before: int) -> Values:
    project, name = _project(arguments, facts), last(arguments.get("secret"))
    number = str(arguments.get("version") or "latest")
    told = there.version(project, name, there.VERSIONS[-1] if number == "latest" else number)
    # By its whole name, so that the plan may give it to what reads it.
    return _told({**told, "secret": f"projects/{project}/secrets/{name}"}, arguments)


NETWORK, SUBNET = "gcp:compute/getNetwork:getNetwork", "gcp:compute/getSubnetwork:getSubnetwork"
CERTIFICATE = "gcp:compute/getCertificate:getCertificate"
CLUSTER = "gcp:container/getCluster:getCluster"
ZONE = "gcp:dns/getManagedZone:getManagedZone"
SECRET = "gcp:secretmanager/getSecret:getSecret"  # noqa: S105 - a function
VERSION = "gcp:secretmanager/getSecretVersion:getSecretVersion"

FUNCTIONS: Mapping[str, Function] = {
    CERTIFICATE: _certificate,
    CLUSTER: _cluster,
    NETWORK: _network,
    SUBNET: _subnet,
    ZONE: _zone,
    "gcp:organizations/getClientConfig:getClientConfig": _configuration,
    "gcp:organizations/getProject:getProject": _the_project,
    SECRET: _secret,
    VERSION: _version,
}

# What a project may have, though nobody here knows of it.
ASSUMED: Mapping[str, Callable[[Values, Facts, int], Values]] = {
    CERTIFICATE: _assumed_certificate,
    CLUSTER: _assumed_cluster,
    NETWORK: _assumed_network,
    SUBNET: _assumed_subnet,
    ZONE: _assumed_zone,
    SECRET: _assumed_secret,
    VERSION: _assumed_version,
}
