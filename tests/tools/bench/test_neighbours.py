"""What counts as the bench's own work, and what as that of others."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tools.bench import neighbours
from tools.bench.neighbours import Neighbours

SPIN = "import time\nwhile time.process_time() < 1: pass"


def test_the_work_of_a_child_is_our_own_once_it_has_ended() -> None:
    before = neighbours._own()
    subprocess.run([sys.executable, "-c", SPIN], check=True)

    assert 1 <= neighbours._own() - before < 2


def test_others_are_busy_with_what_the_machine_did_and_we_did_not(monkeypatch: pytest.MonkeyPatch) -> None:
    busy, own = iter([100.0, 116.0]), iter([40.0, 44.0])
    clock = iter([10.0, 20.0])
    monkeypatch.setattr(neighbours, "_busy", lambda: next(busy))
    monkeypatch.setattr(neighbours, "_own", lambda: next(own))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    watching = Neighbours()
    cores = watching.cores()
    monkeypatch.undo()

    assert cores == pytest.approx(1.2)


def test_the_machine_was_at_work_at_least_as_long_as_a_process_of_its_own() -> None:
    before = neighbours._busy()
    subprocess.run([sys.executable, "-c", SPIN], check=True)

    assert neighbours._busy() - before >= 0.9
