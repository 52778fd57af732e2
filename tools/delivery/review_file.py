"""The file of a pull request's own stack: its base's, without what costs or what only one stack can have."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from infra.errors import SettingsError
from infra.service import load_service
from infra.settings import Settings, load_settings
from infra.targets import find_spec
from tools.errors import ToolError
from tools.plan.stack_file import settings, without_secrets
from tools.project import shown
from tools.stack import Stack

# The first line of a file that `make review` wrote: no other is ever written over, or removed.
WRITTEN = "# Written by `make review`, from the stack "
# What of a file says how its secrets are encrypted: with a copy of it the copied secrets can be read.
_KEYS = ("secretsprovider", "encryptedkey", "encryptionsalt")
_ONLY_ONE = ("service:domain", "service:image", "service:protect")
_OF_A_DOMAIN = ("certificate", "dns_zone", "hosted_zone", "managed_zone", "armor", "waf")
_DEAR = ("access_logs", "alarms", "insights", "kms", "traffic", "zone_redundant", "zones")
# Of the service's name, in a name that has to be short.
_SHORT = 10
_SIZES = ((0.25, "512MiB"), (0.5, "512MiB"), (1, "512MiB"), (1, "1GiB"))


def write(base: Stack, stack: Stack, number: int) -> None:
    """Write the stack's file. Raises ToolError where one is there that `make review` did not write."""
    base.check()
    if stack.file.exists() and not written(stack.file):
        raise ToolError(f"{shown(stack.file)} is a stack's of its own", "give that stack another name")
    said = yaml.safe_load(base.file.read_text(encoding="utf-8"))
    config = _lodged(cheap(settings(base.file), stack.name, number), base)
    keys = {name: said[name] for name in _KEYS if name in said}
    if without_secrets(config)[1] and not keys:
        raise ToolError(
            f"{shown(base.file)} has secrets, and does not say how they are encrypted",
            f"give the stack a state outside of the tree: pulumi login, then make up STACK={base.name}",
        )
    if base.platform() == "aws":
        config |= _named(stack.name)
    text = yaml.safe_dump({**keys, "config": config}, sort_keys=False)
    stack.file.write_text(f"{WRITTEN}{base.name}.\n{text}", encoding="utf-8")


def written(file: Path) -> bool:
    """Whether `make review` wrote it."""
    return file.read_text(encoding="utf-8").startswith(WRITTEN)


def cheap(base: Mapping[str, Any], stack: str, number: int) -> dict[str, Any]:
    """The settings of a base stack as cheap as they get: the smallest size, one replica, no domain, no alarms.

    Where it stands (region, project, network) and what the service is told stay as they are.
    """
    config = {key: value for key, value in base.items() if key not in _ONLY_ONE}
    scale = config.get("service:scale") or {}
    config["service:scale"] = {"min": min(int(scale.get("min", 1)), 1), "max": 1}
    options = _options(base, number)
    if options:
        config["service:options"] = options
    else:
        config.pop("service:options", None)
    for cpu, memory in _SIZES:
        smaller = {**config, "service:size": {"cpu": cpu, "memory": memory}}
        if _accepted(smaller, stack):
            return smaller
    return config


def _options(base: Mapping[str, Any], number: int) -> dict[str, Any]:
    given = base.get("service:options") or {}
    options = {name: value for name, value in given.items() if name not in (*_OF_A_DOMAIN, *_DEAR)}
    if options.get("ingress") == "load-balancer":
        # That is the domain's; reached from inside alone stays so.
        del options["ingress"]
    spec = find_spec(str(base.get("service:target")))
    fields = spec.options.model_fields if spec else {}
    if "boundary" in fields and (boundary := os.environ.get("AWS_BOUNDARY")):
        # Whoever may make no roles but bounded ones says so in the run's variables.
        options["boundary"] = boundary
    if "expose" in fields:
        options = _in_a_cluster(options)
    if "hosts" in fields:
        raise ToolError(
            f"the target {base.get('service:target')} has no room for a stack of a pull request",
            "name a base stack on a cloud: make review FROM=aws-dev",
        )
    if "port" in fields:
        # On one machine each stack has a port of its own.
        options["port"] = int(given.get("port") or load_service().web.port) + number % 1000
    return options


def _in_a_cluster(given: Mapping[str, Any]) -> dict[str, Any]:
    """In a namespace of its own, unless all stacks share one; without the domain's way in; at no port of another's."""
    options = {name: value for name, value in given.items() if name != "ingress"}
    if not (options.get("namespace") or {}).get("existing"):
        options.pop("namespace", None)
    if options.get("expose"):
        options["expose"] = {name: value for name, value in options["expose"].items() if name != "node_port"}
    return options


def _lodged(config: dict[str, Any], base: Stack) -> dict[str, Any]:
    """In the cluster that the base makes, where it makes one: another takes a quarter of an hour, and costs by it."""
    spec = find_spec(base.target())
    if spec is None or spec.lodged is None:
        return config
    options = spec.lodged(config.get("service:options") or {}, load_service().name, base.name)
    return {**config, "service:options": options}


def _named(stack: str) -> dict[str, Any]:
    """How Pulumi makes up names on AWS, where a role's rights are told by them: each with the stack's own in it.

    https://www.pulumi.com/docs/iac/concepts/resources/names/#configuring-autonaming, read 2026-11-30. A balancer's name
    has 32 characters: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html.
    """
    service = load_service().name
    short = f"{service[:_SHORT].rstrip('-')}-{stack}-${{hex(6)}}"
    pattern = f"{service}-{stack}-${{name}}-${{hex(7)}}"
    few = ("aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup")
    named = {"pattern": pattern, "resources": {type_: {"pattern": short} for type_ in few}}
    return {"pulumi:autonaming": {"providers": {"aws": named}}}


def _accepted(config: Mapping[str, Any], stack: str) -> bool:
    return isinstance(read(config, stack), Settings)


def read(config: Mapping[str, Any], stack: str) -> Settings | SettingsError:
    """The settings as the program reads them, or what is wrong with them."""
    plain, _ = without_secrets(config)
    told = {key: value if isinstance(value, str) else json.dumps(value) for key, value in plain.items()}
    try:
        return load_settings(load_service(), told, (), stack)
    except SettingsError as error:
        return error
