"""What the target `docker` wants: an Engine that answers, and a builder."""

from collections.abc import Iterator

from infra.errors import DeploymentError
from infra.targets.docker.engine import address, connected
from tools.doctor import building
from tools.doctor.check import Asked, Check, missing, ok, refused


def checks(of: Asked) -> Iterator[Check]:
    """The Engine that the stack, DOCKER_HOST or the Docker context names, and what builds for it."""
    engine = of.options.get("engine")
    try:
        with connected(engine) as client:
            version = client.version()  # pyright: ignore[reportUnknownMemberType] -- docker has no types for it
        yield ok("Engine", f"Docker {version['Version']} on {version['Os']}/{version['Arch']}, at {address(engine)}")
    except DeploymentError as error:
        check = refused("Engine", error)
        yield missing("Engine", check.said, check.fix or "see that this user may ask it: docker info")
    yield from building.checks(of, pushes=bool(of.table("registry")))
