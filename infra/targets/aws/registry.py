"""The registry on AWS: a repository in ECR whose tags never move, and one of its own for the build's cache."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.image import Registry

# Days after which what nothing names is removed.
UNTAGGED = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7}


@dataclass(frozen=True)
class ImagesArgs:
    """How images are kept.

    Attributes:
        kept: so many stay, for going back to one. What is deployed is among the last that were pushed.
        protect: whether they outlive what else is destroyed.
    """

    kept: int
    protect: bool = False


class Images(pulumi.ComponentResource):
    """The repositories of the stack's images and of their builds' cache.

    Attributes:
        registry: where to push, and with which login; the token is good for twelve hours.
        arn: of the images' repository.
    """

    def __init__(self, name: str, args: ImagesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Images", name, {}, opts)
        images = self._repository(name, "IMMUTABLE", args.protect)
        # Every image that a stack runs has its revision for a tag; what an index holds stays with it.
        newest = {"tagStatus": "tagged", "tagPatternList": ["*"], "countType": "imageCountMoreThan"}
        self._expire(name, images, {**newest, "countNumber": args.kept}, UNTAGGED)
        # The cache is written again under the same tag; what lost its tag is of no use.
        cache = self._repository(f"{name}-cache", "MUTABLE", protect=False)
        self._expire(f"{name}-cache", cache, UNTAGGED)
        asked = pulumi.InvokeOptions(parent=self)
        token = aws.ecr.get_authorization_token_output(registry_id=images.registry_id, opts=asked)
        self.arn = images.arn
        self.registry = Registry(images.repository_url, cache.repository_url, token.user_name, token.password)
        self.register_outputs({"repository": images.repository_url})

    def _repository(self, name: str, tags: str, protect: bool) -> aws.ecr.Repository:
        return aws.ecr.Repository(
            name,
            image_tag_mutability=tags,
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            # With a key of one's own, to leave it would be to lose the images.
            encryption_configurations=[aws.ecr.RepositoryEncryptionConfigurationArgs(encryption_type="AES256")],
            force_delete=not protect,
            opts=ResourceOptions(parent=self, protect=protect),
        )

    def _expire(self, name: str, repository: aws.ecr.Repository, *selections: Mapping[str, object]) -> None:
        rules = [
            {"rulePriority": priority, "selection": selection, "action": {"type": "expire"}}
            for priority, selection in enumerate(selections, 1)
        ]
        opts = ResourceOptions(parent=self)
        aws.ecr.LifecyclePolicy(name, repository=repository.name, policy=json.dumps({"rules": rules}), opts=opts)
