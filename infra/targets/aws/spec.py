"""What can be known of the targets on AWS without its SDK."""

from typing import Annotated

from pydantic import AfterValidator, Field

from infra.targets.spec import Capabilities, Options, Spec

# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html and botocore 1.44's endpoints.json,
# without China's and the isolated ones, read 2026-11-23.
_NAMES = (
    "af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1"
    " ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1"
    " eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1"
    " me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2"
    " us-gov-east-1 us-gov-west-1"
)
REGIONS = frozenset(_NAMES.split())


def _region(value: str) -> str:
    if value not in REGIONS:
        raise ValueError(f"{value!r} is not a region such as eu-central-1")
    return value


class FargateOptions(Options):
    """Options of the target `aws.fargate`."""

    region: Annotated[str, AfterValidator(_region)] = Field(
        description="The AWS region that everything is made in.", examples=["eu-central-1"]
    )
    zones: int = Field(2, ge=2, le=3, description="Over how many availability zones the network goes.", examples=[3])


TARGETS = {"aws.fargate": Spec(options=FargateOptions, capabilities=Capabilities(image=True), runs=False)}
