"""Compute Engine's resources, of which the engine is told by the names that the provider has."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi
from pulumi import ResourceOptions


class Compute(pulumi.CustomResource):
    """A resource of Compute Engine, such as `globalAddress:GlobalAddress`, with its inputs in the provider's words.

    The SDK's own classes are not used: their module holds every kind of resource, and takes seconds to import, and
    200 MB of memory. `outputs` are those that are read, each by `output`.
    """

    def __init__(
        self,
        kind: str,
        name: str,
        props: Mapping[str, Any],
        opts: ResourceOptions | None = None,
        outputs: Sequence[str] = (),
    ) -> None:
        super().__init__(f"gcp:compute/{kind}", name, {**dict.fromkeys(outputs), **props}, opts)

    def output(self, name: str) -> pulumi.Output[str]:
        """What the provider says of it, by the provider's name."""
        return cast("pulumi.Output[str]", getattr(self, name))
