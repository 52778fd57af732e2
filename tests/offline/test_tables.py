"""The platforms' tables speak of what there is: every name in them is one of the SDK's."""

import importlib.resources
import json

import pytest
from botocore.session import Session

from infra.targets.aws import limits as aws
from infra.targets.aws.offline import values as aws_values
from infra.targets.gcp import limits as gcp
from policies.rules import IMAGES, INGRESS, POLICIES, SECURITY_RULES
from tools.offline import sdk
from tools.offline.outputs import outputs_of
from tools.offline.packages import PROVIDER, installed, tables
from tools.offline.tables import Played

PLAYED = [(type_, played) for package in tables(installed()).values() for type_, played in package.types.items()]
# Kubernetes has one table for every kind: few have all that it speaks of.
OF_KUBERNETES = [(type_, played) for type_, played in PLAYED if type_.startswith("kubernetes:")]
OTHERS = [each for each in PLAYED if each not in OF_KUBERNETES]
OF_CLOUDS = [(type_, played) for type_, played in OTHERS if type_.startswith(("aws:", "azure-native:", "gcp:"))]


@pytest.mark.parametrize(("type_", "played"), OTHERS, ids=[type_ for type_, _ in OTHERS])
def test_every_name_in_a_table_is_one_of_the_sdk(type_: str, played: Played) -> None:
    inputs, outputs = set(sdk.properties(type_)), outputs_of(type_)
    named = {_top(rule.path) for rule in played.rules}
    assert {*map(_top, played.kind.replaces), *played.kind.defaults} - inputs == set()
    assert named - inputs == set()
    assert set(played.outputs) - outputs == set()
    assert played.kind.autonamed is None or played.kind.autonamed in inputs


def test_every_name_in_the_table_of_kubernetes_is_one_of_some_kind() -> None:
    inputs = {name for type_, _ in OF_KUBERNETES for name in sdk.properties(type_)}
    named = {
        _top(path) for _, played in OF_KUBERNETES for path in (*played.kind.replaces, *(r.path for r in played.rules))
    }
    assert named - inputs == set()


@pytest.mark.parametrize(("type_", "played"), PLAYED, ids=[type_ for type_, _ in PLAYED])
def test_a_type_is_priced_or_free_or_owns_to_be_neither(type_: str, played: Played) -> None:
    assert not (played.prices and played.free)
    for price in played.prices:
        assert price.source.page.startswith("https://")
        assert price.dollars > 0


@pytest.mark.parametrize(("type_", "played"), OF_CLOUDS, ids=[type_ for type_, _ in OF_CLOUDS])
def test_every_type_of_a_cloud_has_inputs_that_replace_it(type_: str, played: Played) -> None:
    assert played.kind.replaces


def test_the_regions_that_settings_may_name_are_those_that_the_platforms_publish() -> None:
    known = Session()
    partitions = ("aws", "aws-us-gov")
    assert {region for each in partitions for region in known.get_available_regions("ec2", each)} == aws.REGIONS
    documents = importlib.resources.files("googleapiclient.discovery_cache.documents")
    read = [json.loads((documents / f"{name}.json").read_text()) for name in ("compute.v1", "run.v2")]
    assert gcp.REGIONS - {endpoint["location"] for each in read for endpoint in each["endpoints"]} == set()


@pytest.mark.parametrize(
    "type_", sorted({*aws_values.OWN_RULES, *aws_values.SCHEDULED, *INGRESS, *SECURITY_RULES, *POLICIES, *IMAGES})
)
def test_every_type_that_a_rule_names_is_one_of_the_sdk(type_: str) -> None:
    assert sdk.properties(type_)


@pytest.mark.parametrize(
    ("name", "place"), [(each.name, each.place) for each in tables(installed()).values() if each.place]
)
def test_what_says_where_a_provider_makes_things_is_of_its_configuration(name: str, place: frozenset[str]) -> None:
    assert place - {*sdk.properties(f"{PROVIDER}{name}")} == set()


def test_every_package_that_a_platform_plays_says_what_of_its_provider_is_a_place() -> None:
    assert [each.name for each in tables(installed()).values() if each.types and each.place is None] == []


def _top(path: str) -> str:
    """The input that a path begins with."""
    return path.partition(".")[0].partition("[")[0]
