"""Which revision is made, who gets the requests, and what is tried before: by what Container Apps has."""

import asyncio
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from pulumi import Output

from infra.errors import DeploymentError
from infra.targets.azure import settled, traffic, trial
from infra.targets.azure.apps import beside
from infra.targets.azure.arm import Share
from infra.targets.azure.providers import ASKED, RevisionProvider, SettledProvider, TrialProvider
from infra.targets.azure.traffic import Decided, Wanted
from tests.infra.targets.azure.conftest import GROUP, IMAGE, SECRET, SUBSCRIPTION, WEB, Played, template_of
from tests.offline.internet.azure import _json
from tests.offline.internet.container_apps import NOT_STARTED, Given, Refusal

SHIPPED = "slipwayprod1a2b3c4d.azurecr.io/slipway@sha256:" + "b" * 64
WANTED = Wanted(SUBSCRIPTION, GROUP, "slipway-prod", "bb", "rbb", "r-rbb", 0, "")
CANARY = replace(WANTED, canary=10)
OTHER_SECRET = {**SECRET, "name": "api-key"}


def all_to_newest(suffix: str = "rbb") -> Decided:
    return Decided(suffix, "Single", (Share("", 100),), "rbb", "r-rbb")


def ten_to(suffix: str, rest: str) -> Decided:
    shares = (Share(f"slipway-prod--{suffix}", 10, "canary"), Share(f"slipway-prod--{rest}", 90))
    return Decided(suffix, "Multiple", shares, "rbb", "r-rbb")


def props(wanted: Wanted = WANTED, **more: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("suffix", "traffics", "mode", "secrets", "newest"))
    given = {"image": SHIPPED, "template": template_of("rbb"), "__provider": "p"}
    return {key: getattr(wanted, key) for key in ASKED} | given | nothing | more


def tried(suffix: str = "rbb", back_to: str = "", **template: Any) -> dict[str, Any]:
    return {
        "subscription": SUBSCRIPTION,
        "group": GROUP,
        "app": "slipway-prod",
        "suffix": suffix,
        "back_to": back_to,
        "template": {**template_of("rbb"), "revisionSuffix": suffix, **template},
        "configuration": {"secrets": [OTHER_SECRET], "registries": []},
    }


def running(played: Played) -> set[str]:
    """The revisions that run, by their suffixes."""
    return {each["name"][14:] for each in played.apps.revisions(WEB) if each["properties"]["active"]}


def shares(played: Played) -> dict[str, int]:
    return {name[14:]: percent for name, percent in played.apps.shares(WEB).items()}


def test_a_new_revision_gets_all_requests_by_the_platform_s_own_doing_or_a_canary_its_share(played: Played) -> None:
    assert traffic.decide(WANTED) == all_to_newest()
    first = Decided("rbb", "Multiple", (Share("slipway-prod--rbb", 100),), "rbb", "r-rbb")
    assert traffic.decide(CANARY) == first
    played.serve(deployment="raa")
    assert traffic.decide(WANTED) == all_to_newest()
    decided = traffic.decide(CANARY)
    assert decided == ten_to("rbb", "raa")
    assert [share.as_input() for share in (*decided.shares, *all_to_newest().shares)] == [
        {"revisionName": "slipway-prod--rbb", "weight": 10, "label": "canary"},
        {"revisionName": "slipway-prod--raa", "weight": 90},
        {"latestRevision": True, "weight": 100},
    ]


def test_a_canary_s_share_can_be_changed_and_made_all_and_another_is_tried_against_what_was_proven(
    played: Played,
) -> None:
    played.serve(deployment="raa")
    played.serve(deployment="rbb", shares=[("slipway-prod--raa", 100)])
    played.serve(deployment="rbb", shares=[("slipway-prod--rbb", 80, "canary"), ("slipway-prod--raa", 20)])
    assert traffic.decide(CANARY) == ten_to("rbb", "raa")
    assert traffic.decide(WANTED) == all_to_newest()
    assert traffic.decide(replace(CANARY, base="cc")) == ten_to("rcc", "raa")


def test_a_suffix_stands_for_one_revision_and_one_that_did_not_come_to_serve_is_spent(played: Played) -> None:
    played.serve(deployment="raa")
    played.serve(deployment="rbb")
    assert traffic.decide(WANTED) == all_to_newest()
    assert traffic.decide(CANARY).shares == (Share("slipway-prod--rbb", 100),)
    assert traffic.decide(replace(WANTED, base="aa")).suffix == "raa-2"
    played.apps.failing = 2
    played.serve(deployment="rcc")
    assert traffic.is_spent(WANTED, "rcc")
    wanted = replace(CANARY, base="cc")
    assert traffic.decide(wanted) == ten_to("rcc-2", "rbb")
    played.serve(deployment="rcc", suffix="rcc-2")
    assert traffic.decide(wanted).suffix == "rcc-3"
    # What serves is unwell for a while: that is no reason for another revision.
    played.apps.kept[f"{WEB}/revisions/slipway-prod--rbb"]["properties"]["healthState"] = "Unhealthy"
    assert not traffic.is_spent(WANTED, "rbb")
    assert not traffic.is_spent(WANTED, "zzz")


