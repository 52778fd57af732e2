"""Which revision is made, and who gets the requests, by what Cloud Run has: names that stand for one thing, canaries."""

from dataclasses import replace

import pytest

from infra.errors import DeploymentError
from infra.targets.gcp import traffic
from infra.targets.gcp.providers import ASKED, RevisionProvider
from infra.targets.gcp.traffic import Decided, Share, Wanted
from tests.infra.targets.gcp.conftest import IMAGE, PROJECT, REGION, Played

SHIPPED = "europe-west1-docker.pkg.dev/acme-dev/slipway/slipway@sha256:def"
WANTED = Wanted(PROJECT, REGION, "slipway-prod", "slipway-prod-bbb", "bbb", "r-bbb", 0, "")
CANARY = replace(WANTED, canary=10)


def all_to(name: str, deployment: str = "bbb") -> Decided:
    return Decided(name, (Share(name, 100),), deployment, f"r-{deployment}")


def ten_to(name: str, rest: str) -> Decided:
    return Decided(name, (Share(name, 10, "canary"), Share(rest, 90)), "bbb", "r-bbb")


@pytest.mark.parametrize("wanted", [WANTED, CANARY])
def test_the_first_revision_gets_all_requests(played: Played, wanted: Wanted) -> None:
    assert traffic.decide(wanted) == all_to("slipway-prod-bbb")


def test_without_a_canary_a_new_revision_gets_all_requests(played: Played) -> None:
    played.serve(deployment="aaa")
    assert traffic.decide(WANTED) == all_to("slipway-prod-bbb")


def test_a_canary_gets_its_share_and_the_rest_stays_where_it_is(played: Played) -> None:
    played.serve(deployment="aaa")
    decided = traffic.decide(CANARY)
    assert decided == ten_to("slipway-prod-bbb", "slipway-prod-aaa")
    assert [share.as_input() for share in decided.shares] == [
        {
            "type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION",
            "revision": "slipway-prod-bbb",
            "percent": 10,
            "tag": "canary",
        },
        {"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": "slipway-prod-aaa", "percent": 90},
    ]


def test_a_canary_s_share_can_be_changed_and_made_all(played: Played) -> None:
    played.serve(deployment="aaa")
    played.serve(deployment="bbb", shares=[("slipway-prod-bbb", 10, "canary"), ("slipway-prod-aaa", 90)])
    shares = (Share("slipway-prod-bbb", 50, "canary"), Share("slipway-prod-aaa", 50))
    assert traffic.decide(replace(CANARY, canary=50)).shares == shares
    assert traffic.decide(WANTED) == all_to("slipway-prod-bbb")


def test_what_has_all_requests_stays_so_when_a_canary_is_asked_for(played: Played) -> None:
    played.serve(deployment="bbb")
    assert traffic.decide(CANARY) == all_to("slipway-prod-bbb")


def test_a_canary_after_a_canary_is_tried_against_what_was_proven(played: Played) -> None:
    played.serve(deployment="aaa")
    played.serve(deployment="ccc", shares=[("slipway-prod-ccc", 80, "canary"), ("slipway-prod-aaa", 20)])
    assert traffic.decide(CANARY) == ten_to("slipway-prod-bbb", "slipway-prod-aaa")


def test_a_revision_that_did_not_come_to_serve_is_tried_again_under_another_name(played: Played) -> None:
    played.serve(deployment="aaa")
    played.run.failing = 2
    played.serve(deployment="bbb")
    assert traffic.is_spent(WANTED, "slipway-prod-bbb")
    assert traffic.decide(WANTED) == all_to("slipway-prod-bbb-2")
    assert traffic.decide(CANARY) == ten_to("slipway-prod-bbb-2", "slipway-prod-aaa")
    played.serve(deployment="bbb-2")
    assert traffic.decide(WANTED).name == "slipway-prod-bbb-3"


