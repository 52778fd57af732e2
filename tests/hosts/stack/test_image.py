"""The image in the place of an environment of the hosts' own: the same units, sockets and ways, under a real engine."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.hosts.role.rig import brought
from tests.hosts.stack.conftest import REPOSITORY, Stack
from tests.hosts.stack.load import loaded

pytestmark = pytest.mark.timeout(1800)

FACTORY = "app/service/factory.py"
HOOK = "    errors.register(app)\n"


@pytest.fixture(scope="module", params=["podman", "docker"])
def engine(request: pytest.FixtureRequest, fresh: Stack, registry: str) -> Iterator[str]:
    """What runs images on the hosts, to which the registry is brought.

    Not every machine can run a Docker Engine, a container as a rule not: it is tried where they have one.
    """
    name = str(request.param)
    if name == "docker" and not all(fresh.on(host, "docker info 2>/dev/null") for host in fresh.hosts):
        pytest.skip("no Docker Engine on the hosts")
    with ExitStack() as tunnels:
        for host in fresh.hosts:
            tunnels.enter_context(brought(fresh.ssh["config"], host, int(registry.rpartition(":")[2])))
        yield name
    fresh.unset("registry", "build")
    fresh.reach()


def test_images_take_over_from_environments_and_from_each_other_without_a_lost_request(
    stack: Stack, engine: str, registry: str, builder: str
) -> None:
    before = stack.serving()
    with loaded(stack.hosts) as loads:
        stack.set(
            options={**stack.config["service:options"], "runtime": engine},
            registry={"repository": f"{registry}/{REPOSITORY}"},
            build={"base": f"{registry}/library/python:3.13-slim", "builder": builder, "sbom": False},
        )
        stack.up()
        first = stack.serving()
        with stack.checkout.edited(FACTORY, HOOK, f"    # in {engine}\n{HOOK}"):
            stack.up()
            second = stack.serving()
            assert "changed:" not in stack.up()
        assert loads.none_failed()
    assert len({served[0]["deployment"] for served in (before, first, second)}) == 3
    assert [first, second] == [[first[0]] * len(stack.hosts), [second[0]] * len(stack.hosts)]
    assert (first[0]["revision"] != before[0]["revision"], second[0]["revision"] != first[0]["revision"]) == (
        True,
        True,
    )


def test_a_container_may_do_little_and_its_secret_is_its_own(stack: Stack, engine: str) -> None:
    host = stack.hosts[0]
    unit = f"{stack.unit}-{stack.serves(host)['deployment']}-web"
    process = stack.on(host, f"{engine} inspect --format '{{{{.State.Pid}}}}' {unit}").strip()
    told = stack.on(host, f"cat /proc/{process}/status").splitlines()
    status = dict(line.split(":", 1) for line in told)
    uid = stack.on(host, f"id -u {stack.unit}").strip()
    assert {name: status[name].split() for name in ("Uid", "NoNewPrivs", "CapEff", "CapBnd")} == {
        "Uid": [uid] * 4,
        "NoNewPrivs": ["1"],
        "CapEff": ["0" * 16],
        "CapBnd": ["0" * 16],
    }
    secret = stack.on(host, f"cat /opt/{stack.unit}/current/secrets/SECRET_KEY")
    shown = stack.on(host, f"ps -eo args; {engine} inspect {unit}; systemctl show {unit}.service")
    assert (len(secret), unit in shown, secret in shown) == (43, True, False)
    asked = "import os; print(len(open(os.environ['SECRET_KEY_FILE']).read())); open('/srv/app/x', 'w')"
    run = stack.make("exec", CMD=f'python -c "{asked}"')
    assert "43" in run.stdout.split()
    assert "Read-only file system" in run.stdout + run.stderr
    assert run.returncode != 0


def test_an_environment_takes_over_again(stack: Stack, engine: str) -> None:
    stack.unset("registry", "build")
    stack.reach()
    with loaded(stack.hosts) as loads:
        stack.up()
        assert loads.none_failed()
    for host in stack.hosts:
        assert stack.on(host, f"{engine} ps --all --quiet") == ""
