"""Whole stacks of each cloud, from `make up` to `make destroy`: the platform simulated, its registry played, no account."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.engine.conftest import copy_of_this
from tests.offline.cloud import Cloud
from tools.offline.world import Effect, Fault, Thing

CLOUDS = ("aws-dev", "gcp-dev", "azure-dev")
PROMOTED = ("aws-dev", "aws-staging", "aws-prod")
SERVICE = "aws:ecs/service:Service"
FACTORY = "app/service/factory.py"
DOC = '"""Makes the app."""'


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    made = Cloud(copy_of_this(tmp_path_factory.mktemp("clouds") / "slipway"), tmp_path_factory.mktemp("internet"))
    yield made
    made.close()


@pytest.mark.parametrize("stack", CLOUDS)
def test_a_cloud_stack_lives_from_up_to_destroy(cloud: Cloud, stack: str) -> None:
    cloud.up(stack)
    image, revision = cloud.output(stack, "image"), cloud.output(stack, "revision")
    name, _, digest = image.partition("@")
    assert cloud.registries.repository(name).tags == {revision: digest}
    cloud.up(stack, "--expect-no-changes")
    assert '"password":"offline"' not in cloud.state(stack)
    with cloud.checkout.changed(FACTORY, DOC, '"""Makes the app, otherwise."""'):
        cloud.up(stack)
        changed = cloud.output(stack, "revision")
        assert changed != revision
        assert set(cloud.registries.repository(name).tags) == {revision, changed}
        # Back to earlier content: the very image that its tag has, though a build of it would have another digest.
        assert list(cloud.shipped(stack)) == ["3", "2", "1"]
        cloud.return_to(stack, "1")
        assert (cloud.output(stack, "revision"), cloud.output(stack, "image")) == (revision, image)
    assert cloud.make("refresh", stack, "--skip-preview")[0] == 0
    cloud.up(stack, "--expect-no-changes")
    code, said = cloud.make("destroy", stack, YES="1")
    assert code == 0, said
    assert cloud.internet.strangers == []


def test_production_runs_what_staging_and_dev_run_digest_for_digest_and_outlives_them(cloud: Cloud) -> None:
    cloud.up("aws-dev")
    for source, stack in pairwise(PROMOTED):
        code, said = cloud.make("promote", stack, FROM=source, TO=stack, YES="1")
        assert (code, f"{stack} runs the revision" in said) == (0, True), said
        # What differs stands first: whose image, which settings, and the plan, in which nothing is built.
        shown = (f"image: {stack} runs nothing yet", f"settings: {source} | {stack}", "plan: 0 resources", "Updating (")
        assert sorted(shown, key=said.index) == [*shown]
        assert ("docker-build" in said, "✅ slipway@" in said) == (False, True)
    images = [cloud.output(stack, "image").partition("@") for stack in PROMOTED]
    repositories, digests = {image[0] for image in images}, {image[2] for image in images}
    assert (len(repositories), len(digests)) == (len(PROMOTED), 1)
    promoted = cloud.output("aws-prod", "image")
    assert cloud.output("aws-prod", "url") == "https://api.example.com"
    code, said = cloud.make("status", "aws-prod")
    assert (code, f"https://api.example.com answers revision {cloud.output('aws-dev', 'revision')}" in said) == (
        0,
        True,
    )
    cloud.up("aws-prod", "--expect-no-changes")
    # What another stack runs stays where it is when its sources go.
    for stack in ("aws-dev", "aws-staging"):
        assert cloud.make("destroy", stack, YES="1")[0] == 0
    assert promoted.partition("@")[2] in cloud.registries.repository(promoted.partition("@")[0]).manifests
    code, said = cloud.make("destroy", "aws-prod", YES="1")
    assert "the stack aws-prod is protected (service:protect)" in said
    cloud.take_down("aws-prod")


def test_after_a_registry_that_cannot_be_made_nothing_is_pushed_and_the_next_up_heals(cloud: Cloud) -> None:
    cloud.world.faults.append(Fault("create", "aws:ecr/repository:Repository", "error", "ThrottlingException: slow"))
    code, said = cloud.make("up", "aws-dev", "--skip-preview")
    assert code != 0
    assert "ThrottlingException: slow" in said
    cloud.up("aws-dev")
    cloud.up("aws-dev", "--expect-no-changes")
    cloud.make("destroy", "aws-dev", YES="1")


TASK_ENDED_BADLY = 3


@pytest.fixture
def aws(cloud: Cloud) -> Iterator[Cloud]:
    """A service that runs on the simulated AWS."""
    cloud.up("aws-dev")
    yield cloud
    cloud.world.faults.clear()
    code, said = cloud.make("destroy", "aws-dev", YES="1")
    assert code == 0, said


def test_what_runs_on_aws_is_looked_at_and_spoken_with(aws: Cloud) -> None:
    code, said = aws.make("status", "aws-dev")
    wanted = f"revision {aws.output('aws-dev', 'revision')}, deployment {aws.output('aws-dev', 'deployment')}"
    assert (code, f"{aws.output('aws-dev', 'url')} answers {wanted}" in said) == (0, True), said
    assert re.search(r"worker\.heartbeat +1 of 1 run", said)
    aws.amazon.exit_codes.append(TASK_ENDED_BADLY)
    code, said = aws.make("exec", "aws-dev", CMD="flask --app service routes")
    assert f"Error {TASK_ENDED_BADLY}" in said
    assert "ran flask --app service routes" in said
    code, said = aws.make("logs", "aws-dev")
    assert (code, "release          | ran flask --app service release" in said) == (0, True), said


def test_a_release_task_that_fails_switches_nothing_and_the_next_up_runs_it_again(aws: Cloud) -> None:
    before = aws.output("aws-dev", "deployment")
    with aws.checkout.edited(FACTORY, DOC, '"""Makes the app, with a migration."""'):
        aws.amazon.exit_codes.append(TASK_ENDED_BADLY)
        code, said = aws.make("up", "aws-dev", "--skip-preview")
        assert code != 0
        assert (
            f"the release task ended with exit code {TASK_ENDED_BADLY}; nothing was switched. Its last lines:" in said
        )
        assert aws.output("aws-dev", "deployment") == before
        assert _web(aws).outputs["taskDefinition"] in aws.amazon.definitions_of(before)
        aws.up("aws-dev")
        assert aws.output("aws-dev", "deployment") != before
    aws.up("aws-dev")


def test_a_deployment_that_ecs_rolls_back_is_no_success_and_after_a_refresh_it_is_tried_again(aws: Cloud) -> None:
    before = aws.output("aws-dev", "deployment")
    aws.world.faults.append(Fault("update", SERVICE, "rollback"))
    with aws.checkout.edited(FACTORY, DOC, '"""Makes the app, and it does not start."""'):
        code, said = aws.make("up", "aws-dev", "--skip-preview")
        assert code != 0
        assert f"the web service runs the deployment {before} and not " in said
        assert "Fix: make logs STACK=aws-dev; when it is mended: make refresh STACK=aws-dev" in said
        assert aws.output("aws-dev", "deployment") == before
        assert aws.make("refresh", "aws-dev", "--skip-preview")[0] == 0
        aws.up("aws-dev")
        assert aws.output("aws-dev", "deployment") != before
    aws.up("aws-dev")


@pytest.mark.parametrize(
    ("type_", "effect"),
    [
        ("aws:lb/loadBalancer:LoadBalancer", "throttle"),
        (SERVICE, "error"),
        ("aws:iam/rolePolicy:RolePolicy", "timeout"),
    ],
)
def test_after_a_creation_that_failed_the_next_up_heals(cloud: Cloud, type_: str, effect: Effect) -> None:
    cloud.world.faults.append(Fault("create", type_, effect))
    assert cloud.make("up", "aws-dev", "--skip-preview")[0] != 0
    cloud.up("aws-dev")
    cloud.up("aws-dev", "--expect-no-changes")
    assert cloud.make("destroy", "aws-dev", YES="1")[0] == 0


def test_another_secret_rolls_the_tasks_and_stands_nowhere_in_plain_text(aws: Cloud) -> None:
    before = _web(aws).outputs["taskDefinition"]
    file = aws.checkout.root / "stacks" / "Pulumi.aws-dev.yaml"
    kept = file.read_text(encoding="utf-8")
    try:
        aws.checkout.pulumi(
            "config", "set", "--secret", "--path", "service:secrets.SECRET_KEY", "hunter2", "--stack", "aws-dev"
        )
        said = aws.up("aws-dev")
        after = _web(aws).outputs["taskDefinition"]
        assert after != before
        assert "hunter2" not in said + aws.state("aws-dev") + str(aws.amazon.definition(after).inputs)
    finally:
        file.write_text(kept, encoding="utf-8")
    aws.up("aws-dev")


def _web(cloud: Cloud) -> Thing:
    (web,) = [
        thing
        for thing in cloud.world.things.values()
        if thing.type == SERVICE and thing.inputs["tags"]["slipway:process"] == "web"
    ]
    return web
