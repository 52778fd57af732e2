"""The playbooks by themselves on a real host: preview, first run, no change, back, and away."""

from pathlib import Path

import pytest

from tests.hosts.role.rig import NAME, Deployment, Hosts, answered, deployment

# The playbooks run on machines that others share, some of them for minutes.
pytestmark = [pytest.mark.timeout(1800), pytest.mark.xdist_group("hosts")]

MIB = 1024 * 1024


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


def test_other_limits_of_the_log_hold_at_once_and_no_process_is_started_anew_for_them(
    hosts: Hosts, shipped: Deployment
) -> None:
    hosts.ship(shipped)
    web = f"systemctl show --value --property=MainPID {NAME}-{shipped.identity}-web.service"
    before = hosts.shell("h1", web)
    limited = shipped.but(log_size="8M", log_days=7)
    ran = hosts.site(limited)
    assert (ran.code, hosts.shell("h1", web)) == (0, before), ran.said
    # Three times as much as is kept, in long lines, which are written in less time.
    much = "head -c 24M /dev/urandom | base64 --wrap=30000"
    hosts.shell("h1", f"systemd-run --quiet --wait --property=LogNamespace={NAME} sh -c '{much}'")
    folder, rotate = f"/var/log/journal/*.{NAME}", f"journalctl --namespace={NAME} --rotate"
    oldest = hosts.shell("h1", f"{rotate}; ls {folder}/*@*.journal | head --lines=1")
    kept = hosts.shell(
        "h1", f"touch --date='8 days ago' {oldest}; {rotate}; du --bytes {folder}; ls {folder}/*"
    ).split()
    assert 4 * MIB < int(kept[0]) < 9 * MIB
    assert (oldest != "", oldest in kept) == (True, False)
    # What the processes write is still taken.
    answered(f"{hosts.addresses['h1']}", path="/nothing-there")
    assert "/nothing-there" in hosts.shell("h1", f"journalctl --namespace={NAME} --identifier=web --lines=20")
    again = hosts.site(limited)
    assert (again.code, again.changed) == (0, {"h1": 0}), again.said


def test_going_back_takes_what_is_still_there(hosts: Hosts, shipped: Deployment, folder: Path) -> None:
    later = deployment(folder, greeting="later")
    hosts.ship(shipped)
    assert hosts.site(later).code == 0
    ran = hosts.play("rollback.yml", {"slipway_name": NAME})
    assert ran.code == 0, ran.said
    assert hosts.serving() == dict.fromkeys(hosts.addresses, shipped.identity)


def test_all_that_was_made_is_removed_and_a_second_time_nothing_is_left_to_do(
    hosts: Hosts, shipped: Deployment
) -> None:
    hosts.ship(shipped)
    ran = hosts.destroy()
    assert ran.code == 0, ran.said
    left = f"find / -xdev -name '*{NAME}*' -not -path '/proc/*' -not -path '/tmp/*'; getent passwd {NAME}"
    assert hosts.shell("h1", f"{left}; systemctl list-units --all '{NAME}*' --plain -q") == ""
    assert hosts.serving() == {"h1": ""}
    again = hosts.destroy()
    assert (again.code, again.changed) == (0, {"h1": 0}), again.said
