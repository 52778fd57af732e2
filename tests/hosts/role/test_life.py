"""The life of a service on three real hosts: preview, first run, no change, switches under load, back, and away."""

import json
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from infra.service import Server
from tests.hosts.role.rig import NAME, Deployment, Hosts, deployment
from tools.bench.load import Load

# The playbooks run on machines that others share, some of them for minutes.
pytestmark = [pytest.mark.timeout(1800), pytest.mark.xdist_group("hosts")]

REQUESTS = 20_000
SERVERS: list[Server] = ["gunicorn", "uwsgi", "waitress"]


@contextmanager
def under_load(hosts: Hosts) -> Generator[list[Load]]:
    """32 connections from outside, kept open, over all hosts; nothing is tried twice."""
    with ExitStack() as stack:
        shares = [11, 11, 10]
        yield [
            stack.enter_context(Load((address, 80), "/api/hello", connections=share, pause=0.05, timeout=30))
            for address, share in zip(hosts.addresses.values(), shares, strict=True)
        ]


def finished(loads: list[Load]) -> tuple[int, dict[str, int]]:
    """Run on until there were enough, then: how many requests were answered, and how others failed."""
    for load in loads:
        load.wait_for(REQUESTS // len(loads) + 1, within=900)
    tallies = [load.stop() for load in loads]
    return sum(tally.ok for tally in tallies), {r: n for tally in tallies for r, n in tally.failed.items()}


def test_a_preview_of_a_fresh_host_tells_what_would_be_made_and_makes_nothing(
    hosts: Hosts, shipped: Deployment
) -> None:
    ran = hosts.site(shipped, "--check")
    assert ran.code == 0, ran.said
    assert all(ran.changed.values())
    assert hosts.shell("h1", f"ls -d /opt/{NAME} /etc/systemd/system/{NAME}* 2>/dev/null || echo nothing") == "nothing"


def test_the_first_run_brings_it_to_serve_and_the_second_changes_nothing(hosts: Hosts, shipped: Deployment) -> None:
    first = hosts.site(shipped)
    assert first.code == 0, first.said
    assert hosts.serving() == dict.fromkeys(hosts.addresses, shipped.identity)
    second = hosts.site(shipped)
    assert (second.code, second.changed) == (0, dict.fromkeys(hosts.addresses, 0)), second.said
    preview = hosts.site(shipped, "--check")
    assert (preview.code, preview.changed) == (0, dict.fromkeys(hosts.addresses, 0)), preview.said


def test_the_processes_may_do_little_and_their_secrets_are_theirs_alone(hosts: Hosts, shipped: Deployment) -> None:
    unit = f"{NAME}-{shipped.identity}-web.service"
    asked = "User,NoNewPrivileges,ProtectSystem,PrivateTmp,MemoryMax,CPUQuotaPerSecUSec,CapabilityBoundingSet"
    shown = dict(line.split("=", 1) for line in hosts.shell("h1", f"systemctl show {unit} -p {asked}").splitlines())
    assert shown == {
        "User": NAME,
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "PrivateTmp": "yes",
        "MemoryMax": "536870912",
        "CPUQuotaPerSecUSec": "1s",
        "CapabilityBoundingSet": "",
    }
    secret = f"/opt/{NAME}/deployments/{shipped.identity}/secrets/SECRET_KEY"
    assert hosts.shell("h1", f"stat -c '%U %a' {secret}") == f"{NAME} 400"
    assert hosts.shell("h1", f"cat {secret}") == shipped.variables["slipway_secrets"]["SECRET_KEY"]
    for place in ("cat /proc/*/cmdline /proc/*/environ", "journalctl --no-pager", f"cat /etc/systemd/system/{NAME}*"):
        assert "quite" not in hosts.shell("h1", f"{place} 2>/dev/null | tr '\\0' '\\n' | grep -v 'grep' || true")


def test_a_command_runs_as_the_processes_do(hosts: Hosts) -> None:
    said = hosts.shell("h1", f"/opt/{NAME}/current/exec sh -c 'id -un; cat $SECRET_KEY_FILE; flask --app service tidy'")
    assert said.splitlines()[:1] == [NAME]


@pytest.mark.parametrize("server", SERVERS)
def test_no_request_is_lost_while_a_revision_is_rolled_out(hosts: Hosts, folder: Path, server: Server) -> None:
    # From one revision under that server to the next.
    before, after = (
        deployment(folder, server, "before"),
        deployment(folder, server, "after", {"service/mark.py": "A = 1\n"}),
    )
    assert hosts.site(before).code == 0
    with under_load(hosts) as loads:
        ran = hosts.site(after)
        count, failed = finished(loads)
    assert ran.code == 0, ran.said
    assert hosts.serving() == dict.fromkeys(hosts.addresses, after.identity)
    assert failed == {}
    assert count >= REQUESTS


def test_a_revision_that_does_not_start_is_put_back_with_its_reason_and_no_request_is_lost(
    hosts: Hosts, shipped: Deployment, folder: Path
) -> None:
    hosts.ship(shipped)
    broken = deployment(folder, change={"service/api/__init__.py": 'raise RuntimeError("broken on purpose")\n'}).but(
        release_task={}
    )
    with under_load(hosts) as loads:
        ran = hosts.site(broken)
        for load in loads:
            load.wait_for(100)
        failed = [load.stop().failed.total() for load in loads]
    assert ran.code != 0
    assert "broken on purpose" in ran.said
    assert failed == [0, 0, 0]
    assert hosts.serving() == dict.fromkeys(hosts.addresses, shipped.identity)
    again = hosts.site(shipped)
    assert again.code == 0, again.said


def test_going_back_takes_what_is_still_there(hosts: Hosts, shipped: Deployment, folder: Path) -> None:
    later = deployment(folder, greeting="later")
    hosts.ship(shipped)
    assert hosts.site(later).code == 0
    ran = hosts.play("rollback.yml", {"slipway_name": NAME})
    assert ran.code == 0, ran.said
    assert hosts.serving() == dict.fromkeys(hosts.addresses, shipped.identity)


def test_a_change_on_a_host_is_seen_in_a_preview_and_mended(hosts: Hosts, shipped: Deployment) -> None:
    hosts.ship(shipped)
    hosts.shell("h2", f"sed -i s/MemoryMax=.*/MemoryMax=1G/ /etc/systemd/system/{NAME}-{shipped.identity}-web.service")
    preview = hosts.site(shipped, "--check")
    assert {name for name, changed in preview.changed.items() if changed} == {"h2"}
    assert hosts.site(shipped).code == 0
    assert hosts.site(shipped).changed == dict.fromkeys(hosts.addresses, 0)


def test_all_that_was_made_is_removed_and_nothing_else(hosts: Hosts, shipped: Deployment) -> None:
    hosts.ship(shipped)
    hosts.shell("h1", "echo other >/etc/nginx/conf.d/other.conf.kept; useradd --system neighbour 2>/dev/null || true")
    ran = hosts.destroy()
    assert ran.code == 0, ran.said
    left = hosts.shell(
        "h1",
        f"find / -xdev -name '*{NAME}*' -not -path '/proc/*' -not -path '/tmp/*'; systemctl list-units --all '{NAME}*' --plain -q",
    )
    assert left == ""
    assert hosts.shell("h1", "ls /etc/nginx/conf.d; id -un neighbour").split() == ["other.conf.kept", "neighbour"]
    hosts.shell("h1", "rm /etc/nginx/conf.d/other.conf.kept; userdel neighbour")
    assert json.dumps(hosts.serving()) == json.dumps(dict.fromkeys(hosts.addresses, ""))
    again = hosts.destroy()
    assert (again.code, again.changed) == (0, dict.fromkeys(hosts.addresses, 0)), again.said
