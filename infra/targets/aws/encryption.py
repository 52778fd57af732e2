"""A key of the stack's own, where a stack wants one: images, logs, secrets and alarms are encrypted with it."""

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.targets.aws import limits
from infra.targets.aws.account import policy

# Whoever uses it beside the account's own identities, by its service's name: what of it, and for what.
_USES = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:DescribeKey"]


class Key(pulumi.ComponentResource):
    """The key.

    Attributes:
        arn: its ARN.
    """

    def __init__(self, name: str, region: str, *, protect: bool, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Key", name, {}, opts)
        account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self)).account_id
        partition = limits.partition(region)
        key = aws.kms.Key(
            name,
            description=f"{name}: images, logs and secrets",
            enable_key_rotation=True,
            deletion_window_in_days=30 if protect else 7,
            policy=policy(
                {
                    "Sid": "Account",
                    "Effect": "Allow",
                    "Principal": {"AWS": pulumi.Output.concat(f"arn:{partition}:iam::", account, ":root")},
                    "Action": "kms:*",
                    "Resource": "*",
                },
                {
                    "Sid": "Logs",
                    "Effect": "Allow",
                    "Principal": {"Service": f"logs.{region}.amazonaws.com"},
                    "Action": _USES,
                    "Resource": "*",
                    "Condition": {
                        "ArnLike": {
                            "kms:EncryptionContext:aws:logs:arn": pulumi.Output.concat(
                                f"arn:{partition}:logs:{region}:", account, ":log-group:*"
                            )
                        }
                    },
                },
                {
                    "Sid": "Alarms",
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudwatch.amazonaws.com"},
                    "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                    "Resource": "*",
                    "Condition": {"StringEquals": {"aws:SourceAccount": account}},
                },
            ),
            opts=ResourceOptions(parent=self, protect=protect),
        )
        aws.kms.Alias(name, target_key_id=key.key_id, opts=ResourceOptions(parent=self))
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})
