"""Holds IAM policy documents against the grammar of policies and the actions that there are."""

# policy-sentry has no types of its own.
# pyright: basic

import fnmatch
import functools
import json
import re
from collections.abc import Iterator
from typing import Any

from tools.offline.backend import Problem
from tools.offline.once import once
from tools.offline.values import UNKNOWN, Values

# The inputs that are policies: of an identity, of who may be one, and of a resource, which may be left to its service.
DOCUMENTS = {
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": {"policyDocument": "attached"},
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"policy": "attached"},
    "aws:ecr/repositoryPolicy:RepositoryPolicy": {"policy": "resource"},
    "aws:iam/policy:Policy": {"policy": "identity"},
    "aws:iam/role:Role": {"assumeRolePolicy": "trust"},
    "aws:iam/rolePolicy:RolePolicy": {"policy": "identity"},
    "aws:kms/key:Key": {"policy": "attached"},
    "aws:s3/bucketPolicy:BucketPolicy": {"policy": "attached"},
    "aws:secretsmanager/secret:Secret": {"policy": "attached"},
    "aws:sns/topic:Topic": {"policy": "attached"},
    "aws:sns/topicPolicy:TopicPolicy": {"policy": "attached"},
}
# What each statement of such a policy must have, and what it must not.
WANTED = {"attached": ("Principal", "Resource"), "identity": ("Resource",), "resource": (), "trust": ("Principal",)}
REFUSED = {"identity": ("Principal",), "trust": ("Resource",)}

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html, as of 2026-11-23.
TOP = {"Version", "Id", "Statement"}
STATEMENT = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
VERSIONS = {"2012-10-17", "2008-10-17"}
PAIRS = ("Action", "Principal", "Resource")
SID = re.compile(r"[A-Za-z0-9]*")
ARN = re.compile(r"\*|arn:[^:]+:[^:]*:[^:]*:[^:]*:.+")

# .../IAM/latest/UserGuide/reference_policies_elements_condition_operators.html, as of 2026-11-23.
OPERATOR = re.compile(
    r"(For(AllValues|AnyValue):)?"
    r"(String(Not)?(Equals(IgnoreCase)?|Like)|(Numeric|Date)((Not)?Equals|(LessThan|GreaterThan)(Equals)?)"
    r"|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like)|Null)"
    r"(IfExists)?",
    re.IGNORECASE,
)


def judge(type_: str, inputs: Values) -> Iterator[Problem]:
    """What is wrong with each policy among the inputs."""
    for name, kind in DOCUMENTS.get(type_, {}).items():
        value = inputs.get(name)
        if value is None or value is UNKNOWN:
            continue
        try:
            document = json.loads(value) if isinstance(value, str) else value
        except ValueError as error:
            yield Problem(name, f"is not JSON: {error}")
            continue
        yield from _document(document, kind, name)


def _document(document: Any, kind: str, path: str) -> Iterator[Problem]:
    if not isinstance(document, dict):
        yield Problem(path, "is no policy: an object with Version and Statement is wanted")
        return
    yield from _strangers(document, TOP, path)
    if document.get("Version") not in VERSIONS:
        yield Problem(f"{path}.Version", f"{document.get('Version')!r} is none of {', '.join(sorted(VERSIONS))}")
    given = document.get("Statement")
    statements = given if isinstance(given, list) else [given]
    if not statements:
        yield Problem(f"{path}.Statement", "has no statements")
    for index, statement in enumerate(statements):
        where = f"{path}.Statement[{index}]"
        if isinstance(statement, dict):
            yield from _statement(statement, kind, where)
        else:
            yield Problem(where, "is no statement")
    names = [each["Sid"] for each in statements if isinstance(each, dict) and each.get("Sid")]
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        yield Problem(f"{path}.Statement", f"two statements have the Sid {name!r}")


def _statement(statement: dict[str, Any], kind: str, path: str) -> Iterator[Problem]:
    yield from _strangers(statement, STATEMENT, path)
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield Problem(f"{path}.Effect", f"{statement.get('Effect')!r} is neither Allow nor Deny")
    if not {"Action", "NotAction"} & statement.keys():
        yield Problem(path, "has no Action")
    yield from _parts(statement, kind, path)
    yield from _elements(statement, kind, path)
    for name in ("Action", "NotAction"):
        for action in _listed(statement.get(name)):
            if isinstance(action, str) and not _is_action(action):
                yield Problem(f"{path}.{name}", f"{action!r} is no action of AWS (policy-sentry's list)")
            elif isinstance(action, str) and kind == "trust" and not action.lower().startswith("sts:"):
                yield Problem(f"{path}.{name}", f"{action!r}: a trust policy allows actions of sts alone")
    for resource in _listed(statement.get("Resource")):
        if isinstance(resource, str) and not ARN.fullmatch(resource):
            yield Problem(f"{path}.Resource", f"{resource!r} is neither an ARN nor *")


def _parts(statement: dict[str, Any], kind: str, path: str) -> Iterator[Problem]:
    """What a statement of this kind of policy must have, and what it must not."""
    for name in WANTED[kind]:
        if not {name, f"Not{name}"} & statement.keys():
            yield Problem(path, f"has no {name}")
    for name in REFUSED.get(kind, ()):
        if {name, f"Not{name}"} & statement.keys():
            yield Problem(path, f"a {name} has no place in this kind of policy")


def _elements(statement: dict[str, Any], kind: str, path: str) -> Iterator[Problem]:
    """The form of each element, and which go together."""
    for name in PAIRS:
        if {name, f"Not{name}"} <= statement.keys():
            yield Problem(path, f"has both {name} and Not{name}")
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        value = statement.get(name, "*")
        if value in ("", []):
            yield Problem(f"{path}.{name}", "is empty")
        elif not all(isinstance(each, str) for each in _listed(value)) or value is None:
            yield Problem(f"{path}.{name}", f"{value!r} is neither a string nor a list of strings")
    sid = statement.get("Sid", "")
    if kind in ("identity", "trust") and not (isinstance(sid, str) and SID.fullmatch(sid)):
        yield Problem(f"{path}.Sid", f"{sid!r} must be letters and digits")
    condition = statement.get("Condition", {})
    if not isinstance(condition, dict):
        yield Problem(f"{path}.Condition", f"{condition!r} is no condition")
        return
    for operator, keys in condition.items():
        if not OPERATOR.fullmatch(operator):
            yield Problem(f"{path}.Condition.{operator}", "no such operator of a condition")
        elif not isinstance(keys, dict) or not keys:
            yield Problem(f"{path}.Condition.{operator}", "holds no keys against values")


def _strangers(given: dict[str, Any], known: set[str], path: str) -> Iterator[Problem]:
    for name in given.keys() - known:
        yield Problem(f"{path}.{name}", f"no such element of a policy; there are {', '.join(sorted(known))}")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_action(action: str) -> bool:
    if action == "*":
        return True
    known = _actions()
    return action.lower() in known if "*" not in action and "?" not in action else _matches(action.lower())


@functools.cache
def _matches(pattern: str) -> bool:
    return any(fnmatch.fnmatchcase(action, pattern) for action in _actions())


@once
def _actions() -> frozenset[str]:
    from policy_sentry.querying.all import get_all_actions

    return frozenset(action.lower() for action in get_all_actions())
