"""Azure DNS: ids, outputs, what replaces, rules, prices."""

from typing import Any

from infra.targets.azure.offline.names import READ, kind, under
from tools.offline.backend import Kind
from tools.offline.tables import Played, Price, Source

PRICES = Source("https://azure.microsoft.com/pricing/details/dns/", READ)
SERVERS = [f"ns{number}-01.azure-dns.{top}." for number, top in enumerate(("com", "net", "org", "info"), 1)]


def _fqdn(words: Any) -> str:
    name = words["relativeRecordSetName"]
    return f"{words['zoneName']}." if name == "@" else f"{name}.{words['zoneName']}."


DOMAIN: dict[str, Played] = {
    "azure-native:dns:Zone": Played(
        purpose="network",
        id=under("Microsoft.Network/dnsZones", "zoneName"),
        outputs={
            "name": "{zoneName}",
            "nameServers": SERVERS,
            "type": "Microsoft.Network/dnsZones",
        },
        kind=kind("zoneName"),
        prices=(
            Price(0.50, "month", PRICES),
            Price(0.40, "million queries", PRICES),
        ),
    ),
    "azure-native:dns:RecordSet": Played(
        purpose="network",
        id=under("Microsoft.Network/dnsZones/{zoneName}/{recordType}", "relativeRecordSetName"),
        outputs={"name": "{relativeRecordSetName}", "fqdn": _fqdn, "type": "Microsoft.Network/dnsZones/{recordType}"},
        kind=Kind(
            replaces=frozenset({"recordType", "relativeRecordSetName", "resourceGroupName", "zoneName"}),
            autonamed="relativeRecordSetName",
        ),
        free="a record is free; what its zone is asked is not",
    ),
}
