"""What a stack on AWS stands on, made once and by a person: its state's bucket and key, and roles that need no key.

None of it is in a stack: a stack's state must have its place before there is a stack, and whoever deploys may not
change what he may do.
"""

# boto3 has no types of its own.
# pyright: basic

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.errors import DeploymentError
from infra.targets.aws.rights import LONGEST, alias, attached, boundary, boundary_arn, length, state_bucket
from infra.targets.aws.rights.demands import partition_of
from infra.targets.aws.session import code_of, connected
from infra.targets.foundation import Step, check_repository, of_reviews, of_stack, subjects, take
from infra.targets.rights import REVIEWS, Deployer

ISSUER, AUDIENCE = "token.actions.githubusercontent.com", "sts.amazonaws.com"

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, read 2026-11-23.
LONGEST_ROLE, MOST_POLICIES, MOST_VERSIONS = 64, 10, 5

# Nobody may read or write it over plain HTTP.
_TLS = "TLSOnly"
_PRIVATE = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)  # fmt: skip
_ENCRYPTED = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}]}

# What AWS says of something that is not there.
_ABSENT = frozenset(
    {
        "404",
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchEntity",
        "NoSuchPublicAccessBlockConfiguration",
        "NotFoundException",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)


@dataclass(frozen=True)
class Foundation:
    """What is to be made.

    Attributes:
        deployer: whoever deploys the stack.
        policies: what the role `deploy` may do, which the repository's environment of the stack's name takes, and the
            role `preview`, which its pull requests take: the policies of each by their names.
        repository: on GitHub: `owner/name`, or `owner@1/name@2` where the subjects of its tokens have the ids.
    """

    deployer: Deployer
    policies: Mapping[str, Mapping[str, Any]]
    repository: str

    def __post_init__(self) -> None:
        check_repository(self.repository)
        for kind, policies in self.policies.items():
            if len(self.role(kind)) > LONGEST_ROLE:
                rule = f"the role {self.role(kind)} has more than the {LONGEST_ROLE} characters that IAM allows"
                raise DeploymentError(f"{rule}. Fix: give the stack a shorter name")
            if len(policies) > MOST_POLICIES:
                rule = f"the role {self.role(kind)} has {len(policies)} policies, and IAM allows {MOST_POLICIES}"
                raise DeploymentError(f"{rule}. Fix: have AWS raise `Managed policies attached to an IAM role`")

    @property
    def place(self) -> str:
        """Where it is made, for a person."""
        return f"the account {self.deployer.account}"

    @property
    def region(self) -> str:
        """Where the stack is, and the bucket of its state."""
        return str(self.deployer.options["region"])

    @property
    def bucket(self) -> str:
        """The bucket of the state."""
        return self.deployer.state or state_bucket(self.deployer.keeps, self.deployer.account)

    @property
    def secrets(self) -> str:
        """How Pulumi names the key of the stack's secrets."""
        return f"awskms://{alias(self.deployer)}?region={self.region}"

    def role(self, kind: str) -> str:
        """A role's name, which that of its policies begins with."""
        return f"{self.deployer.service}-{self.deployer.called}-{kind}"

    def subjects(self, kind: str) -> list[str]:
        """Whom GitHub's tokens name that may take the role; to read alone, pull requests and the look for drift."""
        return subjects(self.repository, self.deployer.stack, kind)

    def arn(self, what: str) -> str:
        """The ARN of something of IAM's."""
        return f"arn:{partition_of(self.region)}:iam::{self.deployer.account}:{what}"


def account(options: Mapping[str, Any]) -> str:
    """The account of the credentials. Raises DeploymentError where there are none that AWS takes."""
    region = str(options.get("region"))
    with connected(region):
        return str(_client("sts", region).get_caller_identity()["Account"])


def bootstrap(wanted: Foundation, *, sure: bool, say: Callable[[str], None]) -> None:
    """Make what is not there as it is wanted, and say so; where nobody is `sure`, only say what would be made.

    Raises:
        DeploymentError: AWS refuses, or the bucket is somebody else's.
    """
    with connected(wanted.region):
        take(_steps(wanted), sure=sure, say=say)


def afterwards(wanted: Foundation) -> list[str]:
    """The commands by which a person goes on, and by which the repository's workflows learn of it."""
    stack, repository = wanted.deployer.stack, re.sub(r"@\d+", "", wanted.repository)
    state = f"'s3://{wanted.bucket}?region={wanted.region}'"
    deploy, preview = (wanted.arn(f"role/{wanted.role(kind)}") for kind in ("deploy", "preview"))
    suffix = re.sub(r"[^A-Z0-9]", "_", stack.upper())
    if stack == REVIEWS:
        return [
            f"gh api --method PUT repos/{repository}/environments/review",
            f"gh variable set AWS_DEPLOY_ROLE --repo {repository} --env review --body {deploy}",
            f"gh variable set AWS_BOUNDARY --repo {repository} --env review --body {boundary_arn(wanted.deployer)}",
            *of_reviews(repository, wanted.deployer.base, state),
        ]
    return [
        f"pulumi login {state}",
        f"pulumi stack init {stack} --secrets-provider '{wanted.secrets}'",
        *of_stack(repository, stack),
        f"gh variable set AWS_DEPLOY_ROLE --repo {repository} --env {stack} --body {deploy}",
        f"gh variable set AWS_PREVIEW_ROLE_{suffix} --repo {repository} --body {preview}",
        f"gh variable set PULUMI_BACKEND_URL --repo {repository} --body {state}",
    ]


def _client(service: str, region: str) -> Any:
    # Half a second, which nobody but who speaks with AWS must wait for.
    import boto3

    return boto3.Session(region_name=region).client(service)


def _steps(wanted: Foundation) -> Iterator[Step]:
    yield from _Bucket(wanted, _client("s3", wanted.region)).steps()
    iam = _client("iam", wanted.region)
    yield from _provider(wanted, iam)
    if wanted.deployer.stack != REVIEWS:
        yield from _key(wanted, _client("kms", wanted.region))
    else:
        name = boundary_arn(wanted.deployer).rpartition("/")[2]
        yield _policy(wanted, iam, name, _bounding(wanted.deployer, iam))
    for kind, policies in wanted.policies.items():
        for name, document in policies.items():
            yield _policy(wanted, iam, name, document)
        yield from _Role(wanted, iam, kind).steps()


class _Bucket:
    """The bucket that the state of all the service's stacks in the account is kept in."""

    def __init__(self, wanted: Foundation, client: Any) -> None:
        self._wanted, self._client = wanted, client
        # So that it is never somebody else's, whatever its name.
        self._named = {"Bucket": wanted.bucket, "ExpectedBucketOwner": wanted.deployer.account}

    def steps(self) -> Iterator[Step]:
        ask, named, name = self._client, self._named, self._wanted.bucket
        yield Step(f"the bucket {name}", self._is_there, self._make)
        yield Step(
            f"{name}: every version of the state is kept",
            lambda: _found(ask.get_bucket_versioning, **named).get("Status") == "Enabled",
            lambda: ask.put_bucket_versioning(**named, VersioningConfiguration={"Status": "Enabled"}),
        )
        yield Step(
            f"{name}: encrypted",
            lambda: bool(_found(ask.get_bucket_encryption, **named)),
            lambda: ask.put_bucket_encryption(**named, ServerSideEncryptionConfiguration=_ENCRYPTED),
        )
        yield Step(
            f"{name}: never public",
            lambda: _found(ask.get_public_access_block, **named).get("PublicAccessBlockConfiguration") == _PRIVATE,
            lambda: ask.put_public_access_block(**named, PublicAccessBlockConfiguration=_PRIVATE),
        )
        yield Step(
            f"{name}: by TLS alone",
            lambda: any(each.get("Sid") == _TLS for each in self._statements()),
            lambda: ask.put_bucket_policy(**named, Policy=json.dumps(_document(*self._statements(), self._tls()))),
        )

    def _is_there(self) -> bool:
        from botocore.exceptions import ClientError

        try:
            return bool(_found(self._client.head_bucket, **self._named))
        except ClientError as error:
            if code_of(error) in ("403", "AccessDenied"):
                rule = f"the bucket {self._wanted.bucket} is somebody else's, or may not be looked at"
                raise DeploymentError(
                    f"{rule}. Fix: PULUMI_BACKEND_URL=s3://<another name>, and the same again"
                ) from error
            raise

    def _make(self) -> None:
        region = self._wanted.region
        # Where it is made is said everywhere but there: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self._client.create_bucket(Bucket=self._wanted.bucket, **where)

    def _statements(self) -> list[dict[str, Any]]:
        found = _found(self._client.get_bucket_policy, **self._named)
        return json.loads(found["Policy"])["Statement"] if found else []

    def _tls(self) -> dict[str, Any]:
        arn = f"arn:{partition_of(self._wanted.region)}:s3:::{self._wanted.bucket}"
        plain = {"Bool": {"aws:SecureTransport": "false"}}
        whole = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
        return {"Sid": _TLS, **whole, "Condition": plain}


def _provider(wanted: Foundation, iam: Any) -> Iterator[Step]:
    """Whose tokens the account takes. There is one for all repositories."""
    named = {"OpenIDConnectProviderArn": wanted.arn(f"oidc-provider/{ISSUER}")}
    yield Step(
        f"the identity provider {ISSUER}",
        lambda: bool(_found(iam.get_open_id_connect_provider, **named)),
        lambda: iam.create_open_id_connect_provider(Url=f"https://{ISSUER}", ClientIDList=[AUDIENCE]),
    )
    yield Step(
        f"{ISSUER}: its tokens for {AUDIENCE}",
        lambda: AUDIENCE in _found(iam.get_open_id_connect_provider, **named).get("ClientIDList", []),
        lambda: iam.add_client_id_to_open_id_connect_provider(**named, ClientID=AUDIENCE),
    )


def _key(wanted: Foundation, kms: Any) -> Iterator[Step]:
    """The key that encrypts the stack's secrets. Who may use it is for the account's policies to say."""
    named = {"KeyId": alias(wanted.deployer)}

    def make() -> None:
        told = f"Encrypts the secrets of the stack {wanted.deployer.stack}"
        tags = [{"TagKey": each["Key"], "TagValue": each["Value"]} for each in _tags(wanted)]
        made = kms.create_key(Description=told, Tags=tags)["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=named["KeyId"], TargetKeyId=made)

    def key() -> str:
        return str(kms.describe_key(**named)["KeyMetadata"]["KeyId"])

    yield Step(f"the key {named['KeyId']}", lambda: _usable(wanted, kms), make)
    yield Step(
        f"{named['KeyId']}: renewed each year",
        lambda: _usable(wanted, kms) and kms.get_key_rotation_status(KeyId=key())["KeyRotationEnabled"],
        lambda: kms.enable_key_rotation(KeyId=key()),
    )


def _usable(wanted: Foundation, kms: Any) -> bool:
    """Whether the key is there. Raises DeploymentError where it cannot be used: a new one would decrypt nothing."""
    found = _found(kms.describe_key, KeyId=alias(wanted.deployer))
    if found and found["KeyMetadata"]["KeyState"] != "Enabled":
        known, state = found["KeyMetadata"]["KeyId"], found["KeyMetadata"]["KeyState"]
        mend = "cancel-key-deletion" if state == "PendingDeletion" else "enable-key"
        rule = f"the key {alias(wanted.deployer)}, which decrypts the stack's secrets, is {state}"
        raise DeploymentError(f"{rule}. Fix: aws kms {mend} --region {wanted.region} --key-id {known}")
    return bool(found)


def _bounding(deployer: Deployer, iam: Any) -> dict[str, Any]:
    """What the roles of a pull request's stack may do at most: what those of the base stack may."""
    found = boundary(deployer)
    for arn in attached(deployer):
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        found["Statement"] += document["Statement"]
    if length(found) > LONGEST:
        rule = f"what bounds the roles has {length(found)} characters, and IAM allows {LONGEST}"
        raise DeploymentError(f"{rule}. Fix: name fewer managed policies in `service:options.policies`")
    return found


def _policy(wanted: Foundation, iam: Any, name: str, document: Mapping[str, Any]) -> Step:
    """A policy whose version in force is this document."""
    named = {"PolicyArn": wanted.arn(f"policy/{name}")}

    def there() -> bool:
        found = _found(iam.get_policy, **named)
        if not found:
            return False
        version = iam.get_policy_version(**named, VersionId=found["Policy"]["DefaultVersionId"])
        return version["PolicyVersion"]["Document"] == document

    def make() -> None:
        told = json.dumps(document, separators=(",", ":"))
        if not _found(iam.get_policy, **named):
            iam.create_policy(PolicyName=name, PolicyDocument=told, Tags=_tags(wanted))
            return
        versions = iam.list_policy_versions(**named)["Versions"]
        old = sorted((each for each in versions if not each["IsDefaultVersion"]), key=lambda each: each["CreateDate"])
        for each in old[: len(versions) - MOST_VERSIONS + 1]:
            iam.delete_policy_version(**named, VersionId=each["VersionId"])
        iam.create_policy_version(**named, PolicyDocument=told, SetAsDefault=True)

    return Step(f"the policy {name}", there, make)


class _Role:
    """A role that GitHub's tokens can take, with its policies."""

    def __init__(self, wanted: Foundation, iam: Any, kind: str) -> None:
        self._wanted, self._iam, self._kind = wanted, iam, kind
        self._named = {"RoleName": wanted.role(kind)}

    def steps(self) -> Iterator[Step]:
        name = self._wanted.role(self._kind)
        whose = " and ".join(self._wanted.subjects(self._kind))
        yield Step(f"the role {name}, for {whose}", self._trusts, self._trust)
        yield Step(f"{name}: its policies", lambda: self._attached() == self._policies(), self._attach)

    def _document(self) -> dict[str, Any]:
        claims = {f"{ISSUER}:aud": AUDIENCE, f"{ISSUER}:sub": self._wanted.subjects(self._kind)}
        return _document(
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": self._wanted.arn(f"oidc-provider/{ISSUER}")},
                "Condition": {"StringEquals": claims},
            }
        )

    def _trusts(self) -> bool:
        found = _found(self._iam.get_role, **self._named)
        return bool(found) and found["Role"]["AssumeRolePolicyDocument"] == self._document()

    def _trust(self) -> None:
        document = json.dumps(self._document())
        if _found(self._iam.get_role, **self._named):
            self._iam.update_assume_role_policy(**self._named, PolicyDocument=document)
        else:
            self._iam.create_role(**self._named, AssumeRolePolicyDocument=document, Tags=_tags(self._wanted))

    def _policies(self) -> set[str]:
        return {self._wanted.arn(f"policy/{name}") for name in self._wanted.policies[self._kind]}

    def _attached(self) -> set[str]:
        found = _found(self._iam.list_attached_role_policies, **self._named)
        return {each["PolicyArn"] for each in found.get("AttachedPolicies", [])}

    def _attach(self) -> None:
        """Attach its own, and no others: fewer policies may do for the rights than before."""
        wanted, attached = self._policies(), self._attached()
        for arn in sorted(attached - wanted):
            self._iam.detach_role_policy(**self._named, PolicyArn=arn)
        for arn in sorted(wanted - attached):
            self._iam.attach_role_policy(**self._named, PolicyArn=arn)


def _found(ask: Callable[..., Any], **named: Any) -> dict[str, Any]:
    """What AWS says of something; nothing where it is not there."""
    from botocore.exceptions import ClientError

    try:
        return dict(ask(**named))
    except ClientError as error:
        if code_of(error) in _ABSENT:
            return {}
        raise


def _document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _tags(wanted: Foundation) -> list[dict[str, str]]:
    known = {"slipway:service": wanted.deployer.service, "slipway:bootstrap": wanted.deployer.called}
    return [{"Key": key, "Value": value} for key, value in known.items()]
