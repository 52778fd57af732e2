"""What an update costs those who use the service: the requests that failed while `up` replaced it, again and again."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.service import Server
from tools.bench.load import Load
from tools.bench.scratch_stack import ScratchEngine, ScratchStack
from tools.bench.servers import free_port

UPDATES = 5
CONNECTIONS = 32
ENOUGH = 20_000
PAUSE = 0.03
"""Seconds that each connection rests between two requests: kept connections at rest are what an update may cut."""


@dataclass(frozen=True)
class Updates:
    """Requests sent while `updates` updates went through, those that failed by reason, and what the answers said."""

    server: Server
    updates: int
    sent: int
    failed: dict[str, int]
    answered_by: dict[str, int]
    seconds_per_update: float

    @property
    def met(self) -> bool:
        """No request failed, enough were sent, and each of the deployments answered some."""
        return not self.failed and self.sent >= ENOUGH and len(self.answered_by) == self.updates + 1

    def record(self) -> dict[str, Any]:
        return {
            "server": self.server,
            "updates": self.updates,
            "sent": self.sent,
            "failed": self.failed,
            "answered_by": self.answered_by,
            "seconds_per_update": round(self.seconds_per_update, 1),
            "connections": CONNECTIONS,
            "met": self.met,
        }


def updates(engine: ScratchEngine, server: Server, tell: Callable[[str], None]) -> Updates:
    """Five updates of the stack `local` under load, each of which changes one value of the environment."""
    stack = engine.stack(server, free_port())
    try:
        stack.set_environment(GREETING="update 0")
        tell(f"updates: {server}: the first up")
        stack.up()
        return _under_load(stack, server, tell)
    finally:
        stack.destroy()


def _under_load(stack: ScratchStack, server: Server, tell: Callable[[str], None]) -> Updates:
    load = Load(stack.address, "/api/hello", connections=CONNECTIONS, pause=PAUSE, keep_bodies=True)
    with load:
        load.wait_for(500)
        started = time.monotonic()
        for number in range(1, UPDATES + 1):
            tell(f"updates: {server}: {number} of {UPDATES}")
            stack.set_environment(GREETING=f"update {number}")
            stack.up()
        seconds = time.monotonic() - started
        load.wait_for(max(ENOUGH, load.tally.ok + 500), within=60)
    tally = load.tally
    answered = Counter[str]()
    for body, count in tally.bodies.items():
        answered[str(json.loads(body)["greeting"])] += count
    return Updates(server, UPDATES, tally.sent, dict(tally.failed), dict(sorted(answered.items())), seconds / UPDATES)
