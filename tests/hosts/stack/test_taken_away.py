"""What leaves the stack is cleared, and in the end all that was made is taken away, and nothing else."""

import pytest

from tests.hosts.stack.conftest import Stack

pytestmark = pytest.mark.timeout(1800)


def test_a_host_that_leaves_the_stack_is_cleared(stack: Stack) -> None:
    *kept, gone = stack.hosts
    stack.reach(kept)
    stack.up()
    assert stack.traces(gone) == ""
    assert stack.serves(kept[0]) == stack.serves(kept[1])
    assert stack.serves(gone) == {}


def test_destroy_removes_what_was_made_and_nothing_else(stack: Stack) -> None:
    mine = "/opt/somebody-elses"
    for host in stack.hosts:
        stack.on(host, f"touch {mine}; useradd --system neighbour; echo '#' >/etc/nginx/conf.d/other.conf")
    assert stack.make("destroy", YES="1").returncode == 0
    for host in stack.hosts:
        assert stack.traces(host) == ""
        left = f"ls {mine} /etc/nginx/conf.d/other.conf && id -un neighbour deploy && systemctl is-active nginx.service"
        said = stack.on(host, f"{left}; rm -f {mine} /etc/nginx/conf.d/other.conf; userdel neighbour")
        assert said.split() == ["/etc/nginx/conf.d/other.conf", mine, "neighbour", "deploy", "active"]
