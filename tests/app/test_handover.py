"""A listener and its replicas, as the processes that a platform of containers runs and starts anew."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.app.conftest import environment, eventually, free_port
from tests.app.suite.place import copy_release, default_environment
from tests.app.suite.wire import Wire, ask
from tools.bench.load import Load

SERVERS = ("gunicorn", "uwsgi", "waitress")
GRACE = 15


class Process:
    """One of them, and its log."""

    def __init__(self, module: str, folder: Path, logged: Path, **variables: str) -> None:
        self.logged = logged
        with logged.open("w") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=folder,
                env=environment(**variables),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def log(self) -> str:
        return self.logged.read_text("utf-8")

    def says(self, text: str) -> None:
        eventually(lambda: text in self.log(), self.log)

    def messages(self) -> list[str]:
        return [json.loads(line)["message"] for line in self.log().splitlines()]

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self._process.pid).children()

    def sigterm(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def wait(self) -> int:
        return self._process.wait(GRACE)

    def runs(self) -> bool:
        return self._process.poll() is None

    def clear(self) -> None:
        """Whatever is left of its session."""
        for process in psutil.process_iter():
            try:
                if os.getsid(process.pid) == self._process.pid:
                    process.kill()
            except (psutil.Error, ProcessLookupError):
                continue
        self._process.wait()


class Scene:
    """One public address, a listener for it, and replicas of the probe app."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.release = folder / "release"
        copy_release("probe", self.release)
        self.web = ("127.0.0.1", free_port())
        self.processes: list[Process] = []

    def _start(self, module: str, **variables: str) -> Process:
        number = len(self.processes)
        variables = {"LISTENER_SOCKET": str(self.folder / "door"), "TMPDIR": str(self.folder), **variables}
        self.processes.append(Process(module, self.release, self.folder / f"{number}.log", **variables))
        return self.processes[-1]

    def listener(self) -> Process:
        return self._start("serving.listener", HOST=self.web[0], PORT=str(self.web[1]))

    def replica(self, deployment: str, server: str = "waitress", **variables: str) -> Process:
        """Its host is named as its deployment, unless a test says otherwise."""
        return self._start(
            "serving.replica",
            **{
                **default_environment(server),
                "SERVICE_DEPLOYMENT": deployment,
                "HOSTNAME": f"container-{deployment}",
                "ADMIN_PORT": str(free_port()),
                **variables,
            },
        )

    def await_service_by(self, deployment: str) -> None:
        eventually(lambda: self.deployments() == {deployment}, self.logs)

    def deployments(self) -> set[str]:
        """Who answers, asked often enough to hear of two that share the socket."""
        try:
            return {ask(self.web, "/version", timeout=5).json()["deployment"] for _ in range(10)}
        except OSError:
            return set()

    def logs(self) -> str:
        return "\n".join(process.log() for process in self.processes)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    for process in made.processes:
        process.clear()


def answered_by(load: Load) -> set[str]:
    return {json.loads(body)["deployment"] for body in load.tally.bodies}


@pytest.mark.parametrize("server", SERVERS)
def test_a_new_replica_takes_over_under_load_without_a_failed_request(scene: Scene, server: str) -> None:
    scene.listener()
    old = scene.replica("1", server)
    scene.await_service_by("1")
    with Load(scene.web, "/version", connections=32, keep_bodies=True) as load:
        load.wait_for(300)
        scene.replica("2", server)
        scene.await_service_by("2")
        eventually(lambda: not old.children(), old.log)
        load.wait_for(load.tally.ok + 300)
        tally = load.stop()

    assert (dict(tally.failed), answered_by(load)) == ({}, {"1", "2"}), scene.logs()
    assert scene.deployments() == {"2"}


def test_what_the_old_replica_has_accepted_it_finishes(scene: Scene) -> None:
    scene.listener()
    scene.replica("1")
    scene.await_service_by("1")
    with Wire(scene.web) as wire:
        wire.send_request("GET", "/slow?seconds=3")
        scene.replica("2")
        scene.await_service_by("2")

        assert wire.answer().status == 200


