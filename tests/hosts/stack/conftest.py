"""A stack of a copy of this project, which a real engine ships to the hosts that SLIPWAY_LAB_HOSTS names."""

import json
import os
import re
import shlex
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.targets.hosts import rollout
from infra.targets.hosts.connection import Connection
from tests import parts
from tests.engine.conftest import Checkout, Done, copy_of_this
from tests.hosts.role.rig import NAME as OTHERS
from tools.environment import platform_environment

NAME = "life"


@dataclass
class Stack:
    """A stack on the hosts. `ssh` is how they are reached, as its file has it."""

    checkout: Checkout
    hosts: list[str]
    ssh: dict[str, Any]
    config: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def unit(self) -> str:
        """What it is called on the hosts."""
        return f"slipway-{NAME}"

    @property
    def file(self) -> Path:
        return self.checkout.root / "stacks" / f"Pulumi.{NAME}.yaml"

    def set(self, **values: Any) -> None:
        """Set keys of `service:` and write the stack's file."""
        self.config |= {f"service:{key}": value for key, value in values.items()}
        self.file.write_text(yaml.safe_dump({"config": self.config}), encoding="utf-8")

    def reach(self, hosts: list[str] | None = None, **ssh: Any) -> None:
        """Name other hosts, or another way to them."""
        self.set(options={"hosts": hosts or self.hosts, "ssh": {**self.ssh, **ssh}})

    def make(self, verb: str, **variables: str) -> Done:
        return self.checkout.make(verb, STACK=NAME, **variables)

    def up(self) -> str:
        """`make up`, which must end well; what it said."""
        done = self.make("up", ARGS="--skip-preview")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def failed_up(self) -> str:
        """`make up`, which must fail without a traceback of the program or of a provider; what it said."""
        done = self.make("up", ARGS="--skip-preview")
        said = done.stdout + done.stderr
        assert done.returncode != 0
        assert not re.search(r"/infra/\S+\.py\", line", said), said
        return said

    def version(self, host: str) -> dict[str, str]:
        """What a host says of itself."""
        with urllib.request.urlopen(f"http://{host}/version", timeout=10) as answer:
            return dict(json.loads(answer.read()))

    def on(self, host: str, line: str) -> str:
        """What a shell of root says on a host."""
        command = ["ssh", "-F", self.ssh["config"], host, f"sudo sh -c {shlex.quote(line)}"]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    hosts = parts.told("hosts").split(",")
    platform_environment("hosts")
    config = os.environ["SLIPWAY_LAB_SSH_CONFIG"]
    # The tests of the role have the same hosts and ports, and keep theirs until the session ends.
    reached = Connection(hosts, None, None, None, None, None, config, 10, become=True)
    rollout.take_away(reached, OTHERS, print)
    checkout = copy_of_this(tmp_path_factory.mktemp("checkout") / "slipway")
    made = Stack(checkout, hosts, {"config": config})
    made.set(target="hosts", rollout_timeout=120, timeout=10, size={"cpu": 1, "memory": "256MiB"})
    made.reach()
    try:
        yield made
    finally:
        made.reach()
        destroyed = made.make("destroy", YES="1")
        assert destroyed.returncode == 0, destroyed.stdout
