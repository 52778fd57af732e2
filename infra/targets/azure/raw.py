"""Azure's resources and functions, of which the engine is told by the names that the provider has.

The SDK's own classes are not used: their modules hold every kind of resource. That of networks takes seconds to import,
that of the container apps alone half a second and 30 MB.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi
from pulumi import ResourceOptions


class Resource(pulumi.CustomResource):
    """A resource, with its inputs in the provider's words."""

    def output(self, name: str) -> pulumi.Output[Any]:
        """What the provider says of it, by the provider's name: an input, or one of the `outputs` that are read."""
        return cast("pulumi.Output[Any]", getattr(self, name))


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
    return dict(pulumi.runtime.invoke(f"azure-native:{token}", dict(arguments), opts).value or {})


def reason(error: Exception) -> str:
    """What the provider said, in one line that a person reads."""
    return " ".join(str(error).split())[:300]