def test_a_replica_that_yielded_rests_and_ends_with_0(scene: Scene) -> None:
    scene.listener()
    old = scene.replica("1")
    scene.await_service_by("1")
    scene.replica("2")
    eventually(lambda: not old.children(), old.log)
    assert old.runs()
    old.sigterm()

    assert old.wait() == 0
    assert scene.deployments() == {"2"}


def test_a_replica_that_never_gets_ready_never_takes_a_request(scene: Scene) -> None:
    scene.listener()
    scene.replica("1")
    scene.await_service_by("1")
    with Load(scene.web, "/version", connections=8, keep_bodies=True) as load:
        new = scene.replica("2", PROBE_READY=str(scene.folder / "ready"))
        new.says("the probe is not ready yet")
        load.wait_for(load.tally.ok + 500)
        new.sigterm()
        new.wait()
        load.wait_for(load.tally.ok + 100)

    assert (dict(load.tally.failed), answered_by(load)) == ({}, {"1"})


def test_a_replica_takes_over_when_it_gets_ready(scene: Scene) -> None:
    scene.listener()
    scene.replica("1")
    scene.await_service_by("1")
    new = scene.replica("2", PROBE_READY=str(scene.folder / "ready"))
    new.says("the probe is not ready yet")
    assert scene.deployments() == {"1"}
    (scene.folder / "ready").touch()

    scene.await_service_by("2")


def test_a_replica_waits_for_the_listener(scene: Scene) -> None:
    replica = scene.replica("1")
    replica.says("waiting for the listener")
    scene.listener()

    scene.await_service_by("1")


def test_a_replica_that_is_told_to_end_while_it_waits_ends_with_0(scene: Scene) -> None:
    replica = scene.replica("1")
    replica.says("waiting for the listener")
    replica.sigterm()

    assert replica.wait() == 0


@pytest.fixture
def replaced(scene: Scene) -> Scene:
    """1 has served, and 2 has taken over from it; then all were killed, as when the machine goes down."""
    scene.listener()
    scene.replica("1")
    scene.await_service_by("1")
    scene.replica("2")
    scene.await_service_by("2")
    for process in scene.processes:
        process.clear()
    return scene


def test_after_a_reboot_an_older_replica_that_is_late_yields_before_it_starts_anything(replaced: Scene) -> None:
    replaced.replica("2").says("waiting for the listener")
    replaced.listener()
    replaced.await_service_by("2")
    old = replaced.replica("1")
    old.says("another replica serves")

    assert (old.runs(), old.children(), replaced.deployments()) == (True, [], {"2"})


def test_after_a_reboot_an_older_replica_serves_until_the_newer_does(replaced: Scene) -> None:
    replaced.listener()
    replaced.replica("1")
    replaced.await_service_by("1")
    replaced.replica("2")

    replaced.await_service_by("2")


def test_after_a_reboot_an_older_replica_that_gets_ready_late_yields(replaced: Scene) -> None:
    ready = replaced.folder / "ready"
    replaced.listener()
    old = replaced.replica("1", PROBE_READY=str(ready))
    eventually(lambda: bool(old.children()), old.log)
    replaced.replica("2")
    replaced.await_service_by("2")
    ready.touch()

    old.says("another replica serves")
    eventually(lambda: not old.children(), old.log)
    replaced.await_service_by("2")


def test_an_earlier_deployment_in_a_new_container_takes_over_again(scene: Scene) -> None:
    scene.listener()
    for deployment, host in (("1", "a"), ("2", "b"), ("1", "c")):
        scene.replica(deployment, HOSTNAME=host)
        scene.await_service_by(deployment)


def test_after_the_listener_was_killed_all_start_anew(scene: Scene) -> None:
    listener = scene.listener()
    replica = scene.replica("1")
    scene.await_service_by("1")
    listener.kill()

    assert replica.wait() == 1
    scene.replica("1").says("waiting for the listener")
    scene.listener()
    scene.await_service_by("1")


