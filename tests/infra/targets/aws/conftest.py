"""A stack on moto's ECS, and what is seen of it."""

import functools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ecs.models import Service, Task, ecs_backends

from infra.service import load_service
from infra.targets.aws import deployed, fargate_operations, log_lines, one_off, session
from tests.infra.targets.aws.completed_moto import WAY, Completed, Fate, completed

REGION = "eu-central-1"
SERVICE = "slipway"
STACK = "prod"
GROUP = "slipway-0a1b2c3"


@dataclass
class Played:
    """A stack `prod` on moto: a cluster, a log group, and services as they are deployed."""

    ecs: Any
    logs: Any
    ec2: Any
    moto: Completed
    cluster: str = ""
    network: dict[str, Any] = field(default_factory=dict[str, Any])

    def make_cluster(self, name: str = "slipway-1111111", stack: str = STACK) -> str:
        """A cluster of a stack."""
        tags = [{"key": "slipway:service", "value": SERVICE}, {"key": "slipway:stack", "value": stack}]
        return self.ecs.create_cluster(clusterName=name, tags=tags)["cluster"]["clusterArn"]

    def define(self, process: str, deployment: str = "aaa", revision: str = "r1") -> str:
        """A task definition, as the target makes it; its ARN."""
        container = {
            "name": "app",
            "image": f"registry.example.com/slipway@sha256:{revision}",
            "environment": [{"name": "SERVICE_DEPLOYMENT", "value": deployment}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": GROUP,
                    "awslogs-region": REGION,
                    "awslogs-stream-prefix": process,
                    "mode": "non-blocking",
                },
            },
        }
        made = self.ecs.register_task_definition(
            family=f"{SERVICE}-{STACK}-{process.replace('.', '-')}",
            containerDefinitions=[container],
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            tags=[{"key": "slipway:revision", "value": revision}, {"key": "slipway:deployment", "value": deployment}],
        )
        return made["taskDefinition"]["taskDefinitionArn"]

    def serve(
        self, process: str = "web", deployment: str = "aaa", *, cluster: str = "", suffix: str = "1", **more: Any
    ) -> Service:
        """A service that has come to serve with two tasks."""
        made = self.ecs.create_service(
            cluster=cluster or self.cluster,
            serviceName=f"{SERVICE}-{process.replace('.', '-')}-{suffix}",
            taskDefinition=self.define(process, deployment),
            desiredCount=2,
            networkConfiguration=self.network,
            tags=[{"key": "slipway:process", "value": process}],
            **more,
        )
        service = self.backend.services[
            f"{(cluster or self.cluster).rpartition('/')[2]}:{made['service']['serviceName']}"
        ]
        service.capacity_provider_strategy = [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]
        self.set(service, runningCount=2, pendingCount=0, rolloutState="COMPLETED")
        return service

    def deploy(self, service: Service, deployment: str, *, process: str = "web", **how: Any) -> str:
        """Another deployment, which is primary from now on, as moto's UpdateService has none; its definition's ARN."""
        definition = self.define(process, deployment, f"r-{deployment}")
        before = service.deployments[0]
        self.set(service, status="ACTIVE")
        moment = datetime.now(UTC)
        fresh = {
            **before,
            "id": f"ecs-svc/{len(service.deployments)}",
            "taskDefinition": definition,
            "createdAt": moment,
        }
        service.deployments.insert(
            0, {**fresh, "status": "PRIMARY", "runningCount": 0, "rolloutState": "IN_PROGRESS", **how}
        )
        return definition

    def set(self, service: Service, **how: Any) -> None:
        """What ECS says of the primary deployment."""
        service.deployments[0].update(how)

    def event(self, service: Service, message: str, ago: timedelta = timedelta(minutes=1)) -> None:
        """What ECS says that it did."""
        service.events.insert(0, {"id": "e", "createdAt": datetime.now(UTC) - ago, "message": message})

    def task(self, service: Service, fate: Fate | None = None, definition: str = "") -> Task:
        """A task of a service, which has come to its end where its fate is one."""
        self.moto.fates.insert(0, fate or Fate(runs_on=True))
        begun = self.ecs.run_task(
            cluster=service.cluster_arn,
            taskDefinition=definition or service.deployments[0]["taskDefinition"],
            launchType="FARGATE",
            networkConfiguration=self.network,
            group=f"service:{service.name}",
            startedBy=service.deployments[0]["id"],
        )
        for _ in WAY:
            self.ecs.describe_tasks(cluster=service.cluster_arn, tasks=[begun["tasks"][0]["taskArn"]])
        return self.moto.begun[-1]

    def write(self, group: str, stream: str, lines: Sequence[str], *, ago: float = 0) -> None:
        """Lines of a task, a millisecond apart, so many seconds ago."""
        known = self.logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=stream)["logStreams"]
        if lines and not known:
            self.logs.create_log_stream(logGroupName=group, logStreamName=stream)
        now = int((time.time() - ago) * 1000)
        events = [{"timestamp": now + number, "message": line} for number, line in enumerate(lines)]
        if events:
            self.logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    @property
    def backend(self) -> Any:
        """What moto keeps."""
        return ecs_backends[DEFAULT_ACCOUNT_ID][REGION]


@functools.cache
def own_client(name: str) -> Any:
    """A client of the tests' own, made once: most of their time would go into that."""
    return boto3.client(name, region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing")


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's own leads to AWS, and every test's clients are its own."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    session.clients.cache_clear()


@pytest.fixture
def credentials(no_credentials: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that only moto takes."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


@pytest.fixture
def stack_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file of the stack `prod`, which names its region. Its service is called the same in every copy."""
    path = tmp_path / "stacks" / f"Pulumi.{STACK}.yaml"
    path.parent.mkdir()
    path.write_text(f"config:\n  service:target: aws.fargate\n  service:options:\n    region: {REGION}\n")
    monkeypatch.setattr(fargate_operations, "ROOT", tmp_path)
    contract = load_service().model_copy(update={"name": SERVICE})
    monkeypatch.setattr(fargate_operations, "load_service", lambda: contract)
    return path


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked every few seconds is asked at once."""
    for module, name in ((one_off, "POLL"), (log_lines, "POLL"), (deployed, "BETWEEN")):
        monkeypatch.setattr(module, name, 0)


@pytest.fixture
def played(credentials: None, stack_file: Path, no_waiting: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    """A stack without services on moto, completed."""
    with mock_aws():
        ecs, logs, ec2 = (own_client(name) for name in ("ecs", "logs", "ec2"))

        def write(group: str, stream: str, lines: Sequence[str]) -> None:
            there.write(group, stream, lines)

        with completed(monkeypatch, write) as moto:
            there = Played(ecs, logs, ec2, moto)
            logs.create_log_group(logGroupName=GROUP)
            there.cluster = there.make_cluster()
            vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
            ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
            subnets = [
                ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]
                for n, zone in enumerate("ab")
            ]
            group = ec2.create_security_group(GroupName="tasks", Description="tasks", VpcId=vpc)["GroupId"]
            there.network = {
                "awsvpcConfiguration": {
                    "subnets": [subnet["SubnetId"] for subnet in subnets],
                    "securityGroups": [group],
                    "assignPublicIp": "DISABLED",
                }
            }
            yield there


@pytest.fixture
def calls(played: Played, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The calls of ECS since the last question for them."""
    made: list[str] = []
    session.clients(REGION).ecs.meta.events.register("before-call.ecs", lambda model, **_: made.append(model.name))

    def since() -> list[str]:
        taken, made[:] = list(made), []
        return taken

    return since
