"""What can be known of the targets on Azure without its SDK."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from infra.targets.spec import Capabilities, Options, Spec

LOCATION = re.compile(r"[a-z]+\d?")


def _location(value: str) -> str:
    if not LOCATION.fullmatch(value):
        raise ValueError(f"{value!r} is not a location such as westeurope")
    return value


class ContainerAppsOptions(Options):
    """Options of the target `azure.container_apps`."""

    location: Annotated[str, AfterValidator(_location)] = Field(
        description="The Azure location that everything is made in.", examples=["westeurope"]
    )
    registry: Literal["Basic", "Standard", "Premium"] = Field(
        "Basic", description="The tier of the container registry.", examples=["Standard"]
    )


TARGETS = {
    "azure.container_apps": Spec(options=ContainerAppsOptions, capabilities=Capabilities(image=True), runs=False)
}
