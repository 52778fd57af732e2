"""The rights on AWS of whoever deploys a stack: IAM policies, made from what the stack's plan makes and asks."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from infra.errors import DeploymentError
from infra.targets.aws.rights.demands import Act, Condition, Demand, Place, partition_of
from infra.targets.aws.rights.reference import action as described
from infra.targets.aws.rights.table import FUNCTIONS, NOTHING, PROVIDER, RIGHTS, STATE, Rights
from infra.targets.rights import REVIEWS, Deployer, listed

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
    return {f"{deployer.service}-{deployer.called}-{kind}-{n}": each for n, each in enumerate(packed, 1)}


def state_bucket(service: str, account: str) -> str:
    """The bucket that `make bootstrap` makes for the state of all the service's stacks in an account."""
    return f"{service}-state-{account or '*'}"


def alias(deployer: Deployer) -> str:
    """The name of the key that encrypts the stack's secrets, in its state and its file."""
    return f"alias/{deployer.key}"


def boundary_arn(deployer: Deployer) -> str:
    """The policy that bounds the roles of all stacks of pull requests, which `make bootstrap` makes."""
    partition = partition_of(str(deployer.options.get("region")))
    return f"arn:{partition}:iam::{deployer.account or '*'}:policy/{deployer.service}-{deployer.called}-boundary"


def boundary(deployer: Deployer) -> dict[str, Any]:
    """What the roles of the plan may do together by their own policies, and so each of them at most.

    What managed policies give them stands in no plan: the account knows it.

    Raises:
        DeploymentError: a plan does not know what one of them may do.
    """
    statements: list[dict[str, Any]] = []
    for made in deployer.made:
        if made.type != "aws:iam/rolePolicy:RolePolicy":
            continue
        try:
            told = json.loads(str(made.inputs["policy"]))["Statement"]
        except (KeyError, TypeError, ValueError):
            raise DeploymentError(f"no plan knows what {made.inputs.get('name')} gives its role") from None
        statements += [each for each in (_in(deployer, one) for one in told) if each not in statements]
    return _document(*sorted(statements, key=json.dumps))


def attached(deployer: Deployer) -> list[str]:
    """The managed policies that the plan gives its roles."""
    kind = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    return sorted({str(made.inputs.get("policyArn")) for made in deployer.made if made.type == kind})


def _in(deployer: Deployer, told: Any) -> Any:
    """The same with ARNs of the account, where the stand-ins made one up."""
    match told:
        case str() if told.startswith("arn:") and told.count(":") >= _ARN:
            start, _, service, region, account, rest = told.split(":", _ARN)
            partition = partition_of(str(deployer.options.get("region")))
            return ":".join(
                (start, partition, service, region, (account.isdigit() and deployer.account) or account, rest)
            )
        case Mapping():
            return {name: _in(deployer, each) for name, each in cast("Mapping[str, Any]", told).items()}
        case list():
            return [_in(deployer, each) for each in cast("list[Any]", told)]
        case _:
            return told


# Colons of an ARN.
_ARN = 5


def known(type_: str) -> Rights:
    """The rights of a type of resource. Raises DeploymentError for one that the table does not know.

    In a cluster it is the cluster that allows something: by who made it, and by its access entries.
    """
    if type_.startswith("kubernetes:"):
        return NOTHING
    return listed(RIGHTS, type_, _TABLE)


def asked(token: str) -> Rights:
    """The rights of a function. Raises DeploymentError for one that the table does not know."""
    return listed(FUNCTIONS, token, _TABLE)


_TABLE = "infra/targets/aws/rights/table.py"


def _demands(deployer: Deployer) -> Iterator[Demand]:
    tags = {"slipway:service": deployer.service, "slipway:stack": deployer.stack}
    region, bounded = (str(deployer.options.get(name) or "") for name in ("region", "boundary"))
    if deployer.stack == REVIEWS:
        bounded = boundary_arn(deployer)
    place = Place(region or "*", deployer.account or "*", tags, bounded)
    bucket = {"bucket": deployer.state or state_bucket(deployer.keeps, deployer.account)}
    parts: list[tuple[Rights, Mapping[str, Any]]] = [(PROVIDER, {}), (STATE, bucket)]
    parts += [(known(made.type), made.inputs) for made in deployer.made]
    parts += [(asked(token), arguments) for token, arguments in deployer.asked]
    for rights, inputs in parts:
        for name in ("read",) if deployer.reads else _DEPLOY:
            yield from Act(name, rights, inputs, place).demands()
    yield from _key(deployer, place)


def _key(deployer: Deployer, place: Place) -> Iterator[Demand]:
    """What Pulumi does with the key: it encrypts a stack's own once, and decrypts that in every run.

    Decrypting names no key, so the alias must be one that the key has, not one that was asked for. Read 2026-11-30:
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-resource-aliases
    """
    held: Condition = ("ForAnyValue:StringEquals", "kms:ResourceAliases", (alias(deployer),))
    only_reads = deployer.reads or deployer.stack == REVIEWS
    for name in ("kms:Decrypt",) if only_reads else ("kms:Decrypt", "kms:Encrypt"):
        yield Demand(name, place.arn(described(name).kinds["kms:key"], "*"), (held,))


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
