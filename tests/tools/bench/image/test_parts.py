"""Which parts the environment tells of, and what is said of those that it does not."""

from __future__ import annotations

from tests import parts
from tools.bench.image.parts import VARIABLES, Parts, missing

TOLD = {"SLIPWAY_LAB_DOCKER": "1", "SLIPWAY_LAB_REGISTRY": "localhost:5000", "SLIPWAY_LAB_BUILDER": "lab"}


def test_every_missing_part_is_named_with_its_variable() -> None:
    assert missing(TOLD) == ""
    assert missing({**TOLD, "SLIPWAY_LAB_REGISTRY": ""}) == "no registry (SLIPWAY_LAB_REGISTRY is not set)"
    assert missing({"SLIPWAY_LAB_REGISTRY": "localhost:5000"}) == (
        "no Docker Engine (SLIPWAY_LAB_DOCKER is not set), no BuildKit builder (SLIPWAY_LAB_BUILDER is not set)"
    )


def test_the_parts_are_those_that_the_variables_name() -> None:
    assert Parts.told(TOLD) == Parts(registry="localhost:5000", builder="lab")


def test_the_tests_are_told_by_the_same_variables() -> None:
    told = {part.variable: part.what for part in parts.PARTS.values()}
    assert {name: told[name] for name in VARIABLES} == VARIABLES
