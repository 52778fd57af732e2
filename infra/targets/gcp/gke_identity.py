"""Who the service is on Google Cloud where it runs in a cluster: its pods' account there, which IAM knows by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.targets.gcp.raw import answer, resource

# Where a pod asks for its credentials in a cluster with Dataplane V2:
# https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy#network-policy-and-workload-identity, read
# 2026-11-30.
METADATA = ("169.254.169.254/32:80", "169.254.169.254/32:8080")


@dataclass(frozen=True)
class PodIdentityArgs:
    """Whose roles they are.

    Attributes:
        project: that the cluster is in, and the roles are given in.
        namespace: of the pods.
        service_account: of the pods.
        roles: what they may do there.
        apis: that must be on before the project is asked for its number.
    """

    project: str
    namespace: str
    service_account: str
    roles: Sequence[str]
    apis: Sequence[pulumi.Resource]


class PodIdentity(pulumi.ComponentResource):
    """The roles of the service's pods: no account of Google's stands between. `ready`: before one starts."""

    def __init__(self, name: str, args: PodIdentityArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:PodIdentity", name, {}, opts)
        child = ResourceOptions(parent=self)
        self.ready: list[pulumi.Resource] = []
        if args.roles:
            after = pulumi.InvokeOutputOptions(parent=self, depends_on=[*args.apis])
            number = answer("organizations/getProject", after).apply(lambda known: str(known["number"]))
            member = _principal(number, args)
            self.ready += [
                resource(
                    "projects/iAMMember:IAMMember",
                    f"{name}-{role.removeprefix('roles/').replace('/', '-').replace('.', '-')}",
                    {"project": args.project, "role": role, "member": member},
                    child,
                )
                for role in args.roles
            ]
        self.register_outputs({})


def _principal(number: pulumi.Input[str], args: PodIdentityArgs) -> pulumi.Output[str]:
    """The pods as IAM names them.

    https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity#kubernetes-resources-iam-policies, read
    2026-11-30.
    """
    pool = f"workloadIdentityPools/{args.project}.svc.id.goog"
    return pulumi.Output.concat(
        "principal://iam.googleapis.com/projects/",
        number,
        f"/locations/global/{pool}/subject/ns/{args.namespace}/sa/{args.service_account}",
    )
