"""A copy that stays current: the merge, the marks, the proof, and targets that come and go."""

import os
import re
import shutil
from pathlib import Path

import pytest
import yaml

from infra.paths import ROOT
from tests.copying.conftest import SECOND, Template, commit, lend
from tests.copying.test_copies import Copies
from tests.engine.conftest import Checkout, copy_of_this

pytestmark = pytest.mark.timeout(900)


# What takes a minute more is asked for by this variable.
whole = pytest.mark.skipif("SLIPWAY_COPIES" not in os.environ, reason="SLIPWAY_COPIES is not set: few copies are made")


def migration() -> tuple[str, str]:
    """CONTRIBUTING's migration: how it is declared, and the program."""
    section = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## A version of the template\n")[2]
    declared, program = re.findall(r"```(?:yaml|python)\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    return declared, program


@pytest.fixture(scope="module")
def newer(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template with a newer version: more in a module, another in a page, and a migration of stacks' files."""
    made = Template(copy_of_this(tmp_path_factory.mktemp("newer") / "slipway"))
    made.release("v1.0.0")
    root = made.checkout.root
    declared, program = migration()
    replaced(root / "infra/wsgi.py", '"""', '"""Newer: ', 1)
    replaced(root / "app/service/pages/__init__.py", '"""', '"""Newer: ', 1)
    replaced(root / "copier.yml", "\n_skip_if_exists:", f"\n{declared}\n_skip_if_exists:")
    (root / "copying/migrations").mkdir()
    (root / "copying/migrations/v1.1.0.py").write_text(program, encoding="utf-8")
    made.release(SECOND)
    return made


def replaced(file: Path, old: str, new: str, count: int = -1) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, count), encoding="utf-8")


def test_an_update_brings_what_is_new_keeps_what_was_changed_marks_what_both_did_and_runs_migrations(
    newer: Template, tmp_path: Path
) -> None:
    copy = newer.copy(tmp_path / "orders", targets=[])
    (copy.root / "app/service/own.py").write_text('"""Our own."""\n')
    replaced(copy.root / "stacks/Pulumi.local.yaml", "512MiB", "1GiB")
    replaced(copy.root / "app/service/pages/__init__.py", '"""', '"""Ours: ', 1)
    commit(copy, "ours")

    refused = newer.copier("update", "--defaults", "--quiet", folder=copy.root)
    assert refused.returncode != 0
    assert "unsafe feature: migrations" in " ".join(f"{refused.stdout}{refused.stderr}".split())
    assert copy.git("status", "--porcelain") == ""
    assert newer.copier("update", "--defaults", "--quiet", "--trust", folder=copy.root).returncode == 0

    assert (copy.root / "infra/wsgi.py").read_text().startswith('"""Newer: ')
    assert (copy.root / "app/service/own.py").exists()
    assert "memory: 1024MiB" in (copy.root / "stacks/Pulumi.local.yaml").read_text()
    both = (copy.root / "app/service/pages/__init__.py").read_text()
    assert all(
        mark in both for mark in ("<<<<<<< before updating", '"""Ours: ', '"""Newer: ', ">>>>>>> after updating")
    )
    assert yaml.safe_load((copy.root / ".copier-answers.yml").read_text())["_commit"] == SECOND

    done = lend(copy, "local", "offline", "uv").make("upgrade-check", BASE="HEAD")
    assert done.returncode != 0
    assert "these are not merged yet: app/service/pages/__init__.py" in done.stderr

    merged = re.sub(r"<{7}.*?\n={7}\n(.*?)>{7}[^\n]*\n", r"\1", both, flags=re.DOTALL)
    (copy.root / "app/service/pages/__init__.py").write_text(merged)
    commit(copy, "merged")
    done = copy.make("upgrade-check", BASE="HEAD~1")
    assert done.returncode == 0
    # The application and infra/ are others, so that another release is made. Nothing else is.
    assert "slipway:Bundle bundle" in done.stderr
    assert "proven by the plans of 1 stacks" in done.stderr


def test_what_an_update_would_change_and_what_it_would_lose_are_told_apart(copies: Copies, tmp_path: Path) -> None:
    shutil.copytree(copies("local").root, tmp_path / "orders")
    copy = lend(Checkout(tmp_path / "orders"), "local", "offline", "uv")
    same = copy.make("upgrade-check")
    assert same.returncode != 0
    assert "nothing was changed since" in same.stderr

    replaced(copy.root / "stacks/Pulumi.local.yaml", "memory: 512MiB", "memory: 128MiB")
    less = copy.make("upgrade-check")
    assert less.returncode == 0
    assert less.stderr.splitlines()[-3:] == [
        "local: 1 to update, 5 stay as they are",
        "  update pulumi-python:dynamic/slipway:Deployment deployment (configuration.web_variables.WEB_CONCURRENCY)",
        "proven by the plans of 1 stacks: nothing that holds state is replaced or deleted",
    ]

    replaced(copy.root / "infra/secrets.py", 'f"generated-', 'f"made-')
    lost = copy.make("upgrade-check")
    assert lost.returncode != 0
    assert "LOST delete pulumi-python:dynamic/slipway:GeneratedSecret generated-secret-key" in lost.stderr
    assert "not proven" in lost.stderr


@whole
def test_a_target_comes_and_goes_by_one_command_and_what_was_changed_stays(template: Template, tmp_path: Path) -> None:
    copy = lend(template.copy(tmp_path / "orders", targets=["docker"]), "copying", "uv")
    replaced(
        copy.root / "stacks/Pulumi.docker.yaml",
        "service:target: docker",
        "service:target: docker\n  service:timeout: 30",
    )
    commit(copy, "ours")

    assert copy.make("targets", ADD="hosts").returncode == 0
    assert (copy.root / "infra/targets/hosts/spec.py").is_file()
    assert (copy.root / "docs/hosts.md").is_file()
    assert "service:timeout: 30" in (copy.root / "stacks/Pulumi.docker.yaml").read_text()
    commit(copy, "hosts came")

    assert copy.make("targets", DROP="docker").returncode == 0
    assert not (copy.root / "infra/targets/docker").exists()
    assert not (copy.root / "requirements/docker.txt").exists()
    assert yaml.safe_load((copy.root / ".copier-answers.yml").read_text())["targets"] == ["hosts"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"ADD": "mars"}, "ADD=mars: there is no such platform"),
        ({"ADD": "aws"}, "ADD=aws: is here already"),
        ({"DROP": "gcp"}, "DROP=gcp: is not here"),
    ],
    ids=str,
)
def test_a_target_that_cannot_come_or_go_is_refused_before_anything_is_changed(
    copies: Copies, given: dict[str, str], why: str
) -> None:
    copy = copies("aws")
    done = copy.make("targets", **given)
    assert done.returncode != 0
    assert why in done.stderr
    assert copy.git("status", "--porcelain") == ""


def test_the_template_itself_is_no_copy(template: Template) -> None:
    done = template.checkout.make("targets", ADD="aws")
    assert done.returncode != 0
    assert "there is no .copier-answers.yml" in done.stderr
