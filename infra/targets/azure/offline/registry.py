"""Azure's container registry and its tasks: ids, outputs, what replaces, rules, prices."""

import base64
import binascii
import re
import shlex
from collections.abc import Iterator
from typing import Any

import yaml

from infra.targets.azure.offline.names import DAYS, PRICED, READ, kind, named, under
from infra.targets.azure.offline.values import schedule
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Others, Played, Price, Rule, Source
from tools.offline.values import UNKNOWN, Values

REGISTRY = "azure-native:containerregistry:Registry"

TIERS = Source("https://learn.microsoft.com/azure/container-registry/container-registry-skus", READ)
PRICES = Source("https://azure.microsoft.com/pricing/details/container-registry/", READ)
TASKS = Source("https://learn.microsoft.com/azure/container-registry/container-registry-tasks-reference-yaml", READ)
PURGE = Source("https://learn.microsoft.com/azure/container-registry/container-registry-auto-purge", READ)

# What the tiers below have not, by the path where it is wanted and what is wanted there.
PREMIUM: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("zoneRedundancy", ("Enabled",)),
    ("publicNetworkAccess", ("Disabled",)),
    ("dataEndpointEnabled", (True,)),
    ("policies.retentionPolicy.status", ("enabled", "Enabled")),
    ("policies.quarantinePolicy.status", ("enabled", "Enabled")),
    ("policies.trustPolicy.status", ("enabled", "Enabled")),
    ("encryption.status", ("enabled", "Enabled")),
    ("networkRuleSet.defaultAction", ("Deny",)),
)
STEPS = ("cmd", "build", "push")
AGE = r"(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?"


def _tier(_type: str, inputs: Values) -> Iterator[Problem]:
    """What a registry's tier does not have."""
    tier = one(inputs, "sku.name")
    for path, wanting in PREMIUM:
        if one(inputs, path) in wanting and tier in ("Basic", "Standard"):
            yield Problem(path, f"is Premium's, not {tier}'s ({TIERS})")
    if inputs.get("anonymousPullEnabled") is True and tier == "Basic":
        yield Problem("anonymousPullEnabled", f"is Standard's, not Basic's ({TIERS})")


def _steps(_type: str, inputs: Values) -> Iterator[Problem]:
    """What a task's text says, as far as it is known: steps, and how old images are removed."""
    path = "step.encodedTaskContent"
    given = one(inputs, path)
    if one(inputs, "step.type") == "EncodedTask" and given is None:
        yield Problem(path, f"wanted by EncodedTask ({TASKS})")
    if not isinstance(given, str):
        return
    try:
        read: Any = yaml.safe_load(base64.b64decode(given, validate=True))
    except (binascii.Error, ValueError, yaml.YAMLError):
        yield Problem(path, f"is no YAML in base 64 ({TASKS})")
        return
    steps = read.get("steps") if isinstance(read, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if not isinstance(steps, list) or not steps:
        yield Problem(path, f"has no steps ({TASKS})")
        return
    for step in forms.objects(steps):
        if not any(name in step for name in STEPS):
            yield Problem(path, f"a step is one of {', '.join(STEPS)} ({TASKS})")
        yield from _purges(path, str(step.get("cmd", "")))


def _purges(path: str, command: str) -> Iterator[Problem]:
    """That `acr purge` is told which tags, how old they are at the least, and keeps so many."""
    words = shlex.split(command)
    if words[:2] != ["acr", "purge"]:
        return
    told = {word: words[index + 1] for index, word in enumerate(words[:-1]) if word.startswith("--")}
    for name in ("--filter", "--ago"):
        if name not in told:
            yield Problem(path, f"acr purge wants {name} ({PURGE})")
    for index, word in enumerate(words[:-1]):
        repository, _, tags = words[index + 1].partition(":")
        if word == "--filter" and (not repository or not tags or not _is_pattern(tags)):
            yield Problem(path, f"{words[index + 1]!r} is no filter such as web:.* ({PURGE})")
    if "--ago" in told and (not told["--ago"] or not re.fullmatch(AGE, told["--ago"])):
        yield Problem(path, f"{told['--ago']!r} is no age such as 30d ({PURGE})")
    if "--keep" in told and not told["--keep"].isdigit():
        yield Problem(path, f"{told['--keep']!r} is no number to keep ({PURGE})")


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _timers(_type: str, inputs: Values) -> Iterator[Problem]:
    for path, given in found(inputs, "trigger.timerTriggers[*].schedule"):
        reason = schedule(given) if isinstance(given, str) else ""
        if reason:
            yield Problem(path, f"{reason} ({TASKS})")


def _of_its_registry(inputs: Values, others: Others) -> Iterator[Problem]:
    name = inputs.get("registryName")
    if isinstance(name, str) and name not in [each.get("name") for _, each in others(REGISTRY)]:
        yield Problem("registryName", f"{name!r}: there is no such registry in this plan")


def _price(sku: str, dollars: float) -> Price:
    def units(inputs: Values) -> float:
        return float(one(inputs, "sku.name") == sku)

    return Price(dollars * DAYS, "month", PRICES, units, PRICED)


def _login_server(words: Any) -> str:
    return f"{words['registryName']}.azurecr.io".lower()


def _image(_type: str, inputs: Values) -> Iterator[Problem]:
    """Which system a task runs on."""
    if one(inputs, "platform.os") is None and inputs.get("platform") is not UNKNOWN and not inputs.get("isSystemTask"):
        yield Problem("platform.os", f"wanted by a task ({TASKS})")


REGISTRIES: dict[str, Played] = {
    REGISTRY: Played(
        purpose="registry",
        id=under("Microsoft.ContainerRegistry/registries", "registryName"),
        outputs={
            "name": "{registryName}",
            "loginServer": _login_server,
            "type": "Microsoft.ContainerRegistry/registries",
        },
        kind=kind("registryName", suffix=""),
        rules=(
            named("registryName", 5, 50, r"[A-Za-z0-9]+", "letters and digits"),
            Rule("sku.name", TIERS, "be Basic, Standard or Premium", choices=("Basic", "Standard", "Premium")),
        ),
        judges=(_tier,),
        prices=(
            _price("Basic", 0.1666),
            _price("Standard", 0.6666),
            _price("Premium", 1.6666),
            Price(0.10, "GB stored a month beyond what the tier has", PRICES, region=PRICED),
        ),
    ),
    "azure-native:containerregistry:Task": Played(
        purpose="registry",
        id=under("Microsoft.ContainerRegistry/registries/{registryName}/tasks", "taskName"),
        outputs={"name": "{taskName}", "type": "Microsoft.ContainerRegistry/registries/tasks"},
        kind=kind("taskName", "registryName", "isSystemTask"),
        rules=(
            named("taskName", 5, 50, r"[\w-]+", "letters, digits, underscores and hyphens"),
            Rule("timeout", TASKS, "be from 300 to 28800 seconds", least=300, most=28800),
        ),
        judges=(_image, _steps, _timers),
        beside=(_of_its_registry,),
        prices=(Price(0.0001, "vCPU-second of a task", PRICES, region=PRICED),),
    ),
}
