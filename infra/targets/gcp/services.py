"""What Cloud Run keeps running: the service that answers requests, and worker pools."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.settings import Scale
from infra.targets.gcp.raw import resource
from infra.targets.gcp.spec import CloudRunOptions
from infra.targets.raw import Resource

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
    ) -> Resource:
        """The service. How many instances there are at the least makes no new revision; at the most, one does."""
        options, protect = self._args.options, self._args.protect
        service = resource(
            "cloudrunv2/service:Service",
            f"{self._name}-web",
            {
                "name": name,
                "location": options.region,
                "ingress": INGRESS[options.ingress],
                # Not by a binding of everybody, which organizations forbid.
                "invokerIamDisabled": options.public,
                "template": template,
                "traffics": traffics,
                "scaling": {"minInstanceCount": scale.min},
                "deletionProtection": protect,
            },
            self._kept([*self._args.ready, *after], protect=protect),
            ("uri", "trafficStatuses"),
        )
        for member in () if options.public else options.invokers:
            resource(
                "cloudrunv2/serviceIamMember:ServiceIamMember",
                f"{self._name}-{member.replace(':', '-').replace('@', '-at-').replace('/', '-')}",
                {"location": options.region, "name": service.output("name"), "role": INVOKER, "member": member},
                self._opts,
            )
        return service

    def worker(
        self, name: str, process: str, template: Mapping[str, Any], after: Sequence[pulumi.Resource]
    ) -> Resource:
        """A worker: one instance. While another takes its place there are two for a moment."""
        return resource(
            "cloudrunv2/workerPool:WorkerPool",
            f"{self._name}-{process.replace('.', '-')}",
            {
                "name": name,
                "location": self._args.options.region,
                "template": template,
                "scaling": {"manualInstanceCount": 1},
                "deletionProtection": False,
            },
            self._kept([*self._args.ready, *after]),
        )

    def job(self, name: str, process: str, template: Mapping[str, Any], after: Sequence[pulumi.Resource]) -> Resource:
        """A job, which nothing has run yet."""
        return resource(
            "cloudrunv2/job:Job",
            f"{self._name}-{process.replace('.', '-')}",
            {
                "name": name,
                "location": self._args.options.region,
                "template": template,
                "deletionProtection": False,
            },
            self._kept([*self._args.ready, *after]),
        )

    def _kept(self, after: Sequence[pulumi.Resource], *, protect: bool = False) -> ResourceOptions:
        held = ["template"] if self._args.held else None
        opts = ResourceOptions(depends_on=[*after], ignore_changes=held, protect=protect or None)
        return ResourceOptions.merge(self._opts, opts)
