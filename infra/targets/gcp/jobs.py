"""Jobs on Google Cloud: Cloud Scheduler has Cloud Run run one whenever it is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp
from pulumi import ResourceOptions

from infra.service import Job
from infra.targets.gcp.services import INVOKER

SCOPE = "https://www.googleapis.com/auth/cloud-platform"


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
    made: Mapping[str, gcp.cloudrunv2.Job]
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
        account = gcp.serviceaccount.Account(
            f"{name}-jobs",
            account_id=args.account_id,
            display_name=f"starts jobs of {name}, in {pulumi.get_stack()}",
            opts=child,
        )
        for job, given in args.jobs.items():
            made = args.made[job]
            allowed = gcp.cloudrunv2.JobIamMember(
                f"{name}-{job}",
                location=args.region,
                name=made.name,
                role=INVOKER,
                member=account.member,
                opts=child,
            )
            gcp.cloudscheduler.Job(
                f"{name}-{job}",
                region=args.region,
                description=f"{job}: {given.schedule}",
                schedule=given.schedule,
                time_zone="Etc/UTC",
                http_target=gcp.cloudscheduler.JobHttpTargetArgs(
                    http_method="POST",
                    uri=pulumi.Output.concat("https://run.googleapis.com/v2/", made.id, ":run"),
                    oauth_token=gcp.cloudscheduler.JobHttpTargetOauthTokenArgs(
                        service_account_email=account.email, scope=SCOPE
                    ),
                ),
                # What could not be started is not started late: it is due again soon enough.
                retry_config=gcp.cloudscheduler.JobRetryConfigArgs(
                    retry_count=2, max_retry_duration="60s", min_backoff_duration="5s", max_backoff_duration="20s"
                ),
                opts=ResourceOptions(parent=self, depends_on=[*args.ready, allowed]),
            )
        self.register_outputs({})
