"""How Azure names resources, and the pages that more than one table was read from."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from tools.offline.backend import Kind
from tools.offline.tables import Rule, Source

READ = "2026-11-30"
# Whose prices the tables have.
PRICED = "West Europe"
DAYS = 365 / 12

GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
NAMES = Source("https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules", READ)

HYPHENATED = "letters, digits and hyphens"
# A letter or digit at the ends, and within them underscores, periods and hyphens too.
DOTTED = r"[A-Za-z0-9]([\w.-]*\w)?"
DOTTED_SAYS = "letters, digits, underscores, periods and hyphens"


def under(provider: str, name: str) -> str:
    """The id of a resource of the group, whose name stands at this input."""
    return f"{GROUP}/providers/{provider}/{{{name}}}"


def last(id_: Any) -> str:
    """The last part of an id: the name of what it is of."""
    return str(id_).rpartition("/")[2]


def parts(id_: Any) -> Mapping[str, str]:
    """The name at each level of an id: `{"resourceGroups": "web", "vaults": "keys"}`."""
    names = re.sub(r"/providers/[^/]+", "", str(id_)).strip("/").split("/")
    return dict(zip(names[::2], names[1::2], strict=False))


def place(words: Any) -> str:
    """A location as Azure writes it in addresses: `westeurope` for West Europe."""
    return str(words["location"]).lower().replace(" ", "")


def domain_of(environment: Any, location: str) -> str:
    """The domain of an environment's apps, by its id; the stand-in's is the same in every plan."""
    return (
        f"kindsea-{hashlib.sha256(str(environment).lower().encode()).hexdigest()[:8]}.{location}.azurecontainerapps.io"
    )


def named(path: str, least: int, most: int, alphabet: str, says: str) -> Rule:
    """The rule of a name of so many characters that fits the pattern."""
    return Rule(path, NAMES, f"be {least} to {most} {says}", pattern=f"(?=.{{{least},{most}}}$){alphabet}")


def kind(name: str, *more: str, suffix: str = "-", secrets: str = "", located: bool = True) -> Kind:
    """The name, the group and the place of a resource are its identity."""
    replaces = frozenset({name, "resourceGroupName", *(("location",) if located else ()), *more})
    return Kind(
        replaces=replaces,
        autonamed=name,
        name=lambda logical, digits: f"{logical}{suffix}{digits}",
        secrets=frozenset(secrets.split()),
    )
