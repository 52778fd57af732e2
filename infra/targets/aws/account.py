"""Where on AWS a stack's resources are made, how they are tagged, and what policies are written of."""

import functools
from collections.abc import Mapping, Sequence
from typing import cast

import pulumi
import pulumi_aws as aws

from infra.settings import Settings
from infra.targets.aws.spec import FargateOptions


def options(settings: Settings) -> FargateOptions:
    """The stack's options for this target."""
    return cast("FargateOptions", settings.options)


@functools.cache
def provider(region: str, service: str) -> aws.Provider:
    """The provider of everything that the program makes: its region, and tags that tell whose a resource is."""
    tags = {"slipway:service": service, "slipway:stack": pulumi.get_stack()}
    return aws.Provider("aws", region=region, default_tags=aws.ProviderDefaultTagsArgs(tags=tags))


def bound(boundary: str | None) -> None:
    """Have no role that the program makes from now on do more than this policy allows, whatever else it is given."""

    def told(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.type_ != "aws:iam/role:Role":
            return None
        return pulumi.ResourceTransformationResult({**args.props, "permissions_boundary": boundary}, args.opts)

    if boundary:
        pulumi.runtime.register_stack_transformation(told)


def policy(*statements: Mapping[str, object]) -> pulumi.Output[str]:
    """A policy document of IAM."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(
    actions: Sequence[str], resources: pulumi.Input[object] | Sequence[pulumi.Input[str]], **more: object
) -> Mapping[str, object]:
    """A statement of an identity's policy."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def trust(
    service: str, account: pulumi.Input[str] | None = None, tags: Mapping[str, pulumi.Input[str]] | None = None
) -> Mapping[str, object]:
    """Who may take on a role: a service of AWS, and on behalf of this account alone where it says on whose.

    `tags`: by which it says what for, where it does; with others it may not.
    """
    wanted = {
        **({"aws:SourceAccount": account} if account else {}),
        **{f"aws:RequestTag/{tag}": value for tag, value in (tags or {}).items()},
    }
    action = "sts:AssumeRole" if tags is None else ["sts:AssumeRole", "sts:TagSession"]
    condition = {"Condition": {"StringEquals": wanted}} if wanted else {}
    return {"Effect": "Allow", "Action": action, "Principal": {"Service": service}, **condition}