@pytest.mark.parametrize(
    ("name", "why"),
    [("zzz", "is no revision of slipway-prod"), ("rbb", "never came to serve")],
)
def test_what_cannot_be_gone_back_to_is_refused_with_what_can(played: Played, name: str, why: str) -> None:
    played.serve(deployment="raa")
    played.apps.failing = 1
    played.serve(deployment="rbb")
    key = "service:options.traffic.revision"
    with pytest.raises(DeploymentError) as told:
        traffic.decide(replace(WANTED, back_to=f"slipway-prod--{name}"))
    wanted = f"{key}: 'slipway-prod--{name}' {why} (there are: slipway-prod--raa)"
    assert str(told.value) == f"{wanted}. Fix: pulumi config set --path {key} slipway-prod--raa"


def test_the_provider_decides_anew_only_when_asked_otherwise_or_when_a_revision_failed(played: Played) -> None:
    provider = RevisionProvider()
    played.serve(deployment="raa")
    given = props(CANARY, canary=10.0)
    made = provider.create(given)
    assert (made.id, made.outs) == (
        "slipway-prod",
        {
            **{key: given[key] for key in (*ASKED, "image", "template")},
            "asked": {key: given[key] for key in ASKED},
            "suffix": "rbb",
            "mode": "Multiple",
            "traffics": [share.as_input() for share in ten_to("rbb", "raa").shares],
            "secrets": [SECRET],
            "made": {"rbb": tried()["template"]},
            "newest": {**template_of("raa"), "revisionSuffix": "raa"},
        },
    )
    assert provider.diff(made.id, made.outs, given).changes is False
    assert provider.diff(made.id, made.outs, {**given, "canary": 0.0}).changes is True
    played.apps.failing = 1
    played.serve(deployment="rbb")
    assert provider.diff(made.id, made.outs, given).changes is True
    again = provider.update(made.id, made.outs, given).outs
    assert again is not None
    assert again["suffix"] == "rbb-2"
    back = provider.create(props(WANTED, back_to="slipway-prod--raa")).outs
    assert back is not None
    told = ("raa", "Multiple", [{"revisionName": "slipway-prod--raa", "weight": 100}], "raa", "r-raa", IMAGE)
    assert tuple(back[key] for key in ("suffix", "mode", "traffics", "deployment", "release", "image")) == told
    assert provider.diff("slipway-prod", back, props(WANTED, back_to="slipway-prod--raa")).changes is False


# -- what is tried before it gets requests


def test_a_canary_runs_and_is_well_before_the_app_itself_is_changed_in_no_more_than_weights(
    played: Played, asked: Callable[[], list[str]]
) -> None:
    provider = TrialProvider()
    assert provider.create(tried()).outs == tried()
    assert asked() == ["container_apps_get"]
    played.serve(deployment="raa")
    played.apps.slow = 2
    scale = {"minReplicas": 0.0, "maxReplicas": 3.0}
    outs = provider.create(tried(scale=scale)).outs
    assert outs == tried()
    assert (running(played), shares(played)) == ({"raa", "rbb"}, {"raa": 100})
    assert played.apps.patches == [
        {
            "properties": {
                "configuration": {
                    "activeRevisionsMode": "Multiple",
                    "ingress": {
                        "traffic": [
                            {"revisionName": "slipway-prod--raa", "weight": 100},
                            {"revisionName": "slipway-prod--rbb", "weight": 0, "label": "canary"},
                        ]
                    },
                    "registries": [],
                    "secrets": [OTHER_SECRET, SECRET],
                },
                "template": tried()["template"],
            }
        }
    ]
    assert '"maxReplicas": 3}' in json.dumps(played.apps.patches)
    # What the app is changed to afterwards makes no other revision.
    played.serve(deployment="rbb", shares=[("slipway-prod--rbb", 10, "canary"), ("slipway-prod--raa", 90)])
    assert shares(played) == {"rbb": 10, "raa": 90}
    # An `up` that was killed meanwhile tries it once more, and makes nothing.
    provider.create(tried())
    assert len(played.apps.patches) == 1
    assert outs is not None
    assert provider.diff("slipway-prod", outs, {**tried(), "template": {}}).changes is False
    assert provider.diff("slipway-prod", outs, tried("rcc")).changes is True


