"""One stack of a copy of this project, which a real engine ships to the hosts that SLIPWAY_LAB_HOSTS names.

Making hosts ready is most of the time, so all tests share what is there: each begins with what serves, and ends so.
"""

import json
import os
import re
import shlex
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.service import load_service
from infra.targets.hosts import rollout
from infra.targets.hosts.connection import Connection
from infra.targets.hosts.naming import name_of
from tests import parts
from tests.engine.conftest import Checkout, Done, copy_of_this
from tests.hosts.role.rig import NAME as OTHERS
from tools.environment import platform_environment

NAME = "life"
# What it is called on the hosts.
UNIT = name_of(load_service().name, NAME)
# Of the images that it runs.
REPOSITORY = f"{NAME}/slipway"
# What of a service could be on a host: its folder, units, user, nginx site, log and images.
TRACES = (
    "ls -d /opt/{0} /etc/systemd/system/{0}-* /etc/nginx/*/{0}* /etc/systemd/journald@{0}.conf /var/log/journal/*.{0} "
    "2>/dev/null; systemctl list-units --all --no-legend '{0}-*'; getent passwd {0}; "
    f"for each in podman docker; do $each images --quiet '*/{REPOSITORY}'; done 2>/dev/null"
)


@dataclass
class Stack:
    """A stack on the hosts. `ssh` is how they are reached, as its file has it."""

    checkout: Checkout
    hosts: list[str]
    ssh: dict[str, Any]
    config: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def unit(self) -> str:
        return UNIT

    @property
    def file(self) -> Path:
        return self.checkout.root / "stacks" / f"Pulumi.{NAME}.yaml"

    def set(self, **values: Any) -> None:
        """Set keys of `service:` and write the stack's file."""
        self.config |= {f"service:{key}": value for key, value in values.items()}
        self.write()

    def unset(self, *keys: str) -> None:
        """Take keys of `service:` out of the stack's file."""
        self.config = {key: value for key, value in self.config.items() if key.removeprefix("service:") not in keys}
        self.write()

    def write(self) -> None:
        """Write the stack's file, in which the salt of its secrets stays."""
        kept = yaml.safe_load(self.file.read_text(encoding="utf-8")) if self.file.exists() else {}
        self.file.write_text(yaml.safe_dump({**kept, "config": self.config}), encoding="utf-8")

    def reach(self, hosts: list[str] | None = None, **ssh: Any) -> None:
        """Name other hosts, or another way to them."""
        self.set(options={"hosts": hosts or self.hosts, "ssh": {**self.ssh, **ssh}})

    def make(self, verb: str, **variables: str) -> Done:
        return self.checkout.make(verb, STACK=NAME, **variables)

    def up(self) -> str:
        """`make up`, which must end well; what it said."""
        done = self.make("up", ARGS="--skip-preview")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def failed_up(self) -> str:
        """`make up`, which must fail without a traceback of the program or of a provider; what it said."""
        done = self.make("up", ARGS="--skip-preview")
        said = done.stdout + done.stderr
        assert done.returncode != 0
        assert not re.search(r"/infra/\S+\.py\", line", said), said
        return said

    def begun_up(self) -> "subprocess.Popen[str]":
        """`make up` in a session of its own, while the test does something."""
        return subprocess.Popen(
            self.checkout.command("up", STACK=NAME, ARGS="--skip-preview"),
            cwd=self.checkout.root,
            env=self.checkout.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def serves(self, host: str) -> dict[str, str]:
        """What a host says of itself; nothing when it does not."""
        try:
            with urllib.request.urlopen(f"http://{host}/version", timeout=10) as answer:
                return dict(json.loads(answer.read()))
        except (urllib.error.URLError, OSError, ValueError):
            return {}

    def serving(self) -> list[dict[str, str]]:
        """The same of all hosts, in their order."""
        return [self.serves(host) for host in self.hosts]

    def all_serve(self, deployment: str) -> bool:
        return [found.get("deployment") for found in self.serving()] == [deployment] * len(self.hosts)

    def on(self, host: str, line: str) -> str:
        """What a shell of root says on a host."""
        command = ["ssh", "-F", self.ssh["config"], host, f"sudo sh -c {shlex.quote(line)}"]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120).stdout

    def traces(self, host: str) -> str:
        return self.on(host, TRACES.format(self.unit))


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack, of which nothing is on the hosts before and after the session."""
    hosts = parts.told("hosts").split(",")
    platform_environment("hosts")
    config = os.environ["SLIPWAY_LAB_SSH_CONFIG"]
    reached = Connection(hosts, None, None, None, None, None, config, 10, become=True)
    # The tests of the role have the same hosts and ports, and what a run left that was killed is of no test.
    for name in (OTHERS, UNIT):
        rollout.take_away(reached, name, print)
    checkout = copy_of_this(tmp_path_factory.mktemp("checkout") / "slipway")
    made = Stack(checkout, hosts, {"config": config})
    made.set(target="hosts", rollout_timeout=300, timeout=20, size={"cpu": 1, "memory": "256MiB"})
    made.reach()
    yield made
    made.reach()
    destroyed = made.make("destroy", YES="1")
    assert destroyed.returncode == 0, destroyed.stdout


@pytest.fixture
def stack(fresh: Stack) -> Stack:
    """The stack, the same of which serves on all hosts."""
    found = fresh.serving()
    if not found[0] or found != [found[0]] * len(found):
        fresh.up()
    return fresh
