"""The stand-in for kubernetes's provider does what the real one does, on the real engine and a real API server."""

import base64
import json
import time
from typing import Any

import pytest

from tests.kubernetes_provider.cluster import Cluster
from tests.kubernetes_provider.conftest import Space
from tests.offline.client import Client
from tests.offline.program import Program
from tools.offline.values import Values

pytestmark = pytest.mark.timeout(300)

SERVE = """
import pulumi
import pulumi_kubernetes as k8s
labels = {{"app": "web"}}
settings = k8s.core.v1.ConfigMap("settings", metadata={{"namespace": {space!r}}}, data={{"turn": {turn!r}}})
web = k8s.apps.v1.Deployment(
    "web",
    metadata={{"namespace": {space!r}, "annotations": {{"pulumi.com/timeoutSeconds": "{seconds}"}}}},
    spec={{
        "replicas": 1,
        "progressDeadlineSeconds": 600,
        "strategy": {{"rollingUpdate": {{"maxUnavailable": 0, "maxSurge": 1}}}},
        "selector": {{"match_labels": labels}},
        "template": {{
            "metadata": {{"labels": labels}},
            "spec": {{
                "terminationGracePeriodSeconds": 1,
                "containers": [{{
                    "name": "web",
                    "image": {image!r},
                    "command": ["python", "-m", "http.server", "8000"],
                    "envFrom": [{{"configMapRef": {{"name": settings.metadata.name}}}}],
                    "resources": {{"requests": {{"cpu": "0.05", "memory": "64Mi"}}}},
                    "readinessProbe": {{"tcpSocket": {{"port": 8000}}, "periodSeconds": 1}},
                }}],
            }},
        }},
    }},
)
service = k8s.core.v1.Service(
    "web", metadata={{"namespace": {space!r}}}, spec={{"selector": labels, "ports": [{{"port": 80, "targetPort": 8000}}]}}
)
pulumi.export("web", web.metadata.name)
pulumi.export("settings", settings.metadata.name)
pulumi.export("ready", web.status.ready_replicas)
"""

CONFIG_MAP = """
import pulumi
import pulumi_kubernetes as k8s
{before}
settings = k8s.core.v1.ConfigMap("settings", metadata={metadata!r}, data={data!r}, opts=pulumi.ResourceOptions({options}))
pulumi.export("name", settings.metadata.name)
"""

SECRET = """
import pulumi
import pulumi_kubernetes as k8s
k8s.core.v1.Secret("keeper", metadata={{"namespace": {space!r}}}, string_data={{"KEY": "hush-hush-42"}}, immutable={immutable})
"""

JOB = """
import pulumi
import pulumi_kubernetes as k8s
k8s.batch.v1.Job(
    "release",
    metadata={{"namespace": {space!r}}},
    spec={{
        "backoffLimit": 0,
        "template": {{"spec": {{"restartPolicy": "Never", "containers": [
            {{"name": "release", "image": {image!r}, "command": ["sh", "-c", {command!r}],
              "terminationMessagePolicy": "FallbackToLogsOnError"}}
        ]}}}},
    }},
)
"""


def serving(space: Space, image: str, turn: str = "1", seconds: int = 60) -> str:
    return SERVE.format(space=space.name, image=image, turn=turn, seconds=seconds)


def config_map(metadata: Values, options: str = "", before: str = "", **data: str) -> str:
    return CONFIG_MAP.format(metadata=metadata, data=data, options=options, before=before)


def test_objects_live_from_up_to_destroy(program: Program, space: Space, image: str) -> None:
    assert program.up(serving(space, image)) == {"create": 3}
    made = program.outputs()
    assert made["ready"] == 1
    assert made["web"].startswith("web-")
    assert space.names("Deployment", "apps/v1") == [made["web"]]

    assert program.up() == {}
    assert "4 unchanged" in program.run("refresh", "--yes").stdout
    assert program.outputs() == made

    program.run("destroy", "--yes", "--skip-preview")
    assert [*space.names("Deployment", "apps/v1"), *space.names("Service"), *space.names("Pod")] == []


