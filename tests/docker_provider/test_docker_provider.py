"""The stand-in for docker's provider does what the real one does, on the real engine and a real Docker Engine."""

import itertools
import time
from typing import Any

import docker
import pytest

from infra.targets.docker import offline as kinds
from tests.offline.client import Client
from tests.offline.program import Program
from tools.offline import sdk
from tools.offline.values import Secret

SERVE = """
import pulumi
import pulumi_docker as docker
network = docker.Network("net")
volume = docker.Volume("data")
image = docker.RemoteImage("image", name={image!r}, keep_locally=True)
web = docker.Container(
    "web",
    image=image.image_id,
    command=["python", "-m", "http.server", "8000"],
    envs={envs!r},
    networks_advanced=[{{"name": network.name, "aliases": ["web"]}}],
    mounts=[{{"type": "volume", "target": "/data", "source": volume.name}}],
    memory={memory},
    restart={restart!r},
    opts=pulumi.ResourceOptions(delete_before_replace={first}),
)
pulumi.export("id", web.id)
pulumi.export("network", network.name)
pulumi.export("volume", volume.name)
"""

SECRET = """
import pulumi
import pulumi_docker as docker
docker.Container(
    "keeper",
    image={image!r},
    command=["true"],
    uploads=[{{
        "file": "/run/secrets/KEY", "content": pulumi.Output.secret("hush-hush-42"), "permissions": "0400", "owner": "10001"
    }}],
    start=False,
    must_run=False,
)
"""

ALONE = """
import pulumi
import pulumi_docker as docker
web = docker.Container("web", image={image!r}, {arguments})
pulumi.export("id", web.id)
"""


def serving(image: str, envs: list[str] = [], memory: int = 64, restart: str = "no", first: bool = False) -> str:  # noqa: B006
    return SERVE.format(image=image, envs=envs, memory=memory, restart=restart, first=first)


def running(engine: docker.APIClient, id_: str) -> bool:
    try:
        return bool(engine.inspect_container(id_)["State"]["Running"])
    except docker.errors.NotFound:
        return False


def test_a_container_lives_from_up_to_destroy(program: Program, engine: docker.APIClient, image: str) -> None:
    assert program.up(serving(image)) == {"create": 4}
    made = program.outputs()
    assert running(engine, made["id"])
    assert engine.inspect_container(made["id"])["HostConfig"]["Memory"] == 64 * 2**20

    assert program.up() == {}
    assert "5 unchanged" in program.run("refresh", "--yes").stdout
    assert program.outputs() == made

    program.run("destroy", "--yes", "--skip-preview")
    assert not running(engine, made["id"])
    assert [n["Name"] for n in engine.networks() if n["Name"] == made["network"]] == []
    assert [v["Name"] for v in engine.volumes()["Volumes"] if v["Name"] == made["volume"]] == []


def test_limits_change_in_place(program: Program, engine: docker.APIClient, image: str) -> None:
    program.up(serving(image))
    made = program.outputs()
    assert program.up(serving(image, memory=96, restart="unless-stopped")) == {"update": 1}
    assert program.outputs() == made
    host = engine.inspect_container(made["id"])["HostConfig"]
    assert (host["Memory"], host["RestartPolicy"]["Name"]) == (96 * 2**20, "unless-stopped")


@pytest.mark.parametrize(("first", "fates"), [(False, ["create", "destroy"]), (True, ["destroy", "create"])])
def test_a_changed_variable_replaces_the_container_in_the_order_that_is_asked_for(
    program: Program, engine: docker.APIClient, image: str, first: bool, fates: list[str]
) -> None:
    program.up(serving(image, first=first))
    before = program.outputs()
    # Events are asked for by whole seconds: the one just past may hold the first container's own.
    seen = engine.events(since=int(time.time()), decode=True, filters={"type": "container", "event": fates})
    assert program.up(serving(image, envs=["TURN=2"], first=first)) == {"replace": 1}
    after = program.outputs()
    assert after["id"] != before["id"]
    assert not running(engine, before["id"])
    wanted = {("create", after["id"]), ("destroy", before["id"])}
    found = (event["Action"] for event in seen if (event["Action"], event["id"]) in wanted)
    assert list(itertools.islice(found, len(fates))) == fates


