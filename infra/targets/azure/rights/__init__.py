"""The rights on Azure of whoever deploys a stack: custom roles, made from what the stack's plan makes and asks."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from infra.targets.azure.names import stack_name
from infra.targets.azure.rights.demands import Act, Demand, Stack
from infra.targets.azure.rights.state import State
from infra.targets.azure.rights.table import DATA, FUNCTIONS, KEY, NOTHING, RIGHTS, STATE, Rights
from infra.targets.rights import REVIEWS, Deployer, listed

_DEPLOY = ("create", "read", "update", "delete", "use")
_TABLE = "infra/targets/azure/rights/table.py"

# What the names of roles end in that are given elsewhere than on the subscription, by what they are given on.
_ENDS = {
    "containers": "state",
    "dnsZones": "zone",
    "keys": "key",
    "managedClusters": "cluster",
    "subnets": "network",
    "virtualNetworks": "network",
}

_ROLE_GIVEN = "Microsoft.Authorization/roleAssignments:RoleDefinitionId"
_WHO_GETS_IT = "Microsoft.Authorization/roleAssignments:PrincipalType"


def documents(deployer: Deployer) -> dict[str, Any]:
    """The roles by name: `<service>-<stack>-deploy` or `-preview`, and one more for each other place or condition.

    Each is the `role` as Azure Resource Manager takes its properties, the id of what it is given `on`, and the
    `condition` under which it is, if any.

    Raises:
        DeploymentError: a type or a function of the plan has no rights in `table.py`.
    """
    kind = "preview" if deployer.reads else "deploy"
    whose = stack_of(deployer)
    made: dict[str, Any] = {}
    for end, permissions, on, roles in _parts(_demands(deployer, whose), whose):
        name = f"{deployer.service}-{deployer.called}-{kind}{end}"
        condition = {"condition": _only(roles)} if roles else {}
        made[name] = {"role": _role(name, permissions, on, whose), "on": on, **condition}
    return made


def state_of(deployer: Deployer) -> State:
    """Where the state lies; a bucket is another platform's."""
    return State(_subscription(deployer), deployer.keeps, deployer.state if "/" in deployer.state else "")


def stack_of(deployer: Deployer) -> Stack:
    """Whose resources they are."""
    if deployer.stack == REVIEWS:
        # What is cut of a name ends with a hash, and of so few characters nothing is.
        return Stack(_subscription(deployer), f"{stack_name(deployer.service, 'review')}-*")
    return Stack(_subscription(deployer), stack_name(deployer.service, deployer.stack))


def known(type_: str) -> Rights:
    """The rights of a type of resource. Raises DeploymentError for one that the table does not know."""
    # What may be done in a cluster is said there, by the roles that are given on it.
    if type_.startswith("kubernetes:"):
        return NOTHING
    return listed(RIGHTS, type_, _TABLE)


def asked(token: str) -> Rights:
    """The rights of a function. Raises DeploymentError for one that the table does not know."""
    return listed(FUNCTIONS, token, _TABLE)


def _subscription(deployer: Deployer) -> str:
    return str(deployer.options.get("subscription", "*"))


def _demands(deployer: Deployer, whose: Stack) -> Iterator[Demand]:
    state = state_of(deployer)
    parts: list[tuple[Rights, Mapping[str, Any]]] = [(STATE, {"container": state.container}), (KEY, {"key": state.key})]
    parts += [(known(made.type), made.inputs) for made in deployer.made]
    parts += [(asked(token), arguments) for token, arguments in deployer.asked]
    for rights, inputs in parts:
        for name in ("read",) if deployer.reads else _DEPLOY:
            yield from Act(name, rights, inputs, whose).demands()


_Part = tuple[str, list[str], str, list[str]]


def _parts(demands: Iterable[Demand], whose: Stack) -> Iterator[_Part]:
    """The end of a role's name, its permissions, what it is given on, and the roles that it may give, if any."""
    together: dict[tuple[str, bool], set[Demand]] = {}
    for demand in demands:
        together.setdefault((demand.on, bool(demand.role)), set()).add(demand)
    numbers: dict[str, int] = {}
    for (on, grants), those in sorted(together.items()):
        place = "" if on == whose.id else f"-{_ENDS.get(on.split('/')[-2], 'elsewhere')}"
        end = f"{place}-grants" if grants else place
        numbers[end] = numbers.get(end, 0) + 1
        roles = sorted({each.role for each in those} - {""})
        numbered = end if numbers[end] == 1 else f"{end}-{numbers[end]}"
        yield numbered, sorted({each.permission for each in those}), on, roles


def _role(name: str, permissions: list[str], on: str, whose: Stack) -> dict[str, Any]:
    where = "/".join(on.split("/")[:3])
    return {
        # It is one in the whole directory, which may have other subscriptions.
        "roleName": f"{name} ({whose.subscription})",
        "description": f"What {name} takes, by the stack's plan.",
        "type": "CustomRole",
        "permissions": [
            {
                "actions": [each for each in permissions if each not in DATA],
                "notActions": [],
                "dataActions": [each for each in permissions if each in DATA],
                "notDataActions": [],
            }
        ],
        "assignableScopes": [where],
    }


def _only(roles: list[str]) -> str:
    """That only these roles are given and taken, and only to what is no person.

    https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples, read 2026-11-30.
    """
    those = ", ".join(roles)
    told = [
        f"((!(ActionMatches{{'Microsoft.Authorization/roleAssignments/{verb}'}})) OR "
        f"(@{source}[{_ROLE_GIVEN}] ForAnyOfAnyValues:GuidEquals {{{those}}} AND "
        f"@{source}[{_WHO_GETS_IT}] ForAnyOfAnyValues:StringEqualsIgnoreCase {{'ServicePrincipal'}}))"
        for verb, source in (("write", "Request"), ("delete", "Resource"))
    ]
    return " AND ".join(told)
