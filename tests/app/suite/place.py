"""Where the suite's services run: as processes of this machine, or in containers. Tests know only `Place` and `Served`."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.app.suite.wire import Address, ask

ROOT = Path(__file__).resolve().parents[3]
APP = ROOT / "app"
PROBE = Path(__file__).resolve().parent / "probe"

App = Literal["bundled", "probe"]

SHAPES: Mapping[str, tuple[int, int]] = {"gunicorn": (2, 4), "uwsgi": (2, 4), "waitress": (1, 8)}
"""Workers and threads of each server under test: always eight requests at a time, as on one or two cores."""

# Where a copy of the project is shipped to no Docker Engine, no image is built in tests.
_EVERYWHERE = "local,container" if (ROOT / "infra" / "targets" / "docker" / "spec.py").is_file() else "local"
PLACES = tuple(os.environ.get("SUITE_PLACES", _EVERYWHERE).split(","))

SERVERS = tuple(os.environ.get("SUITE_SERVERS", ",".join(SHAPES)).split(","))

KEEPING = ("gunicorn", "waitress")
"""The servers that keep a connection for the next request. uWSGI would hold a thread for each idle one, so it says
`Connection: close` with every answer."""

MAX_BODY = 1024 * 1024


@dataclass(frozen=True)
class Listening:
    """Listening sockets made outside the server, for one server after the other."""

    web: socket.socket
    admin: socket.socket

    def close(self) -> None:
        self.web.close()
        self.admin.close()


class Served(ABC):
    """One running service."""

    server: str
    web: Address
    admin: Address
    size: int
    """Worker processes it was asked to run."""
    revision: str
    """What /version must answer, as the release's own manifest says it."""
    client: str
    """Where requests from this machine seem to come from."""

    @abstractmethod
    def sigterm(self) -> None:
        """Asks the service to stop, as the place does it; returns at once."""

    @abstractmethod
    def wait(self, seconds: float) -> int:
        """The exit status of the service's first process. Raises TimeoutError when it still runs after `seconds`."""

    @abstractmethod
    def kill(self, pid: int) -> None:
        """SIGKILL to the process that has this id inside the service."""

    @abstractmethod
    def crash(self) -> None:
        """SIGKILL to the service's first process, the one that everything else belongs to."""

    @abstractmethod
    def workers(self) -> frozenset[int]:
        """The ids of the processes that run the app."""

    @abstractmethod
    def log(self) -> str:
        """Everything the service wrote to stdout and stderr so far."""

    @abstractmethod
    def stop(self) -> None:
        """Ends the service whatever its state, and leaves nothing behind."""

    def crash_worker(self) -> int:
        """Kills one of the processes that run the app and gives its id."""
        victim = min(self.workers())
        self.kill(victim)
        return victim

    def ready(self) -> bool:
        try:
            return ask(self.web, "/readyz", timeout=5).status == 200
        except OSError:
            return False


class Place(ABC):
    """A kind of place that runs releases of an app."""

    @abstractmethod
    def start(
        self,
        app: App,
        server: str,
        environment: Mapping[str, str],
        *,
        listening: Listening | None = None,
    ) -> Served:
        """Starts the app behind the server and returns before it is ready."""

    @abstractmethod
    def close(self) -> None:
        """Forgets what the place made for the services; they have all been stopped."""

    def listen(self) -> Listening:
        """Listening sockets for several servers one after the other, where a place can hand them over."""
        raise NotImplementedError


def default_environment(server: str) -> dict[str, str]:
    """The contract's variables every service of the suite is started with; a test overrides what it is about."""
    workers, threads = SHAPES[server]
    return {
        "WEB_SERVER": server,
        "WEB_CONCURRENCY": str(workers),
        "WEB_THREADS": str(threads),
        "WEB_TIMEOUT": "30",
        "WEB_GRACEFUL_TIMEOUT": "10",
        "WEB_KEEPALIVE": "5",
        "WEB_BACKLOG": "512",
        "WEB_DRAIN": "0",
        "WEB_MAX_BODY": str(MAX_BODY),
        "SERVICE_TARGET": "suite",
        "SERVICE_STACK": "suite",
        "SERVICE_DEPLOYMENT": "suite-deployment",
        "LOG_LEVEL": "INFO",
    }


def copy_release(app: App, into: Path) -> str:
    """Writes what is shipped of the app into a new folder: of the probe, its own files beside the bundled `serving`.

    Gives the revision, which release.json in the folder bears.
    """
    files: Sequence[str] = tomllib.loads((APP / "service.toml").read_text(encoding="utf-8"))["files"]
    into.mkdir(parents=True)
    for name in files:
        _copy(APP / name, into / name)
    if app == "probe":
        shutil.rmtree(into / "service")
        for name in tomllib.loads((PROBE / "service.toml").read_text(encoding="utf-8"))["files"]:
            _copy(PROBE / name, into / name)
    shipped = sorted(path for path in into.rglob("*") if path.is_file())
    manifest = {
        "files": {path.relative_to(into).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in shipped},
        "inputs": {"made by": "the suite"},
    }
    canonical = json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()
    revision = hashlib.sha256(canonical).hexdigest()[:12]
    (into / "release.json").write_text(json.dumps({"revision": revision, "manifest": manifest}), encoding="utf-8")
    return revision


def _copy(source: Path, to: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, to)
