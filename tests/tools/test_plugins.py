"""The plugins of providers: which are wanted, where the engine finds them, how a missing one is got."""

import hashlib
import json
import os
import re
import shutil
from dataclasses import replace
from importlib.metadata import distributions
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.tools.test_build import part
from tools.engine import build, engine, plugins
from tools.engine.pins import PLUGINS
from tools.engine.plugins import Plugin, offer, provide, wanted
from tools.environment import platform_environment
from tools.errors import ToolError
from tools.project import REQUIREMENTS, ROOT

TINY = Plugin("tiny", "1.2.3")
ACCEPT = {"Accept": "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"}
# Nothing listens there, so no host can be reached.
CUT_OFF = {"https_proxy": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1"}
DOCKER_BUILD = PLUGINS["docker-build"]


@pytest.fixture(scope="module")
def got():
    """The engine, got before a test takes another cache."""
    return engine()


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A Pulumi home without plugins."""
    for name in ("PULUMI_DEBUG_PROVIDERS", "PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def cut_off(monkeypatch):
    for name, value in CUT_OFF.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def tiny(tmp_path, cache, cut_off, monkeypatch):
    """A plugin that is built in a second."""
    made = part(tmp_path / "module")
    made = replace(made, programs=(replace(made.programs[0], name=TINY.program),), copies=())
    monkeypatch.setattr(plugins, "PLUGINS", {"tiny": made})
    return made


def executable(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


def sdks():
    """The plugin and its version that each installed SDK names."""
    for distribution in distributions():
        for file in distribution.files or ():
            if file.name == "pulumi-plugin.json":
                said = json.loads(file.locate().read_text())
                if said["resource"]:
                    yield Plugin(said["name"], said["version"])


def test_every_sdk_of_a_lock_wants_the_plugin_that_it_names_itself():
    by_name = {plugin.name: plugin for plugin in sdks()}
    # A lock beside an .in of its own is a tool's: no program of a stack runs on it.
    locks = [lock for lock in REQUIREMENTS.glob("*.txt") if not lock.with_suffix(".in").exists()]
    found = {plugin for lock in locks for plugin in wanted(lock)}
    assert found == set(by_name.values()) == set(wanted(ROOT / "requirements.txt"))


def test_the_stack_local_wants_none():
    assert wanted(REQUIREMENTS / "local.txt") == []


def test_the_plugin_that_is_built_is_that_of_the_sdk():
    assert Plugin("docker-build", DOCKER_BUILD.version) in wanted(REQUIREMENTS / "docker.txt")
    (program,) = DOCKER_BUILD.programs
    assert f"github.com/pulumi/pulumi-docker-build v{program.version}\n" in (program.module / "go.mod").read_text()


def test_the_engine_finds_it_where_it_is_attached_on_path_or_installed(home, tmp_path, monkeypatch):
    assert TINY.found() is None
    installed = executable(home / "plugins/resource-tiny-v1.2.3" / TINY.program)
    assert TINY.found() == str(installed.parent)
    on_path = executable(tmp_path / "bin" / TINY.program)
    monkeypatch.setenv("PATH", f"{on_path.parent}{os.pathsep}{os.environ['PATH']}")
    assert TINY.found() == str(on_path)
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "other:1, tiny:2")
    assert TINY.found() == "attached by PULUMI_DEBUG_PROVIDERS"


def test_one_of_another_version_or_half_installed_is_not_taken_for_it(home):
    executable(home / "plugins/resource-tiny-v1.2.4" / TINY.program)
    assert TINY.found() is None
    executable(home / "plugins/resource-tiny-v1.2.3" / TINY.program)
    (home / "plugins/resource-tiny-v1.2.3.partial").touch()
    assert TINY.found() is None


@pytest.mark.skipif(shutil.which("go") is None, reason="no go on PATH")
def test_one_that_cannot_be_downloaded_is_built_and_installed_where_pulumi_keeps_plugins(got, tiny, home, capsys):
    provide([TINY], got)
    assert TINY.found() == str(home / "plugins/resource-tiny-v1.2.3")
    assert "plugin: tiny 1.2.3: installed, built from Go modules in " in capsys.readouterr().err
    provide([TINY], got)
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(shutil.which("go") is None, reason="no go on PATH")
def test_what_was_built_once_serves_every_home_without_asking_any_host(got, tiny, home, monkeypatch):
    build.built(tiny)
    monkeypatch.setattr(plugins.release, "reach", lambda urls: pytest.fail(f"{urls} was asked"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    provide([TINY], got)
    assert TINY.found() == str(home / "plugins/resource-tiny-v1.2.3")


@pytest.mark.skipif(shutil.which("go") is None, reason="no go on PATH")
def test_one_of_another_version_than_the_pinned_is_not_built(got, tiny):
    with pytest.raises(ToolError, match=r"tiny 1\.2\.4 .*: get\.pulumi\.com cannot be reached"):
        provide([Plugin("tiny", "1.2.4")], got)
    assert not build.place(tiny).folder.exists()


def test_an_up_that_wants_plugins_which_cannot_be_had_ends_with_one_message(got, tree, tmp_path):
    """The engine's own would be five warnings and an error for each."""
    wants(tree, "docker", "docker-build")
    assert tree.tools("environment", "--stack", "there").returncode == 0
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("sh", "bash", "git", "env"):
        (bare / name).symlink_to(shutil.which(name))
    path = os.pathsep.join([str(got.pulumi.parent), str(bare)])
    failed = tree.tools("up", "--stack", "there", PATH=path, SLIPWAY_CACHE=str(tmp_path / "cache"), **CUT_OFF)
    versions = {plugin.name: plugin for plugin in wanted(REQUIREMENTS / "docker.txt")}
    docker, docker_build = versions["docker"], versions["docker-build"]
    refused = "cannot be reached ([Errno 111] Connection refused)"
    hosts = f"get.pulumi.com {refused}; github.com {refused}"
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.partition("\n\n")[2] == (
        "error: the SDKs of the stack's platform want plugins that cannot be had here:\n"
        f"- docker {docker.version} ({docker.urls()[0]}): {hosts}\n"
        f"- docker-build {docker_build.version} ({docker_build.urls()[0]}): {hosts}; "
        "it cannot be built from Go modules: there is no go on PATH\n"
        "Fix: try again where the internet can be reached; or bring the file of that address from elsewhere, and:\n"
        f"  pulumi plugin install resource docker v{docker.version} --file <it>\n"
        f"  pulumi plugin install resource docker-build v{docker_build.version} --file <it>\n"
        "or attach a provider that runs already: export PULUMI_DEBUG_PROVIDERS=<name>:<port>\n"
    )


def test_who_can_go_on_without_is_only_told(got, cut_off, capsys):
    offer([Plugin("none-such", "1.0.0")], got)
    assert capsys.readouterr().err.startswith(
        "warning: the SDKs of the stack's platform want plugins that cannot be had here:\n- none-such 1.0.0 ("
    )


PROGRAM = """
import pulumi
from pulumi_docker_build import BuildContextArgs, BuilderConfigArgs, Image

image = Image(
    "image",
    context=BuildContextArgs(location="context"),
    builder=BuilderConfigArgs(name={builder!r}),
    tags=[{tag!r}],
    push=True,
)
pulumi.export("ref", image.ref)
"""


def test_up_gets_the_plugin_with_which_a_real_image_is_built_pushed_and_found_unchanged(
    equipped, registry, builder, tmp_path
):
    platform_environment("docker")
    tree = equipped(tmp_path / "tree")
    tag = f"{registry}/plugin-{tmp_path.name}-{os.getpid()}:one"
    (tree.root / "__main__.py").write_text(PROGRAM.format(builder=builder, tag=tag))
    (tree.root / "context").mkdir()
    (tree.root / "context/Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
    (tree.root / "stacks/Pulumi.there.yaml").write_text("config:\n  service:target: docker\n")
    # The program has no use for the other plugin of the platform.
    tree.variables |= {"PULUMI_DEBUG_PROVIDERS": "docker:1", "STACK": "there"}

    first = tree.run("make", "up", "ARGS=--skip-preview")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "plugin: docker-build" in first.stderr
    assert "warning" not in first.stdout
    second = tree.run("make", "up", "ARGS=--skip-preview --expect-no-changes")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "plugin:" not in second.stderr
    ref = tree.shell('eval "$(make -s env)"; pulumi stack output ref --stack there').stdout.strip()
    digest = ref.removeprefix(f"{tag}@")
    request = Request(
        f"http://{registry}/v2/{tag.partition('/')[2].partition(':')[0]}/manifests/{digest}", headers=ACCEPT
    )
    with urlopen(request, timeout=10) as answer:
        assert f"sha256:{hashlib.sha256(answer.read()).hexdigest()}" == digest
    assert tree.run("make", "destroy", "YES=1").returncode == 0


def wants(tree, *names):
    """Give the tree a stack `there` whose platform's lock holds the SDKs of these plugins, and pip."""
    entries = re.split(r"\n(?=\S)", (REQUIREMENTS / "docker.txt").read_text())
    kept = tuple(f"{name}==" for name in ("pip", *(f"pulumi-{name}" for name in names)))
    lock = "\n".join(entry for entry in entries if entry.startswith(kept))
    (tree.root / "requirements/docker.txt").write_text(lock + "\n")
    (tree.root / "stacks/Pulumi.there.yaml").write_text("config:\n  service:target: docker\n")
