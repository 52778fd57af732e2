"""status, logs and exec of a stack in a cluster of EKS: how the cluster is found and reached, and whom it is asked by."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from moto.server import ThreadedMotoServer

from infra import probe
from infra.errors import DeploymentError
from infra.service import load_service
from infra.targets.aws import session
from infra.targets.aws.eks_kubeconfig import called, kubeconfig
from infra.targets.aws.eks_operations import logs, state, status, sweep
from tests.infra.targets.aws.conftest import REGION
from tests.infra.targets.kubernetes.played import Api, Served, serve

SERVICE = load_service()
NAME, VERSION = f"{SERVICE.name}-prod", SERVICE.web.version
NAMESPACE = f"/api/v1/namespaces/{NAME}"
LABELS = {"slipway.service": SERVICE.name, "slipway.stack": "prod", "slipway.process": "web"}
READY = [{"type": "Ready", "status": "True"}]
BALANCER = {"loadBalancer": {"ingress": [{"hostname": "k8s-1.elb.amazonaws.com"}]}}


@pytest.fixture
def served(tmp_path: Path):
    made, end = serve(Api(), tmp_path)
    yield made
    end()


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, credentials: None) -> Any:
    """Writes the file of the stack `prod`."""
    monkeypatch.setattr("infra.targets.kubernetes.acts.ROOT", tmp_path)
    (tmp_path / "stacks").mkdir()

    def write(**options: Any) -> None:
        config = {"service:target": "aws.eks", "service:options": {"region": REGION, **options}}
        (tmp_path / "stacks/Pulumi.prod.yaml").write_text(yaml.safe_dump({"config": config}))

    write()
    return write


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In place of AWS's own program: a token, and a note of what it was asked."""
    asked = tmp_path / "asked"
    told = {"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1", "status": {"token": "t"}}
    file = tmp_path / "bin" / "aws"
    file.parent.mkdir()
    file.write_text(f"#!/bin/sh\necho \"$@\" >> {asked}\necho '{json.dumps(told)}'\n")
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{file.parent}:/usr/bin:/bin")
    return asked


@pytest.fixture
def here(served: Served, stack: Any, program: Path, monkeypatch: pytest.MonkeyPatch) -> Api:
    """A cluster that AWS tells of, with a web process whose one pod is ready."""
    session.clients.cache_clear()
    monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
    authority = {"data": base64.b64encode(b"nobody").decode()}
    cluster = {"name": called(SERVICE.name, "prod"), "endpoint": served.url, "certificateAuthority": authority}
    served.api.objects[f"/clusters/{NAME}"] = {"cluster": cluster}
    template = {"metadata": {"labels": {"slipway.deployment": "d1"}, "annotations": {"slipway.revision": "r1"}}}
    apps, net = (f"/apis/{group}/namespaces/{NAME}" for group in ("apps/v1", "networking.k8s.io/v1"))
    counted = {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}
    served.api.put(f"{apps}/deployments/{NAME}", spec={"replicas": 1, "template": template}, status=counted)
    labels = {**LABELS, "slipway.deployment": "d1"}
    served.api.put(f"{NAMESPACE}/pods/web-1", metadata={"labels": labels}, status={"conditions": READY})
    served.api.put(f"{net}/ingresses/{NAME}", status=BALANCER)
    served.api.logs["web-1"] = "one\ntwo\n"
    yield served.api
    session.clients.cache_clear()


def test_status_asks_the_balancer_of_the_ingress(here: Api, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    answers = {f"http://k8s-1.elb.amazonaws.com{VERSION}": "revision r1, deployment d1"}
    monkeypatch.setattr(probe, "ask", lambda url: answers[url])
    assert status("prod") == 0
    assert (
        capsys.readouterr().out.splitlines()[0] == "http://k8s-1.elb.amazonaws.com answers revision r1, deployment d1"
    )


def test_a_domain_is_asked_by_https(here: Api, stack: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "stacks/Pulumi.prod.yaml"
    told = yaml.safe_load(file.read_text())
    told["config"]["service:domain"] = "api.example.com"
    file.write_text(yaml.safe_dump(told))
    asked: list[str] = []
    monkeypatch.setattr(probe, "ask", lambda url: asked.append(url) or "revision r1, deployment d1")
    assert status("prod") == 0
    assert asked == [f"https://api.example.com{VERSION}"]


def test_logs_come_from_the_pods_by_a_login_of_awss_own_program(here: Api, program: Path, capsys: Any) -> None:
    assert logs("prod", 2, False, None) == 0
    assert capsys.readouterr().out == "web | one\nweb | two\n"
    assert {*program.read_text().splitlines()} == {
        f"--region {REGION} eks get-token --cluster-name {NAME} --output json"
    }


def test_the_state_of_another_deployment_is_told(here: Api) -> None:
    assert state("prod", "d2").failed == (f"the Deployment {NAME} is of the deployment d1: another took its place")
    assert sweep("prod", []) is None


def test_a_cluster_is_asked_for_by_the_name_that_the_stack_gives(here: Api, stack: Any, served: Served) -> None:
    stack(cluster={"name": "shared"})
    here.objects["/clusters/shared"] = here.objects.pop(f"/clusters/{NAME}")
    assert state("prod", "d2").failed.startswith(f"the Deployment {NAME} is of the deployment d1")
    assert "GET /clusters/shared" in here.asked


def test_a_kubeconfig_of_its_own_is_taken_without_a_question_to_aws(here: Api, stack: Any, tmp_path: Path) -> None:
    stack(cluster={"name": "shared", "kubeconfig": str(tmp_path / "kubeconfig"), "context": "dev"})
    assert state("prod", "d2").failed.startswith(f"the Deployment {NAME} is of the deployment d1")
    assert [each for each in here.asked if "/clusters/" in each] == []


def test_a_cluster_that_is_not_made_yet_cannot_be_asked(here: Api) -> None:
    here.objects[f"/clusters/{NAME}"] = {"cluster": {"name": NAME, "status": "CREATING"}}
    with pytest.raises(DeploymentError, match=f"the cluster {NAME} in eu-central-1 is creating, and cannot be asked"):
        state("prod", "d1")


def test_where_there_is_no_cluster_it_is_told_what_makes_it(stack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    session.clients.cache_clear()
    with pytest.raises(DeploymentError, match=rf"there is no cluster {NAME} in eu-central-1\. To make it: make up"):
        state("prod", "d1")
    server.stop()
    session.clients.cache_clear()


def test_a_kubeconfig_has_no_credential_in_it() -> None:
    told = json.loads(kubeconfig("shared", REGION, "https://shared.example.com", "QUJD"))
    assert told["users"][0]["user"] == {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "aws",
            "args": ["--region", REGION, "eks", "get-token", "--cluster-name", "shared", "--output", "json"],
            "interactiveMode": "Never",
        }
    }
