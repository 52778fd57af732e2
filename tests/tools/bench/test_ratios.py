"""The bench's arithmetic."""

from __future__ import annotations

import pytest

from tools.bench.ratios import Ratio, in_turn


def ratio(ours, theirs, aim=1.3, at_most=True) -> Ratio:
    return Ratio("panel", "name", "s", tuple(ours), tuple(theirs), aim, at_most)


def test_the_ratio_is_the_median_of_the_pairs_and_not_of_the_sides() -> None:
    # A neighbour slowed the machine down threefold during the second and third pair.
    noisy = ratio([1.2, 3.6, 3.3], [1.0, 3.0, 3.0])

    assert noisy.pairs == pytest.approx([1.1, 1.2, 1.2])
    assert noisy.value == pytest.approx(1.2)


def test_a_cost_meets_its_aim_from_below_and_a_yield_from_above() -> None:
    values = (0.5, 0.6, 0.7)

    assert [ratio([value], [1.0], 0.6, at_most=True).met for value in values] == [True, True, False]
    assert [ratio([value], [1.0], 0.6, at_most=False).met for value in values] == [False, True, True]


def test_an_aim_of_our_own_side_is_held_against_its_median_whatever_theirs_is() -> None:
    ours = [Ratio("panel", "name", "MiB", (2.0, middle, 9.0), (9.0, 9.0, 9.0), 3.0, of_ours=True) for middle in (3, 4)]

    assert [each.met for each in ours] == [True, False]
    assert [each.record()["aim_of"] for each in ours] == ["ours", "ours"]


def test_where_there_is_no_aim_none_is_met_or_missed() -> None:
    aimless = Ratio("panel", "name", "s", (2.0,), (1.0,))

    assert (aimless.met, aimless.record()["met"], aimless.record()["aim"]) == (None, None, None)


def test_samples_that_are_no_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="2 and 1 samples are no pairs"):
        ratio([1, 2], [1])
    with pytest.raises(ValueError, match="0 and 0 samples are no pairs"):
        ratio([], [])
    with pytest.raises(ValueError, match="is nothing to compare with"):
        ratio([1], [0])


def test_a_ratio_is_recorded_with_both_sides_and_its_spread() -> None:
    assert ratio([2.0, 3.0, 4.0], [2.0, 2.0, 2.0]).record() == {
        "panel": "panel",
        "name": "name",
        "unit": "s",
        "ratio": 1.5,
        "middle_half": [1.25, 1.75],
        "aim": 1.3,
        "aim_of": "ratio",
        "at_most": True,
        "met": False,
        "ours": 3.0,
        "theirs": 2.0,
        "pairs": 3,
    }


def test_measures_are_taken_in_turn_each_round_beginning_one_further() -> None:
    order: list[str] = []

    def measure(name: str):
        def taken() -> float:
            order.append(name)
            return float(len(order))

        return taken

    samples = in_turn(3, [measure("a"), measure("b"), measure("c")])

    assert "".join(order) == "abcbcacab"
    assert samples == [(1, 6, 8), (2, 4, 9), (3, 5, 7)]
