"""Whole stacks on Google Cloud, from `make up` to `make destroy`: the platform simulated, its APIs played, no account."""

import re
from collections.abc import Iterator

import pytest

from tests.engine.conftest import copy_of_this
from tests.offline.cloud import Cloud
from tests.offline.internet.cloud_run import Fate, Given
from tests.offline.internet.simulated_run import SERVICE
from tools.offline.world import Effect, Fault

# Some see a service through four or five ups.
pytestmark = pytest.mark.timeout(900)

FACTORY = "app/service/factory.py"
DOC = '"""Makes the app."""'
ENDED_BADLY = 3


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    made = Cloud(copy_of_this(tmp_path_factory.mktemp("clouds") / "slipway"), tmp_path_factory.mktemp("internet"))
    yield made
    made.close()


@pytest.fixture
def gcp(cloud: Cloud) -> Iterator[Cloud]:
    """A service that runs on the simulated Google Cloud."""
    cloud.up("gcp-dev")
    yield cloud
    cloud.world.faults.clear()
    cloud.run.failing = 0
    cloud.run.fates.clear()
    code, said = cloud.make("destroy", "gcp-dev", YES="1")
    assert code == 0, said


def test_what_runs_on_google_cloud_is_looked_at_and_spoken_with(gcp: Cloud) -> None:
    code, said = gcp.make("status", "gcp-dev")
    wanted = f"revision {gcp.output('gcp-dev', 'revision')}, deployment {gcp.output('gcp-dev', 'deployment')}"
    assert (code, f"{gcp.output('gcp-dev', 'url')} answers {wanted}" in said) == (0, True), said
    assert re.search(r"worker\.heartbeat +\S+ +100 % of the instances", said)
    gcp.run.fates.append(Fate(ENDED_BADLY))
    code, said = gcp.make("exec", "gcp-dev", CMD="flask --app service routes")
    assert f"Error {ENDED_BADLY}" in said
    assert "ran flask --app service routes" in said
    code, said = gcp.make("logs", "gcp-dev")
    assert (code, "release          | ran flask --app service release" in said) == (0, True), said
    gcp.up("gcp-dev", "--expect-no-changes")
    assert gcp.internet.strangers == []


def test_a_release_task_that_fails_switches_nothing_and_the_next_up_runs_it_again(gcp: Cloud) -> None:
    before, serving = gcp.output("gcp-dev", "deployment"), shares(gcp)
    with gcp.checkout.edited(FACTORY, DOC, '"""Makes the app, with a migration."""'):
        gcp.run.fates.append(Fate(ENDED_BADLY))
        code, said = gcp.make("up", "gcp-dev", "--skip-preview")
        assert code != 0
        assert f"the release task ended with exit code {ENDED_BADLY}; nothing was switched. Its last lines:" in said
        assert (gcp.output("gcp-dev", "deployment"), shares(gcp)) == (before, serving)
        ran = len(releases(gcp))
        gcp.up("gcp-dev")
        assert gcp.output("gcp-dev", "deployment") != before
        assert len(releases(gcp)) == ran + 1
    gcp.up("gcp-dev")


@pytest.mark.parametrize("told", ["by Cloud Run alone", "by the provider"])
def test_a_revision_that_does_not_come_to_serve_is_no_success_and_is_tried_again_under_another_name(
    gcp: Cloud, told: str
) -> None:
    before, serving = gcp.output("gcp-dev", "deployment"), shares(gcp)
    gcp.run.failing = 1
    if told == "by the provider":
        gcp.world.faults.append(Fault("update", SERVICE, "timeout"))
    with gcp.checkout.edited(FACTORY, DOC, f'"""Makes the app, and it does not start, {told}."""'):
        code, said = gcp.make("up", "gcp-dev", "--skip-preview")
        assert code != 0
        if told == "by Cloud Run alone":
            assert "did not come to serve: of slipway-gcp-dev-" in said
            assert f"all requests go to {next(iter(serving))} (deployment {before})" in said
            assert "Fix: make logs STACK=gcp-dev; when it is mended: make up STACK=gcp-dev" in said
        assert (gcp.output("gcp-dev", "deployment"), shares(gcp)) == (before, serving)
        gcp.up("gcp-dev")
        assert gcp.output("gcp-dev", "deployment") != before
        (name,) = shares(gcp)
        assert re.fullmatch(r"slipway-gcp-dev-\w+-2", name)
        gcp.up("gcp-dev", "--expect-no-changes")
    gcp.up("gcp-dev")


