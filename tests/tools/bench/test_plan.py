"""What the bench makes of plans: the program that grows, the ratios, and stand-ins without their checks."""

from __future__ import annotations

import pytest

from tests.offline.client import Client
from tools.bench.footprint import Footprint
from tools.bench.plan.growing import program
from tools.bench.plan.measure import SIZES, Grown, against_empty, growth, strictness
from tools.offline.packages import simulations
from tools.offline.server import serve
from tools.offline.world import World


def grown(resources: int, *seconds: float) -> Grown:
    return Grown(resources, tuple(Footprint(each, 300.4) for each in seconds))


@pytest.mark.parametrize("count", SIZES)
def test_the_program_that_grows_makes_just_so_many_resources(count: int) -> None:
    source = program(count)["__main__.py"]

    assert source.startswith(f'"""{count} resources."""\n')
    assert f"zip(range({(count - 2) // 2}), blocks)" in source
    compile(source, "__main__.py", "exec")


@pytest.mark.parametrize("count", [0, 11, 2052])
def test_a_number_of_resources_that_the_program_cannot_have_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} resources: wanted is an even number"):
        program(count)


def test_what_grows_linearly_meets_the_aim_whatever_the_start_takes_and_what_grows_faster_misses_it() -> None:
    few = grown(100, 4.0)
    linear = growth(few, grown(500, 8.0), grown(1000, 13.0))
    quadratic = growth(grown(100, 3.1), grown(500, 5.5), grown(1000, 13.0))

    assert (linear.value, linear.met) == (pytest.approx(1.0), True)
    assert (quadratic.value, quadratic.met) == (pytest.approx(2.5), False)


def test_growth_is_judged_by_medians_so_that_one_slow_plan_is_no_growth() -> None:
    found = growth(grown(100, 4.0, 4.0, 9.0), grown(500, 8.0, 2.0, 8.0), grown(1000, 13.0, 13.0, 60.0))

    assert (found.ours, found.theirs) == ((pytest.approx(10.0),), (pytest.approx(10.0),))


def test_a_size_is_recorded_with_its_medians() -> None:
    assert grown(100, 4.0, 5.0, 9.0).record() == {"resources": 100, "seconds": 5.0, "peak_mib": 300, "ms_each": 50.0}


def test_a_stacks_plan_is_held_against_the_empty_program_and_against_itself_without_checks() -> None:
    ours, empty, loose = [Footprint(3.0, 400)], [Footprint(1.0, 100)], [Footprint(2.5, 200)]
    found = [*against_empty("aws-dev", ours, empty), strictness("aws-dev", ours, loose)]

    assert [(each.panel, each.name.split(":")[0], each.unit, each.value, each.met) for each in found] == [
        ("plan", "aws-dev", "s", 3.0, None),
        ("plan memory", "aws-dev", "MiB", 4.0, None),
        ("strict", "aws-dev", "s", 1.2, True),
    ]


@pytest.mark.parametrize(("strict", "problems"), [(True, 1), (False, 0)])
def test_the_other_side_of_strictness_objects_to_nothing(strict: bool, problems: int) -> None:
    serving = serve(simulations(["aws"], World()), strict)
    try:
        client = Client("aws", serving.ports["aws"])
        for inputs in ({"cidrBlok": "10.0.0.0/16"}, {"cidrBlock": "10.0.0.0/8"}):
            assert len(client.problems("aws:ec2/vpc:Vpc", inputs)) == problems
    finally:
        serving.close()
