"""The tree as a template that is tagged, and copies of it by the real copier, with the environments of this one."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from infra.paths import ROOT
from tests.engine.conftest import Checkout, copy_of_this
from tools.copying.targets import PLATFORMS
from tools.environment import copying_environment, offline_environment, platform_environment
from tools.stack import parts

Done = subprocess.CompletedProcess[str]

ENVIRONMENTS = ROOT / ".slipway" / "envs"
# How those are made that a copy may be lent. `uv` makes them all, and so is there when they are.
MADE = {"copying": copying_environment, "local": lambda: platform_environment("local"), "offline": offline_environment}
FIRST, SECOND = "v1.0.0", "v1.1.0"
EVERYWHERE = list(PLATFORMS)
TOLD: dict[str, str | list[str]] = {"server": "waitress", "domain": "pay.acme.io", "aws_region": "us-east-1"}


@dataclass(frozen=True)
class Template:
    """The repository that copies are made of."""

    checkout: Checkout

    def release(self, tag: str) -> None:
        self.checkout.git("add", "-A")
        self.checkout.git("commit", "--allow-empty", "-qm", tag)
        self.checkout.git("tag", tag)
        # As a clone has it: copier goes through every file that lies there, git's own too.
        self.checkout.git("gc", "--quiet", "--prune=now")

    def copier(self, *arguments: str | Path, folder: Path) -> Done:
        """Run copier as a person does who trusts nothing; what it said is shown when a test fails."""
        program = copying_environment().bin / "copier"
        done = subprocess.run(
            [program, *arguments], cwd=folder, env={**os.environ, "LANG": "C.UTF-8"}, capture_output=True, text=True
        )
        print(f"$ copier {' '.join(map(str, arguments))} -> {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def copy(self, into: Path, tag: str = FIRST, **answers: str | list[str]) -> Checkout:
        """A copy that is committed, made without a question. Answers that are not given are the defaults."""
        told = into.parent / "answers.yml"
        told.write_text(yaml.safe_dump(answers), encoding="utf-8")
        given = ["--defaults", "--quiet", "--vcs-ref", tag, "--data-file", told]
        done = self.copier("copy", *given, self.checkout.root, into, folder=into.parent)
        assert done.returncode == 0, done.stderr
        made = Checkout(into)
        if not (into / ".git").exists():
            made.git("init", "-q")
        commit(made, "as it was copied")
        return made


def commit(checkout: Checkout, message: str) -> None:
    checkout.git("add", "-A")
    checkout.git("commit", "-qm", message)


def lend(checkout: Checkout, *names: str) -> Checkout:
    """Let a copy have environments of this tree, as if made from its own locks: what they hold is the same, or more."""
    python = f"python {sys.version.split()[0]} {Path(sys.base_prefix).resolve()}"
    for name in names:
        if name in MADE:
            MADE[name]()
        folder = checkout.root / ".slipway" / "envs" / name
        folder.mkdir(parents=True)
        for entry in (ENVIRONMENTS / name).iterdir():
            if entry.name != "stamp":
                (folder / entry.name).symlink_to(entry)
        lock = checkout.root / "requirements" / f"{'all' if name == 'test' else name}.txt"
        locked = b"".join(part.read_bytes() for part in parts(lock))
        digest = hashlib.sha256(locked).hexdigest()
        (folder / "stamp").write_text(digest if name == "uv" else f"{digest} {python}\n", encoding="utf-8")
    return checkout


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    made = Template(copy_of_this(tmp_path_factory.mktemp("template") / "slipway"))
    made.release(FIRST)
    return made


@pytest.fixture(scope="session")
def copies(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Checkout]:
    """A copy for one platform, for none (`local`) or for `all`, made once: to be looked at, and not changed.

    That for AWS was told everything, all others nothing but their platforms.
    """
    made: dict[str, Checkout] = {}

    def get(which: str) -> Checkout:
        if which not in made:
            targets = {"local": [], "all": EVERYWHERE}.get(which, [which])
            folder = tmp_path_factory.mktemp(which) / "orders"
            made[which] = template.copy(folder, targets=targets, **(TOLD if which == "aws" else {}))
        return made[which]

    return get
