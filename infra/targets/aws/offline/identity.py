"""Roles, secrets and keys on AWS: ids, what replaces, rules, prices."""

import re
from collections.abc import Iterator
from typing import Any

from infra.targets.aws.offline.names import ACCOUNT, PRICED, READ, arn
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import one
from tools.offline.tables import Played, Price, Rule, Source, replacing
from tools.offline.values import UNKNOWN, Values

QUOTAS = Source("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html", READ)
MANAGED = Source("https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html", READ)
SECRETS = Source("https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html", READ)
DELETION = Source("https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html", READ)
VALUES = Source("https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html", READ)
SECRET_PRICE = Source("https://aws.amazon.com/secrets-manager/pricing/", READ)
KEYS = Source("https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html", READ)
KEY_DELETION = Source("https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html", READ)
ROTATION = Source("https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html", READ)
ALIASES = Source("https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html", READ)
KEY_PRICE = Source("https://aws.amazon.com/kms/pricing/", READ)

# Characters, without white space: of a role's policies together, and of who may take it on.
INLINE, TRUST = 10240, 2048
# Who stands for the whole account in a key's policy, which lets its own identities' policies count.
ROOT = {"*", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:user/offline"}


def _no_longer(name: str, most: int) -> Any:
    def judge(_type: str, inputs: Values) -> Iterator[Problem]:
        text = inputs.get(name)
        size = len(re.sub(r"\s", "", text)) if isinstance(text, str) else 0
        if size > most:
            yield Problem(name, f"has {size} characters without spaces: there may be {most} ({QUOTAS})")

    return judge


def _recovery(_type: str, inputs: Values) -> Iterator[Problem]:
    days = inputs.get("recoveryWindowInDays")
    if isinstance(days, int) and days != 0 and not 7 <= days <= 30:
        yield Problem("recoveryWindowInDays", f"{days} must be 0, or from 7 to 30 days ({DELETION})")


def _governed(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a key's policy lets somebody change the policy."""
    policy = forms.parsed(inputs.get("policy"))
    if policy is None or inputs.get("bypassPolicyLockoutSafetyCheck") in (True, UNKNOWN):
        return
    if not any(map(_governs, forms.listed(one(policy, "Statement")))):
        yield Problem(
            "policy", f"the new key policy will not allow you to update the key policy in the future ({KEYS})"
        )


def _governs(statement: Any) -> bool:
    principal = one(statement, "Principal")
    who = forms.listed(one(principal, "AWS") if isinstance(principal, dict) else principal)
    actions = {str(each) for each in forms.listed(one(statement, "Action"))}
    may = bool({"*", "kms:*", "kms:Put*", "kms:PutKeyPolicy"} & actions)
    return may and one(statement, "Effect") == "Allow" and bool({*map(str, who)} & ROOT)


def _alias_name(logical: str, suffix: str) -> str:
    return f"alias/{logical}-{suffix}"


def _key_arn(words: Any) -> str:
    key = str(words["targetKeyId"])
    return key if key.startswith("arn:") else f"arn:aws:kms:{words['region']}:{words['account']}:key/{key}"


IDENTITY: dict[str, Played] = {
    "aws:iam/role:Role": Played(
        purpose="identity",
        id="{name}",
        outputs={"arn": "arn:aws:iam::{account}:role/{name}", "uniqueId": "AROA{digits16}", "createDate": "2026-01-01"},
        kind=replacing("name", "namePrefix", "path"),
        judges=(_no_longer("assumeRolePolicy", TRUST),),
        free="IAM is free",
    ),
    "aws:iam/rolePolicy:RolePolicy": Played(
        purpose="identity",
        id="{role}:{name}",
        kind=replacing("name", "namePrefix", "role"),
        judges=(_no_longer("policy", INLINE),),
        free="IAM is free",
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Played(
        purpose="identity",
        id="{role}/{policyArn}",
        kind=replacing("policyArn", "role", autonamed=None),
        rules=(
            Rule(
                "policyArn",
                MANAGED,
                "be the ARN of a managed policy",
                pattern=r"arn:aws[\w-]*:iam::(aws|\d{12}):policy/[\w+=,.@/-]+",
            ),
        ),
        free="IAM is free",
    ),
    "aws:secretsmanager/secret:Secret": Played(
        purpose="data",
        id=arn("secretsmanager", "secret:{name}-{hex6}"),
        outputs={"arn": "{id}"},
        kind=replacing("name", "namePrefix", "region"),
        rules=(
            Rule("name", SECRETS, "be up to 512 letters, digits and /_+=.@-", pattern=r"[A-Za-z0-9/_+=.@-]{1,512}"),
        ),
        judges=(_recovery,),
        prices=(
            Price(0.40, "month", SECRET_PRICE, region=PRICED),
            Price(0.05, "ten thousand questions for secrets", SECRET_PRICE, region=PRICED),
        ),
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": Played(
        purpose="data",
        id="{secretId}|terraform-{digits26}",
        outputs={"arn": "{secretId}", "secretArn": "{secretId}", "versionId": "terraform-{digits26}"},
        kind=replacing("region", "secretBinary", "secretId", "secretString", "secretStringWoVersion", autonamed=None),
        judges=(forms.only_one("secretString", "secretBinary", "secretStringWo", source=VALUES),),
        free="a version is part of its secret",
    ),
    "aws:kms/key:Key": Played(
        purpose="data",
        id="{uuid}",
        outputs={"arn": arn("kms", "key/{id}"), "keyId": "{id}"},
        kind=replacing(
            "customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "region", "xksKeyId", autonamed=None
        ),
        rules=(
            Rule("deletionWindowInDays", KEY_DELETION, "be from 7 to 30 days", least=7, most=30),
            Rule("rotationPeriodInDays", ROTATION, "be from 90 to 2560 days", least=90, most=2560),
        ),
        judges=(
            _governed,
            forms.when(
                forms.is_("enableKeyRotation", None, False),
                "rotationPeriodInDays",
                "goes with enableKeyRotation alone",
                ROTATION,
            ),
        ),
        prices=(
            Price(1.0, "month", KEY_PRICE, region=PRICED),
            Price(0.03, "ten thousand uses of a key", KEY_PRICE, region=PRICED),
        ),
    ),
    "aws:kms/alias:Alias": Played(
        purpose="data",
        id="{name}",
        outputs={"arn": arn("kms", "{name}"), "targetKeyArn": _key_arn},
        kind=replacing("name", "namePrefix", "region", autonamed="name", name=_alias_name),
        rules=(
            Rule(
                "name",
                ALIASES,
                "be alias/ and letters, digits, /, _ and -, and not begin with alias/aws/",
                pattern=r"alias/(?!aws/)[A-Za-z0-9/_-]{1,250}",
            ),
        ),
        free="an alias is free",
    ),
}
