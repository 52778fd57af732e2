"""The form of what is written down of a cloud, for its plans to be said in Terraform's words."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What Terraform calls things, as far as the bridge calls them otherwise.

    Attributes:
        types: of resources.
        names: of properties, by the type there and what the rule makes of the name.
        listed: blocks that have their names in the plural there too.
    """

    types: Mapping[str, str]
    names: Mapping[tuple[str, str], str]
    listed: frozenset[str]
