"""A copy of this project in a folder of its own, and stacks of it that a real engine ships on this machine."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from infra.paths import ROOT

Done = subprocess.CompletedProcess[str]

# An image by its digest.
PINNED = re.compile(r"^\S+@sha256:[0-9a-f]{64}$")
# What a person gives `make test` reaches what it runs as variables of the environment.
GIVEN = ("ARGS", "CMD", "FOLLOW", "LINES", "ONLY", "POLICY", "PROCESS", "STACK", "YES")


@dataclass
class Checkout:
    """A clone as a user has one, with the environments of this one."""

    root: Path
    variables: dict[str, str] = field(default_factory=dict[str, str])

    def make(self, verb: str, **variables: str) -> Done:
        """Run `make <verb>`; what it said is shown when a test fails."""
        done = subprocess.run(
            self.command(verb, **variables), cwd=self.root, env=self.environment(), capture_output=True, text=True
        )
        print(f"$ make {verb} {variables} -> {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def command(self, verb: str, **variables: str) -> list[str]:
        """`make`, as one types it."""
        return ["make", "--no-print-directory", verb, *(f"{name}={value}" for name, value in variables.items())]

    def environment(self) -> dict[str, str]:
        """A person's own, without what this test run was started with."""
        own = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PULUMI_", "PYTEST_", "MAKE", "MFLAGS")) and name not in (*GIVEN, "CI")
        }
        return {
            **own,
            "PULUMI_HOME": str(self.root.parent / "pulumi-home"),
            "PYTHON": sys.executable,
            **self.variables,
        }

    def pulumi(self, *arguments: str) -> Done:
        """Plain `pulumi`, in a shell that took over `make env`."""
        script = f'eval "$(make -s env)" && exec pulumi {" ".join(arguments)}'
        return subprocess.run(
            ["bash", "-c", script], cwd=self.root, env=self.environment(), capture_output=True, text=True
        )

    def operate(self, act: str, stack: str, told: str) -> Done:
        """An act of `infra.operate` that no verb of make is for, with its standard input."""
        python = ROOT / ".slipway" / "envs" / "test" / "bin" / "python"
        return subprocess.run(
            [python, "-m", "infra.operate", act, "--stack", stack],
            cwd=self.root,
            env=self.environment(),
            input=told,
            capture_output=True,
            text=True,
        )

    def git(self, *arguments: str) -> str:
        """Run git; what it says."""
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        return subprocess.run(
            ["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True, text=True
        ).stdout

    @contextmanager
    def edited(self, name: str, old: str, new: str) -> Iterator[None]:
        """A change to a file of the project, taken back afterwards."""
        path = self.root / name
        before = path.read_text(encoding="utf-8")
        assert old in before, f"{old!r} is not in {name}"
        path.write_text(before.replace(old, new, 1), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(before, encoding="utf-8")

    def commit(self, message: str) -> None:
        """Commit the service and the files of the stacks."""
        self.git("add", "app", "stacks")
        self.git("commit", "-qm", message)

    @contextmanager
    def changed(self, name: str, old: str, new: str) -> Iterator[None]:
        """Another revision of the service, committed; the one before comes back with a commit of its own."""
        with self.edited(name, old, new):
            self.commit("a change")
            yield
        self.commit("as it was")


@dataclass
class Stack:
    """A stack of the checkout, on a port of its own."""

    checkout: Checkout
    name: str
    port: int
    config: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def file(self) -> Path:
        return self.checkout.root / "stacks" / f"Pulumi.{self.name}.yaml"

    @property
    def folder(self) -> Path:
        return self.checkout.root / ".slipway" / "local" / self.name

    def set(self, **values: Any) -> None:
        """Set keys of `service:` and write the stack's file."""
        self.config |= {f"service:{key}": value for key, value in values.items()}
        kept = yaml.safe_load(self.file.read_text(encoding="utf-8")) if self.file.exists() else {}
        self.file.write_text(yaml.safe_dump({**kept, "config": self.config}), encoding="utf-8")

    def restarts(self, process: str) -> int:
        """How often a process was started again, as `make status` tells."""
        found = re.search(rf"^{process}\s.*\s(\d+)\s*$", self.make("status").stdout, re.MULTILINE)
        return int(found[1]) if found else 0

    def set_secret(self, name: str, value: str, table: str = "secrets") -> None:
        """As a person does: the value on standard input, encrypted into the stack's file."""
        self.make("preview")
        script = f'eval "$(make -s env STACK={self.name})" && pulumi config set --secret --path service:{table}.{name} --stack {self.name}'
        subprocess.run(
            ["bash", "-c", script],
            cwd=self.checkout.root,
            env=self.checkout.environment(),
            input=value,
            text=True,
            check=True,
        )
        self.config = yaml.safe_load(self.file.read_text(encoding="utf-8"))["config"]

    def make(self, verb: str, **variables: str) -> Done:
        return self.checkout.make(verb, STACK=self.name, **variables)

    def up(self, *arguments: str) -> Done:
        """`make up`, which must end well. Without a preview first, which the tests of mistakes and README go through."""
        done = self.make("up", ARGS=" ".join(["--skip-preview", *arguments]))
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def version(self) -> dict[str, str]:
        """What the address says of itself."""
        return dict(json.loads(self.get("/version")))

    def get(self, path: str, timeout: float = 10) -> str:
        with urllib.request.urlopen(self.url + path, timeout=timeout) as response:
            return str(response.read().decode())

    def answers(self) -> bool:
        """Whether anybody answers at the address."""
        try:
            self.get("/healthz")
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def processes(self) -> list[psutil.Process]:
        """Every process that works in the stack's folder or was started from it."""
        found: list[psutil.Process] = []
        for process in psutil.process_iter():
            try:
                if any(str(self.folder) in word for word in [process.cwd(), *process.cmdline()]):
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found

    def web(self) -> psutil.Process:
        """The web process that the newest runner started."""
        runners = [p for p in self.processes() if "infra.targets.local.runner" in p.cmdline()]
        return next(p for p in max(runners, key=lambda p: p.create_time()).children() if "serving" in p.cmdline())


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return copy_of_this(tmp_path_factory.mktemp("checkout") / "slipway")


def copy_of_this(root: Path) -> Checkout:
    """A clone of what this one would commit, in a folder that is not there yet."""
    root.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    ).stdout
    for name in (os.fsdecode(name) for name in listed.split(b"\0") if name):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    (root / ".slipway").mkdir()
    (root / ".slipway" / "envs").symlink_to(ROOT / ".slipway" / "envs")
    made = Checkout(root)
    made.git("init", "-q")
    made.git("add", "-A")
    made.git("commit", "-qm", "as it is")
    return made


def failed_up(stack: Stack, arguments: str = "--skip-preview") -> str:
    """`make up`, which must fail without a traceback of the program or of a provider; what it said."""
    done = stack.make("up", ARGS=arguments)
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert not re.search(r"/infra/\S+\.py\", line", said), said
    return said


def free_port() -> int:
    """A port that nobody listens on, below those that the system gives to clients."""
    # Workers that run at the same time have numbers of their own.
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for port in range(20000 + 3000 * worker + os.getpid() % 2000, 32000):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex(("127.0.0.1", port)) and port not in _given:
                _given.add(port)
                return port
    raise AssertionError("no port is free")


_given: set[int] = set()


@pytest.fixture
def stack(checkout: Checkout, request: pytest.FixtureRequest) -> Iterator[Stack]:
    yield from _stack(checkout, f"t{len(_given)}")


@pytest.fixture
def second_stack(checkout: Checkout) -> Iterator[Stack]:
    yield from _stack(checkout, f"t{len(_given)}")


def _stack(checkout: Checkout, name: str) -> Iterator[Stack]:
    made = Stack(checkout, name, free_port())
    made.set(
        target="local",
        server="gunicorn",
        size={"cpu": 2, "memory": "512MiB"},
        options={"port": made.port},
        rollout_timeout=20,
        timeout=10,
    )
    try:
        yield made
    finally:
        made.make("destroy")
        left = made.processes()
        for process in left:
            process.kill()
        made.file.unlink()
        assert left == []
        assert not made.folder.exists()
