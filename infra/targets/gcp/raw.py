"""Google Cloud's resources and functions, of which the engine is told by the names that the provider has.

The SDK's own classes are not used: their modules hold every kind of resource. Those of Compute Engine take seconds to
import and 200 MB of memory, those of Cloud Run as long as all else of this program.
"""

import importlib.metadata
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi
from pulumi import ResourceOptions

from infra.targets.raw import Resource, asked

# What the SDK calls a resource's secrets beside its secret inputs, by the resource's token.
_LABELS = ("effectiveLabels", "pulumiLabels")
SECRETS = {
    "artifactregistry/repository:Repository": _LABELS,
    "cloudrunv2/job:Job": _LABELS,
    "cloudrunv2/service:Service": _LABELS,
    "cloudrunv2/workerPool:WorkerPool": _LABELS,
    "compute/globalAddress:GlobalAddress": _LABELS,
    "compute/globalForwardingRule:GlobalForwardingRule": _LABELS,
    "compute/securityPolicy:SecurityPolicy": _LABELS,
    "container/cluster:Cluster": _LABELS,
    "secretmanager/secret:Secret": _LABELS,
    "secretmanager/secretVersion:SecretVersion": ("secretData", "secretDataWo"),
}


def resource(
    token: str,
    name: str,
    props: Mapping[str, Any],
    opts: ResourceOptions | None = None,
    outputs: Sequence[str] = (),
) -> Resource:
    """Declare one, such as `compute/network:Network`; what has no name of its own gets one from the provider."""
    hidden = ResourceOptions(additional_secret_outputs=list(SECRETS.get(token, ())))
    told = ResourceOptions.merge(opts, hidden)
    return Resource(f"gcp:{token}", name, {**dict.fromkeys(outputs), **props}, told)


def provider(name: str, props: Mapping[str, pulumi.Input[str]]) -> pulumi.ProviderResource:
    """The provider, of the version that the SDK is of. What is no text is given as JSON."""
    opts = ResourceOptions(version=importlib.metadata.version("pulumi-gcp"))
    return pulumi.ProviderResource("gcp", name, {**props}, opts)


def ask(token: str, arguments: Mapping[str, Any], opts: pulumi.InvokeOptions) -> dict[str, Any]:
    """What a function answers, such as `compute/getNetwork`. Raises whatever the provider says is wrong."""
    return asked(_function(token), arguments, opts)


def answer(token: str, opts: pulumi.InvokeOptions) -> pulumi.Output[dict[str, Any]]:
    """The same of a function without arguments, which is asked when the resources that it depends on are there."""
    return cast("pulumi.Output[dict[str, Any]]", pulumi.runtime.invoke_output(_function(token), {}, opts))


def _function(token: str) -> str:
    return f"gcp:{token}:{token.partition('/')[2]}"
