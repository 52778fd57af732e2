"""A balancer in front of the hosts: each is taken out of it before it is changed, and put back afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import free_port
from tests.hosts.role.rig import answered, until
from tests.hosts.stack.conftest import Stack
from tests.hosts.stack.haproxy import Balancer, balancing, program
from tests.hosts.stack.load import loaded

pytestmark = pytest.mark.timeout(1800)

FACTORY = "app/service/factory.py"
HOOK = "    errors.register(app)\n"
WAIT = 2


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def balancer(stack: Stack, port: int, tmp_path: Path) -> Iterator[Balancer]:
    """It is in front of all hosts, and the stack knows it."""
    haproxy = program()
    if not haproxy:
        pytest.skip("no HAProxy, which is put in front of the hosts")
    with balancing(haproxy, tmp_path, port, stack.hosts) as found:
        until(lambda: answered("127.0.0.1", port))
        stack.set(options={**stack.config["service:options"], "balancer": found.commands(WAIT)})
        yield found
    stack.reach()


def test_a_host_is_out_of_the_balancer_while_it_is_changed_and_no_request_is_lost(
    stack: Stack, balancer: Balancer, port: int
) -> None:
    before = stack.serves(stack.hosts[0])
    with loaded(["127.0.0.1"], port) as loads:
        with stack.checkout.edited(FACTORY, HOOK, f"    # behind a balancer\n{HOOK}"):
            stack.up()
            after = stack.serving()
            told = balancer.told()
            # As if the run had ended before it put this one back.
            stack.on(stack.hosts[1], f"touch /run/{stack.unit}.drain")
            stack.up()
        assert loads.none_failed()
    assert after == [after[0]] * len(stack.hosts)
    assert after[0]["revision"] != before["revision"]
    assert [line[:2] for line in told] == [(what, host) for host in stack.hosts for what in ("out", "back")]
    # Not one request came to it meanwhile, and it said by itself that it is not ready.
    assert [out[2] for out in told[::2]] == [back[2] for back in told[1::2]]
    assert balancer.counted("chkdown") == {host: "2" if host == stack.hosts[1] else "1" for host in stack.hosts}
    assert [line[:2] for line in balancer.told()[len(told) :]] == [("back", stack.hosts[1])]
    assert stack.on(stack.hosts[1], f"ls /run/{stack.unit}.drain") == ""
