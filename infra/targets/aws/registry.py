"""The registry on AWS: a repository in ECR whose tags never move, and one of its own for the build's cache."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.image import Registry


@dataclass(frozen=True)
class ImagesArgs:
    """How images are kept.

    Attributes:
        kept: so many stay, for going back to one. What is deployed is among the last.
        key: the KMS key of the stack's own, if there is one.
        protect: whether they outlive what else is destroyed.
    """

    kept: int
    key: pulumi.Input[str] | None = None
    protect: bool = False


class Images(pulumi.ComponentResource):
    """The repositories of the stack's images and of their builds' cache.

    Attributes:
        registry: where to push, and with which login; the token is good for twelve hours.
        arn: of the images' repository.
    """

    def __init__(self, name: str, args: ImagesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Images", name, {}, opts)
        self._encryption = aws.ecr.RepositoryEncryptionConfigurationArgs(
            encryption_type="KMS" if args.key else "AES256", kms_key=args.key
        )
        images = self._repository(name, "IMMUTABLE", args.protect)
        self._keep(name, images, args.kept, "any")
        # The cache is written again under the same tag; what lost its tag is of no use.
        cache = self._repository(f"{name}-cache", "MUTABLE", protect=False)
        self._keep(f"{name}-cache", cache, 1, "untagged")
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
            encryption_configurations=[self._encryption],
            force_delete=not protect,
            opts=ResourceOptions(parent=self, protect=protect),
        )

    def _keep(self, name: str, repository: aws.ecr.Repository, count: int, which: str) -> None:
        old = {"tagStatus": which, "countType": "imageCountMoreThan", "countNumber": count}
        rules = {"rules": [{"rulePriority": 1, "selection": old, "action": {"type": "expire"}}]}
        opts = ResourceOptions(parent=self)
        aws.ecr.LifecyclePolicy(name, repository=repository.name, policy=json.dumps(rules), opts=opts)
