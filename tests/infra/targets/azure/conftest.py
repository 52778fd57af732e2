"""A stack on the played Container Apps, and what is seen of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.service import load_service
from infra.targets.azure import (
    arm,
    container_apps_operations,
    deployed,
    executions,
    log_lines,
    release_task,
    session,
    trial,
)
from tests.offline.internet.azure import LOGIN, OTHERS, Azure
from tests.offline.internet.container_apps import ContainerApps, Given
from tests.offline.internet.internet import Internet

SUBSCRIPTION, GROUP, STACK = "00000000-0000-4000-8000-000000000001", "slipway-prod", "prod"
PLACE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.App"
WEB, RELEASE = f"{PLACE}/containerApps/slipway-prod", f"{PLACE}/jobs/slipway-prod-release"
ENVIRONMENT = f"{PLACE}/managedEnvironments/slipway-prod"
IMAGE = "slipwayprod1a2b3c4d.azurecr.io/slipway@sha256:" + "a" * 64
WORKSPACE = "11111111-0000-4000-8000-000000000001"
IDENTITY = "/subscriptions/s/resourceGroups/slipway-prod/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
SECRET = {"name": "secret-key", "keyVaultUrl": "https://v.vault.azure.net/secrets/k/1", "identity": IDENTITY}
NEWEST = [{"latestRevision": True, "weight": 100}]


@dataclass
class Played:
    """A stack `prod` on the played Container Apps: apps as they are deployed, and jobs."""

    azure: Azure

    @property
    def apps(self) -> ContainerApps:
        return self.azure.apps

    def serve(
        self,
        process: str = "web",
        deployment: str = "aaa",
        *,
        suffix: str = "",
        stack: str = STACK,
        shares: Sequence[tuple[str, int] | tuple[str, int, str]] = (),
        **ingress: Any,
    ) -> Given:
        """A deployment of a process, as the target makes it. With `shares` more than one revision may run."""
        configuration: Given = {"activeRevisionsMode": "Multiple" if shares else "Single", "secrets": [dict(SECRET)]}
        if process == "web":
            own = [_weight(*share) for share in shares] or NEWEST
            configuration["ingress"] = {"external": True, "targetPort": 8000, "traffic": own, **ingress}
        template = {**template_of(deployment), "revisionSuffix": suffix or deployment}
        about = {"environmentId": ENVIRONMENT, "configuration": configuration, "template": template}
        id_ = WEB if process == "web" else f"{WEB}-{process.rpartition('.')[2]}"
        return self.apps.put(id_, {"location": "westeurope", "tags": tags(process, stack), "properties": about})

    def job(self, process: str = "release", *, args: Sequence[str] = ("flask", "release")) -> str:
        """A job as the target makes it; its id."""
        id_ = f"{WEB.replace('containerApps', 'jobs')}-{process.rpartition('.')[2]}"
        shared = template_of("aaa")["containers"][0]
        container = {**{name: value for name, value in shared.items() if name != "probes"}, "args": [*args]}
        configuration = {"triggerType": "Manual", "replicaTimeout": 600, "replicaRetryLimit": 0}
        about = {"environmentId": ENVIRONMENT, "configuration": configuration, "template": {"containers": [container]}}
        self.apps.job(id_, {"location": "westeurope", "tags": tags(process), "properties": about})
        return id_

    def write(self, revision: str, lines: Sequence[str], **more: Any) -> None:
        """Lines of a revision of the web app."""
        for line in lines:
            self.apps.lines.write(line, ContainerAppName_s="slipway-prod", RevisionName_s=revision, **more)


def _weight(revision: str, percent: int, label: str = "") -> Given:
    return {"revisionName": revision, "weight": percent, **({"label": label} if label else {})}


def tags(process: str, stack: str = STACK) -> dict[str, str]:
    return {"slipway-service": "slipway", "slipway-stack": stack, "slipway-process": process}


def template_of(deployment: str) -> Given:
    """A template with one container, as the target makes it."""
    env = [
        {"name": "SERVICE_DEPLOYMENT", "value": deployment},
        {"name": "SERVICE_REVISION", "value": f"r-{deployment}"},
        {"name": "SECRET_KEY", "secretRef": "secret-key"},
    ]
    resources = {"cpu": 0.5, "memory": "1Gi"}
    container = {"name": "app", "image": IMAGE, "env": env, "resources": resources, "probes": [{"type": "Startup"}]}
    return {"containers": [container], "scale": {"minReplicas": 0, "maxReplicas": 3}}


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's own leads to Azure, and every test logs in by itself."""
    for name in OTHERS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "no-az"))
    session.session.cache_clear()
    deployed._web_id.cache_clear()
    arm.environment.cache_clear()


@pytest.fixture
def credentials(no_credentials: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that only the played Azure takes."""
    for name, value in LOGIN.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def stack_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file of the stack `prod`, which names its subscription. Its service is called the same in every copy."""
    path = tmp_path / "stacks" / f"Pulumi.{STACK}.yaml"
    path.parent.mkdir()
    options = f"  service:options:\n    subscription: {SUBSCRIPTION}\n    location: westeurope\n"
    path.write_text(f"config:\n  service:target: azure.container_apps\n{options}", encoding="utf-8")
    monkeypatch.setattr(container_apps_operations, "ROOT", tmp_path)
    contract = load_service().model_copy(update={"name": "slipway"})
    monkeypatch.setattr(container_apps_operations, "load_service", lambda: contract)
    return path


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked every few seconds is asked at once."""
    for module in (container_apps_operations, executions, log_lines, session, trial):
        monkeypatch.setattr(module, "POLL", 0)
    monkeypatch.setattr(deployed, "BETWEEN", 0)
    monkeypatch.setattr(session, "LONGEST_PAUSE", 0)
    monkeypatch.setattr(release_task, "LINES", 0.2)


@pytest.fixture(scope="session")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Internet]:
    """Made once: it takes a second until it is gone."""
    made = Internet(tmp_path_factory.mktemp("internet"))
    yield made
    made.close()


@pytest.fixture
def internet(hosts: Internet, monkeypatch: pytest.MonkeyPatch) -> Internet:
    """An internet without a host."""
    hosts._sites.clear()
    hosts.strangers.clear()
    for name, value in hosts.variables().items():
        monkeypatch.setenv(name, value)
    return hosts


@pytest.fixture
def played(credentials: None, stack_file: Path, no_waiting: None, internet: Internet) -> Played:
    """A stack without apps on the played Container Apps, in an environment with a workspace."""
    azure = Azure(ContainerApps())
    logs = {"destination": "log-analytics", "logAnalyticsConfiguration": {"customerId": WORKSPACE}}
    about = {"appLogsConfiguration": logs, "defaultDomain": "d", "vnetConfiguration": {"internal": False}}
    azure.apps.kept[ENVIRONMENT] = {"id": ENVIRONMENT, "name": "slipway-prod", "properties": about}
    azure.play(internet)
    return Played(azure)


@pytest.fixture
def asked(played: Played) -> Callable[[], list[str]]:
    """The operations that were asked since the last question for them."""

    def since() -> list[str]:
        taken, played.azure.asked[:] = list(played.azure.asked), []
        return taken

    return since
