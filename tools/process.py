"""Running a program: in the foreground with the terminal its own, or quietly with its advance shown."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tools.saying import Progress


def foreground(command: Sequence[str | Path], env: Mapping[str, str], cwd: Path) -> int:
    """Run `command` and answer its exit code (128 + the signal's number when one ended it).

    The program gets a process group of its own, which is the terminal's foreground group while it runs. So Ctrl-C
    reaches it once, by the terminal; SIGINT and SIGTERM sent to this process reach it once, by being passed on. Twice
    would be wrong: an engine that is told a second time stops at once and leaves its work half recorded.
    """
    terminal = _has_terminal()
    with subprocess.Popen([str(part) for part in command], env=dict(env), cwd=cwd, process_group=0) as program:
        if terminal:
            _give_terminal(program.pid)
        try:
            with _passing_signals_to(program):
                return _wait(program, terminal)
        finally:
            if terminal:
                _give_terminal(os.getpgrp())


def quietly(
    command: Sequence[str | Path], env: Mapping[str, str], cwd: Path, progress: Progress, state: str
) -> tuple[int, str]:
    """Run `command`, showing `state` when it takes longer; its exit code, and all that it said."""
    with tempfile.TemporaryFile("w+") as said:
        parts = [str(part) for part in command]
        with subprocess.Popen(
            parts, env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        ) as program:
            try:
                while program.poll() is None:
                    time.sleep(0.05)
                    if progress.elapsed > 2:
                        progress.show(state)
            finally:
                program.terminate()
                progress.clear()
        said.seek(0)
        return program.returncode, said.read().strip()


def _wait(program: "subprocess.Popen[bytes]", terminal: bool) -> int:
    while True:
        _, status = os.waitpid(program.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            program.returncode = os.waitstatus_to_exitcode(status)
            return program.returncode if program.returncode >= 0 else 128 - program.returncode
        if os.WSTOPSIG(status) not in (signal.SIGTTIN, signal.SIGTTOU):
            # Ctrl-Z: stop with the program, so that the shell takes over; what follows comes after its `fg`.
            if terminal:
                _give_terminal(os.getpgrp())
            os.killpg(os.getpgrp(), signal.SIGSTOP)
        if terminal:
            _give_terminal(program.pid)
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


def _has_terminal() -> bool:
    try:
        return sys.stdin.isatty() and os.tcgetpgrp(0) == os.getpgrp()
    except (OSError, ValueError):
        return False


def _give_terminal(group: int) -> None:
    # A background group that changes the terminal is stopped by SIGTTOU, unless it ignores it.
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        os.tcsetpgrp(0, group)
    except OSError:
        pass
    finally:
        signal.signal(signal.SIGTTOU, before)
