"""A copy that stays current: the merge, the marks, the proof, and targets that come and go."""

import os
from pathlib import Path

import pytest
import yaml

from tests.copying.conftest import SECOND, Template, commit, lend
from tests.copying.test_copies import Copies
from tests.engine.conftest import copy_of_this

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif("SLIPWAY_COPIES" not in os.environ, reason="SLIPWAY_COPIES is not set: copies are not made"),
]


@pytest.fixture(scope="module")
def newer(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template with a newer version: more in a module, another default, a property that replaces a volume."""
    made = Template(copy_of_this(tmp_path_factory.mktemp("newer") / "slipway"))
    made.release("v1.0.0")
    root = made.checkout.root
    replaced(root / "infra/wsgi.py", '"""', '"""Newer: ', 1)
    replaced(root / "app/service/pages/__init__.py", '"""', '"""Newer: ', 1)
    made.release(SECOND)
    return made


def replaced(file: Path, old: str, new: str, count: int = -1) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, count), encoding="utf-8")


def test_an_update_brings_what_is_new_keeps_what_was_changed_and_marks_what_both_did(
    newer: Template, tmp_path: Path
) -> None:
    copy = newer.copy(tmp_path / "orders", targets="[]")
    (copy.root / "app/service/own.py").write_text('"""Our own."""\n')
    replaced(copy.root / "stacks/Pulumi.local.yaml", "512MiB", "1GiB")
    replaced(copy.root / "app/service/pages/__init__.py", '"""', '"""Ours: ', 1)
    commit(copy, "ours")

    assert newer.copier("update", "--defaults", "--quiet", folder=copy.root).returncode == 0

    assert (copy.root / "infra/wsgi.py").read_text().startswith('"""Newer: ')
    assert (copy.root / "app/service/own.py").exists()
    assert "memory: 1GiB" in (copy.root / "stacks/Pulumi.local.yaml").read_text()
    both = (copy.root / "app/service/pages/__init__.py").read_text()
    assert all(
        mark in both for mark in ("<<<<<<< before updating", '"""Ours: ', '"""Newer: ', ">>>>>>> after updating")
    )
    assert yaml.safe_load((copy.root / ".copier-answers.yml").read_text())["_commit"] == SECOND

    done = lend(copy, "local", "offline", "uv").make("upgrade-check", BASE="HEAD")
    assert done.returncode != 0
    assert "these are not merged yet: app/service/pages/__init__.py" in done.stderr


def test_a_target_comes_and_goes_by_one_command_and_what_was_changed_stays(template: Template, tmp_path: Path) -> None:
    copy = lend(template.copy(tmp_path / "orders", targets="[docker]"), "copying", "uv")
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
        ({"ADD": "docker"}, "ADD=docker: is here already"),
        ({"DROP": "aws"}, "DROP=aws: is not here"),
    ],
    ids=str,
)
def test_a_target_that_cannot_come_or_go_is_refused_before_anything_is_changed(
    copies: Copies, given: dict[str, str], why: str
) -> None:
    copy = copies("docker")
    done = copy.make("targets", **given)
    assert done.returncode != 0
    assert why in done.stderr
    assert copy.git("status", "--porcelain") == ""


def test_the_template_itself_is_no_copy(template: Template) -> None:
    done = template.checkout.make("targets", ADD="aws")
    assert done.returncode != 0
    assert "there is no .copier-answers.yml" in done.stderr