def test_a_replica_that_rests_serves_again_when_the_one_that_serves_has_gone(scene: Scene) -> None:
    scene.listener()
    old = scene.replica("1")
    scene.await_service_by("1")
    new = scene.replica("2")
    eventually(lambda: not old.children(), old.log)
    new.clear()

    scene.await_service_by("1")
    scene.replica("2")
    scene.await_service_by("2")


@pytest.mark.parametrize("server", SERVERS)
def test_a_web_process_that_dies_ends_the_replica_with_its_code(scene: Scene, server: str) -> None:
    scene.listener()
    replica = scene.replica("1", server)
    scene.await_service_by("1")
    (web,) = replica.children()
    web.kill()

    assert replica.wait() == 128 + signal.SIGKILL
    scene.replica("1", server)
    scene.await_service_by("1")


def test_a_web_process_that_cannot_start_ends_the_replica_with_its_code(scene: Scene) -> None:
    scene.listener()
    replica = scene.replica("1", WEB_THREADS="many")

    assert replica.wait() == 2
    assert replica.messages() == ["WEB_THREADS: 'many' is not a number from 1 to 1024"]


def test_an_app_that_cannot_be_loaded_ends_the_replica_and_not_the_one_that_serves(scene: Scene) -> None:
    scene.listener()
    scene.replica("1")
    scene.await_service_by("1")
    (scene.release / "probe.py").write_text("import no_such_module")
    broken = scene.replica("2")

    assert broken.wait() == 3
    assert scene.deployments() == {"1"}


def test_an_app_that_says_to_be_another_takes_no_request(scene: Scene) -> None:
    scene.listener()
    scene.replica("1")
    scene.await_service_by("1")
    lying = 'ROUTES["/version"] = lambda _, start: answer(start, "200 OK", {"revision": "r", "deployment": "d"})\n'
    with (scene.release / "probe.py").open("a") as source:
        source.write(lying)
    new = scene.replica("2")
    new.says("the app is not ready: it says revision r, deployment d")

    assert scene.deployments() == {"1"}


def test_an_app_that_says_to_be_another_is_told_where_nobody_else_serves(scene: Scene) -> None:
    contract = scene.release / "service.toml"
    contract.write_text(contract.read_text().replace('version = "/version"', 'version = "/who"'))
    scene.listener()
    replica = scene.replica("1")

    replica.says("the web process is not ready: it does not say which revision it is")


def test_an_app_that_is_not_ready_is_told_where_nobody_else_serves(scene: Scene) -> None:
    scene.listener()
    replica = scene.replica("1", PROBE_READY="/nowhere/at/all")

    replica.says("the web process is not ready: 503 ")


@pytest.mark.parametrize("server", SERVERS)
def test_a_replica_under_load_finishes_what_it_accepted_at_sigterm(scene: Scene, server: str) -> None:
    scene.listener()
    replica = scene.replica("1", server)
    scene.await_service_by("1")
    with Load(scene.web, "/slow?seconds=0.01", connections=16) as load:
        load.wait_for(300)
        replica.sigterm()
        code = replica.wait()
        # The socket is still there: who comes meanwhile waits for the next.
        scene.replica("1", server)
        load.wait_for(load.tally.ok + 100)

    assert (code, dict(load.tally.failed)) == (0, {}), scene.logs()


def test_a_listener_ends_with_0(scene: Scene) -> None:
    listener = scene.listener()
    listener.says("listening at")
    listener.sigterm()

    assert listener.wait() == 0


def test_a_listener_says_what_keeps_it_from_listening(scene: Scene) -> None:
    scene.listener().says("listening at")
    second = scene.listener()

    assert second.wait() == 2
    assert second.messages() == [
        f"PORT: cannot listen on 127.0.0.1:{scene.web[1]}: another process listens there",
    ]
