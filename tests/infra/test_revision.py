"""The same content has the same revision everywhere, and any change another."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.errors import SettingsError
from infra.revision import load_release
from infra.service import Service, parse_service

SERVICE: dict[str, Any] = {
    "name": "orders",
    "files": ["service.toml", "orders", "requirements"],
    "web": {"callable": "orders:app"},
}


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def write(app: Path, name: str, content: str, mode: int = 0o644) -> None:
    path = app / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    path.chmod(mode)


@pytest.fixture
def service() -> Service:
    return parse_service(SERVICE)


def make(app: Path, mode: int = 0o644) -> Path:
    write(app, "service.toml", "name = 'orders'\n", mode)
    write(app, "orders/__init__.py", "app = 1\n", mode)
    write(app, "requirements/gunicorn.txt", "gunicorn==27.0.1\n", mode)
    write(app, "Dockerfile", "FROM scratch\n", mode)
    git(app, "init", "-q")
    git(app, "add", "-A")
    return app


def test_two_clones_with_other_modes_and_paths_agree(tmp_path: Path, service: Service) -> None:
    one = load_release(service, "gunicorn", {}, make(tmp_path / "one"))
    two = load_release(service, "gunicorn", {}, make(tmp_path / "deeper" / "two", mode=0o600))
    assert one.revision == two.revision
    assert list(one.files) == ["orders/__init__.py", "requirements/gunicorn.txt", "service.toml"]


def test_any_change_of_content_server_or_input_is_another_revision(tmp_path: Path, service: Service) -> None:
    app = make(tmp_path)
    write(app, "requirements/waitress.txt", "waitress==3.0.2\n")
    git(app, "add", "-A")
    seen = {
        load_release(service, "gunicorn", {}, app).revision,
        load_release(service, "waitress", {}, app).revision,
        load_release(service, "gunicorn", {"base": "sha256:0"}, app).revision,
    }
    write(app, "orders/__init__.py", "app = 2\n")
    seen.add(load_release(service, "gunicorn", {}, app).revision)
    git(app, "mv", "orders/__init__.py", "orders/app.py")
    seen.add(load_release(service, "gunicorn", {}, app).revision)
    assert len(seen) == 5


def test_files_that_do_not_count_change_nothing(tmp_path: Path, service: Service) -> None:
    app = make(tmp_path)
    before = load_release(service, "gunicorn", {}, app).revision
    write(app, "Dockerfile", "FROM other\n")
    write(app, "orders/__pycache__/x.pyc", "x")
    write(app, ".gitignore", "__pycache__\n")
    assert load_release(service, "gunicorn", {}, app).revision == before


def test_a_file_that_git_does_not_track_is_named_and_not_shipped(tmp_path: Path, service: Service) -> None:
    app = make(tmp_path)
    before = load_release(service, "gunicorn", {}, app)
    write(app, "orders/new.py", "")
    after = load_release(service, "gunicorn", {}, app)
    assert (after.revision, after.untracked) == (before.revision, ("orders/new.py",))


def test_without_git_every_file_of_the_contract_counts(tmp_path: Path, service: Service) -> None:
    app = make(tmp_path / "app")
    tracked = load_release(service, "gunicorn", {}, app)
    subprocess.run(["rm", "-rf", app / ".git"], check=True)
    write(app, "orders/__pycache__/x.pyc", "x")
    assert load_release(service, "gunicorn", {}, app) == tracked


def test_that_git_refuses_does_not_pass_for_no_repository(
    tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make(tmp_path)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(
        SettingsError, match=r"^app/: git does not tell which files it tracks \(.*dubious ownership.*\)"
    ):
        load_release(service, "gunicorn", {}, app)


def test_links_and_missing_requirements_are_refused_together(tmp_path: Path, service: Service) -> None:
    app = make(tmp_path)
    (app / "orders" / "link.py").symlink_to("/etc/passwd")
    git(app, "add", "-A")
    with pytest.raises(SettingsError) as refused:
        load_release(service, "uwsgi", {}, app)
    assert str(refused.value).splitlines() == [
        "app/orders/link.py: is a link, which is not shipped. Fix: replace app/orders/link.py by a file",
        "app/service.toml: web.requirements: app/requirements/uwsgi.txt is not among the tracked files that it ships. "
        "Fix: git add app/requirements/uwsgi.txt, or edit files in app/service.toml",
    ]


def test_a_written_release_holds_just_its_files_with_normal_modes(tmp_path: Path, service: Service) -> None:
    app = make(tmp_path / "app", mode=0o600)
    release = load_release(service, "gunicorn", {}, app)
    destination = tmp_path / "release"
    old = os.umask(0o077)
    try:
        release.write(destination)
    finally:
        os.umask(old)
    written = {p.relative_to(destination).as_posix(): p.stat().st_mode & 0o777 for p in destination.rglob("*")}
    assert written == {
        "orders": 0o755,
        "requirements": 0o755,
        "orders/__init__.py": 0o644,
        "requirements/gunicorn.txt": 0o644,
        "service.toml": 0o644,
        "release.json": 0o644,
    }
    record = json.loads((destination / "release.json").read_text(encoding="utf-8"))
    assert record == {"revision": release.revision, "manifest": release.manifest}


def test_a_file_that_changes_meanwhile_is_not_shipped_under_the_old_name(tmp_path: Path, service: Service) -> None:
    app = make(tmp_path / "app")
    release = load_release(service, "gunicorn", {}, app)
    write(app, "orders/__init__.py", "app = 'changed'\n")
    with pytest.raises(SettingsError, match=r"^app/orders/__init__\.py: changed while it was being shipped\."):
        release.write(tmp_path / "release")
