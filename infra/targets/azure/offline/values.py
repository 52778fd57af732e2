"""What Azure demands of single values, wherever they stand: places, blocks of addresses, ports, images, tags, lists."""

from collections.abc import Iterator
from typing import Any

from infra.targets.azure.limits import LOCATIONS
from infra.targets.azure.offline.names import READ
from tools.offline import judges
from tools.offline.backend import Problem
from tools.offline.tables import Judge, Source
from tools.offline.values import Values

PLACES = Source("https://learn.microsoft.com/azure/reliability/regions-list", READ)
TAGS = Source("https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations", READ)

# The modules whose lists of values are whole; those of virtual machines, for one, lack newer sizes, and `monitor` has
# another type's list of operators.
_MODULES = (
    "app applicationinsights authorization containerregistry dns keyvault managedidentity network operationalinsights"
    " resources"
)
LISTED = frozenset(_MODULES.split())


def location(value: Any) -> str:
    """A place, in capitals and with spaces too."""
    name = str(value).lower().replace(" ", "")
    return "" if name in {*LOCATIONS, "global"} else f"{value!r} is no location such as westeurope ({PLACES})"


def prefix(value: Any) -> str:
    """A block of addresses; names such as VirtualNetwork stand for blocks in some places."""
    return judges.block(value) if ":" in str(value) or str(value)[:1].isdigit() else ""


def source(value: Any) -> str:
    """Where a security rule lets in from: a block, an address, a name, or everything."""
    return judges.block(value, strict=False) if "/" in str(value) else ""


def range_of_ports(value: Any) -> str:
    """A security rule's ports."""
    return "" if value == "*" else judges.range_of_ports(value)


def listed(type_: str, inputs: Values) -> Iterator[Problem]:
    """Values that the SDK lists."""
    if type_.split(":")[1].partition("/")[0] in LISTED:
        yield from judges.listed(type_, inputs)


JUDGES: tuple[Judge, ...] = (
    listed,
    judges.named(
        {
            "addressPrefix": prefix,
            "addressPrefixes": prefix,
            "destinationAddressPrefix": source,
            "destinationAddressPrefixes": source,
            "destinationPortRange": range_of_ports,
            "destinationPortRanges": range_of_ports,
            "location": location,
            "sourceAddressPrefix": source,
            "sourceAddressPrefixes": source,
            "sourcePortRange": range_of_ports,
            "sourcePortRanges": range_of_ports,
        }
    ),
    judges.at("template.containers[*].image", "template.initContainers[*].image", wrong=judges.image),
    judges.labels(
        "tags",
        TAGS,
        50,
        r"[^<>%&\\?/]{1,512}",
        r"(?s).{0,256}",
        "a key has none of <>%&\\?/ and up to 512 characters, a value up to 256",
    ),
)
