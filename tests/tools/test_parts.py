"""Where a real part is missing: skipped with one line, failed where SLIPWAY_REQUIRE names it."""

import pytest

from tests import parts


@pytest.fixture(autouse=True)
def nothing_is_told(monkeypatch):
    for name in ("SLIPWAY_REQUIRE", *(part.variable for part in parts.PARTS.values())):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(("name", "part"), parts.PARTS.items())
def test_a_missing_part_is_skipped_and_the_line_names_the_variable(name, part):
    with pytest.raises(pytest.skip.Exception) as skipped:
        parts.told(name)
    assert str(skipped.value) == f"no {part.what} ({part.variable} is not set)"


def test_a_missing_part_that_is_required_fails(monkeypatch):
    monkeypatch.setenv("SLIPWAY_REQUIRE", "docker, registry")
    with pytest.raises(pytest.fail.Exception) as failed:
        parts.told("registry")
    assert str(failed.value) == "no registry (SLIPWAY_LAB_REGISTRY is not set), and SLIPWAY_REQUIRE wants it"
    with pytest.raises(pytest.skip.Exception):
        parts.told("buildkit")


def test_a_part_that_is_there_is_what_its_variable_says(monkeypatch):
    monkeypatch.setenv("SLIPWAY_LAB_REGISTRY", "127.0.0.1:5000")
    assert parts.told("registry") == "127.0.0.1:5000"


def test_a_mistyped_part_is_refused_so_that_nothing_is_skipped_in_silence(monkeypatch):
    monkeypatch.setenv("SLIPWAY_REQUIRE", "docker,registri")
    with pytest.raises(
        pytest.UsageError, match=r"^SLIPWAY_REQUIRE: registri: name some of docker, registry, buildkit, cluster, hosts$"
    ):
        parts.required()