def test_what_serves_beside_a_canary_that_has_no_secret_any_more_keeps_its_own(played: Played) -> None:
    played.serve(deployment="raa")
    (container,) = template_of("rbb")["containers"]
    given = tried(containers=[{**container, "env": container["env"][:2]}])
    TrialProvider().create(given)
    shared = RevisionProvider().create(props(CANARY)).outs or {}
    app = deepcopy(played.apps.kept[WEB])
    app["properties"]["configuration"] |= {"secrets": [OTHER_SECRET], "ingress": {"traffic": shared["traffics"]}}
    with pytest.raises(Refusal, match="slipway-prod--raa refers to "):
        played.apps.put(WEB, app)
    secrets = asyncio.run(together([OTHER_SECRET], [*shared["secrets"], OTHER_SECRET]))
    assert secrets == [OTHER_SECRET, SECRET]
    app["properties"]["configuration"]["secrets"] = secrets
    played.apps.put(WEB, app)
    assert shares(played) == {"rbb": 10, "raa": 90}


async def together(own: list[Given], others: list[Given]) -> Any:
    return await beside(own, Output.from_input(others)).future()


def test_a_change_of_a_template_leaves_nothing_of_the_one_before_but_what_azure_has_by_itself(played: Played) -> None:
    before = played.serve(deployment="raa")["properties"]["template"]
    before |= {"volumes": [{"name": "v"}], "scale": {**before["scale"], "cooldownPeriod": 300, "rules": []}}
    TrialProvider().create(tried())
    scale = {"minReplicas": 0, "maxReplicas": 3, "cooldownPeriod": 300}
    assert played.apps.kept[WEB]["properties"]["template"] == {**tried()["template"], "scale": scale}


def test_a_canary_that_is_not_well_ends_and_what_served_goes_on(played: Played) -> None:
    played.serve(deployment="raa")
    played.apps.failing = 1
    played.azure.streams["slipway-prod--rbb-5d8-x1"] = ["ImportError: no module", "named flask"]
    with pytest.raises(DeploymentError) as told:
        TrialProvider().create(tried())
    assert str(told.value).splitlines() == [
        f"slipway-prod--rbb is not well: its process ended by itself ({NOT_STARTED[:-1]});"
        " nothing was switched, and what served goes on. Its last lines:",
        "ImportError: no module",
        "named flask",
    ]
    assert (running(played), shares(played)) == ({"raa"}, {"raa": 100})
    # Of one that was ended Azure does not say that it failed; and it may be well when it is tried once more.
    ended = played.apps.kept[f"{WEB}/revisions/slipway-prod--rbb"]["properties"]
    ended |= {"provisioningState": "Deprovisioned"}
    assert traffic.is_spent(WANTED, "rbb")
    assert traffic.decide(CANARY) == ten_to("rbb-2", "raa")
    ended |= {"provisioningState": "Provisioned"}
    TrialProvider().create(tried())
    assert (running(played), shares(played)) == ({"raa", "rbb"}, {"raa": 100})


