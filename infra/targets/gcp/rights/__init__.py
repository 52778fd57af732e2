"""The rights on Google Cloud of whoever deploys a stack: roles, made from what the stack's plan makes and asks."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from infra.errors import DeploymentError
from infra.targets.gcp.rights.demands import Act, Demand, beginning, named
from infra.targets.gcp.rights.table import FUNCTIONS, GRANTS, LOOKING, OBJECTS, RIGHTS, SECRET, STATE, Rights
from infra.targets.rights import REVIEWS, Deployer, listed

# https://cloud.google.com/iam/docs/creating-custom-roles and https://cloud.google.com/iam/quotas, read 2026-11-29.
LONGEST_ROLE, MOST_PERMISSIONS = 64, 3000

# A condition has at most 12 of && and ||; a secret that is named whole takes two:
# https://cloud.google.com/iam/quotas, read 2026-11-29.
_SECRETS_AT_ONCE = 6

_DEPLOY = ("create", "read", "update", "delete", "use")
_TABLE = "infra/targets/gcp/rights/table.py"


def documents(deployer: Deployer) -> dict[str, Any]:
    """The roles by their ids: `<service>_<stack>_deploy` or `_preview`, and one more for each other place or condition.

    Each is the `role` as IAM's API takes it, what it is given `on` by its full name, and the `condition`, if any.

    Raises:
        DeploymentError: a type or a function of the plan has no rights in `table.py`, or a name is too long.
    """
    kind = "preview" if deployer.reads else "deploy"
    begin = re.sub(r"[^A-Za-z0-9]", "_", f"{deployer.service}_{deployer.called}_{kind}")
    made = {
        f"{begin}{part}": _document(deployer, kind, permissions, on, condition)
        for part, permissions, on, condition in _parts(_demands(deployer), named("project", _project(deployer)))
    }
    for name in made:
        if len(name) > LONGEST_ROLE:
            rule = f"the role {name} has more than the {LONGEST_ROLE} characters that IAM allows"
            raise DeploymentError(f"{rule}. Fix: give the stack a shorter name")
    return made


def state_bucket(service: str, project: str) -> str:
    """The bucket that `make bootstrap` makes for the state of all the service's stacks in a project."""
    return f"{service}-state-{project}"


def key(deployer: Deployer) -> tuple[str, str]:
    """The key ring and the key that encrypt the stack's secrets, in its state and its file: each by its place."""
    ring = f"locations/{deployer.options.get('region', '*')}/keyRings/{deployer.service}"
    return ring, f"{ring}/cryptoKeys/{deployer.base or deployer.stack}"


def known(type_: str) -> Rights:
    """The rights of a type of resource. Raises DeploymentError for one that the table does not know."""
    return listed({**RIGHTS, **OBJECTS}, type_, _TABLE)


def asked(token: str) -> Rights:
    """The rights of a function. Raises DeploymentError for one that the table does not know."""
    return listed(FUNCTIONS, token, _TABLE)


def _project(deployer: Deployer) -> str:
    return str(deployer.options.get("project", "*"))


def _demands(deployer: Deployer) -> Iterator[Demand]:
    project = _project(deployer)
    bucket = {"bucket": deployer.state or state_bucket(deployer.keeps, project)}
    parts: list[tuple[Rights, Mapping[str, Any]]] = [(LOOKING, {}), (STATE, bucket)]
    parts += [(known(made.type), made.inputs) for made in deployer.made]
    parts += [(asked(token), arguments) for token, arguments in deployer.asked]
    for rights, inputs in parts:
        for name in ("read",) if deployer.reads else _DEPLOY:
            yield from Act(name, rights, inputs, project).demands()
    # Pulumi encrypts a stack's own key by it once, and decrypts that in every run.
    only_reads = deployer.reads or deployer.stack == REVIEWS
    for use in ("useToDecrypt",) if only_reads else ("useToDecrypt", "useToEncrypt"):
        yield Demand(f"cloudkms.cryptoKeyVersions.{use}", named("key", project, key(deployer)[1]))


_Part = tuple[str, list[str], str, dict[str, str] | None]


def _parts(demands: Iterable[Demand], here: str) -> Iterator[_Part]:
    """The end of a role's id, its permissions, where it is given, and under which condition."""
    held: dict[tuple[str, str, str], set[str]] = {}
    for demand in demands:
        held.setdefault((demand.on, demand.held, demand.permission), set()).add(demand.to)
    together: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (on, kind, permission), to in sorted(held.items()):
        together.setdefault((on, kind, tuple(sorted(to))), []).append(permission)
    numbers: dict[str, int] = {}
    # What is given on the project comes first, as it has the plainest name.
    for (on, kind, to), permissions in sorted(together.items(), key=lambda each: (each[0][0] != here, each[0])):
        end = _ENDS[kind] or next(end for service, end in _PLACES.items() if on.startswith(f"//{service}."))
        if on.startswith("//cloudresourcemanager.") and on != here:
            end = f"{end}_elsewhere"
        for condition in _conditions(kind, to):
            numbers[end] = numbers.get(end, 0) + 1
            yield (end if numbers[end] == 1 else f"{end}_{numbers[end]}"), permissions, on, condition


# What the ids of roles end in that are held to something, or given elsewhere than on the project.
_ENDS = {"": "", GRANTS: "_grants", SECRET: "_secrets"}
_PLACES = {"cloudkms": "_key", "cloudresourcemanager": "", "dns": "_zone", "storage": "_state"}


def _conditions(kind: str, to: tuple[str, ...]) -> Iterator[dict[str, str] | None]:
    """The condition under which permissions are given; several where one would be too long."""
    match kind:
        case "grants":
            # https://cloud.google.com/iam/docs/setting-limits-on-granting-roles, read 2026-11-29.
            roles = ", ".join(f"'{role}'" for role in to)
            expression = f"api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([{roles}])"
            yield {"title": "Only the roles that the stack gives", "expression": expression}
        case "secret":
            for first in range(0, len(to), _SECRETS_AT_ONCE):
                expression = " || ".join(_secret(name) for name in to[first : first + _SECRETS_AT_ONCE])
                yield {"title": "Only the stack's secrets", "expression": expression}
        case _:
            yield None


def _secret(name: str) -> str:
    """A secret and its versions. Google names them by the project's number, which no plan knows."""
    told, begun = "resource.name.extract('/secrets/{name}')", beginning(name)
    if begun != name:
        return f"{told}.startsWith('{begun}')"
    return f"{told} == '{name}' || {told}.startsWith('{name}/')"


def _document(
    deployer: Deployer, kind: str, permissions: list[str], on: str, condition: dict[str, str] | None
) -> dict[str, Any]:
    if len(permissions) > MOST_PERMISSIONS:
        rule = f"IAM allows {MOST_PERMISSIONS} permissions in a role"
        raise DeploymentError(f"a role of the stack {deployer.stack} has {len(permissions)}, and {rule}")
    role = {
        "title": f"{deployer.service}-{deployer.called}-{kind}",
        "description": f"What it takes to {kind} the stack {deployer.stack}, by its plan.",
        "stage": "GA",
        "includedPermissions": permissions,
    }
    return {"role": role, "on": on, **({"condition": condition} if condition else {})}
