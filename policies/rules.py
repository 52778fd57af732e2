"""What no plan of this project may do, whatever its platform.

Tests hold every plan to it, and `__main__.py` makes a Pulumi policy pack of it.
A rule looks at one resource: its type, its logical name, its inputs. It answers what is wrong, in words.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Inputs = Mapping[str, Any]

WORLD = {"0.0.0.0/0", "::/0"}
DIGEST = re.compile(r"(.+@)?sha256:[0-9a-f]{8,}.*")
POLICIES = {"aws:iam/rolePolicy:RolePolicy": "policy", "aws:iam/policy:Policy": "policy"}


@dataclass(frozen=True)
class Rule:
    """One rule, and how a resource breaks it."""

    name: str
    says: str
    breaches: Callable[[str, str, Inputs], Iterator[str]]


def _open_to_the_world(type_: str, name: str, inputs: Inputs) -> Iterator[str]:
    if type_ == "aws:ec2/securityGroup:SecurityGroup" and "balancer" not in name:
        for rule in _list(inputs.get("ingress")):
            if WORLD & {*_list(rule.get("cidrBlocks")), *_list(rule.get("ipv6CidrBlocks"))}:
                yield f"ports {_whole(rule.get('fromPort'))} to {_whole(rule.get('toPort'))} are open to the world"
    incoming = inputs.get("allows") and inputs.get("direction", "INGRESS") == "INGRESS"
    if type_ == "gcp:compute/firewall:Firewall" and incoming and WORLD & {*_list(inputs.get("sourceRanges"))}:
        yield "it lets the world in"
    if type_ == "docker:index/container:Container":
        for port in _list(inputs.get("ports")):
            if port.get("ip") in (None, "", "0.0.0.0", "::"):  # noqa: S104 - it is refused
                yield f"port {_whole(port.get('internal'))} is published on every address of the machine"


def _everything_allowed(type_: str, _name: str, inputs: Inputs) -> Iterator[str]:
    document = inputs.get(POLICIES.get(type_, ""))
    if not isinstance(document, str):
        return
    for statement in _list(json.loads(document).get("Statement")):
        actions, resources = _list(statement.get("Action")), _list(statement.get("Resource"))
        if statement.get("Effect") == "Allow" and "*" in resources and any(a.endswith(("*", ":*")) for a in actions):
            yield f"{', '.join(actions)} is allowed on everything"


def _movable_tags(type_: str, name: str, inputs: Inputs) -> Iterator[str]:
    if name.endswith("-cache"):
        return
    if type_ == "aws:ecr/repository:Repository" and not str(inputs.get("imageTagMutability")).startswith("IMMUTABLE"):
        yield "an image's tag can be moved to another image"
    kept = (inputs.get("dockerConfig") or {}).get("immutableTags")
    if type_ == "gcp:artifactregistry/repository:Repository" and not kept:
        yield "an image's tag can be moved to another image"


def _admin_login(type_: str, _name: str, inputs: Inputs) -> Iterator[str]:
    if type_ == "azure-native:containerregistry:Registry" and inputs.get("adminUserEnabled"):
        yield "the registry has an admin user, whose password everybody shares"


def _by_tag(type_: str, _name: str, inputs: Inputs) -> Iterator[str]:
    for image in _images(type_, inputs):
        if isinstance(image, str) and not DIGEST.fullmatch(image):
            yield f"{image} is named by a tag, which may be another image tomorrow"


def _soft_containers(type_: str, _name: str, inputs: Inputs) -> Iterator[str]:
    if type_ != "docker:index/container:Container" or inputs.get("start") is False:
        return
    if inputs.get("privileged"):
        yield "it is privileged"
    if not inputs.get("readOnly"):
        yield "its root file system can be written"
    if "ALL" not in _list((inputs.get("capabilities") or {}).get("drops")):
        yield "it keeps capabilities"
    if not {"no-new-privileges", "no-new-privileges:true"} & {*_list(inputs.get("securityOpts"))}:
        yield "its processes can gain privileges"


RULES = (
    Rule("nothing-open-to-the-world", "Only a load balancer may be reached from everywhere.", _open_to_the_world),
    Rule("nothing-allowed-on-everything", "No policy allows all actions on all resources.", _everything_allowed),
    Rule("tags-stay", "A tag of an image stays what it was.", _movable_tags),
    Rule("no-admin-login", "Nobody shares a registry's admin login.", _admin_login),
    Rule("images-by-digest", "What runs is named by its digest.", _by_tag),
    Rule("hardened-containers", "A container runs with as little as it can.", _soft_containers),
)


def breaches(type_: str, name: str, inputs: Inputs) -> list[str]:
    """Every breach of every rule by one resource, with the rule's name."""
    return [f"{rule.name}: {said}" for rule in RULES for said in rule.breaches(type_, name, inputs)]


def _images(type_: str, inputs: Inputs) -> list[Any]:
    match type_:
        case "docker:index/container:Container":
            return [inputs.get("image")]
        case "gcp:cloudrunv2/service:Service" | "azure-native:app:ContainerApp":
            return [each.get("image") for each in _list((inputs.get("template") or {}).get("containers"))]
        case "aws:ecs/taskDefinition:TaskDefinition":
            return [each.get("image") for each in json.loads(str(inputs.get("containerDefinitions") or "[]"))]
        case "kubernetes:apps/v1:Deployment":
            pod = ((inputs.get("spec") or {}).get("template") or {}).get("spec") or {}
            return [each.get("image") for each in _list(pod.get("containers"))]
        case _:
            return []


def _whole(number: Any) -> Any:
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _list(value: Any) -> list[Any]:
    # A policy pack's list is a sequence that says of an item that it is not known yet, and no list.
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return [] if value is None else [value]
