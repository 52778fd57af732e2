"""Requests a second and their latency, by wrk where it is installed, else by the load generator of our own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 32

# wrk's own report rounds; its script interface does not.
REPORT = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('REPORT {"requests": %d, "microseconds": %d, "p99": %f, "errors": %d}\\n',
    summary.requests, summary.duration, latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
"""


@dataclass(frozen=True)
class Speed:
    """`rate` in requests a second, `p99` in milliseconds."""

    rate: float
    p99: float


def client() -> str:
    """Who measures: said with the results, because a Python client takes more of the two sides' processor."""
    return "wrk" if shutil.which("wrk") else "tools.bench.load"


def speed(url: str, seconds: float) -> Speed:
    """Loads `url` over 32 kept connections for some seconds. Raises RuntimeError when any request failed."""
    return _by_wrk(url, seconds) if client() == "wrk" else _by_ours(url, seconds)


def _by_wrk(url: str, seconds: float) -> Speed:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(REPORT)
        script.flush()
        # wrk counts whole seconds.
        duration = f"{max(1, round(seconds))}s"
        said = _run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{duration}", "-s", script.name, url])
    (line,) = [line for line in said.splitlines() if line.startswith("REPORT ")]
    report = json.loads(line.removeprefix("REPORT "))
    if report["errors"]:
        raise RuntimeError(f"{url}: {report['errors']} of {report['requests']} requests failed")
    return Speed(report["requests"] / report["microseconds"] * 1e6, report["p99"] / 1000)


def _by_ours(url: str, seconds: float) -> Speed:
    command = [sys.executable, "-m", "tools.bench.load", url, "--connections", str(CONNECTIONS), "--json"]
    report = json.loads(_run([*command, "--seconds", str(seconds)]))
    return Speed(report["rate"], report["p99"] * 1000)


def _run(command: list[str]) -> str:
    ran = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, cwd=Path(__file__).resolve().parents[2]
    )
    if ran.returncode:
        raise RuntimeError(f"{command} ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
    return ran.stdout
