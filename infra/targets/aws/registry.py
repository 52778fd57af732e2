"""The registry on AWS: a repository in ECR whose tags never move, and one of its own for the build's cache."""

import json

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.image import Registry

# So many images stay, for going back to one. What is deployed is among the last.
KEPT = 30


class Images(pulumi.ComponentResource):
    """The repositories of the stack's images and of their builds' cache.

    Attributes:
        registry: where to push, and with which login; the token is good for twelve hours.
    """

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Images", name, {}, opts)
        child = ResourceOptions(parent=self)
        scanning = aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True)
        images = aws.ecr.Repository(
            name, image_tag_mutability="IMMUTABLE", image_scanning_configuration=scanning, opts=child
        )
        aws.ecr.LifecyclePolicy(name, repository=images.name, policy=json.dumps(_keeping(KEPT)), opts=child)
        # The cache is written again under the same tag.
        cache = aws.ecr.Repository(f"{name}-cache", image_tag_mutability="MUTABLE", force_delete=True, opts=child)
        asked = pulumi.InvokeOptions(parent=self)
        token = aws.ecr.get_authorization_token_output(registry_id=images.registry_id, opts=asked)
        self.registry = Registry(images.repository_url, cache.repository_url, token.user_name, token.password)
        self.register_outputs({"repository": images.repository_url})


def _keeping(count: int) -> dict[str, object]:
    old = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": count}
    return {"rules": [{"rulePriority": 1, "selection": old, "action": {"type": "expire"}}]}
