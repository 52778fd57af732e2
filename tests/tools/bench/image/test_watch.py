"""How long a build took, read from what a real engine said when."""

from __future__ import annotations

import pytest

from tools.bench.image.watch import build_seconds

# Of a `pulumi up --skip-preview --non-interactive`, Pulumi 3.250 with docker-build 0.0.22, shortened.
REBUILT = [
    (0.74, "Updating (bench):"),
    (2.59, "@ updating....."),
    (2.59, " ~  docker-build:index:Image build updating (0s) [diff: ~buildArgs,context,contextHash,dockerfile]"),
    (2.85, "@ updating...."),
    (2.86, ' ~  docker-build:index:Image build updating (0s) [diff: ~buildArgs]; #0 building with "lab" instance'),
    (5.11, " ~  docker-build:index:Image build updated (2s) [diff: ~buildArgs]; #20 DONE 0.0s"),
    (6.21, " ~  pulumi-python:dynamic/slipway:Publication image updating (0s) [diff: ~source]"),
    (6.26, " ~  pulumi-python:dynamic/slipway:Publication image updated (0.05s) [diff: ~source]"),
    (6.71, "    pulumi:pulumi:Stack slipway-bench  "),
    (6.74, ""),
]
MADE = [
    (3.35, " +  docker-build:index:Image build creating (0s) "),
    (4.89, " +  docker-build:index:Image build creating (1s) #19 writing layer sha256:27ca3f54 0.8s done"),
    (5.14, " +  docker-build:index:Image build created (1s) #20 DONE 0.0s"),
]


@pytest.mark.parametrize(("lines", "seconds"), [(REBUILT, 2.52), (MADE, 1.79)], ids=["rebuilt", "made"])
def test_a_build_lasts_from_the_first_word_of_the_image_to_its_last(lines, seconds) -> None:
    assert build_seconds(lines) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "lines",
    [[(0.6, "Updating (bench):"), (3.7, "    3 unchanged")], REBUILT[:5]],
    ids=["nothing to do", "cut off"],
)
def test_an_up_that_built_nothing_is_no_measure_of_a_build(lines) -> None:
    with pytest.raises(RuntimeError, match="the engine built no image:\nUpdating"):
        build_seconds(lines)