def test_a_canary_that_azure_begins_and_cannot_make_is_told_in_azure_s_own_words(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    played.serve(deployment="raa")
    failed = {"status": "Failed", "error": {"code": "ContainerAppOperationError", "message": "MANIFEST_UNKNOWN."}}
    done = iter([failed, {"status": "Succeeded"}])
    monkeypatch.setattr(played.azure, "_done", lambda _: _json(next(done)))
    played.apps.failing = 1
    with pytest.raises(DeploymentError) as told:
        TrialProvider().create(tried())
    served = "nothing was switched, and what served goes on"
    assert str(told.value) == f"slipway-prod--rbb is not well: MANIFEST_UNKNOWN; {served}"
    assert (running(played), shares(played)) == ({"raa"}, {"raa": 100})


def test_a_canary_that_is_started_again_and_again_is_given_up_and_so_is_one_that_takes_too_long(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    played.serve(deployment="raa")
    processing = {"runningState": "Degraded", "healthState": "Unhealthy", "provisioningState": "Provisioned"}

    def revise(id_: str, about: Given) -> None:
        type(played.apps)._revise(played.apps, id_, about)
        played.apps.revisions(id_)[0]["properties"] |= processing

    monkeypatch.setattr(played.apps, "_revise", revise)
    why = "its container did not come to be ready, and was started anew 4 times"
    with pytest.raises(DeploymentError, match=f"slipway-prod--rbb is not well: {why}; nothing"):
        TrialProvider().create(tried())
    monkeypatch.setattr(trial, "START", -1)
    monkeypatch.setattr(trial, "gave_up", lambda _: False)
    with pytest.raises(DeploymentError, match=f"slipway-prod--rcc is not well: {why}; nothing"):
        TrialProvider().create(tried("rcc"))
    assert (running(played), shares(played)) == ({"raa"}, {"raa": 100})


def test_an_earlier_canary_gives_its_requests_back_when_another_is_well_and_no_sooner(played: Played) -> None:
    played.serve(deployment="raa")
    TrialProvider().create(tried())
    played.serve(deployment="rbb", shares=[("slipway-prod--rbb", 10, "canary"), ("slipway-prod--raa", 90)])
    played.apps.failing = 1
    with pytest.raises(DeploymentError, match="slipway-prod--rcc is not well"):
        TrialProvider().create(tried("rcc"))
    assert (running(played), shares(played)) == ({"raa", "rbb"}, {"rbb": 10, "raa": 90})
    assert traffic.decide(CANARY).shares[1] == Share("slipway-prod--raa", 90)
    TrialProvider().create(tried("rdd"))
    assert (running(played), shares(played)) == ({"raa", "rdd"}, {"raa": 100})


def test_an_earlier_revision_is_started_again_while_what_serves_is_held_where_it_is(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    played.serve(deployment="raa")
    played.serve(deployment="rbb")
    assert running(played) == {"rbb"}
    TrialProvider().create(tried("raa", "slipway-prod--raa"))
    assert (running(played), shares(played)) == ({"raa", "rbb"}, {"rbb": 100})
    assert "template" not in played.apps.patches[0]["properties"]
    assert capsys.readouterr().err.splitlines() == [
        "waiting until slipway-prod--raa is well, before it gets requests",
        "slipway-prod--raa gets its secrets' values as they are now, not as they were when it was made",
    ]


def test_an_earlier_revision_is_gone_back_to_though_the_newest_is_a_canary_that_was_not_well(played: Played) -> None:
    played.serve(deployment="raa")
    played.serve(deployment="rcc")
    provider = RevisionProvider()
    made = provider.create(props(CANARY)).outs
    played.apps.failing = 1
    with pytest.raises(DeploymentError, match="slipway-prod--rbb is not well"):
        TrialProvider().create(tried())
    back = provider.update("slipway-prod", made or {}, props(WANTED, back_to="slipway-prod--raa")).outs or {}
    TrialProvider().create(tried("raa", "slipway-prod--raa"))
    assert (back["newest"], back["secrets"]) == (tried()["template"], [OTHER_SECRET, SECRET])
    # What is no other template than the newest revision's makes none, and is no reason to refuse it.
    played.serve(deployment="rbb", shares=[("slipway-prod--raa", 100)])
    assert shares(played) == {"raa": 100}
    assert len(played.apps.revisions(WEB)) == 3


def test_an_earlier_revision_that_is_not_well_ends_again_and_the_app_is_as_it_was(played: Played) -> None:
    played.serve(deployment="raa")
    played.serve(deployment="rbb")
    lost = {"provisioningState": "Failed", "provisioningError": "ImagePullBackOff"}
    played.apps.kept[f"{WEB}/revisions/slipway-prod--raa"]["properties"] |= lost
    with pytest.raises(DeploymentError, match=r"slipway-prod--raa is not well: its image cannot be pulled \(Image"):
        TrialProvider().create(tried("raa", "slipway-prod--raa"))
    assert (running(played), shares(played)) == ({"rbb"}, {"rbb": 100})
    assert played.apps.kept[WEB]["properties"]["configuration"]["activeRevisionsMode"] == "Single"


def test_new_roles_alone_are_waited_for(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    slept: list[float] = []
    monkeypatch.setattr(settled.time, "sleep", slept.append)
    now = settled.datetime.now(settled.UTC)
    old, new = "2026-01-01T00:00:00.0000000Z", f"{now.isoformat()[:26]}0Z"
    provider = SettledProvider()
    made = provider.create({"created": [old], "__provider": "p"})
    assert (made.outs, slept) == ({"created": [old]}, [])
    assert provider.diff(made.id, {"created": [old, new]}, {"created": [new, old]}).changes is False
    assert provider.diff(made.id, {"created": [old]}, {"created": [new, old]}).changes is True
    assert provider.update(made.id, {}, {"created": [new, old]}).outs == {"created": [new, old]}
    assert 110 < slept[0] <= 120
    assert capsys.readouterr().err == f"waiting {slept[0]:.0f} s until Azure knows the new roles everywhere\n"
