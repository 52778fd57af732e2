"""Who the service is in AWS where it runs in a cluster: a role that its pods get by their account in the cluster."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.targets.aws.account import policy, trust

# Where a pod asks for the role's credentials:
# https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html, read 2026-11-30.
AGENT = "169.254.170.23/32:80"


@dataclass(frozen=True)
class PodIdentityArgs:
    """Whose role it is.

    Attributes:
        account: the account's number.
        cluster: by its name.
        namespace: of the pods.
        service_account: of the pods.
        policies: what they may do: managed policies by ARN.
    """

    account: pulumi.Input[str]
    cluster: pulumi.Input[str]
    namespace: str
    service_account: str
    policies: Sequence[str]


class PodIdentity(pulumi.ComponentResource):
    """The role of the service's pods. `ready`: what must be there before one starts."""

    def __init__(self, name: str, args: PodIdentityArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:PodIdentity", name, {}, opts)
        child = ResourceOptions(parent=self)
        # https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html, read 2026-11-30.
        tags = {
            "eks-cluster-name": args.cluster,
            "kubernetes-namespace": args.namespace,
            "kubernetes-service-account": args.service_account,
        }
        trusted = policy(trust("pods.eks.amazonaws.com", args.account, tags))
        role = aws.iam.Role(f"{name}-pods", assume_role_policy=trusted, opts=child)
        self.ready: list[pulumi.Resource] = [
            aws.iam.RolePolicyAttachment(f"{name}-{arn.rpartition('/')[2]}", role=role.name, policy_arn=arn, opts=child)
            for arn in args.policies
        ]
        self.ready.append(
            aws.eks.PodIdentityAssociation(
                name,
                cluster_name=args.cluster,
                namespace=args.namespace,
                service_account=args.service_account,
                role_arn=role.arn,
                opts=child,
            )
        )
        self.register_outputs({})
