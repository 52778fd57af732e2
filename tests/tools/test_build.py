"""Parts built from Go modules, on a module small enough to build in a second."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools.engine import build
from tools.engine.pins import Copy, Part, Program
from tools.project import ROOT

pytestmark = pytest.mark.skipif(shutil.which("go") is None, reason="no go on PATH")

SOURCE = """package main

import "fmt"

var version = "unset"

func main() { fmt.Println(version) }
"""


def part(module: Path, answer="v1.2.3", package="tiny/cmd"):
    (module / "cmd").mkdir(parents=True, exist_ok=True)
    (module / "go.mod").write_text("module tiny\n\ngo 1.21\n")
    (module / "go.sum").write_text("")
    (module / "script").write_text("#!/bin/sh\n")
    (module / "cmd" / "main.go").write_text(SOURCE)
    program = Program("tiny", "v1.2.3", module, package, "version", answer, "main.version")
    return Part("tiny", "1.2.3", (program,), (Copy(module, "tiny", "script"),))


@pytest.fixture
def tiny(tmp_path, cache):
    return part(tmp_path / "module")


def test_a_part_is_built_with_its_version_and_the_scripts_beside_it(tiny, capsys):
    kept = build.built(tiny)
    assert subprocess.run([kept.bin / "tiny"], capture_output=True, text=True, check=True).stdout == "v1.2.3\n"
    assert sorted(path.name for path in kept.bin.iterdir() if os.access(path, os.X_OK)) == ["script", "tiny"]
    assert "building tiny v1.2.3 from Go modules: done in " in capsys.readouterr().err


def test_what_was_built_is_not_built_again(tiny, monkeypatch):
    kept = build.built(tiny)
    monkeypatch.setenv("PATH", "")
    assert build.built(tiny) == kept


def test_a_persons_own_go_settings_do_not_leak_into_it(tiny, monkeypatch):
    monkeypatch.setenv("GOFLAGS", "-mod=vendor")
    monkeypatch.setenv("GOOS", "plan9")
    kept = build.built(tiny)
    assert subprocess.run([kept.bin / "tiny"], capture_output=True, text=True, check=True).stdout == "v1.2.3\n"


def test_the_key_follows_the_pins_and_not_the_place(tmp_path):
    here, there = part(tmp_path / "here"), part(tmp_path / "there")
    assert here.key() == there.key()
    (tmp_path / "there" / "go.sum").write_text("example.com/a v1.0.0 h1:x=\n")
    assert here.key() != there.key()


def test_a_damaged_build_is_made_anew(tiny, capsys):
    kept = build.built(tiny)
    program = kept.bin / "tiny"
    program.write_bytes(program.read_bytes()[:1000])
    assert build.built(tiny).whole()
    assert f"cache: {program} is damaged; it is got anew" in capsys.readouterr().err


def test_a_program_that_does_not_say_what_it_should_is_not_kept(tmp_path, cache):
    with pytest.raises(build.CannotBuild, match="the built tiny does not run"):
        build.built(part(tmp_path / "module", answer="v4"))
    assert not build.place(part(tmp_path / "module", answer="v4")).folder.exists()


def test_what_go_has_against_it_is_said_and_all_of_it_kept(tmp_path, cache):
    broken = part(tmp_path / "module")
    (tmp_path / "module" / "cmd" / "main.go").write_text("package main\n\nfunc main() { nothing() }\n")
    with pytest.raises(build.CannotBuild) as refused:
        build.built(broken)
    reason, where = str(refused.value).split("\n(all that Go said: ")
    assert reason.endswith("main.go:3:15: undefined: nothing")
    assert "undefined: nothing" in Path(where.removesuffix(")")).read_text()


def test_a_go_that_is_too_old_and_may_not_fetch_another_is_named(tiny, tmp_path, monkeypatch):
    old = tmp_path / "old"
    old.mkdir()
    (old / "go").write_text("#!/bin/sh\necho go1.19.8\necho\n")
    (old / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{old}:/usr/bin:/bin")
    with pytest.raises(build.CannotBuild, match=r"^tiny needs Go 1\.21, and the go on PATH is 1\.19$"):
        build.built(tiny)


@pytest.fixture
def slow_go(tmp_path, monkeypatch):
    """A go that, asked to build, first waits until the file `go-on` is there."""
    real = shutil.which("go")
    folder = tmp_path / "slow"
    folder.mkdir()
    (folder / "go").write_text(
        f'#!/bin/sh\nif [ "$1" = build ]; then touch {tmp_path}/begun; '
        f'while [ ! -e {tmp_path}/go-on ]; do sleep 0.05; done; fi\nexec {real} "$@"\n'
    )
    (folder / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def start(module: Path):
    """The build in a process of its own."""
    script = (
        "from pathlib import Path; from tools.engine import build; from tools.engine.pins import *; "
        f"m = Path({str(module)!r}); "
        "p = Program('tiny', 'v1.2.3', m, 'tiny/cmd', 'version', 'v1.2.3', 'main.version'); "
        "build.built(Part('tiny', '1.2.3', (p,), (Copy(m, 'tiny', 'script'),)))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def wait_for(path):
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} does not come"
        time.sleep(0.02)


def test_a_build_killed_midway_leaves_nothing_that_is_taken_for_whole(tiny, slow_go):
    killed = start(slow_go / "module")
    wait_for(slow_go / "begun")
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    kept = build.place(tiny)
    assert kept.partial.exists()
    assert not kept.whole()

    (slow_go / "go-on").touch()
    assert build.built(tiny).whole()
    assert not kept.partial.exists()


def test_of_two_at_once_the_second_waits_and_says_so(tiny, slow_go):
    first = start(slow_go / "module")
    wait_for(slow_go / "begun")
    second = start(slow_go / "module")
    said = second.stderr.readline()
    assert said == f"waiting: process {first.pid} is already building tiny\n"
    (slow_go / "go-on").touch()
    assert "done in" in first.communicate(timeout=60)[1]
    assert second.communicate(timeout=60)[1] == ""
    assert (first.returncode, second.returncode) == (0, 0)


def test_ending_a_build_ends_the_go_that_it_started(tiny, slow_go):
    running = start(slow_go / "module")
    wait_for(slow_go / "begun")
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=30)
    deadline = time.monotonic() + 10
    while group_is_there(running.pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def group_is_there(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
