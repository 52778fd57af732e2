"""The platforms' tables speak of what there is: every name in them is one of the SDK's."""

import pytest

from tools.offline import sdk
from tools.offline.outputs import outputs_of
from tools.offline.packages import installed, tables
from tools.offline.tables import Played

PLAYED = [(type_, played) for package in tables(installed()).values() for type_, played in package.types.items()]


@pytest.mark.parametrize(("type_", "played"), PLAYED, ids=[type_ for type_, _ in PLAYED])
def test_every_name_in_a_table_is_one_of_the_sdk(type_: str, played: Played) -> None:
    inputs, outputs = set(sdk.properties(type_)), outputs_of(type_)
    named = {path.partition(".")[0].partition("[")[0] for path in (rule.path for rule in played.rules)}
    if type_.startswith("kubernetes:"):
        # One table for every kind: few have all that it speaks of.
        return
    assert {*played.kind.replaces, *played.kind.defaults} - inputs == set()
    assert named - inputs == set()
    assert set(played.outputs) - outputs == set()
    assert played.kind.autonamed is None or played.kind.autonamed in inputs


@pytest.mark.parametrize(("type_", "played"), PLAYED, ids=[type_ for type_, _ in PLAYED])
def test_a_type_is_priced_or_free_or_owns_to_be_neither(type_: str, played: Played) -> None:
    assert not (played.prices and played.free)
    for price in played.prices:
        assert price.source.page.startswith("https://")
        assert price.dollars > 0


@pytest.mark.parametrize(("type_", "played"), PLAYED, ids=[type_ for type_, _ in PLAYED])
def test_every_type_of_a_cloud_has_inputs_that_replace_it(type_: str, played: Played) -> None:
    assert played.kind.replaces or not type_.startswith(("aws:", "azure-native:", "gcp:"))
