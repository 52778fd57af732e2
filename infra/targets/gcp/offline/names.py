"""How Google Cloud names resources, and the pages that more than one table was read from."""

import json
from typing import Any

from tools.offline.tables import Source
from tools.offline.values import Values

READ = "2026-11-29"
# Whose prices the tables have. Cloud Run's are those of all regions of its tier 1.
PRICED = "us-central1"
# The number that goes with a project's id, in the stand-in.
NUMBER = "123456789012"

COMPUTE = "https://www.googleapis.com/compute/v1/projects/{project}"

RUN_PRICE = Source("https://cloud.google.com/run/pricing", READ)
OBSERVING_PRICE = Source("https://cloud.google.com/stackdriver/pricing", READ)
BALANCER_PRICE = Source("https://cloud.google.com/load-balancing/pricing", READ)
NAT_PRICE = Source("https://cloud.google.com/nat/pricing", READ)


def last(name: Any) -> str:
    """The last part of a path: the network's name in `projects/p/global/networks/web`."""
    return str(name).rpartition("/")[2]


def place(words: Any) -> Any:
    """Where a resource is that need not say so: in the provider's region."""
    return words.get("location", None) or words["region"]


def labelled(words: Any) -> Values:
    """A resource's labels with those that the provider puts on everything."""
    # Nested configuration arrives as JSON.
    defaults = json.loads(words.get("defaultLabels", "{}"))
    return {**defaults, "goog-pulumi-provisioned": "true", **(words.get("labels", None) or {})}