def test_the_order_of_variables_and_labels_means_nothing(program: Program, image: str) -> None:
    program.up(serving(image, envs=["A=1", "B=2"]))
    assert program.up(serving(image, envs=["B=2", "A=1"])) == {}


def test_refresh_sees_a_container_that_was_killed_and_up_starts_it_again(
    program: Program, engine: docker.APIClient, image: str
) -> None:
    program.up(serving(image))
    made = program.outputs()
    engine.kill(made["id"])
    assert "1 updated" in program.run("refresh", "--yes").stdout
    assert program.up() == {"update": 1}
    assert running(engine, made["id"])


def test_refresh_sees_a_container_that_was_removed_and_up_makes_another(
    program: Program, engine: docker.APIClient, image: str
) -> None:
    program.up(serving(image))
    made = program.outputs()
    engine.remove_container(made["id"], force=True)
    assert "1 deleted" in program.run("refresh", "--yes").stdout
    assert program.up() == {"create": 1}
    assert running(engine, program.outputs()["id"])


def test_an_uploaded_secret_is_in_a_file_and_nowhere_else(
    program: Program, engine: docker.APIClient, image: str
) -> None:
    program.up(SECRET.format(image=image))
    (made,) = [c for c in engine.containers(all=True) if c["Names"][0].startswith("/keeper-")]
    assert made["State"] == "created"
    assert "hush" not in program.state()
    assert "hush" not in program.run("stack", "export").stdout
    assert "hush" not in str(engine.inspect_container(made["Id"]))
    chunks, stat = engine.get_archive(made["Id"], "/run/secrets/KEY")
    assert b"hush-hush-42" in b"".join(chunks)
    assert oct(stat["mode"]) == "0o400"
    assert program.up() == {}


def test_a_container_that_does_not_get_healthy_fails_the_up_and_stays_to_be_looked_at(
    program: Program, engine: docker.APIClient, image: str
) -> None:
    arguments = (
        'command=["sleep", "60"], wait=True, wait_timeout=2,'
        ' healthcheck={"tests": ["CMD-SHELL", "echo no luck; false"], "interval": "1s"}'
    )
    program.write(ALONE.format(image=image, arguments=arguments))
    said = program.run("up", "--yes", "--skip-preview", ok=False)
    assert said.returncode != 0
    assert "it was not healthy within 2 s; its last check said: no luck" in said.stdout
    assert any(c["Names"][0].startswith("/web-") for c in engine.containers())


def test_a_port_that_the_engine_chose_is_an_output(program: Program, engine: docker.APIClient, image: str) -> None:
    arguments = 'command=["sleep", "60"], ports=[{"internal": 8000, "ip": "127.0.0.1"}]'
    program.up(ALONE.format(image=image, arguments=arguments) + 'pulumi.export("port", web.ports[0].external)\n')
    bound = engine.inspect_container(program.outputs()["id"])["NetworkSettings"]["Ports"]["8000/tcp"]
    assert bound == [{"HostIp": "127.0.0.1", "HostPort": str(program.outputs()["port"])}]


def test_what_the_hardened_container_asks_for_reaches_the_engine(
    program: Program, engine: docker.APIClient, image: str
) -> None:
    arguments = """
        command=["sleep", "60"], read_only=True, init=True, user="10001:10001", cpus="0.5", cpu_shares=512,
        capabilities={"drops": ["ALL"]}, security_opts=["no-new-privileges"], stop_signal="SIGTERM", stop_timeout=7,
        tmpfs={"/tmp": "size=16m"}, log_driver="json-file", log_opts={"max-size": "1m", "max-file": "2"},
        labels=[{"label": "slipway.stack", "value": "t"}], restart="unless-stopped", destroy_grace_seconds=1,
        mounts=[{"type": "tmpfs", "target": "/scratch", "tmpfs_options": {"size_bytes": 1048576, "mode": 511}}],
        working_dir="/tmp", entrypoints=[]"""
    program.up(ALONE.format(image=image, arguments=arguments))
    found = engine.inspect_container(program.outputs()["id"])
    host, config = found["HostConfig"], found["Config"]
    assert {
        "ReadonlyRootfs": host["ReadonlyRootfs"],
        "Init": host["Init"],
        "NanoCpus": host["NanoCpus"],
        "CpuShares": host["CpuShares"],
        "CapDrop": host["CapDrop"],
        "SecurityOpt": host["SecurityOpt"],
        "Tmpfs": host["Tmpfs"],
        "LogConfig": host["LogConfig"],
        "RestartPolicy": host["RestartPolicy"]["Name"],
        "Mounts": host["Mounts"],
        "User": config["User"],
        "StopSignal": config["StopSignal"],
        "StopTimeout": config["StopTimeout"],
        "Labels": config["Labels"],
        "WorkingDir": config["WorkingDir"],
    } == {
        "ReadonlyRootfs": True,
        "Init": True,
        "NanoCpus": 500_000_000,
        "CpuShares": 512,
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges"],
        "Tmpfs": {"/tmp": "size=16m"},
        "LogConfig": {"Type": "json-file", "Config": {"max-file": "2", "max-size": "1m"}},
        "RestartPolicy": "unless-stopped",
        "Mounts": [{"Type": "tmpfs", "Target": "/scratch", "TmpfsOptions": {"SizeBytes": 1048576, "Mode": 511}}],
        "User": "10001:10001",
        "StopSignal": "SIGTERM",
        "StopTimeout": 7,
        "Labels": {"slipway.stack": "t"},
        "WorkingDir": "/tmp",
    }


