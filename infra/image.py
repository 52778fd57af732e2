"""The container image: built once from a staged context, published under its revision, run by its digest."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

# The user of the image (app/Dockerfile). Targets say it again, so that an image that forgot it does not run as root.
UID = "10001"
USER = f"{UID}:{UID}"
# How the image is asked whether it is well (HEALTHCHECK of app/Dockerfile), for platforms that do not look there.
HEALTH = ("python", "-I", "-S", "/srv/app/serving/health.py")
# Runs a job of the contract once, and no longer than it may take.
JOB = ("python", "-m", "serving.schedule", "--once")

if TYPE_CHECKING:
    from infra.revision import Release
    from infra.service import Service
    from infra.settings import Settings


@dataclass(frozen=True)
class Registry:
    """A repository for the stack's images, and who may push to it.

    Without a username whoever `docker login` says logs in. `cache` is the repository of the build's cache, one of its
    own, as tags of images may be immutable and the cache's is not. `elsewhere` answers with which password, or none,
    the same user logs in where another image is: each registry of Azure's gives one of its own.
    """

    repository: pulumi.Input[str]
    cache: pulumi.Input[str] | None = None
    username: pulumi.Input[str] | None = None
    password: pulumi.Input[str] | None = None
    elsewhere: Callable[[pulumi.Input[str]], pulumi.Output[str]] | None = None


@dataclass(frozen=True)
class Engine:
    """A Docker Engine that keeps its own images: what is built is loaded into it, under `name`, and pushed nowhere."""

    name: str
    host: str | None = None


@dataclass(frozen=True)
class Image:
    """What runs. `reference` is an image by its digest; `release` is what this checkout holds, whatever runs."""

    release: "Release"
    revision: pulumi.Input[str]
    reference: pulumi.Input[str]


def build_image(service: "Service", settings: "Settings", release: "Release", place: Registry | Engine | None) -> Image:
    """Declare the image of a release, or the promotion of another stack's.

    Args:
        place: where the target wants its images; nothing where the release's files are what is shipped.
    """
    if place is None:
        shipped = f"{settings.target}/{pulumi.get_stack()}/{release.revision}"
        return Image(release, release.revision, shipped)
    if settings.image:
        return _promoted(settings, release, place)
    # Only here: it brings docker-build's SDK.
    from infra.build import build

    if isinstance(place, Engine):
        return Image(release, release.revision, build(service, settings, release, place).local_tag)
    built = build(service, settings, release, place)
    return _published(built.pushed, settings, release, place, release.revision)


def _promoted(settings: "Settings", release: "Release", place: Registry | Engine) -> Image:
    """What another stack runs, or an image by its digest, copied into the stack's own repository where it has one."""
    named = str(settings.image)
    source: pulumi.Input[str] = named
    if "@" not in named:
        project = f"{pulumi.get_organization()}/{pulumi.get_project()}"
        source = pulumi.StackReference(f"{project}/{named}").require_output("image").apply(_by_digest)
    return _published(source, settings, release, place, None)


def _by_digest(image: object) -> str:
    if "@sha256:" not in str(image):
        rule = f"that stack runs {image}, which is in no registry"
        raise pulumi.RunError(f"service:image: {rule}. Fix: set service:registry.repository in that stack")
    return str(image)


def _published(
    source: pulumi.Input[str], settings: "Settings", release: "Release", place: Registry | Engine, revision: str | None
) -> Image:
    # Only here: it brings the registry's client.
    from infra.publication import Publication

    published = Publication("image", source, place if isinstance(place, Registry) else None, revision, settings)
    return Image(release, published.tag, published.reference)
