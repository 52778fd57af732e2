"""Buckets of S3: ids, what replaces, rules, prices."""

import re
from collections.abc import Iterator
from typing import Any

from infra.targets.aws.offline.names import PRICED, READ
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Played, Price, Rule, Source, replacing
from tools.offline.values import UNKNOWN, Values

GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
NAMES = Source(f"{GUIDE}/bucketnamingrules.html", READ)
POLICIES = Source(f"{GUIDE}/example-bucket-policies.html", READ)
LIFECYCLES = Source(f"{GUIDE}/intro-lifecycle-rules.html", READ)
VERSIONING = Source(f"{GUIDE}/Versioning.html", READ)
KEYS = Source("https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html", READ)
PRICES = Source("https://aws.amazon.com/s3/pricing/", READ)

BUCKET = "aws:s3/bucket:Bucket"
NAME = re.compile(
    r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)"
    r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
)
DOES = ("abortIncompleteMultipartUpload", "expiration", "noncurrentVersionExpiration", "noncurrentVersionTransitions")
# Days that an object is kept before it may become one that is seldom read.
SELDOM = {"STANDARD_IA": 30, "ONEZONE_IA": 30}


def _bucket_name(logical: str, suffix: str) -> str:
    return f"{logical}-{suffix}".lower()


def _of_bucket(*replaces: str, **more: Any) -> Played:
    """What is said of a bucket, and has its name."""
    return Played(
        purpose="data",
        id="{bucket}",
        kind=replacing("bucket", "region", *replaces, autonamed=None),
        beside=(forms.told_by("bucket", BUCKET, "NoSuchBucket: there is no such bucket in this plan", "bucket"),),
        free="it is part of its bucket",
        **more,
    )


def _resources(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a bucket's policy is of that bucket."""
    bucket = inputs.get("bucket")
    document = {"it": forms.listed(one(forms.parsed(inputs.get("policy")), "Statement"))}
    for index, (_, statement) in enumerate(found(document, "it[*]")):
        for resource in forms.listed(one(statement, "Resource")):
            name = str(resource).partition(":::")[2].partition("/")[0]
            if isinstance(bucket, str) and name not in (bucket, "*"):
                said = f"{resource!r}: policy has invalid resource, as it is of the bucket {bucket} ({POLICIES})"
                yield Problem(f"policy.Statement[{index}].Resource", said)


def _keys(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a key of KMS goes with KMS."""
    for path, default in found(inputs, "rules[*].applyServerSideEncryptionByDefault"):
        if one(default, "sseAlgorithm") == "AES256" and one(default, "kmsMasterKeyId") not in (None, UNKNOWN):
            yield Problem(f"{path}.kmsMasterKeyId", f"does not go with AES256 ({KEYS})")


def _lifecycle(_type: str, inputs: Values) -> Iterator[Problem]:
    """That each rule has a name of its own, does something, and not too soon."""
    names = [str(name) for _, name in found(inputs, "rules[*].id") if name is not UNKNOWN]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem("rules", f"two rules have the id {name!r} ({LIFECYCLES})")
    for path, rule in found(inputs, "rules[*]"):
        if isinstance(rule, dict) and all(one(rule, name) in (None, []) for name in (*DOES, "transitions")):
            yield Problem(path, f"does nothing: one of {', '.join((*DOES, 'transitions'))} is wanted ({LIFECYCLES})")
        for at, move in found(rule, "transitions[*]"):
            least, days = SELDOM.get(str(one(move, "storageClass")), 0), one(move, "days")
            if isinstance(days, int) and days < least:
                yield Problem(f"{path}.{at}.days", f"{days} must be at least {least} for {one(move, 'storageClass')}")


STORAGE: dict[str, Played] = {
    BUCKET: Played(
        purpose="data",
        id="{bucket}",
        outputs={
            "arn": "arn:aws:s3:::{bucket}",
            "bucketDomainName": "{bucket}.s3.amazonaws.com",
            "bucketRegion": "{region}",
            "bucketRegionalDomainName": "{bucket}.s3.{region}.amazonaws.com",
            "hostedZoneId": "Z3AQBSTGFYJSTF",
        },
        kind=replacing(
            "bucket",
            "bucketNamespace",
            "bucketPrefix",
            "objectLockEnabled",
            "region",
            autonamed="bucket",
            name=_bucket_name,
        ),
        rules=(
            Rule(
                "bucket",
                NAMES,
                "be 3 to 63 lower-case letters, digits, dots and hyphens, from a letter or digit to one",
                pattern=NAME.pattern,
            ),
        ),
        prices=(
            Price(0.023, "GB stored a month in a bucket", PRICES, region=PRICED),
            Price(0.005, "thousand writes into a bucket", PRICES, region=PRICED),
        ),
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _of_bucket(judges=(_resources,)),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _of_bucket(),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _of_bucket(
        "expectedBucketOwner", judges=(_keys,)
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _of_bucket(
        "expectedBucketOwner",
        rules=(
            Rule("rules[*].id", LIFECYCLES, "have up to 255 characters", pattern=r".{1,255}"),
            Rule("rules[*].expiration.days", LIFECYCLES, "be at least a day", least=1),
            Rule("rules[*].noncurrentVersionExpiration.noncurrentDays", LIFECYCLES, "be at least a day", least=1),
            Rule(
                "rules[*].abortIncompleteMultipartUpload.daysAfterInitiation", LIFECYCLES, "be at least a day", least=1
            ),
        ),
        judges=(_lifecycle,),
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _of_bucket(),
    "aws:s3/bucketVersioning:BucketVersioning": _of_bucket(
        "expectedBucketOwner",
        rules=(
            Rule(
                "versioningConfiguration.status",
                VERSIONING,
                "be Enabled, Suspended or Disabled",
                choices=("Enabled", "Suspended", "Disabled"),
            ),
        ),
    ),
}
