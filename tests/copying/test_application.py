"""An application that is there already: what is found of it by reading, in the shapes that real ones have."""

import sys
from pathlib import Path

import pytest

from tests.copying.layouts import LAYOUTS, SINGLE
from tools.copying.application import Application, find
from tools.errors import ToolError


def laid(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def told(found: Application) -> tuple[str, str, tuple[str, ...], str, int]:
    return found.callable, found.folder, found.files, found.requirements, found.port


@pytest.mark.parametrize("name", LAYOUTS)
def test_an_application_is_found_as_it_lies(tmp_path: Path, name: str) -> None:
    assert told(find(laid(tmp_path, LAYOUTS[name].files))) == LAYOUTS[name].found


def test_nothing_of_it_is_run(tmp_path: Path) -> None:
    root = laid(tmp_path, {**SINGLE, "app.py": f"raise SystemExit\n{SINGLE['app.py']}"})
    assert find(root).callable == "app:app"
    assert "app" not in sys.modules


def test_what_this_project_brings_is_not_taken_for_an_application(tmp_path: Path) -> None:
    root = laid(
        tmp_path,
        {"requirements.txt": "flask\n", "app/serving/__init__.py": "from flask import Flask\napp = Flask('x')\n"},
    )
    with pytest.raises(ToolError, match="no Flask application is found"):
        find(root)


def test_a_file_that_is_no_python_is_passed_over(tmp_path: Path) -> None:
    root = laid(tmp_path, {**SINGLE, "broken.py": "def (:\n", "latin.py": "x = 1\n"})
    (root / "latin.py").write_bytes(b"# \xe9\n")
    assert find(root).callable == "app:app"


def test_a_procfile_decides_between_two(tmp_path: Path) -> None:
    two = {
        **SINGLE,
        "admin.py": "from flask import Flask\n\nadmin = Flask('admin')\n",
        "Procfile": "web: gunicorn admin:admin\n",
    }
    found = find(laid(tmp_path, two))
    assert (found.callable, found.others) == ("admin:admin", ("app:app",))


def test_a_factory_that_wants_something_is_none(tmp_path: Path) -> None:
    files = {**SINGLE, "app.py": "from flask import Flask\n\n\ndef create_app(config):\n    return Flask(config)\n"}
    with pytest.raises(ToolError, match="no Flask application is found"):
        find(laid(tmp_path, files))


def test_requirements_that_nobody_can_lock_are_asked_for(tmp_path: Path) -> None:
    files = {name: text for name, text in SINGLE.items() if name != "requirements.txt"}
    with pytest.raises(ToolError, match=r"what it needs is in none of requirements\.txt"):
        find(laid(tmp_path, files))
