"""The release task: run once per revision, before anything of it serves."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.errors import DeploymentError
from infra.targets.local.environment import process_environment
from infra.targets.local.instance import tail
from infra.targets.local.layout import Layout, mark, write_private

LOG_LINES = 20


@dataclass(frozen=True)
class ReleaseTask:
    """What to run. `programs` is the folder of the release's programs; `timeout` in seconds."""

    revision: str
    command: Sequence[str]
    timeout: int
    programs: str
    variables: Mapping[str, str]


def run_once(layout: Layout, task: ReleaseTask, secrets: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Run the release task of a revision, unless it has succeeded before.

    The task holds the stack's lock for as long as it lives, so that an `up` after a killed one waits for it.

    Raises:
        DeploymentError: it failed or took too long; its last log lines are in the message.
    """
    done = layout.released / task.revision
    with layout.locked(say) as lock:
        work = layout.root / "release-task"
        shutil.rmtree(work, ignore_errors=True)
        if done.exists():
            return
        mark(lock, f"the release task of {task.revision}")
        say(f"running the release task: {' '.join(task.command)}")
        for name, value in secrets.items():
            write_private(work / "secrets" / name, value)
        log = layout.released / f"{task.revision}.log"
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            failure = _run(task, layout, work, log, lock)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        if failure:
            raise DeploymentError(
                "\n".join([f"the release task {failure}; nothing was switched. Its last lines:", *tail(log, LOG_LINES)])
            )


# The command writes down its own success, so that it counts even when the `up` that started it was killed meanwhile.
_RECORDED = '"$@" && : > "$0"'


def _run(task: ReleaseTask, layout: Layout, work: Path, log: Path, lock: int) -> str:
    temporary = work / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    environment = process_environment(task.programs, task.variables, temporary, sorted((work / "secrets").glob("*")))
    with log.open("ab") as output:
        run = subprocess.Popen(
            ["/bin/sh", "-c", _RECORDED, str(layout.released / task.revision), *task.command],
            cwd=layout.releases / task.revision,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(lock,),
            process_group=0,
        )
    try:
        code = run.wait(task.timeout)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        return f"took more than {task.timeout} s"
    return f"ended with exit code {code}" if code else ""
