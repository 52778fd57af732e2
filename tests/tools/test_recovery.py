"""What a killed run leaves behind, and that the next one gets over it."""

import json
import os
import signal
import socket
import time

import pytest

from tools.errors import ToolError
from tools.recovery import pending, release_dead_locks, restore_cut_state


def wait_for(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to pass in time")


def begun(tree, tmp_path, **variables):
    """An `up` in the middle of creating its resource, and the process id of its engine."""
    log = tmp_path / "log"
    running = tree.start("make", "up", THING_LOG=str(log), THING_SECONDS="60", **variables)
    wait_for(lambda: log.exists() and log.read_text() == "create\n")
    locks = wait_for(lambda: list((tree.root / ".slipway/state/.pulumi/locks").glob("*/slipway/local/*.json")))
    return running, json.loads(locks[0].read_text())["pid"]


def test_a_run_whose_engine_was_killed_is_healed_by_the_next_one(equipped, tmp_path):
    tree = equipped(tmp_path / "tree")
    running, engine = begun(tree, tmp_path)
    os.kill(engine, signal.SIGKILL)
    killed, _ = running.communicate(timeout=60)
    assert "up was ended before its time. make up goes on from where it stopped." in killed

    healed = tree.run("make", "up")

    assert healed.returncode == 0, healed.stdout + healed.stderr
    assert f"recovered: a lock on the stack local was left behind by process {engine} of " in healed.stderr
    assert "recovering: a run was killed while creating pulumi-python:dynamic:Resource thing" in healed.stderr
    assert "warning" not in healed.stdout
    assert "+ 1 created" in healed.stdout
    after = tree.run("make", "preview", "ARGS=--expect-no-changes")
    assert after.returncode == 0, after.stdout + after.stderr
    assert "recover" not in after.stderr


def test_a_run_at_work_is_not_disturbed_and_ends_well_when_it_is_asked_to(equipped, tmp_path):
    tree = equipped(tmp_path / "tree")
    log = tmp_path / "log"
    running = tree.start("make", "up", THING_LOG=str(log), THING_SECONDS="6")
    wait_for(lambda: log.exists() and log.read_text() == "create\n")

    second = tree.tools("up")
    assert second.returncode == 1
    assert "error: the stack local is being worked on by process " in second.stderr

    # Asked to end, the engine lets what it has begun come to its end and records it.
    running.terminate()
    said, _ = running.communicate(timeout=60)
    assert running.returncode != 0
    assert "up failed" in said or "up was ended before its time" in said
    assert not list((tree.root / ".slipway/state/.pulumi/locks").glob("*/slipway/local/*.json"))
    again = tree.tools("up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "recover" not in again.stderr
    assert log.read_text() == "create\n"


@pytest.fixture
def state(tmp_path):
    (tmp_path / ".pulumi/locks/organization/slipway/local").mkdir(parents=True)
    return tmp_path


def lock(state, **holder):
    path = state / ".pulumi/locks/organization/slipway/local/7f.json"
    path.write_text(
        json.dumps(
            {"pid": 1, "username": "ann", "hostname": socket.gethostname(), "timestamp": "2026-01-02T03:04:05.6Z"}
            | holder
        )
    )
    path.with_name("7f.json.attrs").write_text("{}")
    return path


def test_a_lock_whose_number_is_another_programs_by_now_is_taken_away(state, capsys):
    path = lock(state, pid=os.getpid())
    release_dead_locks("local", state)
    assert list(path.parent.iterdir()) == []
    assert capsys.readouterr().err == (
        f"recovered: a lock on the stack local was left behind by process {os.getpid()} of ann, "
        "since 2026-01-02T03:04:05, which is gone\n"
    )


def test_a_lock_of_another_machine_is_left_and_the_command_that_removes_it_named(state):
    path = lock(state, hostname="elsewhere")
    with pytest.raises(ToolError) as refused:
        release_dead_locks("local", state)
    assert path.exists()
    assert str(refused.value) == (
        "the stack local is locked on another machine, elsewhere (process 1 of ann, since 2026-01-02T03:04:05)\n"
        'Fix: if nothing runs there: eval "$(make -s env STACK=local)" && pulumi cancel --yes --stack local'
    )


def test_a_lock_of_another_stack_is_nobodys_business(state):
    path = lock(state, pid=2**22 + 1)
    release_dead_locks("prod", state)
    assert path.exists()


def test_a_lock_that_was_being_written_when_the_machine_stopped_is_taken_away(state):
    path = lock(state)
    path.write_text('{"pi')
    release_dead_locks("local", state)
    assert not path.exists()


def test_operations_that_nobody_saw_the_end_of_are_named():
    operation = {"type": "deleting", "resource": {"urn": "urn:pulumi:local::slipway::slipway:a:B$slipway:c:D::name"}}
    assert pending({"pending_operations": [operation]}) == ["deleting slipway:a:B$slipway:c:D name"]
    assert pending({"pending_operations": None}) == []


@pytest.mark.parametrize("left", ["", '{"version": 3, "checkp'])
def test_a_state_whose_writing_was_cut_short_is_replaced_by_the_one_before(tmp_path, capsys, left):
    folder = tmp_path / ".pulumi" / "stacks" / "slipway"
    folder.mkdir(parents=True)
    (folder / "local.json").write_text(left)
    (folder / "local.json.bak").write_text('{"version": 3}')
    assert restore_cut_state("local", tmp_path) is True
    assert (folder / "local.json").read_text() == '{"version": 3}'
    assert "recovered: the state of the stack local was cut short while it was written" in capsys.readouterr().err
    assert restore_cut_state("local", tmp_path) is False


def test_a_state_that_is_whole_is_left_whatever_the_copy_before_it_says(tmp_path):
    folder = tmp_path / ".pulumi" / "stacks" / "slipway"
    folder.mkdir(parents=True)
    (folder / "local.json").write_text('{"version": 3}')
    (folder / "local.json.bak").write_text("{}")
    assert restore_cut_state("local", tmp_path) is False
    assert (folder / "local.json").read_text() == '{"version": 3}'


def test_a_state_of_which_no_whole_copy_is_left_is_not_touched(tmp_path):
    folder = tmp_path / ".pulumi" / "stacks" / "slipway"
    folder.mkdir(parents=True)
    (folder / "local.json").write_text("{")
    assert restore_cut_state("local", tmp_path) is False
    assert (folder / "local.json").read_text() == "{"


def test_attributes_of_a_state_that_were_cut_short_are_taken_away_as_it_can_be_read_without(tmp_path):
    folder = tmp_path / ".pulumi" / "stacks" / "slipway"
    folder.mkdir(parents=True)
    for name, text in {"": '{"version": 3}', ".attrs": "", ".bak": "{}", ".bak.attrs": '{"user'}.items():
        (folder / f"local.json{name}").write_text(text)
    (folder / "prod.json.attrs").write_text("{}")
    assert restore_cut_state("local", tmp_path) is False
    assert sorted(each.name for each in folder.iterdir()) == ["local.json", "local.json.bak", "prod.json.attrs"]
