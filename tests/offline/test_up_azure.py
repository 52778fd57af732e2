"""Whole stacks on Azure, from `make up` to `make destroy`: the platform simulated, its APIs played, no account."""

import re
from collections.abc import Iterator

import pytest

from tests.engine.conftest import copy_of_this
from tests.offline.cloud import Cloud
from tests.offline.internet.container_apps import Fate, Given, Refusal
from tests.offline.internet.simulated_apps import APP
from tools.offline.world import Effect, Fault

# Some see a service through four or five ups.
pytestmark = pytest.mark.timeout(900)

FACTORY = "app/service/factory.py"
DOC = '"""Makes the app."""'
ENDED_BADLY = 3
# Each is made after the one before, which therefore no run has made that the one before stopped.
FAULTS: tuple[tuple[str, Effect], ...] = (
    ("azure-native:resources:ResourceGroup", "throttle"),
    ("azure-native:keyvault:Vault", "timeout"),
    (APP, "error"),
)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    made = Cloud(copy_of_this(tmp_path_factory.mktemp("clouds") / "slipway"), tmp_path_factory.mktemp("internet"))
    yield made
    made.close()


@pytest.fixture
def azure(cloud: Cloud) -> Iterator[Cloud]:
    """A service that runs on the simulated Azure."""
    cloud.up("azure-dev")
    yield cloud
    cloud.world.faults.clear()
    cloud.apps.failing = 0
    cloud.apps.fates.clear()
    code, said = cloud.make("destroy", "azure-dev", YES="1")
    assert code == 0, said


def test_what_runs_on_azure_is_looked_at_and_spoken_with_and_its_secrets_stand_nowhere(azure: Cloud) -> None:
    code, said = azure.make("status", "azure-dev")
    wanted = f"revision {azure.output('azure-dev', 'revision')}, deployment {azure.output('azure-dev', 'deployment')}"
    assert (code, f"{azure.output('azure-dev', 'url')} answers {wanted}" in said) == (0, True), said
    assert re.search(r"worker\.heartbeat +\S+ +no requests", said)
    azure.azure.said = lambda command: (f"ran {command}\n", ENDED_BADLY)
    code, said = azure.make("exec", "azure-dev", CMD="flask --app service routes")
    assert f"Error {ENDED_BADLY}" in said
    assert "ran flask --app service routes" in said
    code, said = azure.make("logs", "azure-dev")
    assert (code, "release          | ran flask --app service release" in said) == (0, True), said
    before = shares(azure)
    with azure.stack_file("azure-dev"):
        arguments = ("--secret", "--path", "service:secrets.SECRET_KEY", "hunter2", "--stack", "azure-dev")
        azure.checkout.pulumi("config", "set", *arguments)
        # What is throttled is asked again, and not told.
        azure.azure.refusals = [Refusal(429, "TooManyRequests", "The request is being throttled.", after="1")] * 2
        said = azure.up("azure-dev")
        assert shares(azure) != before
        assert "hunter2" not in said + azure.state("azure-dev") + str(azure.apps.kept)
        azure.up("azure-dev", "--expect-no-changes")
    assert azure.internet.strangers == []


def test_what_fails_switches_nothing_and_is_done_by_the_next_up(azure: Cloud) -> None:
    before, serving = azure.output("azure-dev", "deployment"), shares(azure)
    with azure.checkout.edited(FACTORY, DOC, '"""Makes the app, with a migration."""'):
        azure.apps.fates.append(Fate(ENDED_BADLY))
        code, said = azure.make("up", "azure-dev", "--skip-preview")
        assert code != 0
        assert f"the release task ended with exit code {ENDED_BADLY}; nothing was switched. Its last lines:" in said
        assert (azure.output("azure-dev", "deployment"), shares(azure)) == (before, serving)
        ran = len(releases(azure))
        # The release task is well, and the revision is not.
        azure.apps.failing = 1
        code, said = azure.make("up", "azure-dev", "--skip-preview")
        assert code != 0
        assert "did not come to serve: of slipway-azure-dev--r" in said
        assert f"all requests go to {next(iter(serving))} (deployment {before})" in said
        assert "Fix: make logs STACK=azure-dev; when it is mended: make up STACK=azure-dev" in said
        assert (azure.output("azure-dev", "deployment"), shares(azure)) == (before, serving)
        azure.world.faults.append(Fault("update", APP, "timeout"))
        assert azure.make("up", "azure-dev", "--skip-preview")[0] != 0
        azure.up("azure-dev")
        assert azure.output("azure-dev", "deployment") != before
        (name,) = shares(azure)
        assert re.fullmatch(r"slipway-azure-dev--r\w+-2", name)
        assert len(releases(azure)) == ran + 1
        azure.up("azure-dev", "--expect-no-changes")


