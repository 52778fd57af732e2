"""Images in a Docker Engine: pulled by digest, and the long past ones removed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from docker.errors import APIError, ImageNotFound

from infra import oci
from infra.commands import rebuild_command
from infra.errors import DeploymentError
from infra.publication import REVISION_LABEL
from infra.targets.docker.engine import connected

if TYPE_CHECKING:
    import docker
    from docker.models.images import Image

# So many of a repository's images stay in the Engine, for going back to one at once.
KEPT = 5


def keep(
    engine: str | None, stack: str, reference: str, login: tuple[str, str] | None, say: Callable[[str], None]
) -> str:
    """Make sure that an image is in the Engine, pulling it when it has a digest; the answer is the image's id.

    Raises:
        DeploymentError: it cannot be pulled, or was loaded and is no longer there.
    """
    with connected(engine) as client:
        image = _found(client, reference) or _pulled(client, stack, reference, login, say)
        _prune(client, reference, image)
        return str(image.id)


def is_gone(engine: str | None, image_id: str) -> bool:
    """Whether the Engine certainly has an image no more; an Engine that cannot be asked says nothing of that."""
    try:
        with connected(engine) as client:
            return _found(client, image_id) is None
    except DeploymentError:
        return False


def _found(client: "docker.DockerClient", name: str) -> "Image | None":
    try:
        return client.images.get(name)
    except ImageNotFound:
        return None


def _pulled(
    client: "docker.DockerClient",
    stack: str,
    reference: str,
    login: tuple[str, str] | None,
    say: Callable[[str], None],
) -> "Image":
    if "@" not in reference:
        rule = f"{reference} was built into the Docker Engine and is no longer there"
        raise DeploymentError(f"{rule}. Fix: {rebuild_command(stack)}")
    say(f"pulling {reference}")
    repository, digest = reference.split("@")
    credentials = {"username": login[0], "password": login[1]} if login else None
    try:
        return client.images.pull(repository, tag=digest, auth_config=credentials)
    except APIError as error:
        host = oci.Reference.parse(reference).host
        fix = f"docker login {host}, or set service:registry.username and .password"
        raise DeploymentError(f"{reference} cannot be pulled: {error.explanation}. Fix: {fix}") from error


def _prune(client: "docker.DockerClient", reference: str, used: "Image") -> None:
    repository = oci.Reference.parse(reference).repository.removeprefix("docker.io/library/").removeprefix("docker.io/")
    try:
        found = client.images.list(name=repository, filters={"label": REVISION_LABEL})
    except APIError:
        return  # Another run is removing some at this moment.
    others = [image for image in found if image.id != used.id]
    for image in sorted(others, key=lambda image: str(image.attrs["Created"]), reverse=True)[KEPT - 1 :]:
        try:
            image.remove()
        except APIError:
            continue  # Something runs it, or it has another name too.
