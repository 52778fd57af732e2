"""The load balancer's log of every request, kept in a bucket of the stack's own."""

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.targets.aws.account import policy

# Days that the log of a request is kept.
DAYS = 90


class AccessLogs(pulumi.ComponentResource):
    """A closed bucket that load balancers write into, encrypted with S3's own keys, as they can write with no others.

    Attributes:
        bucket: its name.
        allowed: what must be there before a balancer is told to write.
    """

    def __init__(
        self, name: str, account: pulumi.Input[str], *, protect: bool, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:aws:AccessLogs", name, {}, opts)
        child = ResourceOptions(parent=self)
        made = aws.s3.Bucket(name, force_destroy=not protect, opts=ResourceOptions(parent=self, protect=protect))
        self.bucket = made.bucket
        closed = aws.s3.BucketPublicAccessBlock(
            name,
            bucket=made.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        keys = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="AES256"
        )
        rule = aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(apply_server_side_encryption_by_default=keys)
        aws.s3.BucketServerSideEncryptionConfiguration(name, bucket=made.bucket, rules=[rule], opts=child)
        old = aws.s3.BucketLifecycleConfigurationRuleArgs(
            id="old",
            status="Enabled",
            filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
            expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=DAYS),
            abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=7
            ),
        )
        aws.s3.BucketLifecycleConfiguration(name, bucket=made.bucket, rules=[old], opts=child)
        writing = {
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": pulumi.Output.concat(made.arn, "/AWSLogs/", account, "/*"),
        }
        in_the_clear = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [made.arn, pulumi.Output.concat(made.arn, "/*")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        self.allowed = aws.s3.BucketPolicy(
            name,
            bucket=made.bucket,
            policy=policy(writing, in_the_clear),
            opts=ResourceOptions(parent=self, depends_on=[closed]),
        )
        self.register_outputs({"bucket": self.bucket})
