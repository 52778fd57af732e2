"""The ground of a stack on AWS, laid on moto: made once, left alone when it is there, mended where it differs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from moto import mock_aws

from infra.errors import DeploymentError
from infra.targets.aws.bootstrap import ISSUER, Foundation, account, afterwards, bootstrap
from infra.targets.aws.rights import documents
from infra.targets.rights import REVIEWS, Deployer, Made

REGION = "eu-central-1"
ACCOUNT = "123456789012"
BUCKET = f"slipway-state-{ACCOUNT}"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"
READING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}]}
WRITING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": ["*"]}]}
POLICIES = {
    "deploy": {"slipway-prod-deploy-1": WRITING, "slipway-prod-deploy-2": READING},
    "preview": {"slipway-prod-preview-1": READING},
}


def foundation(region: str = REGION, policies: Any = None, repository: str = "acme/orders", **more: Any) -> Foundation:
    deployer = Deployer("slipway", "prod", {"region": region}, [], [], reads=False, account=ACCOUNT, **more)
    return Foundation(deployer, policies or POLICIES, repository)


@dataclass
class Ground:
    """An account of moto's, and what was said of it."""

    said: list[str] = field(default_factory=list[str])

    def lay(self, wanted: Foundation | None = None, *, sure: bool = True) -> list[str]:
        self.said.clear()
        bootstrap(wanted or foundation(), sure=sure, say=self.said.append)
        return [line.partition(":")[0] for line in self.said]

    @property
    def s3(self) -> Any:
        return boto3.client("s3", region_name=REGION)

    @property
    def iam(self) -> Any:
        return boto3.client("iam", region_name=REGION)

    def attached(self, role: str) -> list[str]:
        found = self.iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        return sorted(each["PolicyName"] for each in found)

    def subjects(self, role: str) -> list[str]:
        trust = self.iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
        assert trust["Statement"][0]["Principal"] == {"Federated": PROVIDER}
        claims = trust["Statement"][0]["Condition"]["StringEquals"]
        assert claims[f"{ISSUER}:aud"] == "sts.amazonaws.com"
        return claims[f"{ISSUER}:sub"]

    def document(self, name: str) -> Any:
        arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
        version = self.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        return self.iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    for name, value in {"AWS_ACCESS_KEY_ID": "of-a-test", "AWS_SECRET_ACCESS_KEY": "of-a-test"}.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield Ground()


def test_the_account_is_that_of_the_credentials(ground: Ground) -> None:
    assert account({"region": REGION}) == ACCOUNT


def test_at_first_it_only_says_what_it_would_make(ground: Ground) -> None:
    assert set(ground.lay(sure=False)) == {"would make"}
    assert ground.s3.list_buckets()["Buckets"] == []
    assert ground.iam.list_roles()["Roles"] == []
    assert ground.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []


def test_the_state_gets_a_bucket_that_keeps_its_versions_encrypted_and_private(ground: Ground) -> None:
    ground.lay()
    assert ground.s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == REGION
    assert ground.s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    (rule,) = ground.s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert set(ground.s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()) == {True}
    (statement,) = json.loads(ground.s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Action"], statement["Condition"]) == (
        "Deny",
        "s3:*",
        {"Bool": {"aws:SecureTransport": "false"}},
    )
    assert statement["Resource"] == [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]


def test_the_stacks_secrets_get_a_key_of_its_own_that_is_renewed(ground: Ground) -> None:
    ground.lay()
    kms = boto3.client("kms", region_name=REGION)
    key = kms.describe_key(KeyId="alias/slipway-prod")["KeyMetadata"]
    assert key["KeyState"] == "Enabled"
    assert kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"] is True


def test_a_key_that_is_about_to_be_deleted_is_not_replaced_by_one_that_decrypts_nothing(ground: Ground) -> None:
    ground.lay()
    kms = boto3.client("kms", region_name=REGION)
    key = kms.describe_key(KeyId="alias/slipway-prod")["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key)
    with pytest.raises(DeploymentError, match="which decrypts the stack's secrets, is PendingDeletion") as refused:
        ground.lay()
    assert str(refused.value).endswith(f"Fix: aws kms cancel-key-deletion --region {REGION} --key-id {key}")
    assert len(kms.list_keys()["Keys"]) == 1


def test_the_key_of_the_stack_that_others_are_made_from_is_not_made_for_them(ground: Ground) -> None:
    ground.lay(reviews())
    assert boto3.client("kms", region_name=REGION).list_keys()["Keys"] == []


def test_the_first_region_of_all_has_no_name_for_where_a_bucket_is_made(ground: Ground) -> None:
    ground.lay(foundation(region="us-east-1"))
    assert ground.s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] is None


