"""Azure DNS, public and within a network: ids, outputs, what replaces, rules, prices."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

from infra.targets.azure.offline.names import READ, kind, under
from tools.offline.backend import Kind, Problem
from tools.offline.judge import found, one
from tools.offline.tables import Others, Played, Price, Rule, Source
from tools.offline.values import UNKNOWN, Values

RECORD, PRIVATE_RECORD = "azure-native:dns:RecordSet", "azure-native:privatedns:PrivateRecordSet"
PRIVATE_ZONE = "azure-native:privatedns:PrivateZone"

PRICES = Source("https://azure.microsoft.com/pricing/details/dns/", READ)
RECORDS = Source("https://learn.microsoft.com/azure/dns/dns-zones-records", READ)

NAME = r"(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])\.?"
# What a record of each type has.
HAS = {
    "A": "aRecords",
    "AAAA": "aaaaRecords",
    "CAA": "caaRecords",
    "CNAME": "cnameRecord",
    "MX": "mxRecords",
    "NS": "nsRecords",
    "PTR": "ptrRecords",
    "SOA": "soaRecord",
    "SRV": "srvRecords",
    "TXT": "txtRecords",
}
ADDRESSES = {"aRecords[*].ipv4Address": 4, "aaaaRecords[*].ipv6Address": 6}
# Characters of one string of a TXT record.
LONGEST_TEXT = 255
SERVERS = [f"ns{number}-01.azure-dns.{top}." for number, top in enumerate(("com", "net", "org", "info"), 1)]

TTL = Rule("ttl", RECORDS, "be a second or more", least=1, most=2**31 - 1)
TYPES = Rule("recordType", RECORDS, f"be one of {', '.join(HAS)}", choices=tuple(HAS))
RELATIVE = Rule(
    "relativeRecordSetName",
    RECORDS,
    "be @, or labels within the zone",
    pattern=r"@|(\*|[A-Za-z0-9_]([\w-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9_]([\w-]{0,61}[A-Za-z0-9])?)*",
)


def _fqdn(words: Any) -> str:
    return _whole(words["relativeRecordSetName"], words["zoneName"])


def _private_fqdn(words: Any) -> str:
    return _whole(words["relativeRecordSetName"], words["privateZoneName"])


def _whole(name: str, zone: str) -> str:
    return f"{zone}." if name == "@" else f"{name}.{zone}."


def _values(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a record has what its type has, and nothing else; what is in it."""
    kind_of, alias = inputs.get("recordType"), one(inputs, "targetResource.id")
    for type_, name in HAS.items():
        value = inputs.get(name)
        if kind_of == type_ and value in (None, []) and alias is None:
            yield Problem(name, f"wanted by {type_} ({RECORDS})")
        elif isinstance(kind_of, str) and kind_of != type_ and value not in (None, UNKNOWN, []):
            yield Problem(name, f"does not go with {kind_of} ({RECORDS})")
    if kind_of == "CNAME" and inputs.get("relativeRecordSetName") == "@":
        yield Problem("relativeRecordSetName", f"a zone's own name has no CNAME ({RECORDS})")
    for path, family in ADDRESSES.items():
        for at, value in found(inputs, path):
            if isinstance(value, str) and not _is_address(value, family):
                yield Problem(at, f"{value!r} is no IPv{family} address ({RECORDS})")
    target = one(inputs, "cnameRecord.cname")
    if isinstance(target, str) and not re.fullmatch(NAME, target.lower()):
        yield Problem("cnameRecord.cname", f"{target!r} is no name ({RECORDS})")
    for at, text in found(inputs, "txtRecords[*].value[*]"):
        if isinstance(text, str) and len(text) > LONGEST_TEXT:
            yield Problem(at, f"{len(text)} characters: there may be {LONGEST_TEXT} in one string ({RECORDS})")


def _is_address(value: str, family: int) -> bool:
    try:
        return ipaddress.ip_address(value).version == family
    except ValueError:
        return False