CONTAINER = "docker:index/container:Container"
SECRET_MARK = Secret("hush-hush-42")


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"mounts": [{"type": "volume", "target": "/d", "sources": "x"}]}, "mounts[0].sources: unknown property (did you mean source?)"),
        ({"mounts": [{"type": "volume"}]}, "mounts[0].target: required, but missing"),
        ({"mounts": [{"type": "nfs", "target": "/d"}]}, "mounts[0].type: 'nfs' is none of bind, volume, tmpfs"),
        ({"mounts": {"type": "volume"}}, "mounts: must be a list, not {'type': 'volume'}"),
        ({"memory": "64m"}, "memory: must be a whole number, not '64m'"),
        ({"memory": SECRET_MARK}, "memory: must be a whole number"),
        ({"memory": -1}, "memory: must be at least 0, not -1"),
        ({"restart": "sometimes"}, "restart: 'sometimes' does not match no|on-failure|always|unless-stopped"),
        ({"healthcheck": {"tests": ["CMD", "true"], "interval": "5 s"}}, "healthcheck.interval: '5 s' is no duration such as 30s or 1m30s"),
        ({"uploads": [{"file": "/f"}]}, "uploads[0]: wants one of content, contentBase64 and source, not none"),
        ({"uploads": [{"file": "/f", "content": "x", "permissions": "400"}]}, "uploads[0].permissions: '400' is no octal mode such as 0644"),
        ({"gpus": "all"}, "gpus: the stand-in for docker does not play it"),
        ({"command": ["sh", ""]}, "command: its words must not be empty"),
    ],
)  # fmt: skip
def test_a_wrong_input_is_refused(client: Client, inputs: dict[str, Any], reason: str) -> None:
    assert client.problems(CONTAINER, {"image": "python", **inputs}) == [reason]


def test_a_missing_image_is_refused(client: Client) -> None:
    assert client.problems(CONTAINER, {}) == ["image: required, but missing"]


def test_a_wrong_program_fails_the_preview_with_resource_property_and_reason(program: Program, image: str) -> None:
    said = program.refused(ALONE.format(image=image, arguments='mounts=[{"type": "volume", "targets": "/d"}]'))
    where = f"{CONTAINER} resource 'web' has a problem: "
    assert f"{where}mounts[0].targets: unknown property (did you mean target?)" in said
    assert f"{where}mounts[0].target: required, but missing" in said


def test_an_image_that_nobody_has_is_named(program: Program) -> None:
    program.write('import pulumi_docker as d\nd.RemoteImage("image", name="127.0.0.1:5000/no/such:thing")\n')
    said = program.run("up", "--yes", "--skip-preview", ok=False)
    assert "unable to pull image 127.0.0.1:5000/no/such:thing" in said.stdout


def test_every_input_of_the_sdk_is_known_to_replace_or_not() -> None:
    known = set(sdk.properties("docker:index/container:Container"))
    assert known == kinds.CONTAINER_REPLACES | kinds.CONTAINER_IN_PLACE
    assert not kinds.CONTAINER_REPLACES & kinds.CONTAINER_IN_PLACE
