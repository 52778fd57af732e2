"""What can be known of the target `local` without running anything."""

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, Field

from infra.targets.spec import Capabilities, Options, Spec


def _ipv4(value: str) -> str:
    try:
        return str(ipaddress.IPv4Address(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is not an IPv4 address") from error


class LocalOptions(Options):
    """Options of the target `local`."""

    host: Annotated[str, AfterValidator(_ipv4)] = Field(
        "127.0.0.1",
        examples=["127.0.0.1"],
        description="The IPv4 address to listen on; anything but a loopback address opens the service to the network.",
    )
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        None, description="The port to listen on; without it, the contract's own.", examples=[8001]
    )


# `replicas` is 1: the server's own worker processes use the machine's cores.
TARGETS = {
    "local": Spec(
        options=LocalOptions,
        capabilities=Capabilities(release=True, workers=True, jobs=True),
    )
}
