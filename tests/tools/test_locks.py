"""The locks: that they agree with what is asked for and with each other."""

import re
import tomllib

import pytest

from tools.engine.pins import ENGINE, VERSION
from tools.project import REQUIREMENTS, ROOT
from tools.stack import parts

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = sorted(PROJECT["project"]["optional-dependencies"])
# Of a target that stands on two platforms: they list the locks of both.
LISTS = ["aws-eks", "azure-aks", "gcp-gke"]
CHECKED = ["checks-aws", "checks-azure", "checks-gcp", "checks-kubernetes"]
FILES = [ROOT / "requirements.txt", *REQUIREMENTS.glob("*.txt"), *(ROOT / "app/requirements").glob("*.txt")]
LOCKS = sorted(file for file in FILES if file.stem not in LISTS)


def entries(lock):
    """name -> the whole of each entry (version, marker, hashes) of a lock."""
    found: dict[str, set[str]] = {}
    for entry in re.split(r"\n(?=\S)", lock.read_text()):
        if not entry.startswith("#"):
            found.setdefault(entry.partition("==")[0], set()).add(entry.strip())
    return found


def test_every_platform_has_a_lock_and_every_lock_a_platform():
    assert sorted(path.stem for path in REQUIREMENTS.glob("*.txt")) == sorted(
        [
            *EXTRAS,
            *CHECKED,
            *LISTS,
            "checks",
            "checks-local",
            "copying",
            "offline",
            "playbooks",
            "policies",
            "scan",
            "uv",
        ]
    )


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_everything_in_a_lock_is_hashed_and_comes_from_no_place_of_its_own(lock):
    text = lock.read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    assert text.startswith("# ")
    for name, variants in entries(lock).items():
        for entry in variants:
            assert re.match(rf"{re.escape(name)}==\S+( ; [^\\]+)? \\\n    --hash=sha256:[0-9a-f]{{64}}", entry), entry


def test_what_tests_run_with_is_what_is_shipped_and_what_stacks_run_with():
    everything = entries(ROOT / "requirements.txt")
    for lock in LOCKS:
        if lock.name in ("requirements.txt", "copying.txt", "playbooks.txt", "policies.txt", "scan.txt", "uv.txt"):
            continue
        for name, variants in entries(lock).items():
            versions = {entry.split()[0] for entry in variants}
            assert versions <= {entry.split()[0] for entry in everything[name]}, f"{lock.name}: {name}"


def test_a_platforms_lock_holds_the_sdks_of_that_platform_and_no_other():
    wanted = {
        "local": set(),
        "docker": {"pulumi-docker", "pulumi-docker-build"},
        "kubernetes": {"pulumi-docker-build", "pulumi-kubernetes"},
        "aws": {"pulumi-aws", "pulumi-docker-build"},
        "gcp": {"pulumi-docker-build", "pulumi-gcp"},
        "azure": {"pulumi-azure-native", "pulumi-docker-build"},
        "hosts": {"pulumi-docker-build"},
    }
    found = {
        extra: {name for name in entries(REQUIREMENTS / f"{extra}.txt") if name.startswith("pulumi-")}
        for extra in EXTRAS
    }
    assert found == wanted


@pytest.mark.parametrize("name", LISTS)
def test_a_target_on_two_platforms_has_the_locks_of_both(name):
    cloud = f"{name.partition('-')[0]}.txt"
    assert [part.name for part in parts(REQUIREMENTS / f"{name}.txt")] == [cloud, "kubernetes.txt"]


def test_the_engine_the_sdk_and_the_language_hosts_scripts_are_of_one_version():
    assert f"pulumi=={VERSION}" in PROJECT["project"]["dependencies"]
    assert f"pulumi=={VERSION}" in (REQUIREMENTS / "policies.in").read_text().splitlines()
    cli = next(program for program in ENGINE.programs if program.name == "pulumi")
    required = (cli.module / "go.mod").read_text()
    assert f"github.com/pulumi/pulumi/pkg/v3 v{VERSION}\n" in required
    assert f"github.com/pulumi/pulumi/sdk/v3 v{VERSION}\n" in required


def test_the_language_host_can_ask_every_environment_for_its_packages():
    assert all("pip" in entries(REQUIREMENTS / f"{extra}.txt") for extra in EXTRAS)
