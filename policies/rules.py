"""What no plan of this project may do, whatever its platform.

Tests hold every plan to it, and `__main__.py` makes a Pulumi policy pack of it.
A rule looks at one resource: its type, its logical name, its inputs. It answers what is wrong, in words. What is not
known yet breaks nothing: it is judged when it is known.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Inputs = Mapping[str, Any]

# The engine's mark for a string that is not known yet, which stands here for every such value.
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

DIGEST = re.compile(r"(.+@)?sha256:[0-9a-f]{64}")
# A block of every address, and Azure's words for it.
WORLD = re.compile(r".*/0+|\*|any|internet", re.IGNORECASE)
BALANCER = re.compile(r"(.*-)?balancer")
BALANCED_PORTS = (80, 443)

# Where security groups say what comes in, and where an entry names its blocks.
INGRESS = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "ingress",
    "aws:ec2/securityGroup:SecurityGroup": "ingress",
    "aws:ec2/securityGroupRule:SecurityGroupRule": "",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "",
}
BLOCKS = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")
SECURITY_RULES = {
    "azure-native:network:NetworkSecurityGroup": "securityRules",
    "azure-native:network:SecurityRule": "",
}

POLICIES = {
    "aws:iam/groupPolicy:GroupPolicy": "policy",
    "aws:iam/policy:Policy": "policy",
    "aws:iam/role:Role": "inlinePolicies.policy",
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:iam/userPolicy:UserPolicy": "policy",
}
ATTACHED = ("policyArn", "managedPolicyArns")
ADMINISTRATOR = re.compile(r"arn:[\w-]+:iam::aws:policy/AdministratorAccess")
EVERY_ACTION = re.compile(r"\*+|[\w*-]+:\*+")
EVERY_RESOURCE = re.compile(r"\*+|arn:[^:]*:\*:\*?:\*?:\*")

PODS = {
    "CronJob": "spec.jobTemplate.spec.template.spec",
    "DaemonSet": "spec.template.spec",
    "Deployment": "spec.template.spec",
    "Job": "spec.template.spec",
    "Pod": "spec",
    "ReplicaSet": "spec.template.spec",
    "StatefulSet": "spec.template.spec",
}
# What a pod may have of its node, all of it refused.
NODES_OWN = ("hostIPC", "hostNetwork", "hostPID")
IMAGES = {
    "aws:ecs/taskDefinition:TaskDefinition": ("containerDefinitions.image",),
    "azure-native:app:ContainerApp": ("template.containers.image", "template.initContainers.image"),
    "azure-native:app:Job": ("template.containers.image", "template.initContainers.image"),
    "docker:index/container:Container": ("image",),
    "gcp:cloudrunv2/job:Job": ("template.template.containers.image",),
    "gcp:cloudrunv2/service:Service": ("template.containers.image",),
    "gcp:cloudrunv2/workerPool:WorkerPool": ("template.containers.image",),
}


# Where an app of Azure's keeps secrets, each with a value or with where that is kept.
KEPT_SECRETS = {
    "azure-native:app:ContainerApp": "configuration.secrets",
    "azure-native:app:Job": "configuration.secrets",
}
# Azure's roles that allow nearly everything, or to give oneself more:
# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles, read 2026-11-30.
AZURE_ROLES = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
}

# Names of variables whose value nobody should read in a plan or a console, and where containers have variables.
SECRET = re.compile(r"(.*_)?(API_KEY|CREDENTIALS|PASSWD|PASSWORD|PRIVATE_KEY|SECRET|SECRET_KEY|TOKEN)")
VARIABLES = {
    "aws:ecs/taskDefinition:TaskDefinition": ("containerDefinitions.environment",),
    "azure-native:app:ContainerApp": ("template.containers.env", "template.initContainers.env"),
    "azure-native:app:Job": ("template.containers.env", "template.initContainers.env"),
    "gcp:cloudrunv2/job:Job": ("template.template.containers.envs",),
    "gcp:cloudrunv2/service:Service": ("template.containers.envs",),
    "gcp:cloudrunv2/workerPool:WorkerPool": ("template.containers.envs",),
}

# Google Cloud's roles that allow nearly everything in a project, and its words for anybody.
BASIC_ROLES = ("roles/owner", "roles/editor")
ANYBODY = ("allUsers", "allAuthenticatedUsers")
# Where Google is told whose rights a process has, or a node, and the accounts that a project shares, which may edit it.
_NODES = "clusterAutoscaling.autoProvisioningDefaults"
ACCOUNTS = {
    "gcp:cloudrunv2/job:Job": ("template", "template.template", "template.template.serviceAccount"),
    "gcp:cloudrunv2/service:Service": ("template", "template.serviceAccount"),
    "gcp:cloudrunv2/workerPool:WorkerPool": ("template", "template.serviceAccount"),
    "gcp:container/cluster:Cluster": ("clusterAutoscaling", _NODES, f"{_NODES}.serviceAccount"),
}
SHARED_ACCOUNT = re.compile(r"(.*/)?(\d+-compute@developer|[\w.:-]+@appspot)\.gserviceaccount\.com")
# Seconds that Cloud Run waits for an answer where nothing is said:
# https://cloud.google.com/run/docs/configuring/request-timeout, read 2026-11-29.
USUAL_TIMEOUT = "300s"


@dataclass(frozen=True)
class Rule:
    """One rule, and how a resource breaks it."""

    name: str
    says: str
    breaches: Callable[[str, str, Inputs], Iterator[str]]


def _open_group(type_: str, name: str, inputs: Inputs) -> Iterator[str]:
    if type_ not in INGRESS or inputs.get("type", "ingress") != "ingress":
        return
    for rule in _entries(inputs, INGRESS[type_]):
        low, high = _whole(rule.get("fromPort")), _whole(rule.get("toPort"))
        balanced = BALANCER.fullmatch(name) and low == high and low in BALANCED_PORTS
        if not balanced and any(_is_world(block) for place in BLOCKS for block in _list(rule.get(place))):
            yield f"ports {low} to {high} are open to the world"


def _open_firewall(type_: str, _name: str, inputs: Inputs) -> Iterator[str]:
    if type_ == "gcp:compute/firewall:Firewall" and inputs.get("direction", "INGRESS") == "INGRESS":
        ranges = _list(inputs.get("sourceRanges"))
        narrowed = ranges or inputs.get("sourceTags") or inputs.get("sourceServiceAccounts")
        if _all(inputs, "allows") and (not narrowed or any(map(_is_world, ranges))):
            yield "it lets the world in"
    for rule in _entries(inputs, SECURITY_RULES[type_]) if type_ in SECURITY_RULES else []:
        said = [str(rule.get(word)).lower() for word in ("access", "direction")]
        sources = [*_list(rule.get("sourceAddressPrefix")), *_list(rule.get("sourceAddressPrefixes"))]
        if said == ["allow", "inbound"] and any(map(_is_world, sources)):
            yield "it lets the world in"


def _open_port(type_: str, _name: str, inputs: Inputs) -> Iterator[str]:
    for port in _entries(inputs, "ports") if type_ == "docker:index/container:Container" else []:
        if port.get("ip") in (None, "", "0.0.0.0", "::"):  # noqa: S104 - it is refused
            yield f"port {_whole(port.get('internal'))} is published on every address of the machine"


def _open_to_the_world(type_: str, name: str, inputs: Inputs) -> Iterator[str]:
    for opened in (_open_group, _open_firewall, _open_port):
        yield from opened(type_, name, inputs)


def _everything_allowed(type_: str, _name: str, inputs: Inputs) -> Iterator[str]:
    for statement in _entries(inputs, f"{POLICIES[type_]}.Statement") if type_ in POLICIES else []:
        actions, resources = _list(statement.get("Action")), _list(statement.get("Resource"))
        everywhere = "NotResource" in statement or any(map(EVERY_RESOURCE.fullmatch, map(str, resources)))
        if statement.get("Effect") != "Allow" or not everywhere:
            continue
        if "NotAction" in statement:
            yield "all but some actions are allowed on everything"
        elif any(map(EVERY_ACTION.fullmatch, map(str, actions))):
            yield f"{', '.join(map(str, actions))} is allowed on everything"
    if type_.startswith("aws:iam/"):
        for arn in [each for place in ATTACHED for each in _all(inputs, place)]:
            if ADMINISTRATOR.fullmatch(str(arn)):
                yield f"{arn} allows everything"
    for role in _given(inputs, "role") if type_.startswith("gcp:") else []:
        if role in BASIC_ROLES:
            yield f"{role} allows nearly everything"
    for definition in _all(inputs, "roleDefinitionId") if type_ == "azure-native:authorization:RoleAssignment" else []:
        role = AZURE_ROLES.get(str(definition).rpartition("/")[2])
        if role:
            yield f"{role} allows nearly everything"


def _for_anybody(type_: str, _name: str, inputs: Inputs) -> Iterator[str]:
    if type_.startswith("gcp:"):
        for anybody in sorted({*_given(inputs, "member"), *_given(inputs, "members")} & {*ANYBODY}):
            yield f"{anybody} is whoever asks"


def _given(inputs: Inputs, what: str) -> list[str]:
    """Of a binding of Google Cloud, or of each in a whole policy: its role, or whom it is for."""
    return [str(each) for place in (what, f"policyData.bindings.{what}") for each in _all(inputs, place)]


def _borrowed_account(type_: str, _name: str, inputs: Inputs) -> Iterator[str]:
    *within, place = ACCOUNTS.get(type_, ("",))
    accounts = _all(inputs, place) if place else []
    hidden = any(UNKNOWN in _all(inputs, each) for each in within)
    if (place and not accounts and not hidden) or any(SHARED_ACCOUNT.fullmatch(str(each)) for each in accounts):
        yield "it has the rights of the account that everything in the project shares"


def _impatient_server(type_: str, _name: str, inputs: Inputs) -> Iterator[str]:
    if type_ != "gcp:cloudrunv2/service:Service":
        return
    platform = _seconds(next(iter(_all(inputs, "template.timeout")), USUAL_TIMEOUT))
    for variable in _entries(inputs, "template.containers.envs"):
        server = _seconds(variable.get("value"))
        if variable.get("name") == "WEB_TIMEOUT" and None not in (server, platform) and server < platform:
            yield f"the server gives a request up after {server:g} s, and the platform waits {platform:g} s for it"


def _movable_tags(type_: str, name: str, inputs: Inputs) -> Iterator[str]:
    if name.endswith("-cache"):
        return
    mutability = inputs.get("imageTagMutability")
    if type_ == "aws:ecr/repository:Repository" and not str(mutability).startswith(("IMMUTABLE", UNKNOWN)):
        yield "an image's tag can be moved to another image"
    kept = [inputs.get("dockerConfig"), *_all(inputs, "dockerConfig.immutableTags")]
    if type_ == "gcp:artifactregistry/repository:Repository" and not _has(kept, True):
        yield "an image's tag can be moved to another image"


def _admin_login(type_: str, _name: str, inputs: Inputs) -> Iterator[str]:
    if type_ == "azure-native:containerregistry:Registry" and inputs.get("adminUserEnabled") is True:
        yield "the registry has an admin user, whose password everybody shares"


def _by_tag(type_: str, _name: str, inputs: Inputs) -> Iterator[str]:
    package, _, kind = type_.rpartition(":")
    pod = PODS.get(kind, "") if package.startswith("kubernetes:") else ""
    paths = [f"{pod}.{place}.image" for place in ("containers", "initContainers")] if pod else IMAGES.get(type_, ())
    for image in [image for path in paths for image in _all(inputs, path)]:
        if image != UNKNOWN and not DIGEST.fullmatch(str(image)):
            yield f"{image} is named by a tag, which may be another image tomorrow"


def _told_secrets(type_: str, _name: str, inputs: Inputs) -> Iterator[str]:
    package, _, kind = type_.rpartition(":")
    pod = PODS.get(kind, "") if package.startswith("kubernetes:") else ""
    paths = [f"{pod}.{place}.env" for place in ("containers", "initContainers")] if pod else VARIABLES.get(type_, ())
    given = [(each.get("name"), each.get("value")) for path in paths for each in _entries(inputs, path)]
    if type_ == "docker:index/container:Container":
        given += [tuple(str(each).split("=", 1)) for each in _list(inputs.get("envs")) if "=" in str(each)]
    for secret in _entries(inputs, KEPT_SECRETS[type_]) if type_ in KEPT_SECRETS else []:
        if secret.get("value") not in (None, "", UNKNOWN):
            yield f"the app itself has the value of {secret.get('name')}, which Key Vault is to keep"
    for variable, value in given:
        if value not in (None, "") and SECRET.fullmatch(str(variable)):
            yield f"{variable} is given in plain text"


def _soft_tasks(type_: str, _name: str, inputs: Inputs) -> Iterator[str]:
    if type_ != "aws:ecs/taskDefinition:TaskDefinition":
        return
    listed = _list(_parsed(inputs.get("containerDefinitions")))
    for container in [each for each in listed if isinstance(each, Mapping)]:
        if container.get("privileged") is True:
            yield "it is privileged"
        if not _has([container.get("readonlyRootFilesystem")], True):
            yield "its root file system can be written"
        if str(container.get("user") or "root").partition(":")[0] in ("root", "0"):
            yield "it runs as root"


def _soft_pods(type_: str, inputs: Inputs) -> Iterator[str]:
    package, _, kind = type_.rpartition(":")
    pod = PODS.get(kind, "") if package.startswith("kubernetes:") else ""
    for spec in _entries(inputs, pod) if pod else []:
        if any(spec.get(name) is True for name in NODES_OWN):
            yield "it shares what is the node's own"
        if not _has([spec.get("automountServiceAccountToken")], False):
            yield "it is given a token of the cluster's API"
        for container in [each for place in ("containers", "initContainers") for each in _entries(spec, place)]:
            own = container.get("securityContext")
            rooted = [own, spec.get("securityContext"), *_all(own, "runAsNonRoot")]
            if _all(own, "privileged") == [True]:
                yield "it is privileged"
            if not _has([own, *_all(own, "readOnlyRootFilesystem")], True):
                yield "its root file system can be written"
            if not _has([own, *_all(own, "capabilities"), *_all(own, "capabilities.drop")], "ALL"):
                yield "it keeps capabilities"
            if not _has([own, *_all(own, "allowPrivilegeEscalation")], False):
                yield "its processes can gain privileges"
            if not _has([*rooted, *_all(spec, "securityContext.runAsNonRoot")], True):
                yield "it may run as root"


def _soft_containers(type_: str, name: str, inputs: Inputs) -> Iterator[str]:
    yield from _soft_tasks(type_, name, inputs)
    yield from _soft_pods(type_, inputs)
    if type_ != "docker:index/container:Container" or inputs.get("start") is False:
        return
    if inputs.get("privileged") is True:
        yield "it is privileged"
    if not _has([inputs.get("readOnly")], True):
        yield "its root file system can be written"
    if not _has([inputs.get("capabilities"), *_all(inputs, "capabilities.drops")], "ALL"):
        yield "it keeps capabilities"
    if not _has(_all(inputs, "securityOpts"), "no-new-privileges", "no-new-privileges:true"):
        yield "its processes can gain privileges"


RULES = (
    Rule(
        "nothing-open-to-the-world",
        "Only ports 80 and 443 of a load balancer may be reached from everywhere.",
        _open_to_the_world,
    ),
    Rule(
        "nothing-allowed-on-everything",
        "No policy allows all actions, or all of a service, on all resources.",
        _everything_allowed,
    ),
    Rule("tags-stay", "A tag of an image stays what it was.", _movable_tags),
    Rule("no-admin-login", "Nobody shares a registry's admin login.", _admin_login),
    Rule("images-by-digest", "What runs is named by its digest.", _by_tag),
    Rule("secrets-stay-secret", "No container has a secret in its plain environment.", _told_secrets),
    Rule("no-role-for-anybody", "No role is given to whoever asks.", _for_anybody),
    Rule("own-account", "What runs has an account of its own.", _borrowed_account),
    Rule("patient-servers", "A server waits for a request as long as its platform does.", _impatient_server),
    Rule("hardened-containers", "A container runs with as little as it can.", _soft_containers),
)


def breaches(type_: str, name: str, inputs: Inputs) -> list[str]:
    """Every breach of every rule by one resource, with the rule's name. Its inputs may be those of a plan."""
    plain = _plain(inputs)
    return [f"{rule.name}: {said}" for rule in RULES for said in rule.breaches(type_, name, plain)]