def _alone(inputs: Values, others: Others) -> Iterator[Problem]:
    """That a name which has a CNAME has nothing else, and that a private record's zone is there."""
    own = [inputs.get(name) for name in ("zoneName", "relativeRecordSetName")]
    for _, other in others(RECORD):
        types = {inputs.get("recordType"), other.get("recordType")}
        if [other.get(name) for name in ("zoneName", "relativeRecordSetName")] == own and "CNAME" in types:
            yield Problem("recordType", f"{own[1]} has a CNAME, beside which there is nothing else ({RECORDS})")


def _in_its_zone(inputs: Values, others: Others) -> Iterator[Problem]:
    name = inputs.get("privateZoneName")
    if isinstance(name, str) and name not in [each.get("name") for _, each in others(PRIVATE_ZONE)]:
        yield Problem("privateZoneName", f"{name!r}: there is no such zone in this plan")


def _zone(path: str) -> Rule:
    return Rule(path, RECORDS, "be a domain", pattern=NAME.removesuffix(r"\.?"))


DOMAIN: dict[str, Played] = {
    "azure-native:dns:Zone": Played(
        purpose="network",
        id=under("Microsoft.Network/dnsZones", "zoneName"),
        outputs={"name": "{zoneName}", "nameServers": SERVERS, "type": "Microsoft.Network/dnsZones"},
        kind=kind("zoneName"),
        rules=(_zone("zoneName"),),
        prices=(Price(0.50, "month", PRICES), Price(0.40, "million queries", PRICES)),
    ),
    RECORD: Played(
        purpose="network",
        id=under("Microsoft.Network/dnsZones/{zoneName}/{recordType}", "relativeRecordSetName"),
        outputs={"name": "{relativeRecordSetName}", "fqdn": _fqdn, "type": "Microsoft.Network/dnsZones/{recordType}"},
        kind=Kind(
            replaces=frozenset({"recordType", "relativeRecordSetName", "resourceGroupName", "zoneName"}),
            autonamed="relativeRecordSetName",
        ),
        rules=(TTL, TYPES, RELATIVE),
        judges=(_values,),
        beside=(_alone,),
        free="a record is free; what its zone is asked is not",
    ),
    PRIVATE_ZONE: Played(
        purpose="network",
        id=under("Microsoft.Network/privateDnsZones", "privateZoneName"),
        outputs={"name": "{privateZoneName}", "type": "Microsoft.Network/privateDnsZones"},
        kind=kind("privateZoneName"),
        rules=(_zone("privateZoneName"),),
        prices=(Price(0.50, "month", PRICES), Price(0.40, "million queries", PRICES)),
    ),
    PRIVATE_RECORD: Played(
        purpose="network",
        id=under("Microsoft.Network/privateDnsZones/{privateZoneName}/{recordType}", "relativeRecordSetName"),
        outputs={
            "name": "{relativeRecordSetName}",
            "fqdn": _private_fqdn,
            "type": "Microsoft.Network/privateDnsZones/{recordType}",
        },
        kind=Kind(
            replaces=frozenset({"privateZoneName", "recordType", "relativeRecordSetName", "resourceGroupName"}),
            autonamed="relativeRecordSetName",
        ),
        rules=(TTL, TYPES, RELATIVE),
        judges=(_values,),
        beside=(_in_its_zone,),
        free="a record is free; what its zone is asked is not",
    ),
    "azure-native:privatedns:VirtualNetworkLink": Played(
        purpose="network",
        id=under("Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks", "virtualNetworkLinkName"),
        outputs={
            "name": "{virtualNetworkLinkName}",
            "virtualNetworkLinkState": "Completed",
            "type": "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
        },
        kind=kind("virtualNetworkLinkName", "privateZoneName", "virtualNetwork"),
        beside=(_in_its_zone,),
        free="a link is free",
    ),
}
