"""The second place: the image in a container of a real Docker Engine, allowed as little as the targets allow it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError
from docker.models.containers import Container
from docker.types import Mount

from tests.app.images import Images
from tests.app.suite.local import free_address
from tests.app.suite.place import App, Listening, Place, Served, copy_release, default_environment

# What a container of this project may do, on every target that runs one.
CONFINED: Mapping[str, Any] = {
    "read_only": True,
    "tmpfs": {"/tmp": "rw,noexec,nosuid,nodev,size=64m"},
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges"],
    "init": True,
}
SECRET, SECRET_FILE = "a secret of the suite", "/run/secrets/SECRET_KEY"

# The processes inside, but for the one that asks, as pairs of their id and their parent's.
PROCESSES = """
import os, pathlib
for entry in pathlib.Path("/proc").iterdir():
    try:
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if fields[0] != "Z":
                print(entry.name, fields[1])
    except (FileNotFoundError, ProcessLookupError):
        pass
"""


class ContainerPlace(Place):
    def __init__(self, images: Images, engine: docker.DockerClient) -> None:
        self._images = images
        self._engine = engine
        self._folder = Path(tempfile.mkdtemp(prefix="suite-"))
        self._folder.chmod(0o755)
        secret = self._folder / "SECRET_KEY"
        secret.write_text(SECRET, encoding="utf-8")
        self._mounts = [_mount(secret, SECRET_FILE)]
        probe = self._folder / "probe"
        self._probe_revision = copy_release("probe", probe)
        # The probe takes the service's place; what serves it is the image's own.
        self._probe_mounts = [
            _mount(probe / name, f"/srv/app/{name}") for name in ("probe.py", "service.toml", "release.json")
        ]

    def start(
        self, app: App, server: str, environment: Mapping[str, str], *, listening: Listening | None = None
    ) -> ContainerServed:
        return self.run(app, server, environment)

    def run(self, app: App, server: str, environment: Mapping[str, str], **options: Any) -> ContainerServed:
        """The same, with further options of docker's SDK."""
        built = self._images.of(server)
        web, admin = free_address(), free_address()
        variables = {
            **default_environment(server),
            "SECRET_KEY_FILE": SECRET_FILE,
            # The same inside and outside, as what is told of an address is compared with the address that is asked.
            "PORT": str(web[1]),
            "ADMIN_HOST": "0.0.0.0",
            "ADMIN_PORT": str(admin[1]),
            **environment,
        }
        container = self._engine.containers.run(
            built.reference,
            detach=True,
            environment=variables,
            mounts=[*self._mounts, *(self._probe_mounts if app == "probe" else ()), *options.pop("mounts", ())],
            **{**CONFINED, "ports": {f"{address[1]}/tcp": address for address in (web, admin)}, **options},
        )
        served = ContainerServed(container, server)
        served.web, served.admin = web, admin
        served.size = int(variables["WEB_CONCURRENCY"])
        served.revision = built.revision if app == "bundled" else self._probe_revision
        return served

    def close(self) -> None:
        shutil.rmtree(self._folder)


class ContainerServed(Served):
    def __init__(self, container: Container, server: str) -> None:
        self.container = container
        self.server = server
        container.reload()
        self.client = str(container.attrs["NetworkSettings"]["Gateway"])

    def sigterm(self) -> None:
        self.container.kill("SIGTERM")

    def wait(self, seconds: float) -> int:
        deadline = time.monotonic() + seconds
        while True:
            self.container.reload()
            state = self.container.attrs["State"]
            if state["Status"] == "exited":
                return int(state["ExitCode"])
            if time.monotonic() >= deadline:
                raise TimeoutError(f"{self.server} still runs {seconds} s after it was asked to stop")
            time.sleep(0.05)

    def kill(self, pid: int) -> None:
        self.inside("python", "-I", "-S", "-c", f"import os; os.kill({pid}, 9)")

    def crash(self) -> None:
        self.container.kill("SIGKILL")
        self.wait(5)

    def workers(self) -> frozenset[int]:
        if self.container.status == "exited":
            return frozenset()
        try:
            told = self.inside("python", "-I", "-S", "-c", PROCESSES)
        except APIError:
            # It has just ended.
            return frozenset()
        parents: dict[int, int] = {}
        for line in told.splitlines():
            pid, parent = map(int, line.split())
            parents[pid] = parent
        # What has no parent in here is the first process, and what the Engine started beside it, as a health check.
        return frozenset(pid for pid, parent in parents.items() if parent and pid not in parents.values())

    def log(self) -> str:
        return self.container.logs().decode(errors="replace")

    def stop(self) -> None:
        self.container.remove(force=True, v=True)

    def inside(self, *command: str) -> str:
        """What a command says that runs in the container."""
        done = self.container.exec_run(list(command))
        return done.output.decode(errors="replace")

    def status(self) -> dict[str, Any]:
        """What the Engine knows of it now."""
        self.container.reload()
        return dict(self.container.attrs)


def _mount(source: Path, target: str) -> Mount:
    # Read by a user of the image, whoever owns it here.
    source.chmod(0o644)
    return Mount(target, str(source), type="bind", read_only=True)
