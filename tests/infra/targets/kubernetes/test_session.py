"""A cluster is found by the context that a stack names, and what is wrong is told with what mends it."""

from dataclasses import replace
from pathlib import Path

import pytest

from infra.errors import DeploymentError
from infra.targets.kubernetes import shell
from infra.targets.kubernetes.session import Cluster, Refused, connected, of_namespace
from tests.infra.targets.kubernetes.played import Api, Served

PODS = "/api/v1/namespaces/slipway-dev/pods"


def why(cluster: Cluster) -> str:
    with pytest.raises(DeploymentError) as told, connected(cluster) as session:
        session.get("/version")
    return str(told.value)


def test_what_is_there_is_told_and_what_is_not_is_none(served: Served, api: Api) -> None:
    api.put(f"{PODS}/web", metadata={"labels": {"a": "1"}})
    api.put(f"{PODS}/other", metadata={"labels": {"a": "2"}})
    with connected(served.cluster) as session:
        assert [each["metadata"]["name"] for each in session.every(PODS, {"a": "1"})] == ["web"]
        assert session.find(f"{PODS}/gone") is None
        session.delete(f"{PODS}/web")
        session.delete(f"{PODS}/web")
        with pytest.raises(Refused):
            session.get(f"{PODS}/web")


def test_a_context_that_there_is_not_is_told_with_those_that_there_are(served: Served) -> None:
    told = why(replace(served.cluster, context="prod"))
    assert told == (
        f"service:options.context: {served.cluster.kubeconfig} has no context prod (there are: dev)."
        " Fix: pulumi config set --path service:options.context dev"
    )


def test_a_kubeconfig_that_there_is_not_is_told(tmp_path: Path) -> None:
    told = why(Cluster("dev", str(tmp_path / "nowhere")))
    assert told.startswith(f"{tmp_path}/nowhere cannot be read (")
    assert told.endswith(
        "Fix: export KUBECONFIG=<the file that your cluster gave you>, or set service:options.kubeconfig"
    )


def test_the_content_of_a_kubeconfig_does_as_well_as_its_name(served: Served) -> None:
    served.api.put("/version", gitVersion="v1.33.4")
    content = Path(str(served.cluster.kubeconfig)).read_text(encoding="utf-8")
    with connected(Cluster("dev", content)) as session:
        assert session.get("/version")["gitVersion"] == "v1.33.4"


def test_a_refusal_is_told_in_the_clusters_own_words(served: Served, api: Api) -> None:
    api.refusal = (403, 'pods is forbidden: User "jane" cannot list resource "pods"')
    assert why(served.cluster) == f"the context dev answered 403: {api.refusal[1]}"


def test_a_cluster_that_does_not_answer_is_told(tmp_path: Path, served: Served) -> None:
    file = tmp_path / "away"
    file.write_text(Path(str(served.cluster.kubeconfig)).read_text().replace(served.url, "http://127.0.0.1:9"))
    told = why(Cluster("dev", str(file)))
    assert told.startswith("the context dev does not answer at http://127.0.0.1:9 (")
    assert told.endswith("Fix: see that the cluster runs and is reached: kubectl --context dev cluster-info")


def test_paths_are_those_of_the_api() -> None:
    assert of_namespace("v1", "a", "pods", "web", "log") == "/api/v1/namespaces/a/pods/web/log"
    assert of_namespace("apps/v1", "a", "deployments") == "/apis/apps/v1/namespaces/a/deployments"


def test_a_pod_that_cannot_be_entered_or_asked_is_told(served: Served, api: Api) -> None:
    api.refusal = (403, 'pods "web" is forbidden')
    with connected(served.cluster) as session:
        with pytest.raises(DeploymentError, match=r"web cannot be entered: .*403 Forbidden"):
            shell.run(session, "slipway-dev", "web", ["true"], lambda *_: None)
        assert shell.unasked(shell.ask(session, "slipway-dev", "web", 8000, "/version"))
        assert shell.refusal(session, "slipway-dev", "web", 8000, "/readyz") == ""
