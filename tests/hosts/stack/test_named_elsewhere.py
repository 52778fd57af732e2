"""Hosts that the stack's file does not name itself: those of another stack's output, and those of an inventory."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts.stack.conftest import NAME, Stack

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(autouse=True)
def named_again(stack: Stack) -> Iterator[None]:
    """The stack's file names them before and after, and what is in the checkout serves."""
    stack.up()
    yield
    stack.reach()


def ship_network(stack: Stack, folder: Path) -> None:
    """Another program's stack, whose output lists the hosts."""
    (folder / "Pulumi.yaml").write_text("name: network\nruntime: python\n", encoding="utf-8")
    (folder / "__main__.py").write_text(
        f'"""Hosts."""\n\nimport pulumi\n\npulumi.export("machines", {stack.hosts!r})\n', encoding="utf-8"
    )
    script = f'eval "$(make -s env STACK={NAME})" && cd {folder} && pulumi stack init prod && pulumi up --yes'
    subprocess.run(["bash", "-c", script], cwd=stack.checkout.root, env=stack.checkout.environment(), check=True)


def test_hosts_of_another_stacks_output_are_shipped_to_and_looked_after(stack: Stack, tmp_path: Path) -> None:
    before, last = stack.serving(), stack.hosts[2]
    stack.on(last, f"systemctl stop {stack.unit}-{before[0]['deployment']}-worker-heartbeat.service")
    ship_network(stack, tmp_path)
    source = {"stack": "organization/network/prod", "output": "machines"}
    stack.set(options={"hosts_from": source, "ssh": stack.ssh})
    said = stack.up()
    # They are those that the file named.
    assert [host for host in stack.hosts if f"{host}: changed: " in said] == [last]
    assert ("removed:" in said, stack.serving()) == (False, before)
    status = stack.make("status").stdout
    assert [host for host in stack.hosts if f"{host} answers revision" in status] == stack.hosts


def test_hosts_of_an_inventory_may_have_names_of_their_own_and_leave_by_it(stack: Stack) -> None:
    one, two, three = stack.hosts
    before = stack.serving()
    inventory = stack.checkout.root / "stacks" / "hosts.ini"
    renamed = f"[web]\nweb1 ansible_host={one}\nweb2 ansible_host={two}\n"
    inventory.write_text(f"{renamed}{three}\n", encoding="utf-8")
    stack.set(options={"inventory": "stacks/hosts.ini", "ssh": stack.ssh})
    said = stack.up()
    # Two are known by other names now, and are no hosts that left.
    assert ("changed:" in said, "removed:" in said, stack.serving()) == (False, False, before)
    assert stack.make("exec", HOST="web2", CMD="true").returncode == 0
    inventory.write_text(renamed, encoding="utf-8")
    stack.up()
    assert (stack.serving(), stack.traces(three)) == ([*before[:2], {}], "")
