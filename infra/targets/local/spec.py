"""What can be known of the target `local` without running anything."""

from typing import Annotated

from pydantic import Field

from infra.targets import Capabilities, Options, Spec


class LocalOptions(Options):
    """Options of the target `local`."""

    host: str = Field(
        "127.0.0.1",
        pattern=r"^[0-9.]+$",
        description="The IPv4 address to listen on; anything but a loopback address opens the service to the network.",
    )
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        None, description="The port to listen on; without it, the contract's own."
    )


# `replicas` is 1: the server's own worker processes use the machine's cores.
TARGETS = {
    "local": Spec(
        options=LocalOptions,
        capabilities=Capabilities(release=True, workers=True, jobs=True),
    )
}