def test_a_new_revision_gets_a_share_then_all_and_requests_go_back_by_name(gcp: Cloud) -> None:
    (stable,) = shares(gcp)
    first = gcp.output("gcp-dev", "deployment")
    with gcp.stack_file("gcp-dev") as file, gcp.checkout.edited(FACTORY, DOC, '"""Makes the app, as a canary."""'):
        plain = file.read_text(encoding="utf-8")
        file.write_text(plain + "    traffic:\n      canary: 10\n", encoding="utf-8")
        gcp.up("gcp-dev")
        (canary,) = shares(gcp).keys() - {stable}
        assert shares(gcp) == {canary: 10, stable: 90}
        second = gcp.output("gcp-dev", "deployment")
        assert second != first
        code, said = gcp.make("status", "gcp-dev")
        url = str(gcp.output("gcp-dev", "url"))
        asked = f"https://canary---{url.removeprefix('https://')} answers revision"
        assert (code, asked in said) == (0, True), said
        gcp.up("gcp-dev", "--expect-no-changes")
        file.write_text(plain, encoding="utf-8")
        gcp.up("gcp-dev")
        assert shares(gcp) == {canary: 100}
        file.write_text(plain + f"    traffic:\n      revision: {stable}\n", encoding="utf-8")
        ran = len(releases(gcp))
        gcp.up("gcp-dev")
        assert (shares(gcp), gcp.output("gcp-dev", "deployment"), len(releases(gcp))) == ({stable: 100}, first, ran)
        gcp.up("gcp-dev", "--expect-no-changes")
        file.write_text(plain, encoding="utf-8")
        gcp.up("gcp-dev")
        assert (shares(gcp), gcp.output("gcp-dev", "deployment")) == ({canary: 100}, second)
    gcp.up("gcp-dev")


@pytest.mark.parametrize(
    ("type_", "effect"),
    [
        ("gcp:artifactregistry/repository:Repository", "throttle"),
        (SERVICE, "error"),
        ("gcp:secretmanager/secretIamMember:SecretIamMember", "timeout"),
    ],
)
def test_after_a_creation_that_failed_the_next_up_heals(cloud: Cloud, type_: str, effect: Effect) -> None:
    cloud.world.faults.append(Fault("create", type_, effect))
    assert cloud.make("up", "gcp-dev", "--skip-preview")[0] != 0
    cloud.up("gcp-dev")
    cloud.up("gcp-dev", "--expect-no-changes")
    assert cloud.make("destroy", "gcp-dev", YES="1")[0] == 0


def test_another_secret_makes_another_revision_and_stands_nowhere_in_plain_text(gcp: Cloud) -> None:
    before = shares(gcp)
    with gcp.stack_file("gcp-dev"):
        arguments = ("--secret", "--path", "service:secrets.SECRET_KEY", "hunter2", "--stack", "gcp-dev")
        gcp.checkout.pulumi("config", "set", *arguments)
        said = gcp.up("gcp-dev")
        assert shares(gcp) != before
        assert "hunter2" not in said + gcp.state("gcp-dev") + str(gcp.run.kept)
    gcp.up("gcp-dev")


def test_production_runs_what_dev_runs_digest_for_digest_and_outlives_it(cloud: Cloud) -> None:
    cloud.up("gcp-dev")
    code, said = cloud.make("promote", "gcp-prod", FROM="gcp-dev", TO="gcp-prod", YES="1")
    assert code == 0, said
    promoted, source = cloud.output("gcp-prod", "image"), cloud.output("gcp-dev", "image")
    assert promoted != source
    assert promoted.partition("@")[2] == source.partition("@")[2]
    assert cloud.output("gcp-prod", "url") == "https://api.example.com"
    code, said = cloud.make("status", "gcp-prod")
    answers = f"https://api.example.com answers revision {cloud.output('gcp-dev', 'revision')}"
    assert (code, answers in said) == (0, True), said
    cloud.up("gcp-prod", "--expect-no-changes")
    # What another stack runs stays where it is when its source goes.
    assert cloud.make("destroy", "gcp-dev", YES="1")[0] == 0
    assert promoted.partition("@")[2] in cloud.registries.repository(promoted.partition("@")[0]).manifests
    code, said = cloud.make("destroy", "gcp-prod", YES="1")
    assert "the stack gcp-prod is protected (service:protect)" in said
    cloud.take_down("gcp-prod")
    assert cloud.internet.strangers == []


def shares(cloud: Cloud) -> dict[str, int]:
    """Percent of the requests by the revision that gets them."""
    cloud.run.look()
    (web,) = [each for name, each in cloud.run.kept.items() if name.endswith("/services/slipway-gcp-dev")]
    return {share["revision"]: share["percent"] for share in web["trafficStatuses"]}


def releases(cloud: Cloud) -> list[Given]:
    """The executions of the release task, of however many stacks."""
    return [each for each in cloud.run.begun if each["labels"]["slipway-process"] == "release"]
