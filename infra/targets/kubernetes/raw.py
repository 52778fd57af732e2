"""Kubernetes' objects, of which the engine is told by the names that the provider has.

The SDK's own classes are not used: those of the kinds that a service is made of take seconds and 90 MB to import.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.targets.raw import Resource

# What the provider is told of an object beside what the cluster is: not to wait for it, to wait for a certain state of
# it, and to take over a field that another has written.
# https://www.pulumi.com/registry/packages/kubernetes/annotations/, read 2026-11-30.
NO_WAIT = {"pulumi.com/skipAwait": "true"}
TAKE_OVER = {"pulumi.com/patchForce": "true"}


class Object(Resource):
    """An object in a cluster, with its fields in the API's words."""


def declared(
    version: str,
    kind: str,
    name: str,
    body: Mapping[str, Any],
    opts: ResourceOptions | None = None,
    outputs: Sequence[str] = (),
) -> Object:
    """Declare one, such as a `Deployment` of `apps/v1`; what has no name in its metadata gets one from the provider."""
    group = version if "/" in version else f"core/{version}"
    props = {"apiVersion": version, "kind": kind, **dict.fromkeys(outputs), **body}
    return Object(f"kubernetes:{group}:{kind}", name, props, opts)


def provider(name: str, settings: Mapping[str, Any], opts: ResourceOptions | None = None) -> pulumi.ProviderResource:
    """A provider for one cluster; its settings are those of the package, and none is an empty one."""
    given = {key: value for key, value in settings.items() if value is not None}
    return pulumi.ProviderResource("kubernetes", name, given, opts)
