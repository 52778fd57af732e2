"""Environments made by uv from hashed locks."""

import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tools.project import ROOT


@pytest.fixture(scope="module")
def small():
    """A lock of two packages that every lock holds, so that uv has them at hand."""
    lines, wanted = [], False
    for line in (ROOT / "requirements/local.txt").read_text().splitlines():
        if not line.startswith((" ", "#")):
            wanted = line.startswith(("semver==", "pip=="))
        if wanted:
            lines.append(line)
    return "\n".join(lines) + "\n"


@pytest.fixture
def tiny(tree, small):
    """A clone whose platform `local` needs next to nothing."""
    (tree.root / "requirements/local.txt").write_text(small)
    return tree


def inside(tree):
    return tree.root / ".slipway/envs/local"


def test_an_environment_holds_what_its_lock_lists_and_pip_for_the_language_host(tiny):
    made = tiny.tools("environment")
    assert made.returncode == 0, made.stderr
    assert made.stdout == f"{inside(tiny)}\n"
    listed = tiny.run(str(inside(tiny) / "bin/python"), "-m", "pip", "list", "--format", "freeze").stdout
    assert sorted(line.split("==")[0] for line in listed.splitlines()) == ["pip", "semver"]


def test_it_is_made_once_and_anew_when_the_lock_changes(tiny):
    assert "made from requirements/local.txt" in tiny.tools("environment").stderr
    assert tiny.tools("environment").stderr == ""
    lock = tiny.root / "requirements/local.txt"
    lock.write_text(lock.read_text().partition("semver==")[0])
    assert "made from requirements/local.txt" in tiny.tools("environment").stderr
    listed = tiny.run(str(inside(tiny) / "bin/python"), "-m", "pip", "list", "--format", "freeze").stdout
    assert [line.split("==")[0] for line in listed.splitlines()] == ["pip"]


def test_a_package_that_is_not_the_one_that_was_locked_is_refused(tiny):
    lock = tiny.root / "requirements/local.txt"
    lock.write_text(re.sub(r"sha256:[0-9a-f]{4}", "sha256:0000", lock.read_text()))
    failed = tiny.tools("environment")
    assert failed.returncode == 1
    assert "error: the environment local could not be made:" in failed.stderr
    assert "Hash mismatch" in failed.stderr
    assert not inside(tiny).exists()


def test_a_lock_without_hashes_is_refused(tiny):
    (tiny.root / "requirements/local.txt").write_text("semver==3.0.4\n")
    failed = tiny.tools("environment")
    assert failed.returncode == 1
    assert "semver==3.0.4" in failed.stderr
    assert "hash" in failed.stderr


def test_its_scripts_work_after_the_tree_was_moved(tiny, tmp_path):
    tiny.tools("environment")
    shutil.move(tiny.root, tmp_path / "moved")
    said = subprocess.run(
        [tmp_path / "moved/.slipway/envs/local/bin/pysemver", "bump", "minor", "1.2.3"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stdout == "1.3.0\n", said.stderr


def test_two_at_once_make_it_once(tiny):
    both = [tiny.start(sys.executable, "-m", "tools", "environment") for _ in range(2)]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum(text.count("made from requirements/local.txt") for text in said) == 1


def test_one_that_was_killed_while_it_was_made_is_made_whole_by_the_next(tiny):
    partial = inside(tiny).with_name("local.partial")
    for _ in range(2):
        killed = tiny.start(sys.executable, "-m", "tools", "environment")
        deadline = time.monotonic() + 60
        while not partial.exists() and killed.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        assert not inside(tiny).exists()
    made = tiny.tools("environment")
    assert made.returncode == 0, made.stderr
    assert tiny.run(str(inside(tiny) / "bin/python"), "-c", "import semver").returncode == 0
    assert not partial.exists()


def test_without_uv_on_path_the_pinned_one_is_installed_inside_the_tree(tiny, tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("git", "bash", "sh"):
        (folder / name).symlink_to(shutil.which(name))
    made = tiny.tools("environment", PATH=str(folder))
    assert made.returncode == 0, made.stderr
    wanted = (tiny.root / "requirements/uv.in").read_text().strip().replace("==", " ")
    assert tiny.run(str(tiny.root / ".slipway/envs/uv/bin/uv"), "--version").stdout.startswith(wanted)


def test_a_uv_on_path_that_is_too_old_is_not_used(tiny, tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "uv").write_text("#!/bin/sh\necho uv 0.4.30\n")
    (folder / "uv").chmod(0o755)
    for name in ("git", "bash", "sh"):
        (folder / name).symlink_to(shutil.which(name))
    assert tiny.tools("environment", PATH=str(folder)).returncode == 0
    assert (tiny.root / ".slipway/envs/uv/bin/uv").exists()