def test_changed_settings_are_other_settings_and_roll_the_pods(program: Program, space: Space, image: str) -> None:
    program.up(serving(space, image))
    before, pods = program.outputs(), space.names("Pod")
    assert program.up(serving(space, image, turn="2")) == {"replace": 1, "update": 1}
    after = program.outputs()
    assert (after["web"], after["settings"] == before["settings"]) == (before["web"], False)
    assert before["settings"] not in space.names("ConfigMap")
    assert not set(pods) & set(space.names("Pod", phase="Running"))


def test_a_rollout_that_does_not_come_to_work_fails_with_its_pods_reason_and_the_next_up_heals(
    program: Program, space: Space, image: str
) -> None:
    program.up(serving(space, image))
    (old,) = space.names("Pod")
    program.write(serving(space, f"{image}-not", turn="1", seconds=8))
    said = program.run("up", "--yes", "--skip-preview", ok=False)
    assert said.returncode != 0
    name = program.outputs()["web"]
    assert f"'{name}' timed out waiting to be Ready" in said.stdout
    assert "Attempted to roll forward to new ReplicaSet" in said.stdout or "Minimum number of Pods" in said.stdout
    assert f"[Pod {space.name}/{name}-" in said.stdout
    assert "ErrImagePull" in said.stdout or "ImagePullBackOff" in said.stdout
    assert old in space.names("Pod", phase="Running")
    # The engine knows of the failure: the same again is tried again.
    assert program.run("up", "--yes", "--skip-preview", ok=False).returncode != 0
    assert program.up(serving(space, image)) == {"update": 1}
    assert space.names("Pod", phase="Running") == [old]


def test_a_refresh_tells_of_a_deployment_that_does_not_work(program: Program, space: Space, image: str) -> None:
    program.up(serving(space, image))
    name = program.outputs()["web"]
    live = space.get("Deployment", name, "apps/v1")
    live["spec"]["template"]["spec"]["containers"][0]["image"] = f"{image}-not"
    space.replace(live)
    assert "does not work" in program.run("refresh", "--yes", ok=False).stdout
    program.write(
        serving(space, image).replace('"annotations": {', '"annotations": {"pulumi.com/patchForce": "true", ')
    )
    # The Service is looked at too: it may have a pod by then that is not ready.
    assert program.up().keys() == {"update"}
    live = space.get("Deployment", name, "apps/v1")
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == image


@pytest.mark.parametrize(
    ("named", "fates"), [(False, ["ADDED", "DELETED"]), (True, ["DELETED", "ADDED"])], ids=["by itself", "by hand"]
)
def test_what_is_named_by_hand_goes_before_its_replacement_comes(
    program: Program, space: Space, named: bool, fates: list[str]
) -> None:
    metadata = {"namespace": space.name, **({"name": "settings"} if named else {})}
    program.up(config_map(metadata, turn="1"))
    before = program.outputs()["name"]
    with space.watched("configmaps") as seen:
        assert program.up(config_map(metadata, turn="2")) == {"replace": 1}
    assert (program.outputs()["name"] == before) == named
    assert [event for event, name in seen() if name.startswith("settings")] == fates


def test_a_secret_is_in_the_cluster_and_nowhere_else(program: Program, space: Space) -> None:
    program.up(SECRET.format(space=space.name, immutable=False))
    (name,) = space.names("Secret")
    assert base64.b64decode(space.get("Secret", name)["data"]["KEY"]) == b"hush-hush-42"
    encoded = base64.b64encode(b"hush-hush-42").decode()
    for said in (program.state(), program.run("stack", "export").stdout, program.run("refresh", "--yes").stdout):
        assert "hush" not in said
        assert encoded not in said
    assert program.up() == {}


