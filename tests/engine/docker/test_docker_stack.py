"""The target `docker` end to end: what runs is what was asked for, may do little, and is replaced without a gap."""

import json
import os
import re
import time

from infra.service import load_service
from tests.engine.conftest import PINNED, free_port
from tests.engine.docker.conftest import DockerStack, Lab, Stacks
from tests.engine.test_readme import commands, shell
from tools.bench.load import Load

NAME = load_service().name
FACTORY = "app/service/factory.py"
HOOK = "    errors.register(app)\n"


def test_the_address_serves_the_image_that_the_stack_names_by_its_digest(shared: DockerStack) -> None:
    version, image = shared.version(), shared.output("image")
    assert PINNED.match(image)
    assert image.startswith(f"{shared.repository}@")
    assert version == {
        "service": NAME,
        "revision": shared.output("revision"),
        "deployment": shared.output("deployment"),
        "server": "gunicorn",
        "target": "docker",
        "stack": shared.name,
    }
    assert shared.url == shared.output("url")
    running = shared.engine.images.get(shared.web().attrs["Image"])
    assert image in running.attrs["RepoDigests"]


def test_every_process_of_the_contract_runs_and_the_release_task_is_gone(shared: DockerStack) -> None:
    running = {c.labels["slipway.process"] for c in shared.containers() if c.status == "running"}
    assert running == {"web", "listener", "worker.heartbeat", "job.tidy"}
    assert shared.containers("release") == []


def test_a_container_may_do_little_and_use_what_its_size_says(shared: DockerStack) -> None:
    for process in ("web", "worker.heartbeat", "job.tidy", "listener"):
        known = shared.containers(process)[0].attrs
        host = known["HostConfig"]
        assert known["Config"]["User"] == "10001:10001"
        assert (host["ReadonlyRootfs"], host["CapDrop"], host["Privileged"]) == (True, ["ALL"], False)
        assert host["SecurityOpt"] == ["no-new-privileges:true"]
        assert host["RestartPolicy"]["Name"] == "unless-stopped"
        assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-file": "3", "max-size": "10m"}}
        assert host["MemorySwap"] == host["Memory"]
    web = shared.web().attrs["HostConfig"]
    assert (web["Memory"], web["NanoCpus"]) == (256 * 1024**2, 10**9)


