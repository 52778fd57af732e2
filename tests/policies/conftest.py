"""The stand-ins of the offline plan, and a program for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import checkout  # noqa: F401 - a fixture
from tests.offline.conftest import serving, world  # noqa: F401 - fixtures
from tests.offline.program import Program
from tools.offline.server import Serving


@pytest.fixture
def docker(serving: Serving, tmp_path: Path) -> Iterator[Program]:  # noqa: F811 - the fixture
    """An empty program for a Docker Engine that is played."""
    made = Program(tmp_path / "docker", "docker", {"PULUMI_DEBUG_PROVIDERS": serving.variable()})
    yield made
    made.run("destroy", "--yes", "--skip-preview")
