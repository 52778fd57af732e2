"""The registry on Google Cloud: a repository whose tags never move, and one of its own for the build's cache."""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp
from pulumi import ResourceOptions

from infra.image import Registry

# So many images stay, for going back to one. What is deployed is among the last.
KEPT = 30
# The name that a deployer's own token logs in under.
TOKEN_USER = "oauth2accesstoken"  # noqa: S105 - a user's name


@dataclass(frozen=True)
class ImagesArgs:
    """Where the repositories lie."""

    region: str


class Images(pulumi.ComponentResource):
    """The repositories of the stack's images and of their builds' cache.

    Attributes:
        registry: where to push, with the token of whoever runs the program.
    """

    def __init__(self, name: str, args: ImagesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:Images", name, {}, opts)
        child = ResourceOptions(parent=self)
        # The id is the name, so two stacks of one project need two.
        stack = f"{name}-{pulumi.get_stack()}".lower().replace(".", "-").replace("_", "-")
        newest = gcp.artifactregistry.RepositoryCleanupPolicyMostRecentVersionsArgs(keep_count=KEPT)
        untagged = gcp.artifactregistry.RepositoryCleanupPolicyConditionArgs(
            tag_state="UNTAGGED", older_than="2592000s"
        )
        images = gcp.artifactregistry.Repository(
            name,
            repository_id=stack,
            location=args.region,
            format="DOCKER",
            docker_config=gcp.artifactregistry.RepositoryDockerConfigArgs(immutable_tags=True),
            cleanup_policies=[
                gcp.artifactregistry.RepositoryCleanupPolicyArgs(id="keep", action="KEEP", most_recent_versions=newest),
                gcp.artifactregistry.RepositoryCleanupPolicyArgs(id="expire", action="DELETE", condition=untagged),
            ],
            opts=child,
        )
        cache = gcp.artifactregistry.Repository(
            f"{name}-cache", repository_id=f"{stack}-cache", location=args.region, format="DOCKER", opts=child
        )
        token = gcp.organizations.get_client_config_output(opts=pulumi.InvokeOptions(parent=self)).access_token
        self.registry = Registry(
            pulumi.Output.concat(images.registry_uri, "/", name),
            pulumi.Output.concat(cache.registry_uri, "/", name),
            TOKEN_USER,
            token,
        )
        self.register_outputs({"repository": images.registry_uri})
