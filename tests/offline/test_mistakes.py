"""Mistakes planted in right inputs, one by one: each is refused, with its property and the reason.

What is not caught, and a platform refuses:

- What only an account or the world knows: names that are taken, quotas, permissions, capacity; whether an image, a
  certificate or a domain is there; in which of the regions a service is to be had; what a service does once it runs.
- What two resources say of each other, beyond the names of what there is: rules that meet, a port that no target listens on, a policy for a principal that is not of the kind.
- A region that a provider is given and not a resource: the settings of a stack are held to it instead.
- Most of what one value means: conditions' keys and values in policies, resources that an action does not go with,
  expressions of alarms; whatever stands in a type that no table or list here knows.
- In Kubernetes, the rest of an object's schema where a whole object within it is not known yet and may not be empty.
"""

import copy
import functools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.targets.kubernetes.offline import schemas
from tests.offline.bases import BASES, THERE
from tests.offline.client import Client
from tests.offline.mistakes import DEPLOYMENT, GONE, LEGAL, MISTAKES, POD
from tools.offline.values import UNKNOWN
from tools.offline.world import World

Clients = Callable[[str], Client]


@pytest.fixture(scope="module")
def there(client: Clients, world: World) -> dict[str, str]:
    """How right inputs name the resources that they name."""
    made: dict[str, str] = {}
    for words, (type_, inputs, output) in THERE.items():
        id_ = client(type_.partition(":")[0]).create(type_, filled(inputs, made))
        made[words] = id_ if output == "id" else str(world.things[type_, id_].outputs[output])
    return made


def base(type_: str, there: dict[str, str]) -> dict[str, Any]:
    """Right inputs, with the ids of what is there."""
    return filled(BASES[type_], there)


def filled(inputs: dict[str, Any], there: dict[str, str]) -> dict[str, Any]:
    text = json.dumps(inputs)
    for name, id_ in there.items():
        text = text.replace(name, id_)
    return dict(json.loads(text))


def steps(path: str) -> list[Any]:
    return [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]


def planted(inputs: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The inputs with one value at a path changed, added or taken away."""
    *parents, last = steps(path)
    changed = copy.deepcopy(inputs)
    at = functools.reduce(lambda at, step: at[step], parents, changed)
    if value is GONE:
        del at[last]
    else:
        at[last] = value
    return changed


@pytest.mark.parametrize("type_", BASES)
def test_right_inputs_are_accepted(client: Clients, there: dict[str, str], type_: str) -> None:
    assert client(type_.partition(":")[0]).problems(type_, base(type_, there)) == []


@pytest.mark.parametrize(("type_", "path", "value"), LEGAL)
def test_what_is_seldom_and_legal_is_accepted(
    client: Clients, there: dict[str, str], type_: str, path: str, value: Any
) -> None:
    assert client(type_.partition(":")[0]).problems(type_, planted(base(type_, there), path, value)) == []


@pytest.mark.parametrize(("type_", "path", "value", "reason"), MISTAKES)
def test_a_planted_mistake_is_refused(
    client: Clients, there: dict[str, str], type_: str, path: str, value: Any, reason: str
) -> None:
    said = client(type_.partition(":")[0]).problems(type_, planted(base(type_, there), path, value))
    assert [problem for problem in said if reason in problem] != [], said


@pytest.mark.parametrize(
    ("type_", "unknown", "path", "value", "reason"),
    [
        (DEPLOYMENT, ["spec.replicas", f"{POD}.image"], "spec.minReadySeconds", "5", "'5' is not of type 'integer', 'null'"),
        (DEPLOYMENT, [f"{POD}.env", f"{POD}.resources.limits"], f"{POD}.port", 80, "Additional properties are not allowed ('port' was unexpected)"),
        ("kubernetes:core/v1:Service", ["spec.ports[0].port", "spec.selector"], "spec.ports[0].nodePort", "http", "'http' is not of type 'integer', 'null'"),
    ],
)  # fmt: skip
def test_the_schema_is_held_against_what_is_known_beside_what_is_not(
    there: dict[str, str], type_: str, unknown: list[str], path: str, value: Any, reason: str
) -> None:
    inputs = base(type_, there)
    for each in unknown:
        *parents, last = steps(each)
        functools.reduce(lambda at, step: at[step], parents, inputs)[last] = UNKNOWN
    assert list(schemas.judge(type_, inputs)) == []
    *parents, last = steps(path)
    functools.reduce(lambda at, step: at[step], parents, inputs)[last] = value
    assert [problem.reason.partition(" (Open")[0] for problem in schemas.judge(type_, inputs)] == [reason]


def places(value: Any, path: str = "") -> Iterator[str]:
    """The path of everything within the inputs."""
    within = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in within:
        here = f"{path}[{name}]" if isinstance(value, list) else f"{path}.{name}".lstrip(".")
        yield here
        yield from places(item, here)


@pytest.mark.parametrize("type_", BASES)
def test_nothing_is_said_of_what_is_not_known_yet_wherever_it_is(
    client: Clients, there: dict[str, str], type_: str
) -> None:
    inputs, judged = base(type_, there), client(type_.partition(":")[0])
    said = {path: judged.problems(type_, planted(inputs, path, UNKNOWN)) for path in places(inputs)}
    assert {path: problems for path, problems in said.items() if problems} == {}


def test_there_are_mistakes_on_every_platform() -> None:
    counted = {package: sum(type_.startswith(f"{package}:") for type_, *_ in MISTAKES) for package in ("aws", "azure-native", "gcp", "kubernetes")}  # fmt: skip
    assert len(MISTAKES) >= 150
    assert min(counted.values()) >= 25, counted
