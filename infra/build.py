"""The build of a container image, by docker-build's provider with BuildKit."""

from dataclasses import dataclass

import pulumi
import pulumi_docker_build as docker_build

from infra.context import DOCKERFILE, stage
from infra.image import Engine, Registry
from infra.revision import Release
from infra.service import Service
from infra.settings import Build, Settings


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
    opts = pulumi.ResourceOptions(retain_on_delete=True)
    if isinstance(place, Engine) and place.host:
        opts.provider = docker_build.Provider("build", host=place.host)
    tag = "" if isinstance(place, Registry) else f"{place.name}:{release.revision}"
    image = docker_build.Image(
        "build",
        push=False,
        exports=[_pushed(registry.repository) if registry else _loaded(tag)],
        context=docker_build.BuildContextArgs(location=location),
        dockerfile=docker_build.DockerfileArgs(location=f"{location}/{DOCKERFILE}"),
        build_args={
            "PYTHON_IMAGE": release.inputs["base"],
            "WEB_SERVER": release.inputs["server"],
            "PORT": str(service.web.port),
            "TITLE": service.name,
            "REVISION": release.revision,
            "SOURCE": service.image.source,
            **(_attestations(asked) if registry else {}),
        },
        build_on_preview=False,
        builder=docker_build.BuilderConfigArgs(name=asked.builder) if asked.builder else None,
        platforms=[docker_build.Platform(name) for name in release.inputs["platforms"].split(",")],
        secrets={name: pulumi.Output.secret(value) for name, value in asked.secrets.items()} or None,
        # A token that was renewed changes nothing of what is built.
        ignore_secrets_in_diff_calculation=sorted(asked.secrets) or None,
        registries=_login(registry) if registry else None,
        cache_from=_cache_from(registry, release) if registry and asked.cache else None,
        cache_to=_cache_to(registry, release) if registry and asked.cache else None,
        opts=opts,
    )
    repository = registry.repository if registry else ""
    # The tag is known at once, and still what runs must wait for the build.
    loaded = pulumi.Output.all(image.urn, tag).apply(lambda known: str(known[1]))
    return Built(pushed=pulumi.Output.concat(repository, "@", image.digest), local_tag=loaded)


def _pushed(repository: pulumi.Input[str]) -> docker_build.ExportArgs:
    # By its digest alone: the tag is made afterwards, unless it stands already.
    return docker_build.ExportArgs(
        image=docker_build.ExportImageArgs(names=[repository], push=True, push_by_digest=True, oci_media_types=True)
    )


def _loaded(tag: str) -> docker_build.ExportArgs:
    return docker_build.ExportArgs(docker=docker_build.ExportDockerArgs(names=[tag]))


def _attestations(asked: Build) -> dict[str, str]:
    """BuildKit takes what to attest from build arguments too; docker-build has no property for it."""
    attest: dict[str, str] = {}
    if asked.provenance:
        attest["BUILDKIT_ATTEST_PROVENANCE"] = "mode=max"
    if asked.sbom:
        attest["BUILDKIT_ATTEST_SBOM"] = f"generator={asked.scanner}" if asked.scanner else "true"
    return attest


def _login(registry: Registry) -> list[docker_build.RegistryArgs] | None:
    if registry.username is None:
        return None
    host = pulumi.Output.from_input(registry.repository).apply(lambda name: name.partition("/")[0])
    password = None if registry.password is None else pulumi.Output.secret(registry.password)
    return [docker_build.RegistryArgs(address=host, username=registry.username, password=password)]


def _cache_from(registry: Registry, release: Release) -> list[docker_build.CacheFromArgs] | None:
    if registry.cache is None:
        return None
    ref = pulumi.Output.concat(registry.cache, ":", release.inputs["server"])
    return [docker_build.CacheFromArgs(registry=docker_build.CacheFromRegistryArgs(ref=ref))]


def _cache_to(registry: Registry, release: Release) -> list[docker_build.CacheToArgs] | None:
    if registry.cache is None:
        return None
    return [
        docker_build.CacheToArgs(
            registry=docker_build.CacheToRegistryArgs(
                ref=pulumi.Output.concat(registry.cache, ":", release.inputs["server"]),
                mode=docker_build.CacheMode.MAX,
                # A cache that cannot be written is no reason to fail what was built.
                ignore_error=True,
                image_manifest=True,
                oci_media_types=True,
            )
        )
    ]
