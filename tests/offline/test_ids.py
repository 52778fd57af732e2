"""The ids by which what a killed run made is looked for: those of the stand-ins, which say them of their own accord."""

import importlib
import re
from pathlib import Path
from typing import cast

import pulumi_gcp
import pytest

from infra.targets.gcp.ids import IDS
from infra.targets.ids import AGAIN, OURS, Ids, id_of
from tests.offline.bases import BASES
from tools.offline.completion import completed
from tools.offline.packages import installed, tables
from tools.offline.templates import Words, filled
from tools.offline.values import Secret, Values
from tools.offline.world import made_up

PACKAGES = {"azure": "azure-native", "gcp": "gcp"}
# Google numbers them itself, so that only a person can tell one that a killed run made from one that it did not.
NUMBERED = {
    "gcp:monitoring/alertPolicy:AlertPolicy",
    "gcp:monitoring/dashboard:Dashboard",
    "gcp:monitoring/notificationChannel:NotificationChannel",
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig",
    "gcp:secretmanager/secretVersion:SecretVersion",
}


@pytest.mark.parametrize("platform", PACKAGES)
def test_every_type_that_a_target_makes_has_the_id_that_the_platform_gives_or_is_left_to_a_person(
    platform: str,
) -> None:
    package = tables(installed())[PACKAGES[platform]]
    ids = cast("Ids", importlib.import_module(f"infra.targets.{platform}.ids"))
    rights = importlib.import_module(f"infra.targets.{platform}.rights.table").RIGHTS
    made = {type_ for type_ in rights if not type_.startswith(OURS)}
    assert {*ids.IDS, *ids.ADDED} == made - NUMBERED
    assert {type_ for type_ in made if package.types[type_].additive} == ids.ADDED
    for type_ in ids.IDS:
        words = Words(dict(package.facts), _inputs(platform, type_), made_up(type_))
        expected = filled(package.types[type_].id, words)
        assert (type_, id_of(platform, type_, {**package.facts, **words.inputs})) == (type_, expected)
        # Where the place is not known, it is not guessed.
        assert id_of(platform, type_, {}) is None


# The SDK does not say how an account is imported.
@pytest.mark.parametrize("type_", sorted(IDS.keys() - {"gcp:serviceaccount/account:Account"}))
def test_an_id_of_googles_is_one_by_which_its_provider_imports(type_: str) -> None:
    _, place, name = type_.split(":")
    folder = Path(pulumi_gcp.__path__[0]) / place.partition("/")[0]
    (file,) = (each for each in folder.glob("*.py") if each.stem.replace("_", "") == name.lower())
    told = re.findall(rf"\$ pulumi import {type_} \S+ (\S+)", file.read_text(encoding="utf-8"))
    form = re.sub(r"\{\w+\}", "[^/]+", IDS[type_].replace(".", r"\."))
    assert any(re.fullmatch(form, each) for each in told), told


@pytest.mark.parametrize("platform", ["kubernetes", "aws", "gcp", "azure"])
def test_an_object_in_a_cluster_is_found_by_its_place_whichever_cloud_has_the_cluster(platform: str) -> None:
    metadata = {"namespace": "shop-prod", "name": "shop-prod-web", "labels": {"name": "no"}}
    assert id_of(platform, "kubernetes:apps/v1:Deployment", {"metadata": metadata}) == "shop-prod/shop-prod-web"
    assert id_of(platform, "kubernetes:core/v1:Namespace", {"metadata": metadata}) == "shop-prod-web"
    # Its name is drawn: another one has another name.
    assert id_of(platform, "kubernetes:core/v1:ConfigMap", {"metadata": {"namespace": "shop-prod"}}) == AGAIN
    for unknown in ({}, {"metadata": {"namespace": "a"}}, {"metadata": {**metadata, "name": {"ciphertext": "v1"}}}):
        assert id_of(platform, "kubernetes:apps/v1:Deployment", unknown) is None


def test_what_is_made_again_needs_no_id_and_what_is_secret_or_not_known_has_none() -> None:
    known = {"project": "acme", "location": "europe-west1", "name": "web"}
    service = "gcp:cloudrunv2/service:Service"
    assert id_of("gcp", service, known) == "projects/acme/locations/europe-west1/services/web"
    for hidden in (Secret("web"), {"ciphertext": "v1:abc"}, None, ""):
        assert id_of("gcp", service, {**known, "name": hidden}) is None
    assert [id_of("gcp", type_, known) for type_ in sorted(NUMBERED)] == [None] * len(NUMBERED)
    for platform in ("azure", "local"):
        assert id_of(platform, "pulumi-python:dynamic/slipway:ReleaseTask", {}) == AGAIN
    assert id_of("gcp", "pulumi:providers:gcp", {"project": "acme"}) == AGAIN
    assert id_of("gcp", "gcp:projects/iAMMember:IAMMember", {}) == AGAIN
    # Nobody wrote down what AWS calls things: most of them it names itself.
    assert id_of("aws", "aws:ecs/cluster:Cluster", {"name": "web"}) is None


def _inputs(platform: str, type_: str) -> Values:
    """Right inputs, with the name that the provider draws before it makes anything."""
    kind = tables(installed())[PACKAGES[platform]].types[type_].kind
    given = {name: value.strip("{}") if isinstance(value, str) else value for name, value in BASES[type_].items()}
    return completed(kind, given, {}, "drawn")
