"""Resources and functions of which the engine is told by the names that a provider has, without the classes of its SDK.

A platform's own `raw.py` says what those names begin with, and what else its provider wants to be told.
"""

from collections.abc import Mapping
from typing import Any, cast

import pulumi


class Resource(pulumi.CustomResource):
    """A resource, with its inputs in the provider's words."""

    def output(self, name: str) -> pulumi.Output[Any]:
        """What the provider says of it, by the provider's name: an input, or one of the outputs that are read."""
        return cast("pulumi.Output[Any]", getattr(self, name))


def asked(token: str, arguments: Mapping[str, Any], opts: pulumi.InvokeOptions) -> dict[str, Any]:
    """What a function answers, by its whole token. Raises whatever the provider says is wrong."""
    return dict(pulumi.runtime.invoke(token, dict(arguments), opts).value or {})


def reason(error: Exception) -> str:
    """What the provider said, in one line that a person reads."""
    return " ".join(str(error).split())[:300]
