"""`.ci/run`: the lab beside the tree is started, told of, and ended as far as it was not running before."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.project import ROOT

# As much of the lab as .ci/run calls: each part is a process that sleeps.
LAB = """#!/usr/bin/env bash
cd "$(dirname "$0")" && mkdir -p run
alive() { kill -0 "$(cat "run/$1" 2>/dev/null)" 2>/dev/null; }
case $1 in
  up) shift; for part; do alive "$part" || { setsid sleep 60 >/dev/null 2>&1 & echo $! >"run/$part"; }; done; sleep 0.2; echo "is up";;
  status) for part in $(ls run); do alive "$part" && echo "$part $(cat run/"$part")" || echo "$part stopped"; done;;
  env) echo "export SLIPWAY_LAB_BUILDER=theirs";;
esac
"""
MAKE = """#!/usr/bin/env bash
echo "make $* CI=$CI REQUIRE=$SLIPWAY_REQUIRE BUILDER=$SLIPWAY_LAB_BUILDER" >>"$MAKE_LOG"
[ "$1" != "$FAILS" ]
"""


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def clone(tmp_path):
    """A clone with a lab beside it, and a make that only notes what it is asked for."""
    made = tmp_path / "clone"
    (made / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci/run", made / ".ci/run")
    subprocess.run(["git", "init", "-q", made], check=True)
    commit = ["git", "-C", made, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "all"]
    subprocess.run(["git", "-C", made, "add", "-A"], check=True)
    subprocess.run(commit, check=True)
    program(tmp_path / "shared/lab/lab", LAB)
    program(tmp_path / "bin/make", MAKE)
    return made


def run(clone, **variables):
    """.ci/run's exit code, what it said, and what make was asked for."""
    log = clone.parent / "log"
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("SLIPWAY_")}
    path = f"{clone.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    env = {**theirs, "PATH": path, "MAKE_LOG": str(log), "FAILS": "", **variables}
    done = subprocess.run([clone / ".ci/run"], env=env, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout, log.read_text().splitlines()


def lab(clone, *arguments):
    return subprocess.run(
        [clone.parent / "shared/lab/lab", *arguments], capture_output=True, text=True, check=True
    ).stdout.splitlines()


ALL = "docker,registry,buildkit"


def test_tests_are_told_of_the_lab_which_is_started_and_ended(clone):
    code, _, asked = run(clone)
    assert code == 0
    assert asked == [
        f"make lint CI=true REQUIRE={ALL} BUILDER=",
        f"make scan CI=true REQUIRE={ALL} BUILDER=",
        f"make test CI=true REQUIRE={ALL} BUILDER=theirs",
    ]
    assert lab(clone, "status") == ["buildkit stopped", "docker stopped", "registry stopped"]


def test_own_servers_are_started_where_they_are_required(clone):
    run(clone, SLIPWAY_REQUIRE=f"{ALL},hosts")
    assert lab(clone, "status") == ["buildkit stopped", "docker stopped", "hosts stopped", "registry stopped"]


def test_what_ran_before_goes_on(clone):
    lab(clone, "up", "docker")
    before = lab(clone, "status")
    try:
        run(clone)
        assert lab(clone, "status") == ["buildkit stopped", *before, "registry stopped"]
    finally:
        subprocess.run(["kill", before[0].split()[1]], check=True)


def test_a_lab_that_does_not_start_fails_and_the_rest_is_looked_at_all_the_same(clone):
    program(clone.parent / "shared/lab/lab", LAB.replace('echo "is up"', "echo no root; exit 1"))
    code, said, asked = run(clone)
    assert code == 1
    assert "no root" in said
    assert said.endswith("failed: lab_is_up\n")
    assert len(asked) == 3


def test_a_clone_elsewhere_takes_the_lab_of_the_tree_that_it_was_cloned_from(clone, tmp_path):
    elsewhere = tmp_path / "else/where"
    subprocess.run(["git", "clone", "-q", clone, elsewhere], check=True)
    env = {
        **os.environ,
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "MAKE_LOG": str(tmp_path / "log"),
    }
    subprocess.run([elsewhere / ".ci/run"], env={**env, "FAILS": ""}, capture_output=True, check=True, timeout=60)
    assert (tmp_path / "log").read_text().splitlines()[-1].endswith("BUILDER=theirs")


def test_without_a_lab_the_parts_are_those_of_the_variables(clone):
    shutil.rmtree(clone.parent / "shared")
    assert (
        run(clone, SLIPWAY_LAB_BUILDER="mine", SLIPWAY_REQUIRE="")[2][-1] == "make test CI=true REQUIRE= BUILDER=mine"
    )


@pytest.mark.parametrize("fails", ["lint", "scan", "test"])
def test_whatever_fails_fails_the_run(clone, fails):
    shutil.rmtree(clone.parent / "shared")
    code, said, asked = run(clone, FAILS=fails)
    assert code == 1
    assert said.splitlines()[-1] == f"failed: {'tests' if fails == 'test' else f'make {fails}'}"
    assert asked[-1].startswith("make test ARGS=--last-failed -n 0" if fails == "test" else "make test CI=")
