"""The life of a stack on real hosts, with the real engine and the real Ansible. The tests follow each other."""

import re

import pytest

from tests.hosts.stack.conftest import Stack

pytestmark = pytest.mark.timeout(1800)


def test_a_first_preview_says_what_is_to_be_done_and_does_nothing(fresh: Stack) -> None:
    done = fresh.make("preview")
    assert done.returncode == 0
    assert "7 to create" in done.stdout
    for host in fresh.hosts:
        assert f"{host}: differs: Make the user that the service runs as" in done.stdout + done.stderr
        assert fresh.traces(host) == ""


def test_up_brings_every_host_to_serve_the_same(fresh: Stack) -> None:
    said = fresh.up()
    assert f"The service is at http://{fresh.hosts[0]}" in said
    served = fresh.serving()
    assert served == [served[0]] * len(fresh.hosts)
    assert (served[0]["target"], served[0]["stack"]) == ("hosts", "life")


def test_a_second_up_changes_nothing_and_a_refresh_finds_nothing(stack: Stack) -> None:
    before = stack.serving()
    said = stack.up()
    assert "7 unchanged" in said
    assert "changed:" not in said
    refreshed = stack.make("refresh")
    assert "7 unchanged" in refreshed.stdout
    assert "differs:" not in refreshed.stdout + refreshed.stderr
    assert stack.serving() == before


def test_status_logs_and_exec_show_what_runs_on_all_hosts_or_on_one(stack: Stack) -> None:
    one = stack.hosts[1]
    version = stack.serves(one)
    status = stack.make("status")
    assert status.returncode == 0
    for host in stack.hosts:
        assert f"{host} answers revision {version['revision']}, deployment {version['deployment']}" in status.stdout
        assert re.search(rf"^{host} +web +active", status.stdout, re.MULTILINE)
        assert re.search(rf"^{host} +worker\.heartbeat +active", status.stdout, re.MULTILINE)
    # What is due is done once.
    timers = re.findall(r"^(\S+) +job\.tidy\.timer +active \(waiting\)", status.stdout, re.MULTILINE)
    assert timers == [stack.hosts[0]]
    assert stack.hosts[0] not in stack.make("status", HOST=one).stdout
    logs = stack.make("logs", LINES="200", HOST=one).stdout
    assert {line.split(" ")[0] for line in logs.splitlines() if " | " in line} == {one}
    run = stack.make(
        "exec", HOST=one, CMD="python -c \"import os; print(os.environ['SERVICE_STACK'], os.getuid() > 0)\""
    )
    assert (run.returncode, "life True" in run.stdout) == (0, True)
    assert stack.make("exec", CMD="false").returncode != 0


def test_the_release_task_has_run_once_and_on_one_host(stack: Stack) -> None:
    revision = stack.serves(stack.hosts[0])["revision"]
    marks = [stack.on(host, f"ls /opt/{stack.unit}/released").split() for host in stack.hosts]
    assert marks == [[revision], [], []]


def test_drift_on_a_host_shows_in_refresh_and_preview_and_up_mends_it(stack: Stack) -> None:
    one = stack.hosts[1]
    deployment = stack.serves(one)["deployment"]
    worker = f"{stack.unit}-{deployment}-worker-heartbeat.service"
    stack.on(one, f"systemctl stop {worker}; sed -i s/MemoryMax=.*/MemoryMax=1G/ /etc/systemd/system/{worker}")
    refreshed = stack.make("refresh")
    assert f"{one}: differs: Write down the deployment (/etc/systemd/system/{worker})" in (
        refreshed.stdout + refreshed.stderr
    )
    assert re.search(r"\b\d+ to update", stack.make("preview").stdout)
    said = stack.up()
    assert f"{one}: changed: " in said
    assert [host for host in stack.hosts if f"{host}: changed: " in said] == [one]
    assert stack.on(one, f"systemctl is-active {worker}").strip() == "active"
    assert "changed:" not in stack.up()


def test_the_secret_is_a_file_of_the_service_alone_and_nowhere_else(stack: Stack) -> None:
    host = stack.hosts[0]
    folder = f"/opt/{stack.unit}/current/secrets"
    assert stack.on(host, f"stat -c '%U %a' {folder}/SECRET_KEY").strip() == f"{stack.unit} 400"
    secret = stack.on(host, f"cat {folder}/SECRET_KEY")
    assert len(secret) == 43
    state = "".join(path.read_text() for path in (stack.checkout.root / ".slipway/state").rglob("life.json"))
    said = stack.make("logs", LINES="1000").stdout + stack.make("preview", ARGS="--diff").stdout
    shown = stack.on(
        host, f"ps -eo args; journalctl --namespace={stack.unit}; journalctl; cat /proc/[0-9]*/environ | tr '\\0' '\\n'"
    )
    assert len(state) * len(said) * len(shown) > 0
    assert [text.count(secret) for text in (state, said, shown)] == [0, 0, 0]
