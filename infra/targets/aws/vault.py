"""Secrets in Secrets Manager: those that the stack gives, and those that are there already."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.commands import key_of
from infra.errors import Problem, SettingsError
from infra.targets.raw import reason

# Days that a deleted secret can be brought back, where the stack is protected.
RECOVERY_DAYS = 30
CURRENT = "AWSCURRENT"
# Secrets Manager's own.
DEFAULT_KEY = "alias/aws/secretsmanager"


@dataclass(frozen=True)
class Stored:
    """A secret that is there already.

    Attributes:
        arn: its ARN.
        version: the current one, which is part of the deployment's identity: another rolls the tasks.
        key: which key of it is meant, where it is JSON.
        encrypted_with: the KMS key that it is encrypted with, where that is not Secrets Manager's own.
    """

    arn: str
    version: str
    key: str = ""
    encrypted_with: str = ""

    @property
    def reference(self) -> str:
        """As a task definition names it: the version that is current when a task starts."""
        return f"{self.arn}:{self.key}::" if self.key else self.arn


@dataclass(frozen=True)
class VaultArgs:
    """Which secrets there are.

    Attributes:
        values: of those that the stack has itself, by name, as secret outputs.
        stored: those that are there already, by name.
        key: the KMS key of the stack's own, if there is one.
        protect: whether they outlive what else is destroyed.
    """

    values: Mapping[str, pulumi.Output[str]]
    stored: Mapping[str, Stored]
    key: pulumi.Input[str] | None = None
    protect: bool = False


class Vault(pulumi.ComponentResource):
    """The secrets of a stack.

    Attributes:
        references: how a task definition names each, by its name; the stack's own by a certain version.
        arns: what must be read to start a task.
    """

    def __init__(self, name: str, args: VaultArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Vault", name, {}, opts)
        self.references: dict[str, pulumi.Input[str]] = {}
        self.arns: list[pulumi.Input[str]] = [*sorted({each.arn for each in args.stored.values()})]
        for secret, value in args.values.items():
            logical = f"{name}-{secret.lower().replace('_', '-')}"
            made = aws.secretsmanager.Secret(
                logical,
                description=f"{secret} of {name}",
                # Said in words: of a key that is not named the secret keeps the one before.
                kms_key_id=args.key or DEFAULT_KEY,
                recovery_window_in_days=RECOVERY_DAYS if args.protect else 0,
                opts=ResourceOptions(parent=self, protect=args.protect),
            )
            version = aws.secretsmanager.SecretVersion(
                logical, secret_id=made.id, secret_string=value, opts=ResourceOptions(parent=self)
            )
            self.references[secret] = pulumi.Output.concat(made.arn, ":::", version.version_id)
            self.arns.append(made.arn)
        for secret, stored in args.stored.items():
            self.references[secret] = stored.reference
        self.register_outputs({})


def stored(names: Mapping[str, str], region: str, provider: aws.Provider) -> dict[str, Stored]:
    """Look up secrets that are there already, without reading any: a name or an ARN, and `#key` where it is JSON.

    Raises:
        SettingsError: one is not there, or has no current version.
    """
    asked = pulumi.InvokeOptions(provider=provider)
    found: dict[str, Stored] = {}
    problems: list[Problem] = []
    for variable, given in names.items():
        name, _, key = given.partition("#")
        try:
            by_arn = name.startswith("arn:")
            secret = aws.secretsmanager.get_secret(
                arn=name if by_arn else None, name=None if by_arn else name, opts=asked
            )
            versions = aws.secretsmanager.get_secret_versions(secret_id=secret.arn, opts=asked).versions
            current = next(each.version_id for each in versions if CURRENT in each.version_stages)
        except StopIteration:
            problems.append(_missing(variable, f"{name} has no current version", name, region))
        except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
            rule = f"{name} cannot be looked up in {region} ({reason(error)})"
            problems.append(_missing(variable, rule, name, region))
        else:
            found[variable] = Stored(secret.arn, current, key, secret.kms_key_id or "")
    if problems:
        raise SettingsError(problems)
    return found


def _missing(variable: str, rule: str, name: str, region: str) -> Problem:
    fix = f"aws secretsmanager describe-secret --region {region} --secret-id {name}"
    return Problem(key_of(f"stored_secrets.{variable}"), rule, fix)
