"""What Container Apps demands of an app, from ingress to scaling, and of how a job is started."""

import re
from collections.abc import Iterator
from typing import Any

from infra.targets.azure import limits
from infra.targets.azure.offline.names import READ
from infra.targets.azure.offline.running import only
from tools.offline import forms, judges
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.judges import hidden
from tools.offline.tables import Others, Rule, Source
from tools.offline.values import UNKNOWN, Values

SCALE = Source("https://learn.microsoft.com/azure/container-apps/scale-app", READ)
INGRESS = Source("https://learn.microsoft.com/azure/container-apps/ingress-overview", READ)
TRAFFIC = Source("https://learn.microsoft.com/azure/container-apps/traffic-splitting", READ)
REVISIONS = Source("https://learn.microsoft.com/azure/container-apps/revisions", READ)
STICKY = Source("https://learn.microsoft.com/azure/container-apps/sticky-sessions", READ)
BLOCKS = Source("https://learn.microsoft.com/azure/container-apps/ip-restrictions", READ)
DOMAINS = Source("https://learn.microsoft.com/azure/container-apps/custom-domains-managed-certificates", READ)
ENDING = Source("https://learn.microsoft.com/azure/container-apps/application-lifecycle-management#shutdown", READ)
JOBS = Source("https://learn.microsoft.com/azure/container-apps/jobs", READ)

RECORD = "azure-native:dns:RecordSet"
# Characters of an app's name and its revision's together: what Azure's refusal says (ContainerAppInvalidRevisionName).
LONGEST_REVISION = 54
SUFFIX = r"[a-z](?!.*--)([a-z0-9-]*[a-z0-9])?"
HOST = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])")
# Kinds of rules, and what KEDA wants of those that a service is scaled by.
KINDS = ("http", "tcp", "azureQueue", "custom")
METADATA = {
    "cpu": ("type", "value"),
    "memory": ("type", "value"),
    "cron": ("timezone", "start", "end", "desiredReplicas"),
}

RULES = (
    Rule("configuration.ingress.targetPort", INGRESS, "be a port", least=1, most=65535),
    Rule("template.scale.minReplicas", SCALE, "be from 0 to 1000", least=0, most=limits.MOST_REPLICAS),
    Rule("template.scale.maxReplicas", SCALE, "be from 1 to 1000", least=1, most=limits.MOST_REPLICAS),
    Rule(
        "template.terminationGracePeriodSeconds", ENDING, "be from 0 to 600 seconds", least=0, most=limits.LONGEST_STOP
    ),
)
JOB_RULES = (
    Rule("configuration.replicaTimeout", JOBS, "be a second or more", least=1),
    Rule("configuration.replicaRetryLimit", JOBS, "be 0 or more", least=0),
    *(
        Rule(f"configuration.{kind}TriggerConfig.{name}", JOBS, "be 1 or more", least=1)
        for kind in ("manual", "schedule")
        for name in ("parallelism", "replicaCompletionCount")
    ),
)
STARTS = {
    "Manual": "manualTriggerConfig",
    "Schedule": "scheduleTriggerConfig",
    "Event": "eventTriggerConfig",
}
started = only("configuration.triggerType", STARTS, JOBS)


def scaling(_type: str, inputs: Values) -> Iterator[Problem]:
    """An app's bounds on replicas, and what it grows by."""
    low, high = one(inputs, "template.scale.minReplicas"), one(inputs, "template.scale.maxReplicas")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield Problem("template.scale.minReplicas", f"{low} is more than maxReplicas, {high}")
    names: list[Any] = []
    kinds: list[str] = []
    for path, rule in found(inputs, "template.scale.rules[*]"):
        name, given = one(rule, "name"), [kind for kind in KINDS if one(rule, kind) is not None]
        if isinstance(name, str) and name in names:
            yield Problem(f"{path}.name", f"{name!r} is there twice ({SCALE})")
        names.append(name)
        if rule is not UNKNOWN and len(given) != 1:
            yield Problem(path, f"is of one kind: {', '.join(KINDS)} ({SCALE})")
        kinds += [str(one(rule, "custom.type")) if kind == "custom" else kind for kind in given]
        yield from _rule(path, rule)
    if low == 0 and kinds and len(kinds) == len(names) and {*kinds} <= {"cpu", "memory"}:
        yield Problem("template.scale.minReplicas", f"{' and '.join(kinds)} alone start nothing from zero ({SCALE})")


def awake(_type: str, inputs: Values) -> Iterator[Problem]:
    """That what nobody can ask starts by itself: from zero nothing else starts it."""
    least, rules = one(inputs, "template.scale.minReplicas"), one(inputs, "template.scale.rules")
    asked = forms.given(inputs, "configuration.ingress")
    if not asked and least in (None, 0) and rules in (None, []) and not hidden(inputs, "template.scale.minReplicas"):
        yield Problem("template.scale.minReplicas", f"without ingress or a rule it never starts ({SCALE})")


def _rule(path: str, rule: Any) -> Iterator[Problem]:
    """How many requests a replica has, and that a custom rule has what its kind wants, all in strings."""
    asked = one(rule, "http.metadata.concurrentRequests")
    if isinstance(asked, str) and not re.fullmatch(r"[1-9]\d*", asked):
        yield Problem(f"{path}.http.metadata.concurrentRequests", f"{asked!r} is no number from 1 on ({SCALE})")
    kind, metadata = one(rule, "custom.type"), one(rule, "custom.metadata")
    for name in METADATA.get(str(kind), ()):
        if isinstance(metadata, dict) and name not in metadata:
            yield Problem(f"{path}.custom.metadata.{name}", f"{kind} wants it ({SCALE})")


