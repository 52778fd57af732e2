"""Jobs on Google Cloud: Cloud Scheduler has Cloud Run run one whenever it is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.service import Job
from infra.targets.gcp.identity import service_account
from infra.targets.gcp.raw import resource
from infra.targets.gcp.services import INVOKER
from infra.targets.raw import Resource

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
# What could not be started is not started late: it is due again soon enough.
RETRIED = {"retryCount": 2, "maxRetryDuration": "60s", "minBackoffDuration": "5s", "maxBackoffDuration": "20s"}


@dataclass(frozen=True)
class JobsArgs:
    """What is run, and by whom.

    Attributes:
        jobs: of the contract, by name.
        made: the job on Cloud Run of each, by the job's name.
        region: of both.
        account_id: what the account that starts them is called.
        ready: what must be there before.
    """

    jobs: Mapping[str, Job]
    made: Mapping[str, Resource]
    region: str
    account_id: str
    ready: Sequence[pulumi.Resource] = ()


class Jobs(pulumi.ComponentResource):
    """A schedule for each job, and an account that may start these jobs and do nothing else.

    Cloud Scheduler shows an OAuth token of that account, not an OIDC one: Google's own APIs, and so the one that runs a
    job, take no other (https://cloud.google.com/scheduler/docs/http-target-auth, read 2026-11-29).
    """

    def __init__(self, name: str, args: JobsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:Jobs", name, {}, opts)
        child = ResourceOptions(parent=self)
        shown = f"starts jobs of {name}, in {pulumi.get_stack()}"
        account = service_account(f"{name}-jobs", args.account_id, shown, child)
        for job, given in args.jobs.items():
            made = args.made[job]
            allowed = resource(
                "cloudrunv2/jobIamMember:JobIamMember",
                f"{name}-{job}",
                {
                    "location": args.region,
                    "name": made.output("name"),
                    "role": INVOKER,
                    "member": account.output("member"),
                },
                child,
            )
            resource(
                "cloudscheduler/job:Job",
                f"{name}-{job}",
                {
                    "region": args.region,
                    "description": f"{job}: {given.schedule}",
                    "schedule": given.schedule,
                    "timeZone": "Etc/UTC",
                    "httpTarget": {
                        "httpMethod": "POST",
                        "uri": pulumi.Output.concat("https://run.googleapis.com/v2/", made.id, ":run"),
                        "oauthToken": {"serviceAccountEmail": account.output("email"), "scope": SCOPE},
                    },
                    "retryConfig": RETRIED,
                },
                ResourceOptions(parent=self, depends_on=[*args.ready, allowed]),
            )
        self.register_outputs({})
