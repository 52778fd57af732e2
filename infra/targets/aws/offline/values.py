"""What AWS demands of single values, wherever they stand: places, blocks of addresses, ports, tags, schedules."""

# botocore has no types of its own.
# pyright: basic

import re
from collections.abc import Iterator
from typing import Any

from infra.targets.aws.offline.names import READ
from infra.targets.aws.offline.rules import range_of_ports
from tools.offline import judges
from tools.offline.backend import Problem
from tools.offline.once import once
from tools.offline.tables import Judge, Source
from tools.offline.values import Values

TAGS = Source("https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html", READ)
SCHEDULES = Source("https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html", READ)

# Local and Wavelength Zones have a place in their names: us-west-2-lax-1a.
ZONE = re.compile(r"([a-z]+(?:-[a-z]+)+-\d+)(-[a-z0-9]+-\d+)?[a-z]")
RATE = re.compile(r"rate\((1 (minute|hour|day)|(?!1 )[1-9]\d* (minutes|hours|days))\)")
AT = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)")
CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
# The least and the most of each field of a cron expression; months and days may be named too.
FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
NAMES = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC SUN MON TUE WED THU FRI SAT"
ENTRY = re.compile(r"(?:\*|\?|L|LW|[A-Z]{3}|\d+[LW]?)(?:-(?:[A-Z]{3}|\d+))?(?:/\d+|#[1-5])?")

# Where each type says when.
SCHEDULED = {
    "aws:appautoscaling/scheduledAction:ScheduledAction": "schedule",
    "aws:cloudwatch/eventRule:EventRule": "scheduleExpression",
    "aws:scheduler/schedule:Schedule": "scheduleExpression",
}
OWN_RULES = (
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
)


def region(value: Any) -> str:
    """A region."""
    return "" if value in regions() else f"{value!r} is no region such as eu-central-1 (botocore's list)"


def zone(value: Any) -> str:
    """An availability zone of a region."""
    parts = ZONE.fullmatch(str(value))
    return "" if parts and parts[1] in regions() else f"{value!r} is no zone of a region, such as eu-central-1a"


def schedule(value: Any) -> str:
    """When EventBridge does something."""
    text = str(value)
    fields = CRON.fullmatch(text)
    if fields is None:
        right = RATE.fullmatch(text) or AT.fullmatch(text)
        return "" if right else f"{text!r} is no rate(5 minutes), cron(0 3 * * ? *) or at(...) ({SCHEDULES})"
    if (fields[3] == "?") == (fields[5] == "?"):
        return f"{text!r}: either the day of the month or that of the week is ? ({SCHEDULES})"
    for field, (least, most) in zip(fields.groups(), FIELDS, strict=True):
        for entry in field.split(","):
            numbers = [int(number) for number in re.findall(r"\d+", re.split("[/#]", entry)[0])]
            words = re.findall(r"[A-Z]{3}", entry)
            if not ENTRY.fullmatch(entry) or not all(least <= each <= most for each in numbers) or {*words} - _NAMED:
                return f"{text!r}: {field!r} is not from {least} to {most} ({SCHEDULES})"
    return ""


def scheduled(type_: str, inputs: Values) -> Iterator[Problem]:
    """EventBridge's schedules."""
    name = SCHEDULED.get(type_, "")
    given = inputs.get(name)
    if isinstance(given, str):
        yield from judges.told(name, schedule(given))


def own_rules(type_: str, inputs: Values) -> Iterator[Problem]:
    """Rules of a security group that are resources of their own."""
    if type_ in OWN_RULES:
        yield from range_of_ports("fromPort", inputs)


def regions() -> frozenset[str]:
    """Every region, as botocore ships them."""
    return frozenset(region for each in _partitions() for region in each["regions"])


def partition(region: str) -> tuple[str, str]:
    """The name of the part of AWS that a region is in, and what the names of its hosts end with."""
    found = next((each for each in _partitions() if region in each["regions"]), _partitions()[0])
    return found["partition"], found["dnsSuffix"]


@once
def _partitions() -> list[Any]:
    from botocore.loaders import Loader

    return Loader().load_data("endpoints")["partitions"]


_NAMED = {*NAMES.split()}
_BLOCKS = (
    "cidrBlock",
    "cidrBlocks",
    "cidrIpv4",
    "cidrIpv6",
    "destinationCidrBlock",
    "destinationIpv6CidrBlock",
    "ipv6CidrBlock",
    "ipv6CidrBlocks",
)

JUDGES: tuple[Judge, ...] = (
    judges.named({**dict.fromkeys(_BLOCKS, judges.block), "availabilityZone": zone, "region": region}),
    judges.labels(
        "tags",
        TAGS,
        50,
        r"(?i)(?!aws:)(?s:.{1,128})",
        r"(?s).{0,256}",
        "a key has 1 to 128 characters and does not begin with aws:, a value has up to 256",
    ),
    own_rules,
    scheduled,
)