def test_the_roles_are_the_environments_and_to_read_alone_the_pull_requests_and_the_look_for_drift(
    ground: Ground,
) -> None:
    ground.lay()
    assert ground.subjects("slipway-prod-deploy") == ["repo:acme/orders:environment:prod"]
    reading = ["repo:acme/orders:pull_request", "repo:acme/orders:environment:drift"]
    assert ground.subjects("slipway-prod-preview") == reading
    assert ground.attached("slipway-prod-deploy") == ["slipway-prod-deploy-1", "slipway-prod-deploy-2"]
    assert ground.attached("slipway-prod-preview") == ["slipway-prod-preview-1"]
    assert ground.document("slipway-prod-deploy-1") == WRITING


def test_a_repository_whose_tokens_have_its_ids_is_trusted_by_them(ground: Ground) -> None:
    ground.lay(foundation(repository="acme@12/orders@345"))
    assert ground.subjects("slipway-prod-deploy") == ["repo:acme@12/orders@345:environment:prod"]


def test_the_second_time_all_is_there(ground: Ground) -> None:
    assert "made" in ground.lay()
    assert set(ground.lay()) == {"there"}
    arn = f"arn:aws:iam::{ACCOUNT}:policy/slipway-prod-deploy-1"
    assert len(ground.iam.list_policy_versions(PolicyArn=arn)["Versions"]) == 1


def test_another_stack_shares_the_bucket_and_the_provider(ground: Ground) -> None:
    ground.lay()
    other = replace(foundation().deployer, stack="dev")
    wanted = Foundation(other, {"deploy": {"slipway-dev-deploy-1": WRITING}}, "acme/orders")
    ground.lay(wanted)
    made = [line for line in ground.said if line.startswith("made")]
    assert [line.split()[2:4] for line in made] == [
        ["key", "alias/slipway-dev"],
        ["renewed", "each"],
        ["policy", "slipway-dev-deploy-1"],
        ["role", "slipway-dev-deploy,"],
        ["its", "policies"],
    ]


