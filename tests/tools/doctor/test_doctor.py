"""`make doctor` as a person types it: a line for each check, what mends it, and nothing made."""

import json

import pytest

from tools.doctor import check, machine, runner
from tools.doctor.check import Check, clock
from tools.engine import release

PASSPHRASE, SECRET = "correct-horse", "hush-hush-hush"


@pytest.fixture
def clone(equipped, tmp_path):
    return equipped(tmp_path / "tree")


def told(done):
    """Each check by its name: its state, and what it says."""
    assert done.stdout.startswith("{"), done.stderr
    return {each["name"]: (each["state"], each["said"]) for each in json.loads(done.stdout)["checks"]}


def test_a_machine_that_has_all_of_it_is_told_so_and_nothing_is_made(clone):
    done = clone.shell("make doctor", CI="")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[:-2]] == [
        ["ok", name] for name in ("python", "git", "disk", "environment", "engine", "state", "secrets")
    ]
    assert lines[-1] == "local: nothing is missing"
    assert clone.changes() == ""
    assert not (clone.root / ".slipway" / "state").exists()


def test_a_stack_that_there_is_not_is_an_error(clone):
    done = clone.tools("doctor", "--stack", "nosuch")
    assert (done.returncode, done.stdout) == (1, "")
    assert "STACK=nosuch: there is no stacks/Pulumi.nosuch.yaml" in done.stderr


@pytest.mark.timeout(200)
def test_a_state_elsewhere_and_its_passphrase_are_tried_and_no_secret_is_told(clone, tmp_path):
    folder = tmp_path / "states"
    there = {"PULUMI_BACKEND_URL": folder.as_uri(), "JSON": "1", "CI": ""}
    done = clone.tools("doctor", **there)
    assert done.returncode == 1
    state, said = told(done)["state"]
    assert (state, f"a folder {folder.as_uri()}, as PULUMI_BACKEND_URL says: " in said) == ("missing", True)
    assert told(done)["secrets"] == (
        "missing",
        "a passphrase: passphrase must be set with "
        "PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
    )

    folder.mkdir()
    given = {**there, "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
    where = f"a folder {folder.as_uri()}, as PULUMI_BACKEND_URL says: it answers, and "
    done = clone.tools("doctor", **given)
    assert told(done)["state"] == ("ok", f"{where}has not this stack yet, which the first `up` makes")
    assert told(done)["secrets"] == ("ok", "a passphrase, which encrypts and decrypts")
    assert clone.changes() == ""

    clone.shell(
        f"pulumi stack init local --non-interactive && pulumi config set --secret word {SECRET} -s local", **given
    )
    done = clone.tools("doctor", **given)
    assert (done.returncode, told(done)["state"]) == (0, ("ok", f"{where}knows this stack"))
    assert told(done)["secrets"] == ("ok", "a passphrase, which encrypts and decrypts")
    wrong = clone.tools("doctor", **{**given, "PULUMI_CONFIG_PASSPHRASE": "another-horse"})
    assert told(wrong)["secrets"] == (
        "missing",
        "a passphrase: incorrect passphrase",
    )
    assert not any(word in said.stdout for word in (PASSPHRASE, SECRET, "another-horse") for said in (done, wrong))


def test_a_platform_whose_environment_is_not_made_is_told_how(clone):
    (clone.root / ".slipway" / "envs").unlink()
    (clone.root / "infra" / "targets" / "local").mkdir(parents=True)
    (clone.root / "infra" / "targets" / "local" / "doctor.py").touch()
    done = clone.tools("doctor")
    assert done.returncode == 0
    assert "warn    environment  local is not made yet: a package index is wanted\n" in done.stdout
    assert "Fix: python3 -m tools environment local && make doctor STACK=local\n" in done.stdout


@pytest.mark.parametrize("go", [None, "/usr/bin/go"])
def test_without_an_engine_it_is_told_how_there_will_be_one(monkeypatch, go):
    def none(*_):
        raise ValueError("there is no pulumi on PATH")

    def unreachable(_urls):
        raise release.NoRelease("get.pulumi.com does not answer")

    monkeypatch.setattr(machine, "at_hand", none)
    monkeypatch.setattr(release, "reach", unreachable)
    monkeypatch.setattr(machine.shutil, "which", lambda _name: go)
    found, said = machine.engine()
    assert found is None
    assert said.state == ("warn" if go else "missing")
    assert said.said.startswith(
        "none yet (there is no pulumi on PATH)" if go else "there is no pulumi on PATH; there is no Go"
    )


@pytest.mark.parametrize(("gib", "state"), [(40, "ok"), (3.5, "warn"), (0.2, "missing")])
def test_room_on_the_disk_is_told(monkeypatch, gib, state):
    monkeypatch.setattr(
        machine.shutil, "disk_usage", lambda _path: machine.shutil._ntuple_diskusage(0, 0, gib * 1024**3)
    )
    (disk,) = [each for each in machine.checks() if each.name == "disk"]
    assert (disk.state, disk.said.split(" GiB")[0]) == (state, f"{gib:.1f}")


@pytest.mark.parametrize(
    ("variables", "states"),
    [
        ({}, []),
        ({"GITHUB_ACTIONS": "true"}, ["warn"]),
        ({"GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_URL": "https://token.example"}, ["ok"]),
    ],
)
def test_a_job_of_github_is_told_whether_a_cloud_can_know_it(monkeypatch, variables, states):
    for name in ("GITHUB_ACTIONS", "ACTIONS_ID_TOKEN_REQUEST_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert [each.state for each in runner.identity()] == states


def test_a_shallow_checkout_of_a_runner_is_told(clone, tmp_path):
    clone.shell(f"git commit -q --allow-empty -m more && git clone -q --depth 1 file://{clone.root} {tmp_path}/shallow", **{
        f"GIT_{who}_{what}": "t@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    })  # fmt: skip
    clone.root = tmp_path / "shallow"
    assert told(clone.tools("doctor", CI="true", JSON="1"))["history"] == (
        "warn",
        "the checkout is shallow: `make affected`, `changes` and `rollback` want the commits before",
    )


@pytest.mark.parametrize(("date", "found"), [
    ("Mon, 30 Nov 2026 12:00:20 GMT", [Check("clock", "ok", "within a minute of the platform's")]),
    ("Mon, 30 Nov 2026 12:04:00 GMT", [check.warn("clock", "it is 240 s behind, and from 300 s on clouds refuse what is signed", "timedatectl set-ntp true")]),
    ("yesterday", []),
    (None, []),
])  # fmt: skip
def test_the_clock_is_held_against_that_of_an_answer(date, found):
    from datetime import UTC, datetime

    assert list(clock(date, datetime(2026, 11, 30, 12, tzinfo=UTC))) == found