def _all(value: Any, path: str) -> list[Any]:
    """Every value at a path, through lists and through JSON in strings; without a path the value itself."""
    found = [value]
    for step in path.split(".") if path else ():
        entries = [entry for each in found for entry in _list(_parsed(each)) if isinstance(entry, Mapping)]
        found = [item for entry in entries for item in _list(entry.get(step))]
    return found


def _entries(value: Any, path: str) -> list[Mapping[str, Any]]:
    return [each for each in _all(value, path) if isinstance(each, Mapping)]


def _has(values: Sequence[Any], *wanted: Any) -> bool:
    """Whether one of the values is among the wanted, or may yet be."""
    return any(value in (*wanted, UNKNOWN) for value in values)


def _is_world(block: Any) -> bool:
    return WORLD.fullmatch(str(block)) is not None


def _whole(number: Any) -> Any:
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _seconds(given: Any) -> Any:
    """A number of seconds, with or without its unit; None for what is none, or is not known yet."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)s?", str(given))
    return float(found[1]) if found else None


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _list(value: Any) -> list[Any]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return [] if value is None else [value]


def _plain(value: Any) -> Any:
    """The same without a plan's marks: a secret is what it hides, and what is not known is `UNKNOWN`."""
    match value:
        case Mapping():
            return {name: _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case None | str() | int() | float():
            return value
        case _:
            return _plain(getattr(value, "value", UNKNOWN))
