"""A stack on the played Cloud Run, and what is seen of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.service import load_service
from infra.targets.gcp import cloud_run_operations, deployed, log_lines, one_off, session
from tests.offline.internet.cloud_run import CloudRun
from tests.offline.internet.google import Google
from tests.offline.internet.google_login import OTHERS, key_file
from tests.offline.internet.internet import Internet

PROJECT, REGION, SERVICE, STACK = "acme-dev", "europe-west1", "slipway", "prod"
PLACE = f"projects/{PROJECT}/locations/{REGION}"
WEB = f"{PLACE}/services/slipway-prod"
RELEASE = f"{PLACE}/jobs/slipway-prod-release"
IMAGE = "europe-west1-docker.pkg.dev/acme-dev/slipway/slipway@sha256:abc"


@dataclass
class Played:
    """A stack `prod` on the played Cloud Run: services as they are deployed, and jobs."""

    google: Google

    @property
    def run(self) -> CloudRun:
        return self.google.run

    def serve(
        self,
        process: str = "web",
        deployment: str = "aaa",
        *,
        name: str = "slipway-prod",
        stack: str = STACK,
        shares: Sequence[tuple[str, int] | tuple[str, int, str]] = (),
        **more: Any,
    ) -> dict[str, Any]:
        """A deployment of a process, as the target makes it: the service, or the worker pool."""
        kind = "services" if process == "web" else "workerPools"
        template = {"revision": f"{name}-{deployment}", **template_of(process, deployment)}
        traffic = [
            {
                "type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION",
                "revision": share[0],
                "percent": share[1],
                **({"tag": share[2]} if len(share) > 2 else {}),
            }
            for share in shares or [(template["revision"], 100)]
        ]
        given = {"labels": labels(stack), "template": template, **more}
        if process == "web":
            given = {"ingress": "INGRESS_TRAFFIC_ALL", "invokerIamDisabled": True, **given, "traffic": traffic}
        return self.run.deploy(kind, f"{PLACE}/{kind}/{name}", given)

    def job(self, process: str = "release", *, stack: str = STACK, args: Sequence[str] = ("flask", "release")) -> str:
        """A job as the target makes it; its whole name."""
        name = f"{PLACE}/jobs/slipway-prod-{process.rpartition('.')[2]}"
        template = template_of(process, "aaa")
        container = {**template["containers"][0], "args": list(args)}
        task = {"containers": [container], "maxRetries": 0}
        self.run.job(name, {"labels": labels(stack), "template": {"labels": template["labels"], "template": task}})
        return name

    def write(self, revision: str, lines: Sequence[Any], *, ago: float = 0, log: str = "stdout") -> None:
        """Lines of a revision of the web service, so many seconds ago."""
        place = {"service_name": "slipway-prod", "revision_name": revision, "location": REGION}
        for line in lines:
            self.google.logs.write("cloud_run_revision", place, line, ago=ago, log=log)


def labels(stack: str = STACK) -> dict[str, str]:
    return {"slipway-service": SERVICE, "slipway-stack": stack}


def template_of(process: str, deployment: str) -> dict[str, Any]:
    """A template with one container, as the target makes it."""
    return {
        "labels": {
            "slipway-process": process.replace(".", "-"),
            "slipway-deployment": deployment,
            "slipway-revision": f"r-{deployment}",
        },
        "serviceAccount": "slipway-prod@acme-dev.iam.gserviceaccount.com",
        "containers": [
            {
                "name": "app",
                "image": IMAGE,
                "env": [
                    {"name": "SERVICE_DEPLOYMENT", "value": deployment},
                    {"name": "SECRET_KEY", "valueSource": {"secretKeyRef": {"secret": "s", "version": "3"}}},
                ],
                "resources": {"limits": {"cpu": "0.5", "memory": "256Mi"}, "cpuIdle": True, "startupCpuBoost": True},
                "ports": [{"name": "http1", "containerPort": 8000}],
                "startupProbe": {"httpGet": {"path": "/readyz"}},
            }
        ],
    }


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's own leads to Google, and every test logs in by itself."""
    for name in (*OTHERS, "GOOGLE_APPLICATION_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "no-gcloud"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    session.session.cache_clear()
    deployed._web_name.cache_clear()


@pytest.fixture
def credentials(no_credentials: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials that only the played Google takes."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_file(tmp_path)))


@pytest.fixture
def stack_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file of the stack `prod`, which names its project and region. Its service is called the same in every copy."""
    path = tmp_path / "stacks" / f"Pulumi.{STACK}.yaml"
    path.parent.mkdir()
    options = f"  service:options:\n    project: {PROJECT}\n    region: {REGION}\n"
    path.write_text(f"config:\n  service:target: gcp.cloud_run\n{options}", encoding="utf-8")
    monkeypatch.setattr(cloud_run_operations, "ROOT", tmp_path)
    contract = load_service().model_copy(update={"name": "slipway"})
    monkeypatch.setattr(cloud_run_operations, "load_service", lambda: contract)
    return path


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked every few seconds is asked at once."""
    for module, name in ((one_off, "POLL"), (log_lines, "POLL"), (deployed, "BETWEEN"), (session, "LONGEST_PAUSE")):
        monkeypatch.setattr(module, name, 0)


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
    """A stack without services on the played Cloud Run."""
    run = CloudRun()
    google = Google(run, run.logs)
    google.play(internet)
    return Played(google)


@pytest.fixture
def asked(played: Played) -> Callable[[], list[str]]:
    """The methods that were asked since the last question for them."""

    def since() -> list[str]:
        taken, played.google.asked[:] = list(played.google.asked), []
        return taken

    return since
