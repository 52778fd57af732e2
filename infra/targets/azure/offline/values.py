"""What Azure demands of single values, wherever they stand: places, blocks of addresses, ports, images, tags, lists."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from cronsim import CronSim, CronSimError

from infra.targets.azure.limits import LOCATIONS
from infra.targets.azure.offline.names import READ
from tools.offline import judges
from tools.offline.backend import Problem
from tools.offline.tables import Judge, Source
from tools.offline.values import Values

SCHEDULES = Source("https://learn.microsoft.com/azure/container-apps/jobs#scheduled-jobs", READ)
GROUPS = Source("https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups", READ)
PLACES = Source("https://learn.microsoft.com/azure/reliability/regions-list", READ)
TAGS = Source("https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations", READ)

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

# The modules whose lists of values are whole; those of virtual machines, for one, lack newer sizes, and `monitor` has
# another type's list of operators.
_MODULES = (
    "app applicationinsights authorization containerregistry containerservice dns keyvault managedidentity network"
    " operationalinsights resources"
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


def schedule(value: Any) -> str:
    """When something runs, in UTC: cron of five fields."""
    text = str(value)
    try:
        if len(text.split()) != 5:
            return f"{text!r} is no schedule of five fields ({SCHEDULES})"
        CronSim(text, _EPOCH)
    except CronSimError as error:
        return f"{text!r} is no schedule: {error} ({SCHEDULES})"
    return ""


def email(value: Any) -> str:
    """Whom a message reaches."""
    fits = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(value))
    return "" if fits else f"{value!r} is no e-mail address ({GROUPS})"


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
            "cronExpression": schedule,
            "emailAddress": email,
            "location": location,
            "sourceAddressPrefix": source,
            "sourceAddressPrefixes": source,
            "sourcePortRange": range_of_ports,
            "sourcePortRanges": range_of_ports,
        }
    ),
    judges.labels(
        "tags",
        TAGS,
        50,
        r"[^<>%&\\?/]{1,512}",
        r"(?s).{0,256}",
        "a key has none of <>%&\\?/ and up to 512 characters, a value up to 256",
    ),
)
