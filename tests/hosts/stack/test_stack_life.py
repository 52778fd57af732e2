"""The life of a stack on real hosts, with the real engine and the real Ansible. The tests follow each other."""

import re

import pytest

from tests.hosts.stack.conftest import Stack
from tools.bench.load import Load

pytestmark = pytest.mark.timeout(1200)

FACTORY = "app/service/factory.py"
HOOK = "    errors.register(app)\n"
BROKEN = "    raise RuntimeError('no disk')\n" + HOOK

# What of a service could be on a host: its folder, units, user, nginx site and log.
TRACES = (
    "ls -d /opt/{0} /etc/systemd/system/{0}-* /etc/nginx/*/{0}* /etc/systemd/journald@{0}.conf /var/log/journal/*.{0} "
    "2>/dev/null; systemctl list-units --all --no-legend '{0}-*'; getent passwd {0}"
)


def traces(stack: Stack, host: str) -> str:
    return stack.on(host, TRACES.format(stack.unit))


def test_a_first_preview_says_what_is_to_be_done_and_does_nothing(stack: Stack) -> None:
    done = stack.make("preview")
    assert done.returncode == 0
    assert "7 to create" in done.stdout
    for host in stack.hosts:
        assert f"{host}: differs: Make the user that the service runs as" in done.stdout
        assert traces(stack, host) == ""


def test_up_brings_every_host_to_serve_the_same(stack: Stack) -> None:
    said = stack.up()
    assert f"The service is at http://{stack.hosts[0]}" in said
    versions = [stack.version(host) for host in stack.hosts]
    assert versions == [versions[0]] * len(stack.hosts)
    assert (versions[0]["target"], versions[0]["stack"]) == ("hosts", "life")


def test_a_second_up_changes_nothing_and_a_refresh_finds_nothing(stack: Stack) -> None:
    before = stack.version(stack.hosts[0])
    said = stack.up()
    assert "7 unchanged" in said
    assert "changed:" not in said
    assert "7 unchanged" in stack.make("refresh").stdout
    assert stack.version(stack.hosts[0]) == before


def test_status_logs_and_exec_show_what_runs_on_all_hosts_or_on_one(stack: Stack) -> None:
    one = stack.hosts[1]
    version = stack.version(one)
    status = stack.make("status")
    assert status.returncode == 0
    for host in stack.hosts:
        assert f"{host} answers revision {version['revision']}, deployment {version['deployment']}" in status.stdout
        assert re.search(rf"^{host} +web +active", status.stdout, re.MULTILINE)
    assert stack.hosts[0] not in stack.make("status", HOST=one).stdout
    logs = stack.make("logs", LINES="200", HOST=one).stdout
    assert {line.split(" ")[0] for line in logs.splitlines() if " | " in line} == {one}
    run = stack.make(
        "exec", HOST=one, CMD="python -c \"import os; print(os.environ['SERVICE_STACK'], os.getuid() > 0)\""
    )
    assert (run.returncode, "life True" in run.stdout) == (0, True)
    assert stack.make("exec", CMD="false").returncode != 0


def test_drift_on_a_host_shows_in_refresh_and_preview_and_up_mends_it(stack: Stack) -> None:
    one = stack.hosts[1]
    stack.on(one, f"systemctl stop '{stack.unit}-*-worker-heartbeat.service'")
    assert f"{one}: differs: " in stack.make("refresh").stdout
    preview = stack.make("preview").stdout
    assert "1 to update" in preview or "~ 1" in preview
    said = stack.up()
    assert f"{one}: changed: " in said
    assert f"{stack.hosts[0]}: changed: " not in said
    assert "active" in stack.on(one, f"systemctl is-active '{stack.unit}-*-worker-heartbeat.service'")


def test_a_changed_setting_goes_from_host_to_host_and_no_request_is_lost(stack: Stack) -> None:
    before = stack.version(stack.hosts[0])
    stack.set(environment={"GREETING": "{{ no template }} 'quoted' \"twice\""})
    with Load((stack.hosts[0], 80), "/api/hello", connections=8) as load:
        stack.up()
        tally = load.stop()
    assert tally.failed.total() == 0, tally
    after = [stack.version(host) for host in stack.hosts]
    assert after == [after[0]] * len(stack.hosts)
    assert after[0]["revision"] == before["revision"]
    assert after[0]["deployment"] != before["deployment"]


def test_a_revision_that_does_not_serve_is_put_back_and_the_reason_is_told(stack: Stack) -> None:
    before = [stack.version(host) for host in stack.hosts]
    with stack.checkout.edited(FACTORY, HOOK, BROKEN):
        said = stack.failed_up()
    assert "the hosts could not be set up:" in said
    assert "RuntimeError: no disk" in said
    assert [stack.version(host) for host in stack.hosts] == before
    assert "changed:" not in stack.up()


def test_the_secret_is_a_file_of_the_service_alone_and_nowhere_else(stack: Stack) -> None:
    host = stack.hosts[0]
    # A dollar sign would be make's.
    read = "import os, pathlib; print(pathlib.Path(os.environ['SECRET_KEY_FILE']).read_text())"
    secret = stack.make("exec", HOST=host, CMD=f'python -c "{read}"').stdout.splitlines()[-1]
    assert len(secret) == 43
    state = "".join(path.read_text() for path in (stack.checkout.root / ".slipway/state").rglob("life.json"))
    said = stack.make("logs", LINES="1000").stdout + stack.make("preview", ARGS="--diff").stdout
    shown = stack.on(
        host, f"ps -eo args; journalctl --namespace={stack.unit}; journalctl; cat /proc/[0-9]*/environ | tr '\\0' '\\n'"
    )
    assert [text.count(secret) for text in (state, said, shown)] == [0, 0, 0]


def test_a_host_that_leaves_the_stack_is_cleared(stack: Stack) -> None:
    *kept, gone = stack.hosts
    stack.reach(kept)
    stack.up()
    assert traces(stack, gone) == ""
    assert stack.version(kept[0]) == stack.version(kept[1])
    stack.reach()
    stack.up()
    assert stack.version(gone) == stack.version(kept[0])


def test_destroy_removes_what_was_made_and_nothing_else(stack: Stack) -> None:
    mine = "/opt/somebody-elses"
    for host in stack.hosts:
        stack.on(host, f"touch {mine}")
    assert stack.make("destroy", YES="1").returncode == 0
    for host in stack.hosts:
        assert traces(stack, host) == ""
        assert stack.on(host, f"ls {mine} && rm {mine} && id deploy").startswith(mine)
