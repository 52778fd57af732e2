"""Running a program in the foreground: its output live, the terminal its own, signals passed on to it once."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Iterator


def foreground(command: Sequence[str | Path], env: Mapping[str, str], cwd: Path) -> int:
    """Run `command` and answer its exit code (128 + the signal's number when one ended it).

    The program gets a process group of its own, which is the terminal's foreground group while it runs. So Ctrl-C
    reaches it once, by the terminal; SIGINT and SIGTERM sent to this process reach it once, by being passed on. Twice
    would be wrong: an engine that is told a second time stops at once and leaves its work half recorded.
    """
    terminal = sys.stdin.isatty() and os.tcgetpgrp(0) == os.getpgrp()

    def begin() -> None:
        os.setpgid(0, 0)
        if terminal:
            _take_terminal(os.getpid())

    with subprocess.Popen([str(part) for part in command], env=dict(env), cwd=cwd, preexec_fn=begin) as program:
        with _passing_signals_to(program):
            try:
                code = _wait(program, terminal)
            finally:
                if terminal:
                    _take_terminal(os.getpgrp())
    return code


def _wait(program: "subprocess.Popen[bytes]", terminal: bool) -> int:
    while True:
        _, status = os.waitpid(program.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            program.returncode = os.waitstatus_to_exitcode(status)
            return program.returncode if program.returncode >= 0 else 128 - program.returncode
        # Ctrl-Z stopped the program: stop with it, so that the shell takes over, and go on with it.
        if terminal:
            _take_terminal(os.getpgrp())
        os.killpg(os.getpgrp(), signal.SIGSTOP)
        if terminal:
            _take_terminal(program.pid)
        os.killpg(program.pid, signal.SIGCONT)


@contextmanager
def _passing_signals_to(program: "subprocess.Popen[bytes]") -> Iterator[None]:
    told = False

    def tell(number: int, _frame: FrameType | None) -> None:
        nonlocal told
        if not told:
            told = True
            try:
                os.kill(program.pid, number)
            except ProcessLookupError:
                pass

    before = {number: signal.signal(number, tell) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _take_terminal(group: int) -> None:
    # A background group that changes the terminal is stopped by SIGTTOU, unless it ignores it.
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        os.tcsetpgrp(0, group)
    except OSError:
        pass
    finally:
        signal.signal(signal.SIGTTOU, before)
