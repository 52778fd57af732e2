"""Azure's resources, of which the engine is told by the names that the provider has."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi
from pulumi import ResourceOptions


class Resource(pulumi.CustomResource):
    """A resource such as `network:VirtualNetwork`, with its inputs in the provider's words.

    The SDK's own classes are not used where their module is large: that of networks takes seconds to import, that of
    the container apps half a second and 30 MB. `outputs` are those that are read, each by `output`.
    """

    def output(self, name: str) -> pulumi.Output[Any]:
        """What the provider says of it, by the provider's name."""
        return cast("pulumi.Output[Any]", getattr(self, name))


def resource(
    token: str,
    name: str,
    props: Mapping[str, Any],
    opts: ResourceOptions | None = None,
    outputs: Sequence[str] = (),
) -> Resource:
    """Declare one, as `network:VirtualNetwork`; what has no name of its own gets one from the provider."""
    return Resource(f"azure-native:{token}", name, {**dict.fromkeys(outputs), **props}, opts)
