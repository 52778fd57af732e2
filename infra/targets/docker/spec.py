"""What can be known of the target `docker` without its SDK."""

import ipaddress
import platform
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from infra.commands import key_of
from infra.errors import Problem
from infra.targets.spec import Capabilities, Options, Spec

if TYPE_CHECKING:
    from infra.service import Service
    from infra.settings import Settings

MIB = 1024 * 1024

# ADMIN_PORT of app/Dockerfile.
ADMIN_PORT = 9464

# What `docker run --cpus` takes at the least (moby's daemon_unix.go, "range of CPUs is from 0.01", read 2026-11-23).
LEAST_CPU = 0.01


def _ipv4(value: str) -> str:
    try:
        return str(ipaddress.IPv4Address(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is not an IPv4 address") from error


def _engine(value: str) -> str:
    if not re.fullmatch(r"(unix:///|ssh://|tcp://|npipe:////)\S+", value):
        raise ValueError(f"{value!r} is not the address of a Docker Engine (unix:///..., ssh://user@host, tcp://...)")
    return value


def _size(value: str) -> str:
    if not re.fullmatch(r"[1-9]\d*[kmg]", value):
        raise ValueError(f"{value!r} is not a size such as 10m")
    return value


class LogOptions(Options):
    """How much of what each container writes is kept by the Engine."""

    max_size: Annotated[str, AfterValidator(_size)] = Field(
        "10m", description="How long a log file gets before the next is begun.", examples=["10m"]
    )
    max_files: int = Field(3, ge=1, le=100, description="How many log files of a container are kept.", examples=[3])


class DockerOptions(Options):
    """Options of the target `docker`."""

    engine: Annotated[str, AfterValidator(_engine)] | None = Field(
        None,
        examples=["ssh://deploy@server.example.com"],
        description="The Docker Engine's address; without it, that of `DOCKER_HOST` or of the current Docker context.",
    )
    host: Annotated[str, AfterValidator(_ipv4)] = Field(
        "127.0.0.1",
        examples=["127.0.0.1"],
        description="The Engine's address to publish on; anything but a loopback address opens it to the network.",
    )
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        None, description="The port to publish; without it, the contract's own.", examples=[8001]
    )
    log: LogOptions = Field(
        default_factory=lambda: LogOptions.model_validate({}), description="How much of the logs is kept."
    )


def _check(service: "Service", settings: "Settings") -> list[Problem]:
    options = settings.options
    if not isinstance(options, DockerOptions):
        return []  # They are wrong in themselves, which is told already.
    return [*_problems(service, settings, options), *_image_problems(settings, options)]


def _problems(service: "Service", settings: "Settings", options: DockerOptions) -> Iterator[Problem]:
    if (options.port or service.web.port) == ADMIN_PORT:
        rule = f"{ADMIN_PORT} is the port that metrics are told at inside the container"
        yield Problem(key_of("options.port"), rule, "pulumi config set --path service:options.port 8001")
    if settings.size.cpu < LEAST_CPU:
        rule = f"{settings.size.cpu:g} is less than the {LEAST_CPU} of a core that Docker can give"
        yield Problem(key_of("size.cpu"), rule, "pulumi config set --path service:size.cpu 0.25")


def _image_problems(settings: "Settings", options: DockerOptions) -> Iterator[Problem]:
    asked = settings.build.platforms
    key = key_of("build.platforms")
    if len(set(asked)) > 1 and settings.registry is None and settings.image is None:
        rule = "an image for several platforms needs service:registry: an Engine keeps one platform's alone"
        yield Problem(key, rule, "pulumi config set --path service:registry.repository ghcr.io/acme/orders")
    if not asked and settings.image is None and (options.engine or "").startswith(("ssh://", "tcp://")):
        rule = "is required where service:options.engine is another machine's, whose platform is not known here"
        yield Problem(key, rule, "pulumi config set --path service:build.platforms[0] linux/amd64")


def _own_platform() -> str:
    return "linux/arm64" if platform.machine().lower() in ("arm64", "aarch64") else "linux/amd64"


# `replicas` is 1: the server's own worker processes use the Engine's cores.
TARGETS = {
    "docker": Spec(
        options=DockerOptions,
        capabilities=Capabilities(release=True, workers=True, jobs=True, image=True),
        platforms=(_own_platform(),),
        check=_check,
    )
}
