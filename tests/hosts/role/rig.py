"""The role on the lab's hosts: releases to ship, the variables that the role is told, and runs of the playbooks."""

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import wsgi
from infra.paths import APP
from infra.revision import Release
from infra.service import Server, load_service
from tests.parts import told
from tools.environment import offline_variables

ANSIBLE = Path(__file__).parents[3] / "infra" / "targets" / "hosts" / "ansible"
NAME = "role-test"
RECAP = re.compile(r"^(\S+) +: ok=\d+ +changed=(\d+) +unreachable=(\d+) +failed=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Ran:
    """How a run of Ansible ended, and what it said."""

    code: int
    said: str

    @property
    def changed(self) -> dict[str, int]:
        """How many tasks changed something, by host."""
        return {name: int(changed) for name, changed, _, _ in RECAP.findall(self.said)}


@dataclass(frozen=True)
class Deployment:
    """What the role is told of one deployment."""

    variables: dict[str, Any]

    @property
    def identity(self) -> str:
        return str(self.variables["slipway_deployment"])

    def but(self, **more: Any) -> "Deployment":
        return Deployment({**self.variables, **{f"slipway_{name}": value for name, value in more.items()}})


class Hosts:
    """The first of the lab's hosts, called h1 as its container is: a stack's tests play with all of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.addresses = {"h1": told("hosts").split(",")[0]}
        self.ssh_config = os.environ["SLIPWAY_LAB_SSH_CONFIG"]
        lines = [f"{name} ansible_host={address}" for name, address in self.addresses.items()]
        lines += ["[all:vars]", f"ansible_ssh_common_args=-F {self.ssh_config}", "ansible_user=deploy"]
        (folder / "inventory.ini").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def play(self, playbook: str, variables: Mapping[str, Any], *arguments: str) -> Ran:
        """Run a playbook by itself, as a person would."""
        path = self.folder / "variables.json"
        path.write_text(json.dumps(variables), encoding="utf-8")
        path.chmod(0o600)
        program = Path(sys.executable).with_name("ansible-playbook")
        command = [str(program), "-i", str(self.folder / "inventory.ini"), playbook, "-e", f"@{path}", *arguments]
        run = subprocess.run(
            command,
            cwd=ANSIBLE,
            env={**offline_variables(), "ANSIBLE_FORCE_COLOR": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(run.returncode, run.stdout + run.stderr)

    def site(self, deployment: Deployment, *arguments: str) -> Ran:
        return self.play("site.yml", deployment.variables, *arguments)

    def ship(self, deployment: Deployment) -> None:
        """Have it serve on all hosts; those that serve it already stay as they are."""
        if set(self.serving().values()) != {deployment.identity}:
            ran = self.site(deployment)
            assert ran.code == 0, ran.said

    def destroy(self) -> Ran:
        return self.play("destroy.yml", {"slipway_name": NAME})

    def shell(self, host: str, line: str) -> str:
        """What a command of root's says on a host; raises CalledProcessError."""
        command = ["ssh", "-F", self.ssh_config, self.addresses[host], f"sudo sh -c {shlex.quote(line)}"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def serving(self) -> dict[str, str]:
        """Which deployment answers on each host, from outside."""
        return {name: answered(address) for name, address in self.addresses.items()}


def until(wanted: Callable[[], object], within: float = 600) -> None:
    """Wait for it, on a machine that others share."""
    deadline = time.monotonic() + within
    while not wanted():
        assert time.monotonic() < deadline
        time.sleep(0.3)


@contextmanager
def brought(ssh_config: str, address: str, port: int) -> Iterator[None]:
    """What listens at a port of this machine's loopback address is there at the same of the host's."""
    forwarding = ["-o", "ExitOnForwardFailure=yes", "-R", f"127.0.0.1:{port}:127.0.0.1:{port}"]
    command = ["ssh", "-F", ssh_config, *forwarding, address, "echo there; exec cat"]
    tunnel = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with tunnel:
        assert tunnel.stdout
        assert tunnel.stdout.readline() == b"there\n"
        try:
            yield
        finally:
            tunnel.terminate()


def answered(address: str, port: int = 80, path: str = "/version") -> str:
    """The deployment that answers at an address; empty when none does."""
    command = ["curl", "--silent", "--noproxy", "*", "--max-time", "5", f"http://{address}:{port}{path}"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    try:
        return str(json.loads(said)["deployment"])
    except (ValueError, KeyError):
        return ""


def release(folder: Path, server: Server, change: Mapping[str, str]) -> tuple[str, Path]:
    """The service with some of its files otherwise: the revision, and the archive of it."""
    service = load_service()
    source = folder / "source"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir()
    for name in service.files:
        path = APP / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, source / name)
    for name, content in change.items():
        (source / name).write_text(content, encoding="utf-8")
    files = {
        str(path.relative_to(source)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(source.rglob("*"))
        if path.is_file()
    }
    made = Release(source, files, {"server": server})
    shipped = folder / made.revision
    shutil.rmtree(shipped, ignore_errors=True)
    shipped.mkdir()
    made.write(shipped)
    archive = folder / f"{made.revision}.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for path in sorted(shipped.iterdir()):
            tar.add(path, path.name)
    return made.revision, archive


def deployment(
    folder: Path, server: Server = "gunicorn", greeting: str = "Ahoy.", change: Mapping[str, str] | None = None
) -> Deployment:
    """All that the role is told."""
    revision, archive = release(folder, server, change or {})
    service = load_service()
    plan = wsgi.plan(server, 1, 512 * 1024 * 1024, request_timeout=20)
    identity = hashlib.sha256(f"{revision} {greeting}".encode()).hexdigest()[:12]
    assert service.release
    return Deployment(
        {
            "slipway_name": NAME,
            "slipway_service": service.name,
            "slipway_revision": revision,
            "slipway_deployment": identity,
            "slipway_archive": str(archive),
            "slipway_requirements": service.web.requirements.format(server=server),
            "slipway_stack": "lab",
            "slipway_server": server,
            "slipway_variables": {"GREETING": greeting},
            "slipway_web_variables": plan.environment(),
            "slipway_secrets": {"SECRET_KEY": 'not "quite" a $secret'},
            "slipway_release_task": {"command": list(service.release.command), "timeout": 60},
            "slipway_workers": {name: {"command": list(each.command)} for name, each in service.workers.items()},
            "slipway_jobs": {
                name: {"command": list(job.command), "timeout": job.timeout, "calendar": ["*-*-* *:0/15:00 UTC"]}
                for name, job in service.jobs.items()
            },
            "slipway_timeout": 20,
            "slipway_stop_timeout": plan.stop_timeout,
        }
    )
