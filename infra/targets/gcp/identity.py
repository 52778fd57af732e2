"""Who the service is on Google Cloud: a service account of its own, which may do what it must and what a stack adds."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp
from pulumi import ResourceOptions


@dataclass(frozen=True)
class IdentityArgs:
    """What the account is for.

    Attributes:
        account_id: what it is called.
        project: that it is in.
        roles: what the service itself may do in the project.
    """

    account_id: str
    project: str
    roles: Sequence[str] = ()


class Identity(pulumi.ComponentResource):
    """The account that every process runs as. Cloud Run pulls its image and writes its log with an account of its own.

    Attributes:
        email: of the account, by which Cloud Run knows it.
        member: the account, as IAM names it.
        ready: what must be there before a process runs.
    """

    def __init__(self, name: str, args: IdentityArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:Identity", name, {}, opts)
        child = ResourceOptions(parent=self)
        account = gcp.serviceaccount.Account(
            name, account_id=args.account_id, display_name=f"{name}, in {pulumi.get_stack()}", opts=child
        )
        self.email, self.member = account.email, account.member
        self.ready: list[pulumi.Resource] = [
            gcp.projects.IAMMember(
                f"{name}-{role.removeprefix('roles/').replace('/', '-').replace('.', '-')}",
                project=args.project,
                role=role,
                member=account.member,
                opts=child,
            )
            for role in args.roles
        ]
        self.register_outputs({"email": self.email})
