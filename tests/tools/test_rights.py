"""`make rights` and `make bootstrap`: made from a stack's plan, on a platform that knows how."""

import json

import pytest

from infra.targets.rights import Deployer
from tests.engine.conftest import Checkout, checkout  # noqa: F401 - a fixture
from tests.offline.inventories import previewed
from tools import bootstrap, operations, rights
from tools.errors import ToolError
from tools.offline.values import UNKNOWN
from tools.offline.world import made_up
from tools.plan.preview import Planned, Preview
from tools.stack import Stack

URN = "urn:pulumi:dev::slipway::aws:ecs/cluster:Cluster::web"
CHANCE = made_up(f"{URN}#0").digest


def deployer(inputs, **more) -> Deployer:
    seen = Preview((Planned(URN, "aws:ecs/cluster:Cluster", inputs),), **more)
    return rights.deployer(Stack("aws-dev"), seen, reads=False, account="")


def test_what_a_plan_made_up_is_a_wildcard():
    inputs = {
        "name": f"web-{CHANCE[:7]}",
        "vpcId": f"vpc-{CHANCE[:17]}",
        "secretId": f"arn:aws:secretsmanager:us-east-1:123456789012:secret:web-{CHANCE[:7]}-{CHANCE[:6]}",
        "keys": [f"key/{made_up(f'{URN}#0')['uuid']}"],
        "role": UNKNOWN,
        "count": 2,
        "kept": "web-0123456",
    }
    (made,) = deployer(inputs).made
    assert made.inputs == {
        "name": "web-???????",
        "vpcId": "vpc-*",
        "secretId": "arn:aws:secretsmanager:us-east-1:123456789012:secret:web-???????-??????",
        "keys": ["key/*"],
        "role": "*",
        "count": 2,
        "kept": "web-0123456",
    }


def test_what_the_program_asked_is_known_with_its_arguments():
    asked = (("aws:ec2/getVpc:getVpc", {"id": f"vpc-{CHANCE[:17]}"}),)
    assert deployer({}, asked=asked).asked == [("aws:ec2/getVpc:getVpc", {"id": "vpc-*"})]
    assert "aws:index/getAvailabilityZones:getAvailabilityZones" in dict(previewed("aws-dev").asked)


@pytest.mark.parametrize(
    ("url", "bucket"),
    [
        ("s3://acme-states/folder?region=eu-central-1", "acme-states"),
        ("gs://acme-states", "acme-states"),
        ("azblob://states?storage_account=acme", "acme/states"),
        ("azblob://states", ""),
        ("file:///home/me/.pulumi", ""),
        ("https://api.pulumi.com", ""),
    ],
)
def test_the_bucket_of_the_state_is_where_the_person_is_logged_in(monkeypatch, url, bucket):
    monkeypatch.setenv("PULUMI_BACKEND_URL", url)
    assert deployer({}).state == bucket


@pytest.mark.parametrize(
    ("verb", "what"), [("rights", "which rights it takes to deploy a stack"), ("bootstrap", "what a stack stands on")]
)
def test_a_platform_that_does_not_know_says_so(checkout: Checkout, verb, what):  # noqa: F811
    done = checkout.make(verb, STACK="local", REPO="acme/orders")
    assert done.returncode != 0
    assert f"error: STACK=local: for the platform local it is not written down {what}" in done.stderr
    assert "Fix: name a stack on aws or azure or gcp" in done.stderr


def test_a_stack_that_has_no_plan_has_no_rights(checkout: Checkout):  # noqa: F811
    with checkout.edited("stacks/Pulumi.aws-dev.yaml", "region: eu-central-1", "region: eu-central-9"):
        done = checkout.make("rights", STACK="aws-dev")
    assert done.returncode != 0
    assert "'eu-central-9' is not a region" in done.stderr
    assert "no rights without a plan" in done.stderr


def test_the_rights_of_a_stack_are_json_alone_on_standard_output(checkout: Checkout):  # noqa: F811
    deploy = checkout.make("rights", STACK="aws-dev", ACCOUNT="111122223333")
    assert "slipway-aws-dev-deploy-1" in json.loads(deploy.stdout)
    assert ":111122223333:" in deploy.stdout
    preview = checkout.make("rights", STACK="aws-dev", PREVIEW="1")
    assert list(json.loads(preview.stdout)) == ["slipway-aws-dev-preview-1"]
    assert "for one alone: ACCOUNT=<its number>" in preview.stderr


def test_a_bootstrap_for_no_repository_is_refused():
    with pytest.raises(ToolError, match="make bootstrap STACK=aws-dev REPO=owner/name"):
        operations.bootstrap("aws-dev", "", "", sure=False)
    with pytest.raises(ToolError, match="make bootstrap FROM=aws-dev REPO=owner/name"):
        operations.bootstrap("local", "aws-dev", "", sure=False)


def test_a_bootstrap_without_credentials_says_so_in_one_line(monkeypatch, tmp_path):
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "nowhere"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(ToolError, match="AWS cannot be asked without credentials"):
        bootstrap.main(["--stack", "aws-dev", "--repository", "acme/orders"])


def test_a_bootstrap_gives_what_the_plan_takes(monkeypatch, capsys):
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "of-a-test")
    with mock_aws():
        monkeypatch.setattr(bootstrap, "planned", lambda stack: previewed(stack.name))
        assert bootstrap.main(["--stack", "aws-dev", "--repository", "acme/orders"]) == 0
        said = capsys.readouterr()
        assert "would make: the role slipway-aws-dev-deploy, for repo:acme/orders:environment:aws-dev" in said.err
        assert "Nothing was made. To make it: make bootstrap STACK=aws-dev REPO=acme/orders YES=1" in said.err
        assert said.out == ""
        assert bootstrap.main(["--stack", "aws-dev", "--repository", "acme/orders", "--yes"]) == 0
        said = capsys.readouterr()
        assert "would make" not in said.err
        assert said.out.splitlines()[0] == "pulumi login 's3://slipway-state-123456789012?region=eu-central-1'"
