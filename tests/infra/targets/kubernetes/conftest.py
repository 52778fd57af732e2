"""A played API server, as what tests ask in place of a cluster."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.targets.kubernetes.played import Api, Served, serve


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made, end = serve(Api(), tmp_path)
    yield made
    end()


@pytest.fixture
def api(served: Served) -> Api:
    return served.api
