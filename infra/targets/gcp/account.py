"""Where on Google Cloud a stack's resources are made, and how they are labelled."""

import functools
from typing import cast

import pulumi
import pulumi_gcp as gcp

from infra.settings import Settings
from infra.targets.gcp.spec import CloudRunOptions


def options(settings: Settings) -> CloudRunOptions:
    """The stack's options for this target."""
    return cast("CloudRunOptions", settings.options)


@functools.cache
def provider(project: str, region: str, service: str) -> gcp.Provider:
    """The provider of everything that the program makes: its project, its region, labels that tell whose it is."""
    labels = {"slipway-service": service, "slipway-stack": pulumi.get_stack().lower().replace(".", "-")}
    return gcp.Provider("gcp", project=project, region=region, default_labels=labels)