def test_somebody_elses_change_is_seen_by_a_refresh_and_not_undone_in_silence(program: Program, space: Space) -> None:
    before = "k8s.Provider('own', enable_config_map_mutable=True)"
    options = f"provider={before}"
    program.up(config_map({"namespace": space.name}, options, turn="1"))
    name = program.outputs()["name"]
    space.apply({"kind": "ConfigMap", "metadata": {"name": name}, "data": {"turn": "9"}}, force=True)
    assert "1 updated" in program.run("refresh", "--yes").stdout
    said = program.run("up", "--yes", "--skip-preview", ok=False)
    assert "server-side apply field conflict detected" in said.stdout
    assert 'conflict with "somebody": .data.turn' in said.stdout
    forced = {"namespace": space.name, "annotations": {"pulumi.com/patchForce": "true"}}
    assert program.up(config_map(forced, options, turn="1")) == {"update": 1}
    assert space.get("ConfigMap", name)["data"] == {"turn": "1"}


def test_a_field_whose_changes_are_ignored_stays_its_new_owners(program: Program, space: Space) -> None:
    options = "ignore_changes=['data.turn'], provider=k8s.Provider('own', enable_config_map_mutable=True)"
    program.up(config_map({"namespace": space.name}, options, turn="1", other="1"))
    name = program.outputs()["name"]
    space.apply({"kind": "ConfigMap", "metadata": {"name": name}, "data": {"turn": "9"}}, force=True)
    assert program.up(config_map({"namespace": space.name}, options, turn="1", other="2")) == {"update": 1}
    assert space.get("ConfigMap", name)["data"] == {"turn": "9", "other": "2"}


def test_an_object_that_is_there_is_not_taken_over_unless_that_is_said(program: Program, space: Space) -> None:
    metadata = {"namespace": space.name, "name": "taken"}
    space.apply({"kind": "ConfigMap", "metadata": {"name": "taken"}, "data": {"turn": "9"}})
    program.write(config_map(metadata, other="1"))
    assert 'configmap "taken" already exists' in program.run("up", "--yes", "--skip-preview", ok=False).stdout
    upsert = "provider=k8s.Provider('own', upsert_existing_objects=True)"
    assert program.up(config_map(metadata, upsert, other="1"))["create"] == 2
    assert space.get("ConfigMap", "taken")["data"] == {"turn": "9", "other": "1"}


def test_what_somebody_deleted_is_made_again_after_a_refresh(program: Program, space: Space, cluster: Cluster) -> None:
    program.up(config_map({"namespace": space.name}, turn="1"))
    name = program.outputs()["name"]
    cluster.delete(space.get("ConfigMap", name))
    assert "1 deleted" in program.run("refresh", "--yes").stdout
    assert program.up() == {"create": 1}
    assert space.get("ConfigMap", program.outputs()["name"])["data"] == {"turn": "1"}


def test_a_job_is_waited_for_and_one_that_fails_says_why(program: Program, space: Space, image: str) -> None:
    assert program.up(JOB.format(space=space.name, image=image, command="sleep 1")) == {"create": 1}
    (done,) = space.names("Job", "batch/v1")
    assert space.get("Job", done, "batch/v1")["status"]["succeeded"] == 1
    # Its template cannot change: another Job takes its place.
    program.write(JOB.format(space=space.name, image=image, command="echo migration 7 fails; exit 3"))
    said = program.run("up", "--yes", "--skip-preview", ok=False).stdout
    assert "[BackoffLimitExceeded]" in said
    assert "migration 7 fails" in said
    assert done in space.names("Job", "batch/v1")


def test_a_namespace_takes_all_that_is_in_it_along(program: Program, cluster: Cluster) -> None:
    before = "space = k8s.core.v1.Namespace('own')"
    source = config_map({}, "", before, turn="1").replace("metadata={}", "metadata={'namespace': space.metadata.name}")
    assert program.up(source + "pulumi.export('space', space.metadata.name)\n") == {"create": 2}
    made = program.outputs()["space"]
    assert cluster.get("v1", "Namespace", made)
    program.run("destroy", "--yes", "--skip-preview")
    assert cluster.get("v1", "Namespace", made) is None


def test_a_namespace_of_the_providers_configuration_is_every_objects(program: Program, space: Space) -> None:
    provider = f"provider=k8s.Provider('own', namespace={space.name!r})"
    program.up(config_map({}, provider, turn="1"))
    assert program.outputs()["name"] in space.names("ConfigMap")
    assert program.up() == {}


