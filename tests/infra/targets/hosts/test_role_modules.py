"""The role's own modules, run in this process as Ansible runs them on a host."""

import getpass
import grp
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args

from infra.paths import ROOT

ROLE = ROOT / "infra/targets/hosts/ansible/roles/slipway"


def load(name: str, path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the modules share, where Ansible puts it on a host."""
    name = "ansible.module_utils.deployment_units"
    monkeypatch.setitem(sys.modules, name, load(name, ROLE / "module_utils" / "deployment_units.py"))


@pytest.fixture
def play(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a module and gives what it tells Ansible."""

    def run(name: str, **arguments: Any) -> dict[str, Any]:
        module = load(name, ROLE / "library" / f"{name}.py")
        with patch_module_args(arguments), pytest.raises(SystemExit):
            module.main()
        told = json.loads(capsys.readouterr().out)
        return {key: value for key, value in told.items() if key != "invocation"}

    return run


def owned(path: Path, **more: str) -> dict[str, str]:
    """A file or folder of whoever runs the tests."""
    mine = {"owner": getpass.getuser(), "group": grp.getgrgid(os.getgid()).gr_name}
    return {"path": str(path), **mine, **more}


def test_a_file_is_written_with_its_mode_and_a_second_time_nothing_changes(play: Any, tmp_path: Path) -> None:
    asked = {
        "folders": [owned(tmp_path / "secrets", mode="0500")],
        "files": [owned(tmp_path / "unit", content="[Unit]\n", mode="0640")],
    }
    first = play("deployment_files", **asked)
    assert (first["changed"], first["written"]) == (True, [str(tmp_path / "secrets"), str(tmp_path / "unit")])
    assert ((tmp_path / "unit").read_text(), (tmp_path / "unit").stat().st_mode & 0o777) == ("[Unit]\n", 0o640)
    second = play("deployment_files", **asked)
    assert (second["changed"], second["written"]) == (False, [])


def test_a_preview_of_a_file_shows_the_difference_and_writes_nothing(play: Any, tmp_path: Path) -> None:
    (tmp_path / "unit").write_text("before\n")
    files = [owned(tmp_path / "unit", content="after\n")]
    told = play("deployment_files", files=files, _ansible_check_mode=True)
    assert (told["diff"][0]["before"], told["diff"][0]["after"]) == ("before\n", "after\n")
    assert (tmp_path / "unit").read_text() == "before\n"


def test_a_secret_is_an_argument_of_its_own(play: Any, tmp_path: Path) -> None:
    told = play("deployment_files", files=[owned(tmp_path / "KEY", secret="KEY")], secrets={"KEY": "not to be seen"})
    assert ((tmp_path / "KEY").read_text(), told["diff"]) == ("not to be seen", [])
    assert "not to be seen" not in json.dumps(told)


def test_a_secret_is_not_told_and_what_is_no_longer_named_is_removed(play: Any, tmp_path: Path) -> None:
    (tmp_path / "OLD").write_text("old")
    files = [owned(tmp_path / "NEW", content="not to be seen", mode="0400")]
    told = play("deployment_files", files=files, exclusive=str(tmp_path), secret=True)
    assert told["written"] == [str(tmp_path / "NEW"), str(tmp_path / "OLD")]
    assert "not to be seen" not in json.dumps(told)
    assert [path.name for path in tmp_path.iterdir()] == ["NEW"]


def test_what_the_program_refuses_is_put_back(play: Any, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("good\n")
    files = [owned(tmp_path / "kept", content="bad\n"), owned(tmp_path / "new", content="bad\n")]
    told = play("deployment_files", files=files, validate=["sh", "-c", "echo unknown directive; exit 1"])
    refused = "sh -c echo unknown directive; exit 1 refuses it; what was there before is put back:"
    assert (told["failed"], told["msg"]) == (True, f"{refused}\nunknown directive")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"kept": "good\n"}


def test_a_folder_that_cannot_be_written_to_is_named(play: Any, tmp_path: Path) -> None:
    told = play("deployment_files", files=[owned(tmp_path / "missing" / "unit", content="")])
    assert (told["failed"], told["msg"].endswith("No such file or directory")) == (True, True)
    assert str(tmp_path / "missing") in told["msg"]


def test_what_is_to_be_absent_goes_with_all_that_is_in_it(play: Any, tmp_path: Path) -> None:
    (tmp_path / "orders-1" / "deep").mkdir(parents=True)
    (tmp_path / "orders-2").write_text("")
    (tmp_path / "other").write_text("")
    assert play("deployment_files", absent=[str(tmp_path / "orders-*")])["changed"] is True
    assert [path.name for path in tmp_path.iterdir()] == ["other"]
    assert play("deployment_files", absent=[str(tmp_path / "orders-*")])["changed"] is False


def test_of_a_host_without_the_service_nothing_is_told_to_be_there(play: Any, tmp_path: Path) -> None:
    told = play("deployment_state", root=str(tmp_path / "none"), revision="0123456789ab")
    names = ("current", "deployments", "previous", "releases", "environments", "built", "whole", "released")
    assert [told[name] for name in names] == ["", {}, [], {}, [], False, False, False]


def test_a_file_is_told_with_its_mode_its_owner_and_its_content(play: Any, tmp_path: Path) -> None:
    (tmp_path / "site.conf").write_text("")
    (tmp_path / "site.conf").chmod(0o640)
    told = play("deployment_state", root=str(tmp_path), files=[str(tmp_path / "site.conf"), str(tmp_path / "none")])
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert list(told["files"].values()) == [f"0640 {os.getuid()} {os.getgid()} {empty}", ""]


def test_the_newest_that_served_before_comes_first(play: Any, tmp_path: Path) -> None:
    for moment, name in enumerate(("aaa", "bbb", "ccc", "ddd"), start=1):
        folder = tmp_path / "deployments" / name
        folder.mkdir(parents=True)
        (folder / "deployment.json").write_text(json.dumps({"deployment": name, "revision": "r", "units": []}))
        if name != "ddd":
            (folder / "served").write_text("")
            os.utime(folder / "served", (moment, moment))
    (tmp_path / "current").symlink_to("deployments/ccc")
    told = play("deployment_state", root=str(tmp_path))
    assert (told["current"], told["previous"], sorted(told["deployments"])) == (
        "ccc",
        ["bbb", "aaa"],
        ["aaa", "bbb", "ccc", "ddd"],
    )


def program(monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, script: str) -> None:
    """Have a program of the host be that script."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.fixture
def systemd(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Has systemd tell that of the units; what it was asked to do is in the list that this gives."""

    def tell(**units: str) -> Callable[[], list[str]]:
        blocks = [
            f"Id={name if '.' in name else f'{name}.service'}\nActiveState={active}\nUnitFileState={file}\nNeedDaemonReload={reload}\n"
            for name, (active, file, reload) in ((name, told.split()) for name, told in units.items())
        ]
        (tmp_path / "shown").write_text("\n".join(blocks))
        script = (
            f'cd {tmp_path}; [ "$1" = show ] && exec cat shown; echo "$@" >>asked; '
            f'[ "$1" = stop ] && ! rm again 2>/dev/null && sed -i s/=active/=inactive/ shown; [ "$2" != broken.service ]'
        )
        program(monkeypatch, tmp_path, "systemctl", script)
        asked = tmp_path / "asked"
        return lambda: asked.read_text().splitlines() if asked.exists() else []

    return tell


def test_units_are_stopped_and_started_by_one_call_each_and_only_those_that_are_not_so(play: Any, systemd: Any) -> None:
    asked = systemd(
        old="active enabled no", gone="inactive static no", new="inactive disabled no", on="active enabled no"
    )
    units = {"stopped": ["old.service", "gone.service"], "started": ["new.service", "on.service"], "lasting": True}
    preview = play("deployment_files", **units, _ansible_check_mode=True)
    assert (preview["written"], asked()) == (["old.service", "new.service"], [])
    assert play("deployment_files", **units)["written"] == ["old.service", "new.service"]
    assert asked() == ["disable old.service", "enable new.service", "stop old.service", "start new.service"]


def test_what_a_socket_starts_again_while_it_is_stopped_is_stopped_again(
    play: Any, systemd: Any, tmp_path: Path
) -> None:
    asked = systemd(**{"web": "active static no", "own.socket": "active static no"})
    (tmp_path / "again").touch()
    assert play("deployment_files", stopped=["web.service", "own.socket"])["written"] == ["web.service", "own.socket"]
    assert asked() == ["stop own.socket web.service"] * 2


def test_a_unit_that_is_still_starting_is_waited_for_and_one_that_failed_is_forgotten(play: Any, systemd: Any) -> None:
    asked = systemd(task="activating static no", bad="failed static no")
    assert play("deployment_files", started=["task.service"], stopped=["bad.service"])["changed"] is True
    assert asked() == ["reset-failed bad.service", "start task.service"]


def test_systemd_reads_a_unit_whose_file_was_written_by_a_run_that_was_killed(play: Any, systemd: Any) -> None:
    asked = systemd(web="active static yes")
    assert play("deployment_files", started=["web.service"])["changed"] is False
    assert asked() == ["daemon-reload"]


def test_a_unit_that_cannot_be_started_is_told_in_the_words_of_systemd(play: Any, systemd: Any) -> None:
    systemd(broken="inactive static no")
    told = play("deployment_files", started=["broken.service"])
    assert (told["failed"], told["msg"]) == (True, "systemctl start broken.service ends with 1:")


def test_a_link_leads_where_it_is_to(play: Any, tmp_path: Path) -> None:
    links = [{"path": str(tmp_path / "current"), "to": "deployments/new"}]
    (tmp_path / "current").symlink_to("deployments/old")
    assert play("deployment_files", links=links)["written"] == [str(tmp_path / "current")]
    assert (str((tmp_path / "current").readlink()), play("deployment_files", links=links)["changed"]) == (
        "deployments/new",
        False,
    )


def test_releases_with_the_same_requirements_run_in_one_environment(play: Any, tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    asked = {"environments": str(tmp_path / "environments"), "interpreter": sys.executable}
    made: list[str] = []
    for name, pinned in (("first", ""), ("second", ""), ("third", "# another\n")):
        app = tmp_path / "releases" / name / "app"
        app.mkdir(parents=True)
        (app / "requirements.txt").write_text(pinned)
        told = play("deployment_release", **asked, release=str(app.parent), requirements=str(app / "requirements.txt"))
        assert (app.parent / "complete").exists(), told
        assert (app.parent / "environment" / "bin" / "python").exists()
        made.append(told["environment"])
    assert (made[0] == made[1], made[1] == made[2]) == (True, False)
    told = play("deployment_state", root=str(tmp_path), revision="second")
    assert (told["releases"], told["environments"]) == (
        dict(zip(("first", "second", "third"), made, strict=True)),
        sorted(set(made)),
    )


def test_requirements_that_cannot_be_had_are_told_and_the_release_is_not_complete(play: Any, tmp_path: Path) -> None:
    app = tmp_path / "release" / "app"
    app.mkdir(parents=True)
    (app / "requirements.txt").write_text("there-is-none==1 --hash=sha256:" + "0" * 64)
    (tmp_path / "environments").mkdir()
    asked = {"release": str(app.parent), "environments": str(tmp_path / "environments")}
    told = play(
        "deployment_release",
        **asked,
        interpreter=sys.executable,
        requirements=str(app / "requirements.txt"),
        index="http://anybody:hidden@127.0.0.1:1/simple",
    )
    assert (told["failed"], (app.parent / "complete").exists()) == (True, False)
    assert "there-is-none" in told["msg"]
    assert "hidden" not in json.dumps(told)


def serve(answers: dict[str, tuple[int, bytes]]) -> ThreadingHTTPServer:
    """A server that answers its paths so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers[self.path]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.mark.parametrize(
    ("ready", "version", "reason"),
    [
        ((503, b"warming up"), (200, b"{}"), "/readyz answers: 503 warming up"),
        (
            (200, b""),
            (200, b'{"revision": "old", "deployment": "older"}'),
            "it says revision old, deployment older",
        ),
    ],
)
def test_what_does_not_get_ready_in_time_is_told_with_its_reason(
    play: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ready: Any, version: Any, reason: str
) -> None:
    program(monkeypatch, tmp_path, "systemctl", "echo NRestarts=0; echo ActiveState=active")
    program(monkeypatch, tmp_path, "journalctl", "echo its last line")
    server = serve({"/readyz": ready, "/version": version})
    told = play(
        "deployment_ready",
        **asked(server, tmp_path),
        timeout=0,
    )
    server.shutdown()
    server.server_close()
    assert told["msg"] == (
        f"deployment wanted does not come to serve: it was not ready in 0 s ({reason}). Its last log lines:\n"
        "its last line"
    )
    assert (tmp_path / "gate").exists()


def test_what_is_ready_passes_its_gate(play: Any, tmp_path: Path, systemd: Any) -> None:
    started = systemd()
    server = serve({"/readyz": (200, b""), "/version": (200, b'{"revision": "new", "deployment": "wanted"}')})
    told = play("deployment_ready", **asked(server, tmp_path))
    server.shutdown()
    server.server_close()
    assert (told["changed"], (tmp_path / "gate").exists(), started()) == (False, False, ["start orders-web.service"])


def asked(server: ThreadingHTTPServer, folder: Path) -> dict[str, str]:
    (folder / "gate").write_text("")
    return {
        "unit": "orders-web.service",
        "namespace": "orders",
        "url": f"http://127.0.0.1:{server.server_address[1]}",
        "ready": "/readyz",
        "version": "/version",
        "revision": "new",
        "deployment": "wanted",
        "gate": str(folder / "gate"),
    }
