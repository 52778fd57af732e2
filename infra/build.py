"""The build of a container image, by docker-build's provider with BuildKit.

The engine is told of it by the names that the provider has. The SDK's own classes are not used: to import them takes a
tenth of the time of a preview.
"""

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from infra.context import DOCKERFILE, stage
from infra.image import Engine, Registry
from infra.revision import Release
from infra.service import Service
from infra.settings import Build, Settings

Props = Mapping[str, Any]

# How layers are packed: the provider's defaults, which its SDK says every time.
PACKED: Props = {"compression": "gzip", "compressionLevel": 0, "forceCompression": False}


class DockerImage(pulumi.CustomResource):
    """An image of docker-build, with its inputs in the provider's words.

    Attributes:
        digest: of what was pushed.
    """

    digest: pulumi.Output[str]


@dataclass(frozen=True)
class Built:
    """Where what was built can be found: by its digest in a registry, or under a tag in a Docker Engine."""

    pushed: pulumi.Output[str]
    local_tag: pulumi.Output[str]


def build(service: Service, settings: Settings, release: Release, place: Registry | Engine) -> Built:
    """Declare the image, which is always registered: leaving it out would plan to delete it."""
    location = stage(release, service.image.dockerfile)
    asked = settings.build
    registry = place if isinstance(place, Registry) else None
    version = importlib.metadata.version("pulumi-docker-build")
    opts = pulumi.ResourceOptions(retain_on_delete=True, version=version, additional_secret_outputs=["secrets"])
    if isinstance(place, Engine) and place.host:
        at = pulumi.ResourceOptions(version=version)
        opts.provider = pulumi.ProviderResource("docker-build", "build", {"host": place.host}, at)
    tag = "" if isinstance(place, Registry) else f"{place.name}:{release.revision}"
    props: dict[str, Any] = {
        "push": False,
        "exports": [_pushed(registry.repository) if registry else _loaded(tag)],
        "context": {"location": location},
        "dockerfile": {"location": f"{location}/{DOCKERFILE}"},
        "buildArgs": {
            "PYTHON_IMAGE": release.inputs["base"],
            "WEB_SERVER": release.inputs["server"],
            "PORT": str(service.web.port),
            "TITLE": service.name,
            "REVISION": release.revision,
            "SOURCE": service.image.source,
            **(_attestations(asked) if registry else {}),
        },
        "buildOnPreview": False,
        "builder": {"name": asked.builder} if asked.builder else None,
        "network": "default",
        "platforms": release.inputs["platforms"].split(","),
        "secrets": pulumi.Output.secret(asked.secrets) if asked.secrets else None,
        # A token that was renewed changes nothing of what is built.
        "ignoreSecretsInDiffCalculation": sorted(asked.secrets) or None,
        "registries": _login(registry) if registry else None,
        "cacheFrom": _cache_from(registry, release) if registry and asked.cache else None,
        "cacheTo": _cache_to(registry, release) if registry and asked.cache else None,
        "digest": None,
    }
    image = DockerImage("docker-build:index:Image", "build", props, opts)
    repository = registry.repository if registry else ""
    # The tag is known at once, and still what runs must wait for the build.
    loaded = pulumi.Output.all(image.urn, tag).apply(lambda known: str(known[1]))
    return Built(pushed=pulumi.Output.concat(repository, "@", image.digest), local_tag=loaded)


def _pushed(repository: pulumi.Input[str]) -> Props:
    # By its digest alone: the tag is made afterwards, unless it stands already.
    told = {"names": [repository], "push": True, "pushByDigest": True, "ociMediaTypes": True, "store": True}
    return {"image": {**PACKED, **told}}


def _loaded(tag: str) -> Props:
    return {"docker": {**PACKED, "names": [tag], "ociMediaTypes": False, "tar": True}}


def _attestations(asked: Build) -> dict[str, str]:
    """BuildKit takes what to attest from build arguments too; docker-build has no property for it."""
    attest: dict[str, str] = {}
    if asked.provenance:
        attest["BUILDKIT_ATTEST_PROVENANCE"] = "mode=max"
    if asked.sbom:
        attest["BUILDKIT_ATTEST_SBOM"] = f"generator={asked.scanner}" if asked.scanner else "true"
    return attest


def _login(registry: Registry) -> list[Props] | None:
    if registry.username is None:
        return None
    host = pulumi.Output.from_input(registry.repository).apply(lambda name: name.partition("/")[0])
    password = None if registry.password is None else pulumi.Output.secret(registry.password)
    return [{"address": host, "username": registry.username, "password": password}]


def _cache_from(registry: Registry, release: Release) -> list[Props] | None:
    if registry.cache is None:
        return None
    ref = pulumi.Output.concat(registry.cache, ":", release.inputs["server"])
    return [{"registry": {"ref": ref}}]


def _cache_to(registry: Registry, release: Release) -> list[Props] | None:
    if registry.cache is None:
        return None
    told = {
        "ref": pulumi.Output.concat(registry.cache, ":", release.inputs["server"]),
        "mode": "max",
        # A cache that cannot be written is no reason to fail what was built.
        "ignoreError": True,
        "imageManifest": True,
        "ociMediaTypes": True,
        **PACKED,
    }
    return [{"registry": told}]
