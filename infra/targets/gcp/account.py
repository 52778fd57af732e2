"""Where on Google Cloud a stack's resources are made, how they are labelled, and the names that are given to them."""

import functools
import json
from typing import cast

import pulumi

from infra.naming import fixed_name
from infra.settings import Settings
from infra.targets.gcp import limits, raw, run_api
from infra.targets.gcp.spec import CloudRunOptions


def options(settings: Settings) -> CloudRunOptions:
    """The stack's options for this target."""
    return cast("CloudRunOptions", settings.options)


@functools.cache
def provider(project: str, region: str, service: str) -> pulumi.ProviderResource:
    """The provider of everything that the program makes: its project, its region, labels that tell whose it is."""
    labels = run_api.Scope(service, pulumi.get_stack()).labels()
    return raw.provider("gcp", {"project": project, "region": region, "defaultLabels": json.dumps(labels)})


def stack_name(service: str, stack: str, *words: str) -> str:
    """What something of a stack is called on Cloud Run: `<service>-<stack>`, and what else tells it apart."""
    return fixed_name(limits.LONGEST_NAME, service, stack, *words)


def account_id(service: str, stack: str, *words: str) -> str:
    """What a service account of a stack is called."""
    name = fixed_name(limits.LONGEST_ACCOUNT, service, stack, *words)
    return name if len(name) >= limits.SHORTEST_ACCOUNT else f"{name}-service"
