"""How long the service takes from its start to its first 200, against the least that any Flask app takes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from infra.service import SERVERS, Server
from tools.bench.ratios import Ratio, in_turn
from tools.bench.servers import Sides

ROUNDS = 7


def start(folder: Path, tell: Callable[[str], None]) -> list[Ratio]:
    """One ratio for each server."""
    sides = Sides(folder)

    def first_200(server: Server) -> float:
        tell(f"start: {server}")
        process = sides.service(server)
        started = time.monotonic()
        with process:
            process.wait_for_200("/readyz")
            return time.monotonic() - started

    def import_flask() -> float:
        started = time.monotonic()
        # The environment that the service is started with: no variable of Python's own makes one of them slower.
        environment = {"PATH": os.environ["PATH"]}
        subprocess.run([sys.executable, "-c", "import flask"], check=True, cwd=folder, env=environment)
        return time.monotonic() - started

    # Compiles what was never imported.
    import_flask()
    for server in SERVERS:
        first_200(server)
    *taken, theirs = in_turn(ROUNDS, [*(lambda server=server: first_200(server) for server in SERVERS), import_flask])
    return [
        Ratio("start", f"{server}: first 200 ÷ import flask", "s", ours, theirs, 2.0, True)
        for server, ours in zip(SERVERS, taken, strict=True)
    ]
