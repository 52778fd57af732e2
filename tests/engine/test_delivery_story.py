"""A change's whole way on the real engine, with a simulated hub: from its pull request to production, and what follows."""

import hashlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import Checkout, Done, Stack, free_port
from tests.tools.delivery.conftest import TOKEN, Simulated, simulated

__all__ = ["simulated"]

REVIEWED = 7


@pytest.fixture
def hub(simulated: Simulated, checkout: Checkout) -> Iterator[Simulated]:
    """The hub that the checkout's commands know of."""
    checkout.variables |= {
        "GITHUB_API_URL": simulated.url,
        "GITHUB_REPOSITORY": "acme/orders",
        "GITHUB_TOKEN": TOKEN,
    }
    yield simulated
    for name in ("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN"):
        del checkout.variables[name]


def good(done: Done) -> Done:
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def hashed(folder: Path) -> dict[str, str]:
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.timeout(900)
def test_a_change_goes_its_whole_way_and_what_drifts_or_is_over_is_seen_to(
    stack: Stack, second_stack: Stack, hub: Simulated
) -> None:
    checkout, prod = stack.checkout, second_stack
    checkout.commit("dev and prod")
    stack.up()
    first = stack.version()["revision"]

    # Opened: a branch with a change, its preview in the comment, and a stack of its own beside it.
    checkout.git("checkout", "-qb", "change")
    app = checkout.root / "app" / "service" / "__init__.py"
    app.write_text(app.read_text(encoding="utf-8").replace('"""', '"""Changed. ', 1), encoding="utf-8")
    checkout.commit("a change")
    hub.pull(REVIEWED, checkout.git("rev-parse", "HEAD").strip())
    good(stack.make("changes", BASE="HEAD~1", PREVIEW="1"))
    good(checkout.make("comment", BASE="HEAD~1", PR=str(REVIEWED)))
    reviewed = Stack(checkout, f"review-{REVIEWED}", stack.port + REVIEWED)
    good(checkout.make("review", PR=str(REVIEWED), FROM=stack.name))
    second = reviewed.version()["revision"]
    assert second != first
    (comment,) = hub.bodies(REVIEWED)
    assert f"| `{stack.name}` | real preview |" in comment
    assert comment.endswith(f"\n**The stack of this pull request** is at {reviewed.url}\n<!-- /slipway:review -->")
    assert checkout.git("status", "--porcelain") == ""

    # Merged: dev ships it, prod runs what dev runs, goes back, and comes again.
    checkout.git("checkout", "-q", "-")
    checkout.git("merge", "-q", "change")
    stack.up()
    good(checkout.make("promote", FROM=stack.name, TO=prod.name, YES="1"))
    assert (stack.version()["revision"], prod.version()["revision"]) == (second, second)
    stack.checkout.git("branch", "-D", "change")

    # Rolled back, the commit has something else than what was shipped; then somebody ends a process, too. One issue tells
    # both until they are mended, and looking writes nothing.
    good(stack.make("rollback", VERSION="1", YES="1"))
    assert stack.version()["revision"] == first
    state = checkout.root / ".slipway" / "state"
    before = hashed(state)
    assert stack.make("drift").returncode != 0
    (issue,) = hub.issues
    assert (issue["title"], issue["state"]) == (f"{stack.name} has drifted", "open")
    program = "**What this commit has is not what was shipped:**\n\n- `Bundle` `bundle`: "
    assert program in issue["body"]
    assert "What is there is not" not in issue["body"]
    for process in stack.processes():
        os.kill(process.pid, signal.SIGKILL)
    assert stack.make("drift").returncode != 0
    assert hashed(state) == before
    assert "**What is there is not what was shipped:**\n\n- `Deployment` `deployment`: `serving` (" in issue["body"]
    stack.up()
    assert f"{stack.name}: nothing is different" in good(stack.make("drift")).stdout
    assert (issue["state"], len(hub.issues), len(hub.bodies(1))) == ("closed", 1, 1)

    # Over: the sweep takes what review made, when its pull request is closed, and nothing that is merely called so.
    other = Stack(checkout, "review-9", free_port(), dict(stack.config))
    other.set(options={"port": other.port})
    other.up()
    hub.pull(9, "c" * 40)
    for pull in hub.pulls.values():
        pull["state"] = "closed"
    script = f"slipway:review {REVIEWED} --stack review-9"
    assert checkout.pulumi("stack", "tag", "set", script).returncode == 0
    said = good(checkout.make("sweep", YES="1")).stdout.splitlines()
    assert f"review-{REVIEWED}: is removed: its pull request #{REVIEWED} is closed" in said
    assert "review-9: is left alone: make review did not make it" in said
    assert (reviewed.answers(), reviewed.file.exists(), other.answers()) == (False, False, True)
    refused = checkout.make("review", PR="9", CLOSE="1")
    assert refused.returncode != 0
    assert "the stack review-9 was not made by `make review`" in refused.stderr
    good(other.make("destroy"))
    other.file.unlink()
    checkout.git("revert", "--no-edit", "HEAD")
