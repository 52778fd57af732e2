"""What is in the image, and what is not; what its processes are started as."""

import re
import subprocess
import tomllib

import docker
import pytest
from docker.types import Mount
from docker.utils.build import exclude_paths

from tests.app.conftest import APP
from tests.app.image.conftest import Run
from tests.app.images import Images
from tests.app.suite.conftest import wait_ready
from tests.app.suite.eventually import eventually
from tests.app.suite.local import free_address
from tests.app.suite.wire import ask

SERVERS = ("gunicorn", "uwsgi", "waitress")
CONTRACT = tomllib.loads((APP / "service.toml").read_text())

DISTRIBUTIONS = """
import importlib.metadata as m
print(*sorted(d.name.lower().replace("_", "-") for d in m.distributions()))
"""
# Every module without bytecode that is bound to nothing but its source's name: the flags of such are 1 (PEP 552).
UNCOMPILED = """
import importlib.util, pathlib
for path in pathlib.Path("/srv").rglob("*.py"):
    made = pathlib.Path(importlib.util.cache_from_source(path))
    if not made.exists() or made.read_bytes()[4:8] != bytes([1, 0, 0, 0]):
        print(path)
"""
FILES = ["find", "/", "-xdev", "-type", "f", "-not", "-path", "/proc/*"]


def said(engine: docker.DockerClient, image: str, *command: str, **options: object) -> str:
    return engine.containers.run(image, list(command), remove=True, **options).decode()


@pytest.mark.parametrize("server", SERVERS)
def test_the_image_says_how_it_is_run(images: Images, docker_engine: docker.DockerClient, server: str) -> None:
    built = images.of(server)
    config = docker_engine.images.get(built.reference).attrs["Config"]
    variables = dict(line.split("=", 1) for line in config["Env"])

    assert {key: config[key] for key in ("User", "WorkingDir", "Entrypoint", "Cmd", "StopSignal", "ExposedPorts")} == {
        "User": "10001:10001",
        "WorkingDir": "/srv/app",
        "Entrypoint": None,
        "Cmd": ["python", "-m", "serving"],
        "StopSignal": "SIGTERM",
        "ExposedPorts": {f"{CONTRACT['web']['port']}/tcp": {}},
    }
    assert config["Healthcheck"]["Test"] == ["CMD", "python", "-I", "-S", "/srv/app/serving/health.py"]
    names = ("HOME", "HOST", "PORT", "ADMIN_HOST", "ADMIN_PORT", "WEB_SERVER")
    assert [variables[name] for name in names] == ["/tmp", "0.0.0.0", "8000", "127.0.0.1", "9464", server]
    base = config["Labels"].pop("org.opencontainers.image.base.name")
    assert re.search(r"python:3\.13-slim@sha256:[0-9a-f]{64}$", base)
    assert config["Labels"] == {
        "org.opencontainers.image.title": CONTRACT["name"],
        "org.opencontainers.image.revision": built.revision,
        "org.opencontainers.image.source": CONTRACT.get("image", {}).get("source", ""),
        "io.slipway.server": server,
    }


@pytest.mark.parametrize("server", SERVERS)
def test_the_locks_packages_are_installed_and_no_other(
    images: Images, docker_engine: docker.DockerClient, server: str
) -> None:
    locked = re.findall(r"^([a-z0-9-]+)==", (APP / "requirements" / f"{server}.txt").read_text(), re.MULTILINE)

    assert said(docker_engine, images.of(server).reference, "python", "-c", DISTRIBUTIONS).split() == sorted(locked)


def test_every_module_comes_compiled(images: Images, docker_engine: docker.DockerClient) -> None:
    assert said(docker_engine, images.of("gunicorn").reference, "python", "-c", UNCOMPILED) == ""


