"""What every process of a dynamic provider needs: a voice, failures without tracebacks, and an end with its engine."""

import logging
import os
import sys
import threading
import time

import psutil

from infra.errors import DeploymentError, SettingsError

WATCH_INTERVAL = 2.0

# Set by `make plan`.
PLAN = "SLIPWAY_PLAN"


def say(text: str) -> None:
    """A line of progress: the engine shows what a provider writes to its standard error."""
    print(text, file=sys.stderr, flush=True)


def unchecked(what: str) -> bool:
    """Whether this is a plan, which looks at no machine and must be the same on all; then it says what that leaves."""
    if not os.environ.get(PLAN):
        return False
    say(f"not checked in a plan: {what}")
    return True


class _Told(logging.Filter):
    """A failure that is told to a person needs no traceback beside it: gRPC's server would log one."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], DeploymentError | SettingsError))


def _end_with_engine(shell: psutil.Process, engine: int) -> None:
    # The engine starts a provider through a shell script, which outlives a killed engine as an orphan does.
    while shell.is_running() and shell.ppid() == engine:
        time.sleep(WATCH_INTERVAL)
    os._exit(1)


def prepare() -> None:
    """Called where a provider's module is imported; does nothing in the program's own process."""
    logging.getLogger("grpc._server").addFilter(_Told())
    main = getattr(sys.modules.get("__main__"), "__spec__", None)
    if main is not None and main.name == "pulumi.dynamic.__main__":
        shell = psutil.Process().parent()
        if shell is not None:
            threading.Thread(target=_end_with_engine, args=(shell, shell.ppid()), daemon=True).start()
