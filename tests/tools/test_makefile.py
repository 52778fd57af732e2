"""The Makefile: thin lines, and what they pass on."""

import os
import re
import subprocess
import sys

import pytest

from tools.project import ROOT

TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)


def dry(*arguments):
    theirs = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "STACK", "ARGS", "PYTHON"))
    }
    return subprocess.run(["make", "-n", *arguments], cwd=ROOT, env=theirs, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("target", [target for target in TARGETS if target not in ("help", "exec", "logs")])
def test_a_target_is_one_line_that_a_person_could_type(target):
    assert dry(target).stdout.strip() == f"python3 -m tools {target}"


def test_help_is_what_make_alone_says_and_it_names_every_target():
    said = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make ([a-z]+) ", said, re.MULTILINE) == [target for target in TARGETS if target != "help"]
    assert 'eval "$(make -s env)"' in said


def test_logs_passes_its_switches_on():
    assert dry("logs", "FOLLOW=1", "LINES=7", "PROCESS=worker.tidy").stdout.strip() == (
        "python3 -m tools logs --lines 7 --follow --process worker.tidy"
    )


@pytest.mark.parametrize("command", ["flask --app service routes", """sh -c 'echo "$HOME"; exit 3'"""])
def test_exec_passes_its_command_on_as_one_word_whatever_its_quotes(command, tmp_path):
    probe = tmp_path / "python"
    probe.write_text('#!/bin/sh\nfor word; do printf "<%s>" "$word"; done\n')
    probe.chmod(0o755)
    passed = command.replace("$", "$$")
    said = subprocess.run(
        ["make", "-s", "exec", f"CMD={passed}", f"PYTHON={probe}"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout == f"<-m><tools><exec><{command}>"


def test_exec_without_a_command_says_how_to_give_one():
    failed = dry("exec")
    assert failed.returncode == 2
    assert 'name a command: make exec CMD="python -V"' in failed.stderr


def test_an_old_python_is_told_so_and_what_to_do(tmp_path):
    script = "import sys; sys.version_info = (3, 9, 2); sys.version = '3.9.2 x'; import tools"
    failed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert re.fullmatch(
        r"error: Python 3\.11 or newer is needed, and \S+ is 3\.9\.2\.\n"
        r"Fix: name a newer one, for instance: make up PYTHON=python3\.12\n",
        failed.stderr,
    )