def test_only_the_services_port_is_published_and_only_to_this_machine(shared: DockerStack) -> None:
    published = {c.labels["slipway.process"]: c.attrs["HostConfig"]["PortBindings"] for c in shared.containers()}
    bindings = published.pop("listener")
    assert bindings == {f"{shared.port}/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(shared.port)}]}
    assert [found for found in published.values() if found] == []


def test_secrets_are_files_of_the_service_alone_and_nowhere_else(shared: DockerStack) -> None:
    web = shared.web()
    told = web.exec_run(["stat", "-c", "%a %u", "/run/secrets/SECRET_KEY"])
    assert told.output.decode().split() == ["400", "10001"]
    secret = web.exec_run(["cat", "/run/secrets/SECRET_KEY"]).output.decode()
    assert len(secret) == 43
    inspected = json.dumps([container.attrs for container in shared.containers()])
    assert secret not in inspected
    exported = shared.checkout.pulumi("stack", "export", "--stack", shared.name).stdout
    assert "ciphertext" in exported
    assert secret not in exported
    for container in shared.containers():
        assert secret not in container.logs().decode()


def test_a_second_up_changes_nothing_even_from_another_path_under_another_umask(
    shared: DockerStack, tmp_path: object
) -> None:
    done = shared.make("up", ARGS="--skip-preview --expect-no-changes")
    assert done.returncode == 0, done.stdout + done.stderr
    here = shared.checkout.root
    there = here.parent / "elsewhere" / "deeper"
    there.parent.mkdir()
    old = os.umask(0o077)
    try:
        assert os.system(f"cp -r --no-preserve=mode {here} {there} && rm -rf {there}/.slipway/context") == 0
    finally:
        os.umask(old)
    assert (there / "app" / "Dockerfile").stat().st_mode & 0o777 == 0o600
    elsewhere = DockerStack(type(shared.checkout)(there, shared.checkout.variables), shared.name, shared.port)
    done = elsewhere.make("preview", ARGS="--expect-no-changes")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_changed_byte_plans_another_image_and_an_untracked_file_does_not(shared: DockerStack) -> None:
    untracked = shared.checkout.root / "app" / "notes.txt"
    untracked.write_text("not of the service")
    try:
        assert shared.make("preview", ARGS="--expect-no-changes").returncode == 0
    finally:
        untracked.unlink()
    with shared.checkout.edited(FACTORY, '"""Makes the app."""', '"""Makes the app!"""'):
        said = shared.make("preview").stdout
    assert re.search(r"~ +docker-build:index:Image build update", said)
    assert re.search(rf"docker:index:Container {NAME}-web replace", said)


def test_status_logs_and_exec_show_what_runs(shared: DockerStack) -> None:
    status = shared.make("status")
    told = f"revision {shared.version()['revision']}, deployment {shared.version()['deployment']}"
    assert status.returncode == 0
    assert f"http://127.0.0.1:{shared.port} answers {told}\n" in status.stdout
    assert re.search(r"^web +[0-9a-f]+ +running \(healthy\) ", status.stdout, re.MULTILINE)
    shared.get("/")
    time.sleep(0.2)
    assert re.search(r'^web \| .*"path": "/"', shared.make("logs", PROCESS="web").stdout, re.MULTILINE)
    assert shared.make("logs", PROCESS="mail").stdout.endswith(
        "No process 'mail' has a log; there are: job.tidy, listener, web, worker.heartbeat\n"
    )
    done = shared.make("exec", CMD="python -c 'import os, sys; print(os.getuid()); sys.exit(3)'")
    assert (done.stdout, done.returncode != 0) == ("10001\n", True)


def test_updates_under_load_drop_no_request_and_end_what_was_before(stacks: Stacks) -> None:
    stack = stacks()
    stack.up()
    first = stack.web().id
    with Load(("127.0.0.1", stack.port), "/version", connections=16, keep_bodies=True) as load:
        load.wait_for(200)
        stack.set(environment={"GREETING": "Settings alone"})
        stack.up()
        with stack.checkout.edited(FACTORY, HOOK, HOOK + "    app.extensions['new'] = 1\n"):
            stack.up()
            last = stack.version()
            tally = load.stop()
    assert tally.failed.total() == 0, str(tally)
    assert len({json.loads(body)["deployment"] for body in tally.bodies}) == 3
    assert [c.labels["slipway.deployment"] for c in stack.containers("web")] == [last["deployment"]]
    assert stack.web().id != first


def test_a_changed_secret_reaches_the_processes_and_the_old_one_leaves_with_its_volume(stacks: Stacks) -> None:
    stack = stacks()
    stack.up()
    before = stack.version()["deployment"]
    volumes = {v.name for v in stack.engine.volumes.list(filters={"label": f"slipway.stack={stack.name}"})}
    stack.set_secret("SECRET_KEY", "a new one, much longer than before")
    stack.up()
    assert stack.version()["deployment"] != before
    assert stack.web().exec_run(["cat", "/run/secrets/SECRET_KEY"]).output == b"a new one, much longer than before"
    after = {v.name for v in stack.engine.volumes.list(filters={"label": f"slipway.stack={stack.name}"})}
    assert len(after) == len(volumes) == 2
    assert len(after & volumes) == 1


def test_without_a_registry_the_engine_itself_keeps_the_image(stacks: Stacks) -> None:
    stack = stacks()
    stack.config.pop("service:registry")
    stack.set()
    stack.up()
    revision = stack.version()["revision"]
    assert stack.output("image") == f"slipway/{NAME}:{revision}"
    running = stack.engine.images.get(stack.web().attrs["Image"])
    assert f"slipway/{NAME}:{revision}" in running.tags
    assert stack.make("up", ARGS="--skip-preview --expect-no-changes").returncode == 0


def test_the_commands_that_readme_shows_ship_look_after_and_destroy(lab: Lab) -> None:
    stack = DockerStack(lab.checkout, "docker", free_port(), {}, lab.engine)
    before = stack.file.read_text(encoding="utf-8")
    stack.set(target="docker", options={"port": stack.port}, build=lab.build)
    up, status, destroy = commands(lab.checkout, "On a Docker Engine")
    try:
        shell(lab.checkout, [up])
        assert "It floats." in stack.get("/")
        assert "running (healthy)" in shell(lab.checkout, [status])
    finally:
        shell(lab.checkout, [destroy])
        stack.file.write_text(before, encoding="utf-8")
    assert stack.left() == []
