"""The footprint of a command holds that of everything it started."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tools.bench.footprint import Footprint, footprint


def of_python(code: str) -> Footprint:
    return footprint([sys.executable, "-c", code], cwd=Path.cwd(), environment=os.environ)


def test_time_and_memory_of_a_command_are_measured() -> None:
    took = of_python("import time; held = bytearray(b'x') * (80 * 2**20); time.sleep(0.5)")

    assert 0.5 <= took.seconds < 5
    assert 80 <= took.peak < 120


def test_the_memory_of_a_child_counts_too() -> None:
    child = "import time; held = bytearray(b'x') * (60 * 2**20); time.sleep(0.6)"
    took = of_python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])")

    assert 60 <= took.peak < 110


def test_a_command_that_fails_is_an_error_with_what_it_said() -> None:
    with pytest.raises(RuntimeError, match="ended with 3:\nout of order"):
        of_python("print('out of order'); raise SystemExit(3)")


def test_a_command_that_says_more_than_a_pipe_holds_is_measured_too() -> None:
    assert of_python("print('x' * 200_000)").seconds < 5
