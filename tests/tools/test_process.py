"""A program in the foreground: its exit code, signals passed on once, the terminal its own."""

import signal
import subprocess
import sys
import textwrap
import time

import pytest

from tools.project import ROOT

# Counts what it is told, by the byte that each signal writes, and ends by itself a moment after the first.
COUNTING = """
import os, signal, sys, time
told, tell = os.pipe()
os.set_blocking(tell, False)
signal.set_wakeup_fd(tell)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda number, frame: None)
print("ready", flush=True)
first = os.read(told, 1)
time.sleep(0.5)
os.write(tell, b"\\0")
rest = os.read(told, 100).rstrip(b"\\0")
print("told", *(first + rest), flush=True)
sys.exit(7)
"""

FOREGROUND = """
import os, sys
from pathlib import Path
from tools.process import foreground
code = foreground([sys.executable, "-c", {program!r}], os.environ, Path.cwd())
print("terminal back:", sys.stdin.isatty() and os.tcgetpgrp(0) == os.getpgrp(), flush=True)
sys.exit(code)
"""


def start(program: str, *before: str, **more):
    script = FOREGROUND.format(program=textwrap.dedent(program))
    return subprocess.Popen(
        [sys.executable, *before, script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more
    )


def until(process, word):
    for line in process.stdout:
        if line.strip() == word:
            return
    raise AssertionError(f"{word} was not said")


@pytest.mark.parametrize(("program", "code"), [("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 137)])
def test_the_exit_code_is_the_programs(program, code):
    process = start(program, "-c", stdin=subprocess.DEVNULL)
    process.communicate()
    assert process.returncode == code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_passed_on_once_however_often_it_comes_and_the_end_waited_for(number):
    process = start(COUNTING, "-c", stdin=subprocess.DEVNULL)
    until(process, "ready")
    process.send_signal(number)
    time.sleep(0.2)
    process.send_signal(number)
    said, _ = process.communicate(timeout=30)
    assert said.splitlines() == [f"told {int(number)}", "terminal back: False"]
    assert process.returncode == 7


def test_the_program_has_a_group_of_its_own_so_that_a_signal_to_ours_reaches_it_once():
    process = start("import os; print(os.getpgrp() == os.getpid())", "-c", stdin=subprocess.DEVNULL)
    assert process.communicate(timeout=30)[0].splitlines()[0] == "True"


def test_control_c_reaches_the_program_once_and_the_terminal_is_given_back():
    spawn = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn([sys.executable, '-c', sys.argv[1]])))"
    process = start(COUNTING, "-c", spawn, stdin=subprocess.PIPE)
    until(process, "ready")
    process.stdin.write("\x03")
    process.stdin.flush()
    said, _ = process.communicate(timeout=30)
    assert [line.replace("^C", "") for line in said.splitlines()] == [
        f"told {int(signal.SIGINT)}",
        "terminal back: True",
    ]
    assert process.returncode == 7


def test_a_program_that_reads_the_terminal_can():
    spawn = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn([sys.executable, '-c', sys.argv[1]])))"
    process = start("print('ready', flush=True); print('got', input())", "-c", spawn, stdin=subprocess.PIPE)
    until(process, "ready")
    process.stdin.write("words\n")
    process.stdin.flush()
    said, _ = process.communicate(timeout=30)
    assert "got words" in said.splitlines()
