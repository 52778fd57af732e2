"""What can be known of the targets on AWS without its SDK."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from infra.targets.spec import Capabilities, Options, Spec

# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html, read 2026-11-23.
REGION = re.compile(r"[a-z]{2}(-gov|-iso[a-z]?)?-(central|north|south|(north|south)?(east|west))-\d")


def _region(value: str) -> str:
    if not REGION.fullmatch(value):
        raise ValueError(f"{value!r} is not a region such as eu-central-1")
    return value


class FargateOptions(Options):
    """Options of the target `aws.fargate`."""

    region: Annotated[str, AfterValidator(_region)] = Field(
        description="The AWS region that everything is made in.", examples=["eu-central-1"]
    )
    zones: int = Field(2, ge=2, le=3, description="Over how many availability zones the network goes.", examples=[3])


TARGETS = {"aws.fargate": Spec(options=FargateOptions, capabilities=Capabilities(image=True), runs=False)}
