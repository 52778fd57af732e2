"""`pulumi new` with this repository as the template: what the real engine makes of it."""

import os
import subprocess
from pathlib import Path

import yaml

from tests.copying.conftest import Template
from tools.engine import engine


def test_pulumi_new_makes_a_project_of_the_name_and_points_to_copier(template: Template, tmp_path: Path) -> None:
    clone, made = tmp_path / "clone", tmp_path / "orders"
    template.checkout.git("clone", "-q", ".", str(clone))
    told = {
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": tmp_path.as_uri(),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    # Without the SDKs of all targets, which take minutes: `make up` brings those that a stack needs.
    command = [engine().pulumi, "new", clone, "--generate-only", "--yes", "--name", "orders", "--dir", made]
    done = subprocess.run(
        command, env={**os.environ, **told}, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "uvx copier copy" in done.stdout

    written = yaml.safe_load((made / "Pulumi.yaml").read_text())
    assert (written["name"], written["stackConfigDir"], written.get("template")) == ("orders", "stacks", None)
    there = {str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()}
    assert there == {*template.checkout.git("ls-files").splitlines()}
