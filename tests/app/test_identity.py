"""The revision is what the files on the disk say, not what anybody claims."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from serving.identity import read_revision, revision_of


@pytest.fixture
def release(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").write_text("print('open')\n")
    (tmp_path / "service.toml").write_text("name = 'shop'\n")
    files = {
        name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        for name in ("shop/__init__.py", "service.toml")
    }
    manifest = {"files": files, "inputs": {"server": "gunicorn"}}
    write(tmp_path, {"revision": revision_of(manifest), "manifest": manifest})
    return tmp_path


def write(root: Path, document: Any) -> None:
    (root / "release.json").write_text(json.dumps(document, indent=2))


def claimed(root: Path) -> str:
    return json.loads((root / "release.json").read_text())["revision"]


def test_a_revision_is_the_hash_of_the_canonical_manifest() -> None:
    manifest = {"inputs": {"b": 1, "a": "é"}, "files": {}}
    canonical = b'{"files":{},"inputs":{"a":"\\u00e9","b":1}}'

    assert revision_of(manifest) == hashlib.sha256(canonical).hexdigest()[:12]


def test_a_folder_that_was_not_released_says_so(tmp_path: Path) -> None:
    assert read_revision(tmp_path) == "unreleased"


def test_untouched_files_are_the_revision(release: Path) -> None:
    assert (read_revision(release), len(read_revision(release))) == (claimed(release), 12)


def test_files_beside_the_release_do_not_matter(release: Path) -> None:
    (release / "shop/__pycache__").mkdir()
    (release / "notes.txt").write_text("mine")

    assert read_revision(release) == claimed(release)


def test_an_edited_file_shows(release: Path) -> None:
    (release / "shop/__init__.py").write_text("print('closed')\n")

    assert read_revision(release) == f"{claimed(release)}-modified"


def test_a_missing_file_shows(release: Path) -> None:
    (release / "shop/__init__.py").unlink()

    assert read_revision(release) == f"{claimed(release)}-modified"


def test_a_manifest_made_to_fit_an_edited_file_shows(release: Path) -> None:
    document = json.loads((release / "release.json").read_text())
    (release / "service.toml").write_text("name = 'other'\n")
    document["manifest"]["files"]["service.toml"] = hashlib.sha256(b"name = 'other'\n").hexdigest()
    write(release, document)

    assert read_revision(release) == f"{claimed(release)}-modified"


def test_a_claimed_revision_alone_is_not_believed(release: Path) -> None:
    document = json.loads((release / "release.json").read_text())
    document["revision"] = "aaaaaaaaaaaa"
    write(release, document)

    assert read_revision(release) == "aaaaaaaaaaaa-modified"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"revision": "a", "manifest": []}', '{"revision": "a", "manifest": {}}']
)
def test_a_release_file_that_is_none_is_no_revision(tmp_path: Path, text: str) -> None:
    (tmp_path / "release.json").write_text(text)

    assert read_revision(tmp_path) == "unreadable-modified"
