"""Where on AWS a stack's resources are made, and how they are tagged."""

import functools
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