def traffic(_type: str, inputs: Values) -> Iterator[Problem]:
    """That traffic is shared out whole, among revisions of this app."""
    entries = list(found(inputs, "configuration.ingress.traffic[*]"))
    shares: list[Any] = [one(entry, "weight") or 0 for _, entry in entries]
    if shares and not hidden(inputs, "configuration.ingress.traffic[*].weight") and sum(shares) != 100:
        yield Problem("configuration.ingress.traffic", f"the weights add up to {sum(shares)}, not 100 ({TRAFFIC})")
    name, labels = inputs.get("containerAppName"), [one(entry, "label") for _, entry in entries]
    for path, entry in entries:
        revision, newest, label = (one(entry, each) for each in ("revisionName", "latestRevision", "label"))
        if entry is not UNKNOWN and (revision is None) is not (newest is True or newest is UNKNOWN):
            yield Problem(path, f"names a revision, or is of the latest ({TRAFFIC})")
        if isinstance(revision, str) and isinstance(name, str) and not revision.startswith(f"{name}--"):
            yield Problem(f"{path}.revisionName", f"{revision!r} is no revision of {name} ({TRAFFIC})")
        if isinstance(label, str) and labels.count(label) > 1:
            yield Problem(f"{path}.label", f"{label!r} is there twice ({TRAFFIC})")
    if str(one(inputs, "configuration.activeRevisionsMode") or "Single").lower() == "single":
        yield from _single(entries)


def _single(entries: list[tuple[str, Any]]) -> Iterator[Problem]:
    """That where one revision is active there is nothing to share out, and none has an address of its own."""
    if len(entries) > 1:
        yield Problem("configuration.ingress.traffic", f"goes to several revisions, but one is active ({REVISIONS})")
    for path, entry in entries:
        if one(entry, "label") is not None:
            yield Problem(f"{path}.label", f"wants several active revisions ({REVISIONS})")


def sticky(_type: str, inputs: Values) -> Iterator[Problem]:
    """That clients stay at a replica only where one revision is active."""
    mode = one(inputs, "configuration.activeRevisionsMode") or "Single"
    kept = one(inputs, "configuration.ingress.stickySessions.affinity")
    if kept == "sticky" and isinstance(mode, str) and mode.lower() != "single":
        yield Problem("configuration.ingress.stickySessions.affinity", f"wants one active revision ({STICKY})")


def revision(_type: str, inputs: Values) -> Iterator[Problem]:
    """What a revision may be called."""
    name, given = inputs.get("containerAppName"), one(inputs, "template.revisionSuffix")
    if not isinstance(given, str) or not given:
        return
    if not re.fullmatch(SUFFIX, given):
        says = f"{given!r} must be lower-case letters, digits and single hyphens, from a letter on"
        yield Problem("template.revisionSuffix", f"{says} ({REVISIONS})")
    elif isinstance(name, str) and len(f"{name}--{given}") > LONGEST_REVISION:
        says = f"{name}--{given} has more than {LONGEST_REVISION} characters"
        yield Problem("template.revisionSuffix", f"{says} ({REVISIONS})")


def domains(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a domain is one, and is bound to a certificate where it says so."""
    for path, domain in found(inputs, "configuration.ingress.customDomains[*]"):
        name, binding = one(domain, "name"), str(one(domain, "bindingType"))
        if isinstance(name, str) and not HOST.fullmatch(name):
            yield Problem(f"{path}.name", f"{name!r} is no domain ({DOMAINS})")
        certificate = one(domain, "certificateId")
        if binding == "SniEnabled" and certificate is None:
            yield Problem(f"{path}.certificateId", f"wanted by SniEnabled ({DOMAINS})")
        if binding == "Disabled" and certificate not in (None, UNKNOWN):
            yield Problem(f"{path}.certificateId", f"does not go with Disabled ({DOMAINS})")


def proven(inputs: Values, others: Others) -> Iterator[Problem]:
    """That the plan proves whose a domain is, where it has records of it."""
    records = [(str(record.get("recordType")), str(record.get("fqdn"))) for _, record in others(RECORD)]
    for path, name in found(inputs, "configuration.ingress.customDomains[*].name"):
        ours = any(isinstance(name, str) and fqdn.endswith(f"{name}.") for _, fqdn in records)
        if ours and ("TXT", f"asuid.{name}.") not in records:
            yield Problem(path, f"{name}: there is no TXT record asuid.{name} in this plan ({DOMAINS})")


def restrictions(_type: str, inputs: Values) -> Iterator[Problem]:
    """That all of them let in, or all of them keep out."""
    actions = {value for _, value in found(inputs, "configuration.ingress.ipSecurityRestrictions[*].action")}
    if len(actions - {UNKNOWN}) > 1:
        path = "configuration.ingress.ipSecurityRestrictions"
        yield Problem(path, f"all of them allow, or all of them deny ({BLOCKS})")
    for path, block in found(inputs, "configuration.ingress.ipSecurityRestrictions[*].ipAddressRange"):
        reason = judges.block(block, strict=False) if isinstance(block, str) and "/" in block else ""
        yield from judges.told(path, f"{reason} ({BLOCKS})" if reason else "")