def test_a_new_revision_is_tried_gets_a_share_then_all_and_requests_go_back_by_name(azure: Cloud) -> None:
    (stable,) = shares(azure)
    first = azure.output("azure-dev", "deployment")
    with (
        azure.stack_file("azure-dev") as file,
        azure.checkout.edited(FACTORY, DOC, '"""Makes the app, as a canary."""'),
    ):
        plain = file.read_text(encoding="utf-8")
        file.write_text(plain + "    traffic:\n      canary: 10\n", encoding="utf-8")
        azure.apps.failing = 1
        code, said = azure.make("up", "azure-dev", "--skip-preview")
        assert code != 0
        assert re.search(r"slipway-azure-dev--r\w+ is not well: its process ended by itself", said)
        assert shares(azure) == {stable: 100}
        # Whoever goes back then, goes back as at any other time.
        file.write_text(plain + f"    traffic:\n      revision: {stable}\n", encoding="utf-8")
        azure.up("azure-dev")
        assert (shares(azure), azure.output("azure-dev", "deployment")) == ({stable: 100}, first)
        file.write_text(plain + "    traffic:\n      canary: 10\n", encoding="utf-8")
        azure.up("azure-dev")
        (canary,) = shares(azure).keys() - {stable}
        assert shares(azure) == {canary: 10, stable: 90}
        second = azure.output("azure-dev", "deployment")
        assert second != first
        code, said = azure.make("status", "azure-dev")
        host = str(azure.output("azure-dev", "url")).replace("https://slipway-azure-dev.", "")
        assert (code, f"https://slipway-azure-dev---canary.{host} answers revision" in said) == (0, True), said
        azure.up("azure-dev", "--expect-no-changes")
        file.write_text(plain, encoding="utf-8")
        azure.up("azure-dev")
        assert (shares(azure), running(azure)) == ({canary: 100}, {canary})
        file.write_text(plain + f"    traffic:\n      revision: {stable}\n", encoding="utf-8")
        ran = len(releases(azure))
        azure.up("azure-dev")
        assert (shares(azure), azure.output("azure-dev", "deployment")) == ({stable: 100}, first)
        assert len(releases(azure)) == ran
        azure.up("azure-dev", "--expect-no-changes")
        file.write_text(plain, encoding="utf-8")
        azure.up("azure-dev")
        assert (shares(azure), azure.output("azure-dev", "deployment")) == ({canary: 100}, second)
        assert running(azure) == {canary}


def test_after_creations_that_failed_the_next_up_heals(cloud: Cloud) -> None:
    for type_, effect in FAULTS:
        cloud.world.faults.append(Fault("create", type_, effect))
        assert cloud.make("up", "azure-dev", "--skip-preview")[0] != 0
    cloud.up("azure-dev")
    cloud.up("azure-dev", "--expect-no-changes")
    assert cloud.make("destroy", "azure-dev", YES="1")[0] == 0


def test_production_runs_what_dev_runs_digest_for_digest_and_outlives_it(cloud: Cloud) -> None:
    cloud.up("azure-dev")
    code, said = cloud.make("promote", "azure-prod", FROM="azure-dev", TO="azure-prod", YES="1")
    assert code == 0, said
    promoted, source = cloud.output("azure-prod", "image"), cloud.output("azure-dev", "image")
    assert promoted != source
    assert promoted.partition("@")[2] == source.partition("@")[2]
    assert cloud.output("azure-prod", "url") == "https://api.example.com"
    code, said = cloud.make("status", "azure-prod")
    answers = f"https://api.example.com answers revision {cloud.output('azure-dev', 'revision')}"
    assert (code, answers in said) == (0, True), said
    cloud.up("azure-prod", "--expect-no-changes")
    # What another stack runs stays where it is when its source goes.
    assert cloud.make("destroy", "azure-dev", YES="1")[0] == 0
    assert promoted.partition("@")[2] in cloud.registries.repository(promoted.partition("@")[0]).manifests
    code, said = cloud.make("destroy", "azure-prod", YES="1")
    assert "the stack azure-prod is protected (service:protect)" in said
    cloud.take_down("azure-prod")
    assert cloud.internet.strangers == []


def _web(cloud: Cloud) -> str:
    cloud.apps.look()
    (web,) = [id_ for id_ in cloud.apps.kept if id_.endswith("/containerApps/slipway-azure-dev")]
    return web


def shares(cloud: Cloud) -> dict[str, int]:
    """Percent of the requests by the revision that gets them."""
    return cloud.apps.shares(_web(cloud))


def running(cloud: Cloud) -> set[str]:
    """The revisions that run."""
    return {each["name"] for each in cloud.apps.revisions(_web(cloud)) if each["properties"]["active"]}


def releases(cloud: Cloud) -> list[Given]:
    """The executions of the release task, of however many stacks."""
    return [each for each in cloud.apps.begun if each["tags"]["slipway-process"] == "release"]
