"""Who the service is on Google Cloud: a service account of its own, which may do what it must and what a stack adds."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.targets.gcp.raw import resource
from infra.targets.raw import Resource


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
        account = service_account(name, args.account_id, f"{name}, in {pulumi.get_stack()}", child)
        self.email: pulumi.Output[str] = account.output("email")
        self.member: pulumi.Output[str] = account.output("member")
        self.ready: list[pulumi.Resource] = [
            resource(
                "projects/iAMMember:IAMMember",
                f"{name}-{role.removeprefix('roles/').replace('/', '-').replace('.', '-')}",
                {"project": args.project, "role": role, "member": self.member},
                child,
            )
            for role in args.roles
        ]
        self.register_outputs({"email": self.email})


def service_account(name: str, account_id: str, shown: str, opts: ResourceOptions) -> Resource:
    """An account, of which `email` and `member` are told. `shown`: what a person reads."""
    props = {"accountId": account_id, "displayName": shown}
    return resource("serviceaccount/account:Account", name, props, opts, ("email", "member"))
