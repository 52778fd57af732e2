"""What a program that works on a stack is told by variables."""

import subprocess
from types import SimpleNamespace

import pytest

from tools.backend import Backend
from tools.engine import engine
from tools.project import ROOT
from tools.stack import Stack
from tools.workbench import Workbench


@pytest.fixture
def bench(tmp_path):
    there = engine()
    return Workbench(Stack("aws-dev"), SimpleNamespace(bin=ROOT), there, Backend(tmp_path.as_uri(), False, "a test"))


def test_in_a_run_a_secret_that_nobody_gave_is_no_passphrase(bench, tmp_path, monkeypatch):
    monkeypatch.setenv("PULUMI_BACKEND_URL", tmp_path.as_uri())
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    (tmp_path / "Pulumi.yaml").write_text("name: empty\nruntime: yaml\n")
    codes = {}
    for run, passphrase in (("", ""), ("true", "given"), ("true", "")):
        monkeypatch.setenv("CI", run)
        monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", passphrase)
        command = [str(bench.engine.pulumi), "stack", "init", f"s{len(codes)}", "--no-select", "--non-interactive"]
        made = subprocess.run(command, cwd=tmp_path, env=bench.variables(), capture_output=True, text=True, check=False)
        codes[run, passphrase] = made.returncode
    assert codes == {("", ""): 0, ("true", "given"): 0, ("true", ""): 1}
    assert "passphrase must be set with PULUMI_CONFIG_PASSPHRASE" in made.stderr