def test_a_context_that_is_not_in_the_kubeconfig_is_told(program: Program) -> None:
    program.write(config_map({}, "provider=k8s.Provider('own', context='nowhere')", turn="1"))
    said = program.run("up", "--yes", "--skip-preview", ok=False)
    assert "the kubeconfig has no context 'nowhere'" in said.stdout


def test_a_preview_asks_the_api_server(program: Program, space: Space) -> None:
    said = program.refused(config_map({"namespace": space.name, "labels": {"a": "not a label"}}, turn="1"))
    assert "metadata.labels: Invalid value" in said
    program.write(config_map({"namespace": space.name}, turn="1"))
    assert "2 to create" in program.run("preview").stdout
    assert space.names("ConfigMap") == []


SERVICE = "core/v1:Service"
INGRESS = {
    "metadata": {"name": "web"},
    "spec": {
        "rules": [
            {
                "http": {
                    "paths": [
                        {
                            "path": "/",
                            "pathType": "Prefix",
                            "backend": {"service": {"name": "web", "port": {"number": 80}}},
                        }
                    ]
                }
            }
        ]
    },
}


@pytest.mark.parametrize(
    ("type_", "inputs", "said"),
    [
        (
            SERVICE,
            {"spec": {"type": "LoadBalancer", "selector": {"app": "none"}, "ports": [{"port": 80}]}},
            "Service was not allocated an IP address; does your cloud provider support this?",
        ),
        ("networking.k8s.io/v1:Ingress", INGRESS, "Ingress .status.loadBalancer field was not updated"),
        (
            "core/v1:PersistentVolumeClaim",
            {
                "spec": {
                    "storageClassName": "none",
                    "accessModes": ["ReadWriteOnce"],
                    "resources": {"requests": {"storage": "1Gi"}},
                }
            },
            "its phase is Pending",
        ),
    ],
    ids=["a Service without a balancer", "an Ingress without a controller", "a claim that nobody fills"],
)
def test_what_nobody_makes_work_is_waited_for_and_told(
    client: Client, space: Space, type_: str, inputs: dict[str, Any], said: str
) -> None:
    given = {"metadata": {"namespace": space.name, "annotations": {"pulumi.com/timeoutSeconds": "1"}}, **inputs}
    given["metadata"] = {"name": "it", "namespace": space.name, "annotations": {"pulumi.com/timeoutSeconds": "1"}}
    with pytest.raises(Exception, match=said.replace(".", r"\.").replace("?", r"\?")):
        client.create(f"kubernetes:{type_}", {**_kind(type_), **given})
    given["metadata"] = {"name": "skipped", "namespace": space.name, "annotations": {"pulumi.com/skipAwait": "true"}}
    assert client.create(f"kubernetes:{type_}", {**_kind(type_), **given}) == f"{space.name}/skipped"


def test_an_ingress_that_a_controller_serves_is_ready(client: Client, space: Space, cluster: Cluster) -> None:
    space.apply(
        {"kind": "Service", "metadata": {"name": "web"}, "spec": {"selector": {"app": "x"}, "ports": [{"port": 80}]}}
    )
    given = {**INGRESS, "metadata": {"name": "web", "namespace": space.name}}
    space.apply({**given, "kind": "Ingress", "apiVersion": "networking.k8s.io/v1", "metadata": {"name": "web"}})
    live = space.get("Ingress", "web", "networking.k8s.io/v1")
    live["status"] = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
    space.replace(live, "status")
    from tests.kubernetes_provider.ingress import served

    deadline = time.monotonic() + 10
    while not served(cluster, space.get("Ingress", "web", "networking.k8s.io/v1")).ready:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_kind_whose_wait_is_not_played_is_refused(client: Client, space: Space) -> None:
    with pytest.raises(Exception, match="the stand-in for kubernetes does not play it"):
        client.problems("kubernetes:core/v1:Pod", {**_kind("core/v1:Pod"), "metadata": {"namespace": space.name}})


def _kind(type_: str) -> Values:
    version, kind = type_.split(":")
    return json.loads(json.dumps({"apiVersion": version.removeprefix("core/"), "kind": kind}))
