"""What Google Cloud demands of single values, wherever they stand: places, ranges, ports, images, labels, schedules."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from cronsim import CronSim, CronSimError

from infra.targets.gcp.limits import REGIONS
from infra.targets.gcp.offline.names import READ
from tools.offline import judges
from tools.offline.backend import Problem
from tools.offline.tables import Judge, Source
from tools.offline.values import Values

PLACES = Source("https://cloud.google.com/compute/docs/regions-zones", READ)
LABELS = Source("https://cloud.google.com/resource-manager/docs/best-practices-labels", READ)
SCHEDULES = Source("https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules", READ)
RUN_MEMORY = Source("https://cloud.google.com/run/docs/configuring/services/memory-limits", READ)
ROLES = Source("https://cloud.google.com/iam/docs/roles-overview", READ)

# What is kept in several regions at once has a place of another form.
SEVERAL = re.compile(r"global|us|eu|europe|asia|ca|in|ch|sa|asia\d|[a-z]{3}\d{1,2}")
ROLE = re.compile(r"roles/[A-Za-z]\w*(\.\w+)*|(projects|organizations)/[^/]+/roles/[\w.]+")
SCHEDULE_WORDS = re.compile(r"every .+|\d+[a-z]{2}\b.+|(first|second|third|fourth|fifth)\b.+")
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def place(value: Any) -> str:
    """A region, a zone of one, or a name for several of them."""
    name = str(value).rpartition("/")[2]
    known = re.sub(r"-[a-z]$", "", name) in REGIONS or SEVERAL.fullmatch(name.lower())
    return "" if known else f"{value!r} is no region such as europe-west1 ({PLACES})"


def memory(value: Any) -> str:
    """Memory as Cloud Run reads it."""
    fits = re.fullmatch(r"\d+(\.\d+)?([KMGT]i?|k|m)?", str(value))
    return "" if fits else f"{value!r} is no size such as 512Mi ({RUN_MEMORY})"


def schedule(value: Any) -> str:
    """When a job of Cloud Scheduler runs: like cron, or in App Engine's words."""
    if SCHEDULE_WORDS.fullmatch(str(value)):
        return ""
    try:
        CronSim(str(value), _EPOCH)
    except CronSimError as error:
        return f"{value!r} is no schedule: {error} ({SCHEDULES})"
    return ""


def role(value: Any) -> str:
    """The name of a role."""
    return "" if ROLE.fullmatch(str(value)) else f"{value!r} must be a role such as roles/run.invoker ({ROLES})"


_LABELS = judges.labels(
    "labels",
    LABELS,
    64,
    r"[a-z][a-z0-9_-]{0,62}",
    r"[a-z0-9_-]{0,63}",
    "lower-case letters, digits, hyphens and underscores, up to 63, a key from a letter on",
)


def labels(type_: str, inputs: Values) -> Iterator[Problem]:
    """What a resource is labelled with; a channel's labels say whom it reaches."""
    if type_ != "gcp:monitoring/notificationChannel:NotificationChannel":
        yield from _LABELS(type_, inputs)


JUDGES: tuple[Judge, ...] = (
    judges.named(
        {
            "destinationRanges": judges.loose_block,
            "location": place,
            "region": place,
            "role": role,
            "schedule": schedule,
            "sourceRanges": judges.loose_block,
            "zone": place,
        }
    ),
    judges.at("allows[*].ports[*]", "denies[*].ports[*]", wrong=judges.range_of_ports),
    judges.at(
        "template.containers[*].image",
        "template.template.containers[*].image",
        wrong=judges.image,
    ),
    judges.at(
        "template.containers[*].resources.limits.memory",
        "template.template.containers[*].resources.limits.memory",
        wrong=memory,
    ),
    labels,
)
