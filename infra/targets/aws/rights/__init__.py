"""The rights on AWS of whoever deploys a stack: IAM policies, made from what the stack's plan makes and asks."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from infra.targets.aws.rights.demands import Act, Condition, Demand, Place
from infra.targets.aws.rights.table import FUNCTIONS, PROVIDER, RIGHTS, STATE, Rights
from infra.targets.rights import Deployer, listed

# Characters in a managed policy, whitespace left out:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, read 2026-11-23.
LONGEST = 6144

_DEPLOY = ("create", "read", "update", "delete", "use")


def documents(deployer: Deployer) -> dict[str, Any]:
    """The policies by name: `<service>-<stack>-deploy-1`, or `-preview-1`, and as many as IAM's limit makes of them.

    Raises:
        DeploymentError: a type or a function of the plan has no rights in `table.py`.
    """
    kind = "preview" if deployer.reads else "deploy"
    packed = _packed(_statements(set(_demands(deployer))))
    return {f"{deployer.service}-{deployer.stack}-{kind}-{n}": each for n, each in enumerate(packed, 1)}


def state_bucket(service: str, account: str) -> str:
    """The bucket that `make bootstrap` makes for the state of all the service's stacks in an account."""
    return f"{service}-state-{account or '*'}"


def known(type_: str) -> Rights:
    """The rights of a type of resource. Raises DeploymentError for one that the table does not know."""
    return listed(RIGHTS, type_, _TABLE)


def asked(token: str) -> Rights:
    """The rights of a function. Raises DeploymentError for one that the table does not know."""
    return listed(FUNCTIONS, token, _TABLE)


_TABLE = "infra/targets/aws/rights/table.py"


def _demands(deployer: Deployer) -> Iterator[Demand]:
    tags = {"slipway:service": deployer.service, "slipway:stack": deployer.stack}
    place = Place(str(deployer.options.get("region", "*")), deployer.account or "*", tags)
    bucket = {"bucket": deployer.state or state_bucket(deployer.service, deployer.account)}
    parts: list[tuple[Rights, Mapping[str, Any]]] = [(PROVIDER, {}), (STATE, bucket)]
    parts += [(known(made.type), made.inputs) for made in deployer.made]
    parts += [(asked(token), arguments) for token, arguments in deployer.asked]
    for rights, inputs in parts:
        for name in ("read",) if deployer.reads else _DEPLOY:
            yield from Act(name, rights, inputs, place).demands()


def _statements(demands: Iterable[Demand]) -> Iterator[dict[str, Any]]:
    """A statement for the actions that have the same resources and conditions.

    What the stack's tags tell from others' stands together by service: an action takes no other kind than its own.
    """
    resources: dict[tuple[tuple[Condition, ...], str], set[str]] = {}
    for demand in demands:
        resources.setdefault((demand.conditions, demand.action), set()).add(demand.resource)
    together: dict[tuple[tuple[Condition, ...], object], list[tuple[str, set[str]]]] = {}
    for (conditions, action), named in sorted(resources.items()):
        by_tags = any(key.startswith("aws:ResourceTag/") for _, key, _ in conditions)
        alike = action.partition(":")[0] if by_tags else frozenset(named)
        together.setdefault((conditions, alike), []).append((action, named))
    for (conditions, _), group in together.items():
        yield _statement([action for action, _ in group], {each for _, named in group for each in named}, conditions)


def _statement(actions: list[str], resources: set[str], conditions: tuple[Condition, ...]) -> dict[str, Any]:
    told: dict[str, dict[str, Any]] = {}
    for operator, key, values in conditions:
        told.setdefault(operator, {})[key] = values[0] if len(values) == 1 else list(values)
    statement = {"Effect": "Allow", "Action": actions, "Resource": sorted(resources)}
    return {**statement, "Condition": told} if told else statement


def _packed(statements: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Documents that are as long as they may be."""
    document: dict[str, Any] = _document()
    for statement in statements:
        if document["Statement"] and length(_document(*document["Statement"], statement)) > LONGEST:
            yield document
            document = _document()
        document["Statement"].append(statement)
    yield document


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [*statements]}


def length(document: dict[str, Any]) -> int:
    """A policy's length as IAM counts it."""
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False))
