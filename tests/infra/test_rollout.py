"""What is waited for again, and what is not."""

from typing import Any

import pytest

from infra.rollout import RolloutProvider

# As the engine was told it, while the platform had not counted yet; when it served, it had.
SERVING = {"url": "http://web", "revision": "r1", "deployment": "d1", "started": "u ", "served": "u 1"}


@pytest.mark.parametrize(
    ("news", "again"),
    [
        ({}, False),
        ({"started": "u 1"}, False),  # a refresh has found it
        ({"started": "u 2"}, True),  # back from what did not serve
        ({"deployment": "d2"}, True),
        ({"url": "http://other"}, True),
        ({"timeout": 300}, False),
    ],
)
def test_only_what_began_anew_is_waited_for(news: dict[str, Any], again: bool) -> None:
    asked = {key: value for key, value in SERVING.items() if key != "served"}
    assert RolloutProvider().diff("d1", SERVING, {**asked, **news}).changes is again
