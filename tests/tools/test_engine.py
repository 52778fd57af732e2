"""Which engine is taken, in which order, and what is said when there is none."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tools.engine.on_path import on_path
from tools.engine.pins import ENGINE, PLUGINS, VERSION

COMPANIONS = ("pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")


def fake(folder: Path, says: str = f"v{VERSION}", companions=COMPANIONS) -> Path:
    """A folder with a pulumi that says this version."""
    folder.mkdir(parents=True)
    for name in ("pulumi", *companions):
        (folder / name).write_text(f"#!/bin/sh\necho {says}\n")
        (folder / name).chmod(0o755)
    return folder


def bare(tmp_path: Path) -> str:
    """A PATH with what a shell script needs, and neither pulumi, go nor uv."""
    folder = tmp_path / "bare"
    folder.mkdir()
    for name in ("sh", "bash", "git", "env", "uname"):
        (folder / name).symlink_to(shutil.which(name))
    return str(folder)


def test_a_pulumi_on_path_of_the_sdks_version_is_taken(tmp_path):
    folder = fake(tmp_path / "bin")
    assert on_path(str(folder)) == (folder / "pulumi", f"v{VERSION}")


def test_a_newer_one_is_taken_too(tmp_path):
    assert on_path(str(fake(tmp_path / "bin", "v3.1000.2")))[1] == "v3.1000.2"


def test_companions_beside_the_file_that_a_link_on_path_leads_to_are_found(tmp_path):
    real = fake(tmp_path / "opt")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "pulumi").symlink_to(real / "pulumi")
    assert on_path(str(tmp_path / "bin"))[0] == tmp_path / "bin" / "pulumi"


@pytest.mark.parametrize(
    ("says", "companions", "reason"),
    [
        ("v3.249.9", COMPANIONS, "{} is 3.249.9, older than " + VERSION + ", the version of the SDK"),
        ("v4.0.0", COMPANIONS, "{} is 4.0.0, of another major version than " + VERSION),
        ("hello", COMPANIONS, "{} does not say its version (exit code 0)"),
        (f"v{VERSION}", COMPANIONS[1:], "{} has no pulumi-language-python beside it"),
        (f"v{VERSION}", (), "{} has no " + " and no ".join(COMPANIONS) + " beside it"),
    ],
)
def test_one_that_cannot_be_used_is_passed_over_with_the_reason(tmp_path, says, companions, reason):
    folder = fake(tmp_path / "bin", says, companions)
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the whole text is compared
        on_path(str(folder))
    assert str(refused.value) == reason.format(folder / "pulumi")


def test_when_none_can_be_had_one_error_says_all_that_was_tried_and_how_to_mend_it(tree, tmp_path):
    old = fake(tmp_path / "old", "v3.1.0")
    failed = tree.tools(
        "engine",
        PATH=f"{old}{os.pathsep}{bare(tmp_path)}",
        SLIPWAY_CACHE=str(tmp_path / "cache"),
        # Nothing listens there, so no release host can be reached from this test.
        https_proxy="http://127.0.0.1:1",
        HTTPS_PROXY="http://127.0.0.1:1",
    )
    refused = "cannot be reached ([Errno 111] Connection refused)"
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr == (
        f"engine: no official release: get.pulumi.com {refused}; github.com {refused}\n"
        "error: no Pulumi engine can be had. Tried:\n"
        f"- on PATH: {old}/pulumi is 3.1.0, older than {VERSION}, the version of the SDK\n"
        f"- official release: get.pulumi.com {refused}; github.com {refused}\n"
        "- built from Go modules: there is no go on PATH\n"
        f"Fix: install Pulumi {VERSION} or newer (https://www.pulumi.com/docs/install/) or Go 1.25.11 or newer, "
        "then run the same command again\n"
    )


def test_what_is_kept_is_used_without_asking_any_host(tree, tmp_path):
    script = (
        "from tools.engine.build import place; from tools.engine.pins import ENGINE\n"
        "kept = place(ENGINE); folder = kept.begin()\n"
        "for name in ('pulumi', 'pulumi-language-python'): (folder / name).write_text('x')\n"
        "kept.seal('for a test')\n"
        "from tools.engine import engine; print(engine().origin)\n"
    )
    used = tree.run(
        sys.executable,
        "-c",
        script,
        PATH=bare(tmp_path),
        SLIPWAY_CACHE=str(tmp_path / "cache"),
        https_proxy="http://x:1",
    )
    assert (used.stdout, used.stderr) == ("built from Go modules\n", "")


@pytest.mark.parametrize("part", [ENGINE, *PLUGINS.values()], ids=lambda part: part.name)
def test_every_module_of_what_is_built_is_pinned_by_its_checksum(part):
    for program in part.programs:
        sums = (program.module / "go.sum").read_text().splitlines()
        assert all(line.split(" ")[2].startswith("h1:") for line in sums)
        required = re.findall(r"^(?:require |\t)(\S+ v\S+)$", (program.module / "go.mod").read_text(), re.MULTILINE)
        assert required
        assert [one for one in required if not any(line.startswith(f"{one} h1:") for line in sums)] == []
