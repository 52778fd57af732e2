"""What can be known of the targets on Google Cloud without its SDK."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from infra.targets.spec import Capabilities, Options, Spec

# https://cloud.google.com/resource-manager/docs/creating-managing-projects, read 2026-11-23.
PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
# The endpoints in Google's discovery documents of Compute Engine and Cloud Run, as google-api-python-client 2.202 ships
# them, without those that https://cloud.google.com/compute/docs/regions-zones does not tell of, read 2026-11-23.
_NAMES = (
    "africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2"
    " asia-southeast1 asia-southeast2 asia-southeast3 australia-southeast1 australia-southeast2 europe-central2"
    " europe-north1 europe-north2 europe-southwest1 europe-west1 europe-west10 europe-west12 europe-west2 europe-west3"
    " europe-west4 europe-west6 europe-west8 europe-west9 me-central1 me-central2 me-west1 northamerica-northeast1"
    " northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1 us-central1 us-east1 us-east4"
    " us-east5 us-south1 us-west1 us-west2 us-west3 us-west4"
)
REGIONS = frozenset(_NAMES.split())


def _project(value: str) -> str:
    if not PROJECT.fullmatch(value):
        raise ValueError(f"{value!r} is not a project's id: 6 to 30 lower-case letters, digits and hyphens")
    return value


def _region(value: str) -> str:
    if value not in REGIONS:
        raise ValueError(f"{value!r} is not a region such as europe-west1")
    return value


class CloudRunOptions(Options):
    """Options of the target `gcp.cloud_run`."""

    project: Annotated[str, AfterValidator(_project)] = Field(
        description="The id of the Google Cloud project that everything is made in.", examples=["my-project-123"]
    )
    region: Annotated[str, AfterValidator(_region)] = Field(
        description="The Google Cloud region that everything is made in.", examples=["europe-west1"]
    )


TARGETS = {"gcp.cloud_run": Spec(options=CloudRunOptions, capabilities=Capabilities(image=True), runs=False)}
