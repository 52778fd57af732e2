"""What service.toml runs beside the web process."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from service import scratch
from service.http import Service
from tests.app.conftest import APP, environment, eventually


def start(*command: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=APP,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(*command: str, **variables: str) -> tuple[int, list[dict[str, Any]]]:
    process = start(*command, **variables)
    output, _ = process.communicate(timeout=30)
    return process.returncode, [json.loads(line) for line in output.splitlines()]


def test_the_contracts_commands_are_there(service: Service) -> None:
    contract = tomllib.loads((APP / "service.toml").read_text())
    tables = [contract["release"], *contract["workers"].values(), *contract["jobs"].values()]

    assert [table["command"][:3] for table in tables] == [["flask", "--app", "service"]] * 3
    assert {table["command"][3] for table in tables} <= set(service.cli.commands)


def test_release_checks_and_says_what(tmp_path: Path) -> None:
    code, (line,) = run("flask", "--app", "service", "release", SECRET_KEY="k", TMPDIR=str(tmp_path))

    assert (code, line["level"], line["message"]) == (0, "INFO", "release: checked")
    assert (line["answered"], line["migrations"]) == (["/", "/api/hello"], 0)
    assert Path(line["scratch"]).parent == tmp_path


def test_release_fails_where_the_page_does(service: Service) -> None:
    service.view_functions["pages.index"] = lambda: ("broken", 503)
    result = service.test_cli_runner().invoke(args=["release"])

    assert (result.exit_code, result.stderr) == (1, "Error: / answers 503: this revision cannot serve\n")


def test_a_wrong_setting_ends_a_command_without_a_traceback() -> None:
    process = start("flask", "--app", "service", "tidy", LOG_LEVEL="loud")
    output, _ = process.communicate(timeout=30)

    assert process.returncode == 1
    assert "SECRET_KEY is required" in output
    assert "LOG_LEVEL: 'loud' is none of DEBUG, INFO, WARNING, ERROR" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_beats_and_ends_promptly_when_told(number: int) -> None:
    process = start("flask", "--app", "service", "work", "--every", "60", SECRET_KEY="k")
    assert process.stdout is not None
    lines = [json.loads(process.stdout.readline()) for _ in range(2)]
    process.send_signal(number)
    told = time.monotonic()
    output, _ = process.communicate(timeout=10)

    assert [line["message"] for line in lines] == ["work: started", "work: heartbeat"]
    assert (process.returncode, json.loads(output)["message"]) == (0, "work: finished")
    assert time.monotonic() - told < 2


def test_the_worker_beats_as_often_as_it_is_told() -> None:
    process = start("flask", "--app", "service", "work", "--every", "0.05", SECRET_KEY="k")
    assert process.stdout is not None
    beats = [json.loads(process.stdout.readline()).get("beat") for _ in range(5)]
    process.terminate()
    process.communicate(timeout=10)

    assert beats == [None, 1, 2, 3, 4]


def test_tidy_removes_what_is_old_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = scratch.directory()
    for name in ("echo-old", "echo-new", "other-old"):
        (folder / name).write_bytes(b"12345")
    for name in ("echo-old", "other-old"):
        os.utime(folder / name, (0, time.time() - 7200))
    code, (line,) = run("flask", "--app", "service", "tidy", SECRET_KEY="k", TMPDIR=str(tmp_path))

    assert (code, line["message"], line["files"], line["bytes"]) == (0, "tidy: done", 1, 5)
    assert sorted(path.name for path in folder.iterdir()) == ["echo-new", "other-old"]


def test_a_request_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    client = service.test_client()
    answers = [client.post("/api/echo", data=b"x" * size) for size in (10, 5000)]
    for answer in answers:
        answer.close()

    assert [answer.status_code for answer in answers] == [200, 413]
    eventually(lambda: not list(scratch.directory().iterdir()), lambda: str(list(scratch.directory().iterdir())), 2)
