"""What can be known of the targets on Google Cloud without its SDK."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from infra.targets.spec import Capabilities, Options, Spec

# https://cloud.google.com/resource-manager/docs/creating-managing-projects, read 2026-11-23.
PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
REGION = re.compile(r"[a-z]+-[a-z]+\d+")


def _project(value: str) -> str:
    if not PROJECT.fullmatch(value):
        raise ValueError(f"{value!r} is not a project's id: 6 to 30 lower-case letters, digits and hyphens")
    return value


def _region(value: str) -> str:
    if not REGION.fullmatch(value):
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
