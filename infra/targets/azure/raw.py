"""Azure's resources and functions, of which the engine is told by the names that the provider has.

The SDK's own classes are not used: their modules hold every kind of resource. That of networks takes seconds to import,
that of the container apps alone half a second and 30 MB.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.targets.raw import Resource, asked


def resource(
    token: str,
    name: str,
    props: Mapping[str, Any],
    opts: ResourceOptions | None = None,
    outputs: Sequence[str] = (),
) -> Resource:
    """Declare one, such as `network:VirtualNetwork`; what has no name of its own gets one from the provider."""
    return Resource(f"azure-native:{token}", name, {**dict.fromkeys(outputs), **props}, opts)


def ask(token: str, arguments: Mapping[str, Any], opts: pulumi.InvokeOptions) -> dict[str, Any]:
    """What a function answers, such as `network:getSubnet`. Raises whatever the provider says is wrong."""
    return asked(f"azure-native:{token}", arguments, opts)