def test_a_provider_that_is_there_for_others_learns_the_audience(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground.iam.create_open_id_connect_provider(Url=f"https://{ISSUER}", ClientIDList=["others"])
    asked: list[Any] = []
    call = BaseClient._make_api_call

    def seen(client: Any, operation: str, given: Any) -> Any:
        # moto has no such call.
        if operation == "AddClientIDToOpenIDConnectProvider":
            return asked.append(given)
        return call(client, operation, given)

    monkeypatch.setattr(BaseClient, "_make_api_call", seen)
    ground.lay()
    assert asked == [{"OpenIDConnectProviderArn": PROVIDER, "ClientID": "sts.amazonaws.com"}]


def test_what_somebody_changed_by_hand_is_put_right(ground: Ground) -> None:
    ground.lay()
    ground.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    ground.s3.delete_public_access_block(Bucket=BUCKET)
    anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    ground.iam.update_assume_role_policy(RoleName="slipway-prod-deploy", PolicyDocument=trust)
    ground.iam.detach_role_policy(
        RoleName="slipway-prod-preview", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/slipway-prod-preview-1"
    )
    ground.lay()
    assert len([line for line in ground.said if line.startswith("made")]) == 4
    assert set(ground.lay()) == {"there"}


def test_a_bucket_keeps_the_rules_that_it_had(ground: Ground) -> None:
    ground.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    theirs = {
        "Sid": "Theirs",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteBucket",
        "Resource": f"arn:aws:s3:::{BUCKET}",
    }
    ground.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [theirs]}))
    ground.lay()
    kept = json.loads(ground.s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert [each["Sid"] for each in kept] == ["Theirs", "TLSOnly"]


def test_rights_follow_the_plan_however_often_it_changes(ground: Ground) -> None:
    ground.lay()
    for number in range(7):
        statement = {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": [f"arn:aws:s3:::bucket-{number}/*"]}
        changed = {"Version": "2012-10-17", "Statement": [statement]}
        ground.lay(foundation(policies={**POLICIES, "deploy": {"slipway-prod-deploy-1": changed}}))
        assert ground.document("slipway-prod-deploy-1") == changed
    # Fewer policies do for the rights than before; no more than these are on the role.
    assert ground.attached("slipway-prod-deploy") == ["slipway-prod-deploy-1"]


def test_the_bucket_that_the_person_is_logged_in_to_is_taken(ground: Ground) -> None:
    ground.lay(foundation(state="acme-states"))
    assert [each["Name"] for each in ground.s3.list_buckets()["Buckets"]] == ["acme-states"]


def test_somebody_elses_bucket_is_not_taken(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.stub import Stubber

    client = boto3.client("s3", region_name=REGION)
    monkeypatch.setattr("infra.targets.aws.bootstrap._client", lambda _service, _region: client)
    with Stubber(client) as stub:
        stub.add_client_error("head_bucket", "403", "Forbidden", 403)
        with pytest.raises(DeploymentError, match="the bucket slipway-state-123456789012 is somebody else's"):
            ground.lay()


@pytest.mark.parametrize("name", ["acme", "https://github.com/acme/orders", "acme/orders@3", "acme@1/orders", "acme/*"])
def test_what_is_no_repository_is_refused_before_anything_is_asked(name: str) -> None:
    with pytest.raises(DeploymentError, match=r"is no repository\. Fix: REPO=owner/name, or REPO=owner@1/name@2"):
        foundation(repository=name)


def test_more_policies_than_a_role_may_have_are_refused() -> None:
    many = {f"slipway-prod-deploy-{number}": WRITING for number in range(11)}
    with pytest.raises(DeploymentError, match="the role slipway-prod-deploy has 11 policies, and IAM allows 10"):
        foundation(policies={"deploy": many})


def test_a_name_that_iam_has_no_room_for_is_refused() -> None:
    deployer = replace(foundation().deployer, stack="a" * 60)
    with pytest.raises(DeploymentError, match=r"has more than the 64 characters that IAM allows\. Fix: give the stack"):
        Foundation(deployer, POLICIES, "acme/orders")


def test_the_commands_that_go_on_name_what_was_made() -> None:
    assert afterwards(foundation(repository="acme@12/orders@345")) == [
        "pulumi login 's3://slipway-state-123456789012?region=eu-central-1'",
        "pulumi stack init prod --secrets-provider 'awskms://alias/slipway-prod?region=eu-central-1'",
        "gh api --method PUT repos/acme/orders/environments/prod"
        " -F 'deployment_branch_policy[protected_branches]=false' -F 'deployment_branch_policy[custom_branch_policies]=true'",
        "gh api --method POST repos/acme/orders/environments/prod/deployment-branch-policies -f name=main",
        "gh variable set AWS_DEPLOY_ROLE --repo acme/orders --env prod --body arn:aws:iam::123456789012:role/slipway-prod-deploy",
        "gh variable set AWS_PREVIEW_ROLE_PROD --repo acme/orders --body arn:aws:iam::123456789012:role/slipway-prod-preview",
        "gh variable set PULUMI_BACKEND_URL --repo acme/orders --body 's3://slipway-state-123456789012?region=eu-central-1'",
    ]


def reviews(*made: Made) -> Foundation:
    """Whoever ships the stacks of pull requests, which make a role, give it something and run a service with it."""
    logs = {"Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:slipway-review-*"}  # fmt: skip
    policy = json.dumps({"Version": "2012-10-17", "Statement": [logs]})
    trust = json.dumps({"Statement": [{"Principal": {"Service": "ecs-tasks.amazonaws.com"}}]})
    role = {"name": "slipway-review-*", "assumeRolePolicy": trust}
    plan = [
        Made("aws:iam/role:Role", role),
        Made(
            "aws:iam/rolePolicy:RolePolicy", {"name": "slipway-review-*", "role": "slipway-review-*", "policy": policy}
        ),
        Made("aws:ecs/cluster:Cluster", {"name": "slipway-review-*"}),
        Made("aws:ec2/vpc:Vpc", {}),
        *made,
    ]
    deployer = Deployer("slipway", REVIEWS, {"region": REGION}, plan, [], reads=False, account=ACCOUNT, base="aws-dev")
    return Foundation(deployer, {"deploy": documents(deployer)}, "acme/orders")


BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/slipway-reviews-boundary"


def test_the_stacks_of_pull_requests_have_a_role_that_only_their_environment_takes_and_a_state_of_their_own(
    ground: Ground,
) -> None:
    ground.lay(reviews())
    assert [each["RoleName"] for each in ground.iam.list_roles()["Roles"]] == ["slipway-reviews-deploy"]
    assert ground.subjects("slipway-reviews-deploy") == ["repo:acme/orders:environment:review"]
    assert [each["Name"] for each in ground.s3.list_buckets()["Buckets"]] == [f"slipway-reviews-state-{ACCOUNT}"]
    assert set(ground.lay(reviews())) == {"there"}


def allowed(ground: Ground, action: str) -> list[tuple[str, dict[str, Any]]]:
    """On what the role may do something, and under which conditions."""
    names = ground.attached("slipway-reviews-deploy")
    statements = [each for name in names for each in ground.document(name)["Statement"] if action in each["Action"]]
    return [(on, each.get("Condition", {})) for each in statements for on in each["Resource"]]


def test_it_may_touch_what_is_called_or_tagged_as_theirs_and_neither_itself_nor_what_bounds_it(ground: Ground) -> None:
    ground.lay(reviews())
    tagged = {"aws:ResourceTag/slipway:service": "slipway"}
    assert allowed(ground, "ecs:DeleteCluster") == [(f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/slipway-review-*", {})]
    (vpc,) = allowed(ground, "ec2:DeleteVpc")
    assert vpc[1] == {"StringEquals": tagged, "StringLike": {"aws:ResourceTag/slipway:stack": "review-*"}}
    state = f"arn:aws:s3:::slipway-reviews-state-{ACCOUNT}/*"
    assert allowed(ground, "s3:PutObject") == [(state, {})]
    own = (f"arn:aws:iam::{ACCOUNT}:role/slipway-reviews-deploy", BOUNDARY)
    every = [
        on
        for name in ground.attached("slipway-reviews-deploy")
        for each in ground.document(name)["Statement"]
        for on in each["Resource"]
        if any(action.startswith("iam:") for action in each["Action"])
    ]
    assert every
    assert [on for on in every for each in own if fnmatch(each, on)] == []


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"])
def test_it_makes_and_widens_no_role_that_could_do_more_than_those_of_the_base_stack(
    ground: Ground, action: str
) -> None:
    ground.lay(reviews())
    held = {"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}}
    assert allowed(ground, action) == [(f"arn:aws:iam::{ACCOUNT}:role/slipway-review-*", held)]
    assert allowed(ground, "iam:DeleteRolePermissionsBoundary") == []
    (most,) = ground.document("slipway-reviews-boundary")["Statement"]
    assert (most["Action"], most["Resource"].endswith(":log-group:slipway-review-*")) == (["logs:PutLogEvents"], True)


def test_what_managed_policies_give_the_service_is_within_the_bounds(ground: Ground) -> None:
    reading = ground.iam.create_policy(PolicyName="reads", PolicyDocument=json.dumps(READING))["Policy"]["Arn"]
    attachment = Made(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role": "slipway-review-*", "policyArn": reading}
    )
    ground.lay(reviews(attachment))
    assert READING["Statement"][0] in ground.document("slipway-reviews-boundary")["Statement"]


def test_what_no_plan_knows_of_a_role_is_refused_and_not_left_out(ground: Ground) -> None:
    unknown = Made("aws:iam/rolePolicy:RolePolicy", {"name": "slipway-review-*", "role": "x", "policy": "*"})
    with pytest.raises(DeploymentError, match=r"no plan knows what slipway-review-\* gives its role"):
        ground.lay(reviews(unknown))


def test_the_commands_that_go_on_tell_the_environment_review_and_no_other() -> None:
    role = "arn:aws:iam::123456789012:role/slipway-reviews-deploy"
    assert afterwards(reviews()) == [
        "gh api --method PUT repos/acme/orders/environments/review",
        f"gh variable set AWS_DEPLOY_ROLE --repo acme/orders --env review --body {role}",
        f"gh variable set AWS_BOUNDARY --repo acme/orders --env review --body {BOUNDARY}",
        "gh variable set PULUMI_BACKEND_URL --repo acme/orders --env review --body 's3://slipway-reviews-state-123456789012?region=eu-central-1'",
        "gh variable set REVIEW_FROM --repo acme/orders --body aws-dev",
    ]
