"""What the scanners find: a planted mistake fails, in each of them and in the whole, and a waiver has a reason."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools import checks, scan
from tools.engine.build import CannotBuild, place
from tools.project import ROOT

CLEAN = """\
FROM python:3.13-slim
COPY app.py /app.py
USER 10001:10001
HEALTHCHECK CMD ["python", "/app.py"]
"""

needs_trivy = pytest.mark.skipif(not place(scan.TRIVY).whole(), reason="trivy is not built (make scan builds it)")


@pytest.fixture
def tree(tmp_path):
    """A tree whose Dockerfile is clean."""
    (tmp_path / "Dockerfile").write_text(CLEAN)
    return tmp_path


def plant(tree, old, new):
    assert old in CLEAN
    (tree / "Dockerfile").write_text(CLEAN.replace(old, new))
    return tree


def hadolint(tree):
    return subprocess.run([Path(sys.executable).with_name("hadolint"), tree / "Dockerfile"], check=False).returncode


def test_a_clean_file_passes_hadolint_and_a_planted_mistake_does_not(tree, capfd):
    assert hadolint(tree) == 0
    assert hadolint(plant(tree, "python:3.13-slim", "python:latest")) == 1
    assert "DL3007" in capfd.readouterr().out


def test_lint_gives_hadolint_every_dockerfile():
    assert "app/Dockerfile" in checks.dockerfiles()
    assert all((ROOT / name).is_file() for name in checks.dockerfiles())


def test_a_planted_mistake_fails_checkov(tree, capfd):
    assert scan.checkov(plant(tree, "USER 10001:10001\n", "")) == 1
    assert "CKV_DOCKER_3" in capfd.readouterr().out


@needs_trivy
def test_a_clean_file_passes_trivy_and_a_planted_mistake_does_not(tree, capfd):
    assert scan.trivy(tree) == 0
    assert scan.trivy(plant(tree, "COPY app.py", "ADD app.py")) == 1
    assert "AVD-DS-0005" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# checkov:skip=CKV_DOCKER_7:the tag stands elsewhere\n", []),
        ("# checkov:skip=CKV_DOCKER_7\n", [1]),
        ("# checkov:skip=CKV_DOCKER_7:\n", [1]),
        ("# Debian's own versions go away.\n# hadolint ignore=DL3008\nRUN apt-get install x\n", []),
        ("FROM x\n\n# hadolint ignore=DL3008\nRUN apt-get install x\n", [3]),
        ("# It is a build stage.\n# trivy:ignore:AVD-DS-0002\nFROM x\n", []),
        ("#trivy:ignore:AVD-DS-0002\n# trivy:ignore:AVD-DS-0001\nFROM x\n", [1, 2]),
    ],
)
def test_a_waiver_without_a_reason_is_found(text, lines):
    assert [number for number, _ in scan.unreasoned(text)] == lines


@pytest.fixture
def repository(tree, monkeypatch):
    """The tree as a repository, in the place of ours, and with no plans."""
    subprocess.run(["git", "init", "-q", tree], check=True)
    monkeypatch.setattr(scan, "ROOT", tree)
    monkeypatch.setattr(scan, "plans", lambda _tree: 0)
    monkeypatch.setattr(scan, "objects", lambda _tree: 0)
    return tree


@needs_trivy
def test_findings_and_bare_waivers_fail_the_whole_and_what_git_ignores_is_not_looked_at(repository, capfd):
    plant(repository, "USER 10001:10001\n", "# trivy:ignore:AVD-DS-0001\n")
    (repository / "made").mkdir()
    (repository / "made/Dockerfile").write_text("FROM python\n")
    (repository / ".gitignore").write_text("made\n")
    assert scan.scan() == 1
    out, err = capfd.readouterr()
    assert "Dockerfile:3: this waiver gives no reason: # trivy:ignore:AVD-DS-0001" in err
    assert err.endswith("scan: failed: waivers, checkov, trivy\n")
    assert "made" not in out + err


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_where_trivy_cannot_be_built_it_is_left_out_but_not_in_ci(repository, monkeypatch, capsys, ci, code):
    def cannot(_part):
        raise CannotBuild("there is no go on PATH")

    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(scan, "built", cannot)
    monkeypatch.setattr(scan, "checkov", lambda _tree: 0)
    assert scan.scan() == code
    assert "trivy is left out, since it cannot be built from Go modules: there is no go on PATH\n" in (
        capsys.readouterr().err
    )
