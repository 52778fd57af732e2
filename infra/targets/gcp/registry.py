"""The registry on Google Cloud: a repository whose tags never move, and one of its own for the build's cache.

While tags never move Google lets nobody delete an image that has one
(https://cloud.google.com/artifact-registry/docs/repositories/update-repo-settings, read 2026-11-30): what is too old
goes by itself only where it has no tag.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.image import Registry
from infra.naming import fixed_name
from infra.targets.gcp.raw import answer, resource
from infra.targets.raw import Resource

# The name that a deployer's own token logs in under.
TOKEN_USER = "oauth2accesstoken"  # noqa: S105 - a user's name
# Characters of a repository's name: https://cloud.google.com/artifact-registry/docs/repositories/create-repos, read
# 2026-11-23.
LONGEST_REPOSITORY = 63
# Of one image a repository counts several: for each platform the image and what is attested of it, and their index.
PARTS, INDEX = 2, 1
# What is kept of a build's cache.
CACHES = 3
# After so many seconds what is none of the newest goes.
OLD = "604800s"


@dataclass(frozen=True)
class ImagesArgs:
    """Where the repositories lie, and how images are kept.

    Attributes:
        stack: what they are called.
        region: that they lie in.
        kept: so many images stay, for going back to one. What is deployed is among the last that were pushed.
        platforms: that each image is for.
        scanning: whether each image is looked through for known vulnerabilities.
        protect: whether they outlive what else is destroyed.
    """

    stack: str
    region: str
    kept: int
    platforms: int = 1
    scanning: bool = True
    protect: bool = False


class Images(pulumi.ComponentResource):
    """The repositories of the stack's images and of their builds' cache.

    Attributes:
        registry: where to push, with the token of whoever runs the program; it is good for an hour.
        repository: that of the images, by its whole name.
    """

    def __init__(self, name: str, args: ImagesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:Images", name, {}, opts)
        self._args = args
        versions = args.kept * (INDEX + PARTS * args.platforms)
        images = self._repository(name, "", versions, immutable=True, protect=args.protect)
        # The cache is written again under the same tag.
        cache = self._repository(f"{name}-cache", "cache", CACHES, immutable=False, protect=False)
        address = images.output("registryUri")
        self.repository: pulumi.Output[str] = images.id
        self.registry = Registry(
            pulumi.Output.concat(address, "/", name),
            pulumi.Output.concat(cache.output("registryUri"), "/", name),
            TOKEN_USER,
            token(pulumi.InvokeOptions(parent=self)),
        )
        self.register_outputs({"repository": address})

    def _repository(self, name: str, word: str, kept: int, *, immutable: bool, protect: bool) -> Resource:
        """One, of which `registryUri` is told."""
        words: Sequence[str] = [self._args.stack, *([word] if word else [])]
        newest = {"id": "keep", "action": "KEEP", "mostRecentVersions": {"keepCount": kept}}
        old = {"id": "expire", "action": "DELETE", "condition": {"tagState": "ANY", "olderThan": OLD}}
        scanned = "INHERITED" if self._args.scanning and not word else "DISABLED"
        return resource(
            "artifactregistry/repository:Repository",
            name,
            {
                "repositoryId": fixed_name(LONGEST_REPOSITORY, *words),
                "location": self._args.region,
                "format": "DOCKER",
                "dockerConfig": {"immutableTags": immutable},
                "cleanupPolicies": [newest, old],
                "vulnerabilityScanningConfig": {"enablementConfig": scanned},
            },
            ResourceOptions(parent=self, protect=protect),
            ("registryUri",),
        )


def token(opts: pulumi.InvokeOptions) -> pulumi.Output[str]:
    """With which whoever runs the program logs in: their own login of Google Cloud."""
    known = answer("organizations/getClientConfig", opts)
    return pulumi.Output.secret(known).apply(lambda config: str(config["accessToken"]))