def test_a_first_revision_that_did_not_come_to_serve_leaves_nothing_to_share_with(played: Played) -> None:
    played.run.failing = 1
    played.serve(deployment="bbb")
    assert traffic.decide(CANARY) == all_to("slipway-prod-bbb-2")


def test_a_revision_that_is_the_newest_keeps_its_name(played: Played) -> None:
    played.serve(deployment="aaa")
    played.serve(deployment="bbb")
    assert traffic.decide(WANTED) == all_to("slipway-prod-bbb")
    assert not traffic.is_spent(WANTED, "slipway-prod-bbb")


def test_going_back_to_earlier_content_is_a_revision_of_its_own(played: Played) -> None:
    played.serve(deployment="bbb")
    played.serve(deployment="ccc")
    assert traffic.decide(WANTED) == all_to("slipway-prod-bbb-2")


def test_all_requests_go_back_to_an_earlier_revision_by_its_name(played: Played) -> None:
    played.serve(deployment="aaa")
    played.serve(deployment="bbb")
    assert traffic.decide(replace(CANARY, back_to="slipway-prod-aaa")) == all_to("slipway-prod-aaa", "aaa")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("slipway-prod-zzz", "'slipway-prod-zzz' is no revision of slipway-prod (there are: slipway-prod-aaa)"),
        ("slipway-prod-bbb", "'slipway-prod-bbb' never came to serve (there are: slipway-prod-aaa)"),
    ],
)
def test_what_cannot_be_gone_back_to_is_refused_with_what_can(played: Played, name: str, why: str) -> None:
    played.serve(deployment="aaa")
    played.run.failing = 1
    played.serve(deployment="bbb")
    key = "service:options.traffic.revision"
    with pytest.raises(DeploymentError) as told:
        traffic.decide(replace(WANTED, back_to=name))
    assert str(told.value) == f"{key}: {why}. Fix: pulumi config set --path {key} slipway-prod-aaa"


def test_a_name_that_is_too_long_is_refused(played: Played) -> None:
    with pytest.raises(DeploymentError, match="has more than 63 characters in its name"):
        traffic.decide(replace(WANTED, base="a" * 64))


def test_the_provider_decides_anew_only_when_asked_otherwise_or_when_a_revision_failed(played: Played) -> None:
    provider = RevisionProvider()
    props = {key: getattr(WANTED, key) for key in ASKED} | {
        "image": SHIPPED, "canary": 10.0, "__provider": "p", "name": None,
    }  # fmt: skip
    played.serve(deployment="aaa")
    made = provider.create(props)
    assert (made.id, made.outs) == (
        "slipway-prod",
        {
            **{key: props[key] for key in (*ASKED, "image")},
            "asked": {key: props[key] for key in ASKED},
            "name": "slipway-prod-bbb",
            "traffics": [share.as_input() for share in ten_to("slipway-prod-bbb", "slipway-prod-aaa").shares],
        },
    )
    assert made.outs is not None
    assert provider.diff(made.id, made.outs, props).changes is False
    assert provider.diff(made.id, made.outs, {**props, "canary": 0.0}).changes is True
    played.run.failing = 1
    played.serve(deployment="bbb")
    assert provider.diff(made.id, made.outs, props).changes is True
    again = provider.update(made.id, made.outs, props).outs
    assert again is not None
    assert again["name"] == "slipway-prod-bbb-2"


def test_what_went_back_by_name_is_no_change_until_another_is_named(played: Played) -> None:
    provider = RevisionProvider()
    props = {key: getattr(WANTED, key) for key in ASKED} | {"image": SHIPPED, "back_to": "slipway-prod-aaa"}
    played.serve(deployment="aaa")
    played.serve(deployment="bbb")
    outs = provider.create(props).outs
    assert outs is not None
    assert (outs["name"], outs["deployment"], outs["release"]) == ("slipway-prod-aaa", "aaa", "r-aaa")
    assert outs["image"] == IMAGE
    assert provider.diff("slipway-prod", outs, props).changes is False
    assert provider.diff("slipway-prod", outs, {**props, "back_to": ""}).changes is True
