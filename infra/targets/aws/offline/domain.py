"""Certificates and names on AWS: ids, what replaces, rules, prices."""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Any

from infra.targets.aws.offline import there
from infra.targets.aws.offline.names import READ, arn
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Others, Played, Rule, Source, replacing
from tools.offline.values import UNKNOWN, Values, unknown
from tools.offline.world import made_up

CERTIFICATES = Source("https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html", READ)
REQUESTS = Source("https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html", READ)
RECORDS = Source("https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html", READ)
FORMATS = Source("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html", READ)

CERTIFICATE, ZONE = "aws:acm/certificate:Certificate", "aws:route53/zone:Zone"
ROUTING = (
    "cidrRoutingPolicy", "failoverRoutingPolicies", "geolocationRoutingPolicies", "geoproximityRoutingPolicy",
    "latencyRoutingPolicies", "multivalueAnswerRoutingPolicy", "weightedRoutingPolicies",
)  # fmt: skip


def _names(words: Any) -> list[str]:
    """Every name of a certificate, the first one first."""
    first = words.get("domainName", None)
    return [name for name in dict.fromkeys([first, *words.get("subjectAlternativeNames", [])]) if name is not None]


def _proofs(words: Any) -> list[Values]:
    """The record that proves each name: that of a domain and of all names directly below it are one."""
    return [{"domainName": name, **_proof(name.removeprefix("*."))} for name in _names(words)]


def _proof(name: str) -> Values:
    chance = made_up(name)
    return {
        "resourceRecordName": f"_{chance['hex32']}.{name}.",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": f"_{made_up(chance['hex32'])['hex32']}.{chance['hex10']}.acm-validations.aws.",
    }


def _full_name(words: Any) -> str:
    """A record's whole name; that of a zone which the plan makes is not known to it."""
    name = str(words["name"]).removesuffix(".")
    inside = words["zoneId"] != there.ZONE_ID or f".{name}".endswith(f".{there.ZONE}")
    return name if inside else f"{name}.{there.ZONE}".removeprefix(".")


def _record_id(words: Any) -> str:
    name = str(words["name"]).removesuffix(".").lower()
    parts = (words["zoneId"], name, words["type"], words.get("setIdentifier", ""))
    return "_".join(part for part in map(str, parts) if part)


def _certificate(_type: str, inputs: Values) -> Iterator[Problem]:
    """That it is said how a name is proven, and that the first is not too long."""
    name = inputs.get("domainName")
    if name is not None and not any(inputs.get(each) for each in ("validationMethod", "certificateAuthorityArn")):
        yield Problem("validationMethod", f"DNS or EMAIL must be said ({REQUESTS})")
    if isinstance(name, str) and len(name) > 64:
        yield Problem(
            "domainName", f"{name!r} has more than 64 characters, which the first name may have ({CERTIFICATES})"
        )


def _proven(inputs: Values, others: Others) -> Iterator[Problem]:
    """That every name of a certificate has its record before it is waited for."""
    records = inputs.get("validationRecordFqdns")
    if records is None or unknown(records):
        return
    there_are = {str(record).removesuffix(".") for record in forms.listed(records)}
    for id_, outputs in others(CERTIFICATE):
        if id_ != inputs.get("certificateArn"):
            continue
        for _, proof in found(outputs, "domainValidationOptions[*]"):
            record = str(one(proof, "resourceRecordName")).removesuffix(".")
            if record not in there_are:
                yield Problem(
                    "validationRecordFqdns", f"missing {one(proof, 'domainName')} DNS validation record: {record}"
                )


def _record(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a record has either values and a time to live, or an alias; and what its routing wants."""
    if inputs.get("records") is not None and inputs.get("ttl") is None:
        yield Problem("ttl", f"required, where there are records ({RECORDS})")
    if inputs.get("aliases") not in (None, UNKNOWN, []) and inputs.get("ttl") not in (None, UNKNOWN):
        yield Problem("ttl", f"an alias has that of what it stands for ({RECORDS})")
    routed = [name for name in ROUTING if inputs.get(name) not in (None, False, [])]
    if routed and inputs.get("setIdentifier") is None:
        yield Problem("setIdentifier", f"{routed[0]} wants it ({RECORDS})")
    if not routed and inputs.get("setIdentifier") not in (None, UNKNOWN):
        yield Problem("setIdentifier", f"goes with a routing policy alone ({RECORDS})")
    values: Sequence[Any] = [value for _, value in found(inputs, "records[*]")]
    if inputs.get("type") == "CNAME" and len(values) > 1:
        yield Problem("records", f"a CNAME has one value, not {len(values)} ({FORMATS})")
    for index, value in enumerate(values):
        if isinstance(value, str) and not _fits(str(inputs.get("type")), value):
            yield Problem(
                f"records[{index}]", f"{value!r} is no value of a record of type {inputs['type']} ({FORMATS})"
            )


def _fits(type_: str, value: str) -> bool:
    kind = {"A": ipaddress.IPv4Address, "AAAA": ipaddress.IPv6Address}.get(type_)
    try:
        return kind is None or bool(kind(value))
    except ValueError:
        return False


def _in_zone(inputs: Values, others: Others) -> Iterator[Problem]:
    """That the zone is there, and that what its own name stands for is no CNAME."""
    zone, name = inputs.get("zoneId"), inputs.get("name")
    if not isinstance(zone, str):
        return
    if zone not in (there.ZONE_ID, there.ASSUMED_ZONE_ID) and zone not in {id_ for id_, _ in others(ZONE)}:
        yield Problem("zoneId", f"NoSuchHostedZone: no hosted zone found with ID: {zone}")
    if zone == there.ZONE_ID and inputs.get("type") == "CNAME" and str(name).removesuffix(".") in ("", there.ZONE):
        yield Problem("type", f"RRSet of type CNAME is not permitted at the apex of {there.ZONE}")


DOMAIN: dict[str, Played] = {
    CERTIFICATE: Played(
        purpose="network",
        id=arn("acm", "certificate/{uuid}"),
        outputs={
            "arn": "{id}",
            "domainValidationOptions": _proofs,
            "status": "PENDING_VALIDATION",
            "subjectAlternativeNames": _names,
            "type": "AMAZON_ISSUED",
        },
        kind=replacing(
            "certificateAuthorityArn",
            "domainName",
            "keyAlgorithm",
            "region",
            "subjectAlternativeNames",
            "validationMethod",
            "validationOptions",
            autonamed=None,
        ),
        judges=(_certificate, forms.only_one("domainName", "certificateBody", source=REQUESTS)),
        free="a public certificate is free",
    ),
    "aws:acm/certificateValidation:CertificateValidation": Played(
        purpose="network",
        id="{certificateArn}",
        kind=replacing("certificateArn", "region", "validationRecordFqdns", autonamed=None),
        beside=(_proven,),
        free="waiting for a certificate is free",
    ),
    "aws:route53/record:Record": Played(
        purpose="network",
        id=_record_id,
        outputs={"fqdn": _full_name},
        kind=replacing("name", "zoneId", autonamed=None),
        rules=(
            Rule("ttl", RECORDS, "be from 0 to 2147483647 seconds", least=0, most=2147483647),
            Rule("name", FORMATS, "have up to 255 characters", pattern=r".{0,255}"),
        ),
        judges=(_record, forms.only_one("records", "aliases", source=RECORDS)),
        beside=(_in_zone,),
        free="a record is free; its zone, and what is asked of it, are counted",
    ),
}
