"""What an image is made of decides its name, and the folder that it is built from is the same on every machine."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra import context
from infra.errors import SettingsError
from infra.revision import Release, load_release
from infra.service import Service, load_service
from infra.settings import Build, Settings, load_settings

PINNED = "python:3.13-slim@sha256:" + "a" * 64


@pytest.fixture
def service() -> Service:
    return load_service()


def settings(service: Service, **build: Any) -> Settings:
    # As any target has them that builds an image, whichever there are.
    loaded = load_settings(service, {"service:target": "local", "service:server": "gunicorn"}, (), "dev")
    return loaded.model_copy(update={"build": Build.model_validate({"base": PINNED, **build})})


def inputs(service: Service, platforms: tuple[str, ...] = ("linux/amd64",), **build: Any) -> dict[str, str]:
    return context.image_inputs(service, settings(service, **build), platforms, "dev")


def release(service: Service, source: Path, server: str = "gunicorn", **more: Any) -> Release:
    return load_release(service, server, inputs(service, **more), source)


def clone(root: Path) -> Path:
    """A clone of this repository's app as it is on the disk."""
    subprocess.run(["cp", "-r", "app", str(root)], check=True)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "add", "-A"], check=True)
    return root


def test_two_clones_with_different_umasks_are_staged_alike(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[tuple[str, dict[str, tuple[int, bytes]]]] = []
    for umask in (0o022, 0o077):
        before = os.umask(umask)
        try:
            monkeypatch.setattr(context, "ROOT", tmp_path / f"{umask}")
            monkeypatch.setattr(context, "STATE", tmp_path / f"{umask}" / ".slipway")
            made = release(service, clone(tmp_path / f"{umask}-app"))
            location = context.stage(made, "Dockerfile")
        finally:
            os.umask(before)
        folder = tmp_path / f"{umask}" / location
        files = {
            path.relative_to(folder).as_posix(): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
            for path in folder.rglob("*")
        }
        found.append((location, files))
    assert found[0] == found[1]


def test_exactly_what_counts_is_staged(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = clone(tmp_path / "app")
    (app / "service" / "untracked.py").write_text("")
    monkeypatch.setattr(context, "ROOT", tmp_path)
    monkeypatch.setattr(context, "STATE", tmp_path / ".slipway")
    made = release(service, app)
    location = context.stage(made, "Dockerfile")
    assert location == f".slipway/context/{made.revision}"
    folder = tmp_path / location
    staged = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert staged == {*made.files, "Dockerfile", "release.json"}
    assert "service/untracked.py" not in staged
    assert not {name for name in staged if name.startswith((".", "tests"))}


@pytest.mark.parametrize(
    "changed",
    [
        {"server": "waitress"},
        {"base": "python:3.13-slim@sha256:" + "b" * 64},
        {"platforms": ("linux/amd64", "linux/arm64")},
    ],
    ids=["the server", "the base image", "the platforms"],
)
def test_what_decides_the_image_decides_its_revision(service: Service, tmp_path: Path, changed: dict[str, Any]) -> None:
    app = clone(tmp_path / "app")
    before = release(service, app).revision
    assert release(service, app).revision == before
    assert release(service, app, **changed).revision != before


def test_another_dockerfile_is_another_revision(service: Service) -> None:
    before = inputs(service)
    edited = service.model_copy(update={"image": service.image.model_copy(update={"dockerfile": "service.toml"})})
    assert {key for key in before if before[key] != inputs(edited)[key]} == {"dockerfile"}


def test_a_dockerfile_that_is_not_there_is_refused(service: Service) -> None:
    gone = service.model_copy(update={"image": service.image.model_copy(update={"dockerfile": "Containerfile"})})
    with pytest.raises(SettingsError) as refused:
        inputs(gone)
    rule = "app/Containerfile is not there. Fix: edit app/service.toml"
    assert str(refused.value) == f"app/service.toml: image.dockerfile: {rule}"


def test_a_secret_that_no_step_of_the_build_would_see_is_refused(service: Service) -> None:
    with pytest.raises(SettingsError) as told:
        inputs(service, secrets={"PIP_INDEX_URL": "https://me:hunter2@pypi.example.com", "NPM_TOKEN": "hunter2"})
    assert str(told.value) == (
        "service:build.secrets.NPM_TOKEN: app/Dockerfile mounts no such secret "
        "(it mounts: PIP_CONFIG_FILE, PIP_EXTRA_INDEX_URL, PIP_INDEX_URL). "
        "Fix: pulumi config rm --path service:build.secrets.NPM_TOKEN --stack dev"
    )


def test_a_base_that_cannot_be_looked_up_is_refused_unless_it_is_only_planned(service: Service) -> None:
    base = "127.0.0.1:1/python:3.13-slim"
    with pytest.raises(SettingsError) as refused:
        inputs(service, base=base)
    why = "127.0.0.1:1/python (3.13-slim): the registry cannot be asked ([Errno 111] Connection refused)"
    fix = f"try again, or pulumi config set --path service:build.base '{base}@sha256:<digest>' --stack dev"
    assert str(refused.value) == f"service:build.base: its digest cannot be looked up ({why}). Fix: {fix}"
    told: list[str] = []
    planned = context.image_inputs(service, settings(service, base=base), ("linux/amd64",), "dev", told.append)
    assert (planned["base"], told) == (base, [why])


def test_the_base_is_pinned_to_the_digest_that_its_tag_has_now(service: Service, registry: str) -> None:
    base = f"{registry}/library/python:3.13-slim"
    assert inputs(service, base=base)["base"].startswith(f"{base}@sha256:")


def test_only_the_newest_contexts_are_kept(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "ROOT", tmp_path)
    monkeypatch.setattr(context, "STATE", tmp_path / ".slipway")
    for number in range(context.KEPT + 3):
        old = tmp_path / ".slipway" / "context" / f"{number:012}"
        old.mkdir(parents=True)
        os.utime(old, (number, number))
    location = context.stage(release(service, clone(tmp_path / "app")), "Dockerfile")
    left = sorted(path.name for path in (tmp_path / ".slipway" / "context").iterdir())
    assert len(left) == context.KEPT
    assert Path(location).name in left
    assert "000000000000" not in left