def test_nothing_is_added_but_the_service_its_packages_its_user_and_bytecode(
    images: Images, docker_engine: docker.DockerClient
) -> None:
    built = images.of("uwsgi")
    base = docker_engine.images.get(built.reference).labels["org.opencontainers.image.base.name"]
    docker_engine.images.pull(base.partition("@")[0], tag=base.partition("@")[2])
    before, after = (set(said(docker_engine, name, *FILES, user="0").split()) for name in (base, built.reference))
    allowed = re.compile(r"/srv/(app|env)/.*|/usr/local/lib/python3\.13/(.*/)?__pycache__/[^/]+\.pyc|/\.dockerenv")

    assert before <= after
    assert sorted(path for path in after - before if not allowed.fullmatch(path)) == []


def test_its_user_owns_nothing_of_it(images: Images, docker_engine: docker.DockerClient) -> None:
    writable = "find / -xdev -writable -not -path '/proc/*' -not -type l 2>/dev/null || true"
    found = said(docker_engine, images.of("gunicorn").reference, "sh", "-c", writable).split()

    # The folder that a listener shares with its replicas, and what anybody may write to in Debian's own.
    assert {path for path in found if not path.startswith(("/dev/", "/tmp", "/var/tmp", "/run/lock"))} == {
        "/run/listener"
    }


def test_equal_input_makes_equal_layers(images: Images, docker_engine: docker.DockerClient) -> None:
    first, again = (
        docker_engine.images.get(built.reference).attrs["RootFS"]["Layers"]
        for built in (images.of("waitress"), images.anew("waitress"))
    )

    assert first == again


def test_a_port_of_ones_own_is_answered_at(run: Run) -> None:
    address = free_address()
    served = run("bundled", ready=False, PORT=5000, options={"ports": {"5000/tcp": address}})
    served.web = address

    assert ask(wait_ready(served).web, "/version").json()["revision"] == served.revision


def test_the_commands_of_the_contract_run_in_it_under_any_user(
    images: Images, docker_engine: docker.DockerClient
) -> None:
    built = images.of("gunicorn")
    confined = {"read_only": True, "cap_drop": ["ALL"], "tmpfs": {"/tmp": "mode=1777"}, "user": "123456:0"}
    variables = {"SECRET_KEY": "k" * 20}
    for command in (CONTRACT["release"]["command"], CONTRACT["jobs"]["tidy"]["command"]):
        assert '"level": "INFO"' in said(docker_engine, built.reference, *command, environment=variables, **confined)


@pytest.mark.parametrize(
    ("command", "begun", "ended"),
    [
        (CONTRACT["workers"]["heartbeat"]["command"], "work: heartbeat", "work: finished"),
        (["python", "-m", "serving.schedule", "tidy"], "job tidy is next due", "job tidy is no longer kept"),
        (["python", "-m", "serving.listener"], "listening at", ""),
        (["python", "-m", "serving.replica"], "waiting for the listener", ""),
    ],
    ids=["worker", "job", "listener", "replica"],
)
def test_its_other_processes_end_well_at_sigterm(run: Run, command: list[str], begun: str, ended: str) -> None:
    # The folder that the listener shares: a new volume takes the owner over from the image.
    shared = Mount("/run/listener", None, type="volume")
    served = run("bundled", ready=False, options={"command": command, "mounts": [shared]})
    eventually(lambda: begun in served.log(), 10, served.log)
    served.sigterm()

    assert served.wait(10) == 0
    assert ended in served.log()


def test_a_build_by_hand_sends_what_the_contract_ships_and_nothing_else() -> None:
    patterns = (APP / ".dockerignore").read_text().splitlines()
    sent = exclude_paths(str(APP), [line for line in patterns if line[:1] not in ("", "#")])
    listed = subprocess.run(
        ["git", "ls-files", "--", *CONTRACT["files"]], cwd=APP, capture_output=True, text=True, check=True
    )

    assert {path for path in sent if (APP / path).is_file()} - {"Dockerfile", ".dockerignore"} == set(
        listed.stdout.split()
    )
