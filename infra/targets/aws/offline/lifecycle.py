"""What ECR demands of a lifecycle policy."""

import json
from collections.abc import Iterator
from typing import Any

from infra.targets.aws.offline.names import READ
from tools.offline.backend import Problem
from tools.offline.judge import found
from tools.offline.tables import Source
from tools.offline.values import UNKNOWN, Values

POLICY = Source("https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html", READ)
WANTED = ("rulePriority", "selection", "action")
SELECTED = ("tagStatus", "countType", "countNumber")
CHOICES = {
    "tagStatus": ("tagged", "untagged", "any"),
    "countType": ("imageCountMoreThan", "sinceImagePulled", "sinceImagePushed", "sinceImageTransitioned"),
}


def judge(type_: str, inputs: Values) -> Iterator[Problem]:
    """What is wrong with a repository's policy."""
    given = inputs.get("policy")
    if type_ != "aws:ecr/lifecyclePolicy:LifecyclePolicy" or given in (None, UNKNOWN):
        return
    try:
        document: Any = json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        yield Problem("policy", f"is not JSON: {error}")
        return
    rules: list[Any] = [rule for _, rule in found({"policy": document}, "policy.rules[*]")]
    if not rules:
        yield Problem("policy", f"has no rules ({POLICY})")
    for index, rule in enumerate(rules):
        yield from _rule(rule, f"policy.rules[{index}]")
    priorities: list[Any] = [number for _, number in found({"it": rules}, "it[*].rulePriority")]
    if len({*map(str, priorities)}) < len(priorities):
        yield Problem("policy", f"two rules have the same rulePriority ({POLICY})")


def _rule(rule: Any, path: str) -> Iterator[Problem]:
    named: list[str] = [name for name in WANTED if not any(found(rule, name))]
    named += [f"selection.{name}" for name in SELECTED if not any(found(rule, f"selection.{name}"))]
    for name in named:
        yield Problem(f"{path}.{name}", f"required, but missing ({POLICY})")
    for name, choices in CHOICES.items():
        for at, value in found(rule, f"selection.{name}"):
            if value not in (*choices, UNKNOWN):
                yield Problem(f"{path}.{at}", f"{value!r} is none of {', '.join(choices)} ({POLICY})")
