"""What Cloud Run keeps running: the service that answers requests, and worker pools."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_gcp as gcp
from pulumi import ResourceOptions

from infra.settings import Scale
from infra.targets.gcp.spec import CloudRunOptions

INGRESS = {
    "all": "INGRESS_TRAFFIC_ALL",
    "internal": "INGRESS_TRAFFIC_INTERNAL_ONLY",
    "load-balancer": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
}
INVOKER = "roles/run.invoker"


@dataclass(frozen=True)
class ServicesArgs:
    """What they have in common.

    Attributes:
        options: the stack's.
        ready: what must be there before one of them.
        held: whether templates stay as they are, since an earlier revision gets all requests.
        protect: whether the service outlives what else is destroyed.
    """

    options: CloudRunOptions
    ready: Sequence[pulumi.Resource] = ()
    held: bool = False
    protect: bool = False


class Services:
    """Makes the service and the worker pools of a stack."""

    def __init__(self, name: str, args: ServicesArgs, opts: ResourceOptions) -> None:
        self._name, self._args, self._opts = name, args, opts

    def web(
        self,
        name: str,
        template: Mapping[str, Any],
        scale: Scale,
        traffics: pulumi.Input[Any],
        after: Sequence[pulumi.Resource],
    ) -> gcp.cloudrunv2.Service:
        """The service. How many instances there are at the least makes no new revision; at the most, one does."""
        options, protect = self._args.options, self._args.protect
        least: Any = {"min_instance_count": scale.min}
        service = gcp.cloudrunv2.Service(
            f"{self._name}-web",
            name=name,
            location=options.region,
            ingress=INGRESS[options.ingress],
            # Not by a binding of everybody, which organizations forbid.
            invoker_iam_disabled=options.public,
            template=_as_input(template),
            traffics=traffics,
            scaling=least,
            deletion_protection=protect,
            opts=self._kept([*self._args.ready, *after], protect=protect),
        )
        for member in () if options.public else options.invokers:
            gcp.cloudrunv2.ServiceIamMember(
                f"{self._name}-{member.replace(':', '-').replace('@', '-at-').replace('/', '-')}",
                location=options.region,
                name=service.name,
                role=INVOKER,
                member=member,
                opts=self._opts,
            )
        return service

    def worker(
        self, name: str, process: str, template: Mapping[str, Any], after: Sequence[pulumi.Resource]
    ) -> gcp.cloudrunv2.WorkerPool:
        """A worker: one instance. While another takes its place there are two for a moment."""
        one: Any = {"manual_instance_count": 1}
        return gcp.cloudrunv2.WorkerPool(
            f"{self._name}-{process.replace('.', '-')}",
            name=name,
            location=self._args.options.region,
            template=_as_input(template),
            scaling=one,
            deletion_protection=False,
            opts=self._kept([*self._args.ready, *after]),
        )

    def job(
        self, name: str, process: str, template: Mapping[str, Any], after: Sequence[pulumi.Resource]
    ) -> gcp.cloudrunv2.Job:
        """A job, which nothing has run yet."""
        return gcp.cloudrunv2.Job(
            f"{self._name}-{process.replace('.', '-')}",
            name=name,
            location=self._args.options.region,
            template=_as_input(template),
            deletion_protection=False,
            opts=self._kept([*self._args.ready, *after]),
        )

    def _kept(self, after: Sequence[pulumi.Resource], *, protect: bool = False) -> ResourceOptions:
        held = ["template"] if self._args.held else None
        opts = ResourceOptions(depends_on=[*after], ignore_changes=held, protect=protect or None)
        return ResourceOptions.merge(self._opts, opts)


def _as_input(template: Mapping[str, Any]) -> Any:
    """A template as the SDK takes it."""
    return template
