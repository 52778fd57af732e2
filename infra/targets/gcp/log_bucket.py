"""What is kept of a stack's logs on Google Cloud: a bucket of its own, for as long as is said."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.targets.gcp.metrics import POOL, SERVICE
from infra.targets.gcp.raw import resource

# Days that the project's own bucket keeps what it gets:
# https://cloud.google.com/logging/docs/store-log-entries#default-bucket, read 2026-11-29.
PROJECTS_RETENTION = 30
# What Cloud Run itself says of a container that ended, and nobody asked it to:
# https://cloud.google.com/run/docs/troubleshooting, read 2026-11-29.
ENDED = r"^(Container called exit\([1-9]|Container terminated on signal|Memory limit of .* exceeded)"
SYSTEM_LOG = "run.googleapis.com/varlog/system"


@dataclass(frozen=True)
class LogsArgs:
    """Which logs are kept, and how long.

    Attributes:
        project: that they are of.
        region: where they lie.
        retention_days: days that they are kept.
        filter: which, in Cloud Logging's words.
    """

    project: str
    region: str
    retention_days: int
    filter: pulumi.Input[str]


class Logs(pulumi.ComponentResource):
    """A bucket of the stack's own for what its processes write, and a count of containers that ended by themselves.

    The project's own bucket gets the same, and keeps it for a month; where that is too long it does not get it.

    Attributes:
        bucket: its whole name.
        view: of all that is in it.
        ended: the metric of ended containers, by name.
    """

    def __init__(self, name: str, args: LogsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:Logs", name, {}, opts)
        child = ResourceOptions(parent=self)
        said = pulumi.Output.concat(
            f'log_id("{SYSTEM_LOG}") AND textPayload=~"{_quoted(ENDED)}" AND (', args.filter, ")"
        )
        ended = resource(
            "logging/metric:Metric",
            f"{name}-ended",
            {
                "description": f"Containers of {name} that ended by themselves",
                "filter": said,
                "metricDescriptor": {"metricKind": "DELTA", "valueType": "INT64"},
            },
            child,
            ("name",),
        )
        self.ended: pulumi.Output[str] = ended.output("name")
        bucket = resource(
            "logging/projectBucketConfig:ProjectBucketConfig",
            name,
            {
                "project": args.project,
                "location": args.region,
                # The name of a bucket that is deleted stays taken for a week
                # (https://cloud.google.com/logging/docs/buckets#delete-bucket, read 2026-11-29), and the engine makes
                # none up for it; this one it has made up.
                "bucketId": self.ended,
                "retentionDays": args.retention_days,
                "description": f"What {name} writes in the stack {pulumi.get_stack()}",
            },
            child,
            ("name",),
        )
        self.bucket: pulumi.Output[str] = bucket.output("name")
        self.view = pulumi.Output.concat(self.bucket, "/views/_AllLogs")
        sink = resource(
            "logging/projectSink:ProjectSink",
            name,
            {"destination": pulumi.Output.concat("logging.googleapis.com/", self.bucket), "filter": args.filter},
            child,
        )
        if args.retention_days < PROJECTS_RETENTION:
            resource(
                "logging/projectExclusion:ProjectExclusion",
                name,
                {"description": f"Is kept for {args.retention_days} days elsewhere", "filter": args.filter},
                # Else what comes in between would be kept nowhere.
                ResourceOptions(parent=self, depends_on=[sink]),
            )
        self.register_outputs({"bucket": self.bucket})


def written_by(
    service: pulumi.Input[str], workers: Sequence[pulumi.Input[str]] = (), jobs: Sequence[pulumi.Input[str]] = ()
) -> pulumi.Output[str]:
    """The filter for what a service, worker pools and jobs of these names write, as `LogsArgs` wants it."""
    said = [("service_name", SERVICE, service)]
    said += [("worker_pool_name", POOL, each) for each in workers]
    said += [("job_name", "cloud_run_job", each) for each in jobs]
    parts = [
        pulumi.Output.concat(f'(resource.type="{kind}" AND resource.labels.{label}="', name, '")')
        for label, kind, name in said
    ]
    return pulumi.Output.all(*parts).apply(lambda known: " OR ".join(map(str, known)))


def _quoted(pattern: str) -> str:
    """A pattern inside a filter's quotes."""
    return pattern.replace("\\", "\\\\")
