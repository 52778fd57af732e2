"""What the settings of `kubernetes` make of its plan."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.offline.inventories import needed
from tests.offline.plans import of, one, planned_once
from tools.plan.preview import Preview

PLACE = {"context": "staging"}
REPOSITORY = {"repository": "ghcr.io/acme/orders"}
IMAGE = f"ghcr.io/acme/orders@sha256:{'0' * 64}"
NAMESPACE = "slipway-dev"
OWN = {"slipway.service": "slipway", "slipway.stack": "dev"}
WEB = {**OWN, "slipway.process": "web"}
EDGE = {"namespace": "ingress-nginx", "pods": {"app.kubernetes.io/name": "ingress-nginx"}, "class_name": "nginx"}
DEPLOYMENT, JOB = "kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:CronJob"
CONFIG, SECRET = "kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:Secret"
POLICY, SERVICE = "kubernetes:networking.k8s.io/v1:NetworkPolicy", "kubernetes:core/v1:Service"
ACCOUNT, SPACE = "kubernetes:core/v1:ServiceAccount", "kubernetes:core/v1:Namespace"
SCALER, BUDGET = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "kubernetes:policy/v1:PodDisruptionBudget"
INGRESS, ROUTE = "kubernetes:networking.k8s.io/v1:Ingress", "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"
MONITOR = "kubernetes:monitoring.coreos.com/v1:ServiceMonitor"
RELEASE, ROLLOUT = (f"pulumi-python:dynamic/slipway:{name}" for name in ("ReleaseTask", "Rollout"))
# https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
RESTRICTED = {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}}
HARDENED = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


def cluster(options: dict[str, Any] | None = None, **more: Any) -> Preview:
    """The plan of a stack with these options."""
    settings = {"target": "kubernetes", "registry": REPOSITORY, "options": {**PLACE, **(options or {})}, **more}
    return planned_once(settings)


def plain() -> Preview:
    return cluster()


def everything() -> Preview:
    """All that one stack may have."""
    options = {
        "ingress": {**EDGE, "tls": {"cluster_issuer": "letsencrypt"}, "annotations": {"example.com/a": "b"}},
        "metrics": {"kind": "service_monitor", "labels": {"release": "prometheus"}, "interval": 15},
        "network": {"egress": ["10.0.0.0/8:5432", "192.0.2.0/24:*"], "namespaces": ["shop"]},
        "scaling": {"cpu": 60, "memory": 80, "down_after": 120},
        "node_labels": {"kubernetes.io/arch": "amd64"},
        "account_annotations": {"example.com/role": "orders"},
    }
    login = {**REPOSITORY, "username": "acme", "password": "hunter2"}
    scale = {"min": 2, "max": 20}
    return cluster(
        options, domain="api.example.com", protect=True, registry=login, scale=scale, secrets={"SECRET_KEY": "hunter2"}
    )


def shared() -> Preview:
    """In a namespace that is there already, behind a Gateway, with somebody else's secrets and image."""
    gateway = {"name": "public", "namespace": "gateways", "listener": "https"}
    options = {
        "namespace": {"name": "orders", "existing": True},
        "ingress": {"kind": "gateway", "namespace": "gateways", "gateway": gateway},
        "metrics": {},
        "pull_secret": "ghcr",
        "kubeconfig": "/etc/kubeconfig",
    }
    stored = {"SECRET_KEY": "orders-secrets/api-key"}
    settings = {
        "target": "kubernetes",
        "image": IMAGE,
        "domain": "api.example.com",
        "stored_secrets": stored,
        "timeout": 90,
        "options": {**PLACE, **options},
    }
    return planned_once(settings)


def templates(plan: Preview) -> dict[str, dict[str, Any]]:
    """The pods' templates by their process, the release task's among them."""
    found = [each.inputs["spec"]["template"] for each in of(plan, DEPLOYMENT)]
    found += [each.inputs["spec"]["jobTemplate"]["spec"]["template"] for each in of(plan, JOB)]
    found += [each.inputs["manifest"]["spec"]["template"] for each in of(plan, RELEASE)]
    return {each["metadata"]["labels"]["slipway.process"]: each for each in found}


def container(template: Mapping[str, Any]) -> dict[str, Any]:
    (only,) = template["spec"]["containers"]
    return dict(only)


def variables(plan: Preview, process: str = "web") -> dict[str, Any]:
    return {each["name"]: each["value"] for each in container(templates(plan)[process])["env"]}


def holds(value: Any, wanted: Mapping[str, Any]) -> bool:
    return wanted.items() <= value.items()


def test_everything_is_in_one_namespace_and_has_its_labels() -> None:
    plan = everything()
    made = [each for each in plan.resources if each.type.startswith("kubernetes:")]
    inside = {each.inputs["metadata"].get("namespace") for each in made if each.type != SPACE}
    assert inside == {NAMESPACE}
    assert [each.name for each in made if not holds(each.inputs["metadata"]["labels"], OWN)] == []


def test_the_stacks_own_namespace_enforces_the_restricted_standard() -> None:
    space = one(plain(), SPACE)["metadata"]
    assert space["name"] == NAMESPACE
    assert holds(
        space["labels"], {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
    )


def test_a_namespace_that_is_there_already_is_left_as_it_is() -> None:
    plan = shared()
    assert of(plan, SPACE) == []
    assert {each.inputs["metadata"]["namespace"] for each in of(plan, DEPLOYMENT)} == {"orders"}


@pytest.mark.parametrize("plan", [plain, everything, shared])
def test_every_pod_may_do_as_little_as_the_restricted_standard_lets_it(plan: Any) -> None:
    pods = templates(plan())
    assert {*pods} == {"web", "worker.heartbeat", "job.tidy", "release"}
    for template in pods.values():
        spec = template["spec"]
        assert holds(spec["securityContext"], RESTRICTED)
        assert holds(container(template)["securityContext"], HARDENED)
        assert spec["automountServiceAccountToken"] is False
        assert {each["name"]: each.get("emptyDir") for each in spec["volumes"]}["tmp"] == {
            "medium": "Memory",
            "sizeLimit": "64Mi",
        }
        resources = container(template)["resources"]
        assert {*resources["requests"]} == {*resources["limits"]} == {"cpu", "memory", "ephemeral-storage"}
        assert [resources["requests"][name] for name in ("cpu", "memory")] == ["500m", "512Mi"]


def test_the_account_has_no_token_and_what_a_cloud_knows_it_by() -> None:
    account = one(everything(), ACCOUNT)
    assert account["automountServiceAccountToken"] is False
    assert account["metadata"]["annotations"] == {"example.com/role": "orders"}
    assert {each["spec"]["serviceAccountName"] for each in templates(everything()).values()} == {NAMESPACE}


def test_what_runs_is_the_image_that_was_published() -> None:
    for name in ("web", "worker-heartbeat"):
        assert "pulumi-python:dynamic/slipway:Publication::image" in needed(shared(), name, DEPLOYMENT)


def test_no_pod_goes_before_another_is_ready_and_one_that_goes_serves_on_until_all_know() -> None:
    spec = one(plain(), DEPLOYMENT, "web")["spec"]
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "25%"}}
    assert (spec["replicas"], spec["progressDeadlineSeconds"]) == (2, 300)
    pod = spec["template"]["spec"]
    told = variables(plain())
    # The server's own drain and grace, the notice before both, and a margin.
    server = int(told["WEB_DRAIN"]) + int(told["WEB_GRACEFUL_TIMEOUT"])
    assert container(spec["template"])["lifecycle"] == {"preStop": {"exec": {"command": ["sleep", "5"]}}}
    assert pod["terminationGracePeriodSeconds"] == 5 + server + 5
    assert [each["topologyKey"] for each in pod["topologySpreadConstraints"]] == [
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]


def test_a_pod_is_asked_at_the_contracts_paths() -> None:
    web = container(templates(plain())["web"])
    asked = {
        name: (web[name]["httpGet"]["path"], web[name]["httpGet"]["port"]) for name in web if name.endswith("Probe")
    }
    assert asked == {
        "startupProbe": ("/readyz", "http"),
        "readinessProbe": ("/readyz", "http"),
        "livenessProbe": ("/healthz", "http"),
    }
    assert web["ports"] == [{"name": "http", "containerPort": 8000, "protocol": "TCP"}]


def test_variables_and_secrets_are_in_objects_that_never_change() -> None:
    plan = everything()
    for type_, body in ((CONFIG, "data"), (SECRET, "stringData")):
        for each in of(plan, type_):
            assert each.inputs["immutable"] is True
            assert each.inputs[body]
    assert one(plan, CONFIG)["data"] == {
        "GREETING": "It floats.",
        "LOG_LEVEL": "INFO",
        "SECRET_KEY_FILE": "/run/service/SECRET_KEY",
        "SERVICE_NAME": "slipway",
        "SERVICE_STACK": "dev",
        "SERVICE_TARGET": "kubernetes",
    }
    assert [each.inputs["type"] for each in of(plan, SECRET)] == ["kubernetes.io/dockerconfigjson", "Opaque"]


def test_secrets_are_files_and_in_no_variable() -> None:
    for template in templates(everything()).values():
        assert [each for each in container(template)["env"] if "SECRET" in each["name"]] == []
        mounts = {each["name"]: each["mountPath"] for each in container(template)["volumeMounts"]}
        assert mounts == {"tmp": "/tmp", "secrets": "/run/service"}


def test_a_secret_of_the_namespace_is_taken_by_its_key() -> None:
    plan = shared()
    assert of(plan, SECRET) == []
    volumes = {each["name"]: each for each in templates(plan)["web"]["spec"]["volumes"]}
    assert volumes["secrets"]["projected"]["sources"] == [
        {"secret": {"name": "orders-secrets", "items": [{"key": "api-key", "path": "SECRET_KEY"}]}}
    ]


def test_images_are_pulled_with_the_stacks_login_or_with_a_secret_that_is_there() -> None:
    assert "imagePullSecrets" not in one(plain(), ACCOUNT)
    assert len(one(everything(), ACCOUNT)["imagePullSecrets"]) == 1
    assert one(shared(), ACCOUNT)["imagePullSecrets"] == [{"name": "ghcr"}]


def test_only_the_ingress_gets_in_and_only_what_is_stated_is_let_out() -> None:
    every, web = (one(everything(), POLICY, name)["spec"] for name in ("policy-every", "policy-web"))
    assert every["podSelector"] == {"matchLabels": OWN}
    assert (every["policyTypes"], "ingress" in every) == (["Ingress", "Egress"], False)
    assert every["egress"] == [
        {"ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]},
        {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"protocol": "TCP", "port": 5432}]},
        {"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]},
    ]
    controller = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}},
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "ingress-nginx"}},
    }
    assert web["podSelector"] == {"matchLabels": WEB}
    assert web["ingress"] == [
        {"from": [controller], "ports": [{"protocol": "TCP", "port": 8000}]},
        {
            "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}}],
            "ports": [{"protocol": "TCP", "port": 8000}],
        },
        {
            "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}],
            "ports": [{"protocol": "TCP", "port": 9464}],
        },
    ]


def test_without_an_ingress_only_the_stacks_own_namespace_gets_in() -> None:
    assert one(plain(), POLICY, "policy-web")["spec"]["ingress"] == [
        {"from": [{"podSelector": {}}], "ports": [{"protocol": "TCP", "port": 8000}]}
    ]


def test_an_ingress_brings_the_domain_with_a_certificate() -> None:
    ingress = one(everything(), INGRESS)
    assert holds(
        ingress["metadata"]["annotations"],
        {"cert-manager.io/cluster-issuer": "letsencrypt", "example.com/a": "b"},
    )
    backend = {"service": {"name": NAMESPACE, "port": {"name": "http"}}}
    assert ingress["spec"] == {
        "ingressClassName": "nginx",
        "rules": [
            {"host": "api.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
        ],
        "tls": [{"hosts": ["api.example.com"], "secretName": f"{NAMESPACE}-tls"}],
    }
    assert one(everything(), ROLLOUT)["reachable"] is True
    assert variables(everything())["TRUSTED_PROXY_HOPS"] == "1"
    assert int(variables(everything())["WEB_KEEPALIVE"]) > 60


def test_a_route_hangs_on_its_gateway() -> None:
    spec = one(shared(), ROUTE)["spec"]
    parent = {"name": "public", "namespace": "gateways", "sectionName": "https"}
    assert [holds(each, parent) for each in spec["parentRefs"]] == [True]
    assert spec["hostnames"] == ["api.example.com"]
    (rule,) = spec["rules"]
    assert rule["timeouts"] == {"request": "95s"}
    assert [(each["name"], each["port"]) for each in rule["backendRefs"]] == [(NAMESPACE, 80)]


@pytest.mark.parametrize(
    ("expose", "spec"),
    [
        ({}, {"type": "ClusterIP"}),
        ({"kind": "node_port", "node_port": 30080, "address": "10.0.0.7"}, {"type": "NodePort"}),
        ({"kind": "load_balancer"}, {"type": "LoadBalancer"}),
    ],
)
def test_without_a_domain_it_is_exposed_as_the_stack_says(expose: dict[str, Any], spec: dict[str, Any]) -> None:
    plan = cluster({"expose": expose} if expose else {})
    service = one(plan, SERVICE)["spec"]
    assert holds(service, {**spec, "selector": WEB})
    assert service["ports"][0].get("nodePort") == expose.get("node_port")
    assert one(plan, ROLLOUT)["reachable"] is bool(expose)


def test_a_fixed_number_of_pods_has_no_autoscaler_and_a_range_has_one() -> None:
    assert of(plain(), SCALER) == []
    spec = one(everything(), SCALER)["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 20)
    asked = {each["resource"]["name"]: each["resource"]["target"]["averageUtilization"] for each in spec["metrics"]}
    assert asked == {"cpu": 60, "memory": 80}
    assert spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 120
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAMESPACE}


def test_one_pod_at_a_time_may_be_taken_away() -> None:
    spec = one(plain(), BUDGET)["spec"]
    assert (spec["maxUnavailable"], spec["selector"]) == (1, {"matchLabels": WEB})


def test_prometheus_finds_the_metrics_and_no_way_in_leads_to_them() -> None:
    annotated = templates(shared())["web"]["metadata"]["annotations"]
    assert holds(
        annotated, {"prometheus.io/scrape": "true", "prometheus.io/port": "9464", "prometheus.io/path": "/metrics"}
    )
    monitor = one(everything(), MONITOR)
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    assert monitor["spec"]["endpoints"] == [
        {"port": "metrics", "path": "/metrics", "interval": "15s", "scheme": "http"}
    ]
    own = one(everything(), SERVICE, "metrics")
    assert holds(own["metadata"]["labels"], monitor["spec"]["selector"]["matchLabels"])
    assert [each["port"] for each in one(everything(), SERVICE, "service")["spec"]["ports"]] == [80]
    assert variables(everything())["ADMIN_HOST"] == "0.0.0.0"
    assert "ADMIN_HOST" not in variables(plain())


def test_the_release_task_is_a_job_before_anything_moves() -> None:
    plan = plain()
    task = one(plan, RELEASE)
    assert task["command"] == ["flask", "--app", "service", "release"]
    spec = task["manifest"]["spec"]
    assert (spec["backoffLimit"], spec["template"]["spec"]["restartPolicy"]) == (0, "Never")
    assert f"{RELEASE}::release" in needed(plan, "web", DEPLOYMENT)
    before = needed(plan, "release", RELEASE)
    assert {f"{SPACE}::namespace", f"{POLICY}::policy-every", f"{CONFIG}::slipway-variables"} <= before


def test_workers_and_jobs_begin_only_when_it_serves_and_never_twice_at_a_time() -> None:
    plan = plain()
    worker, job = one(plan, DEPLOYMENT, "worker-heartbeat")["spec"], one(plan, JOB)["spec"]
    assert (worker["replicas"], worker["strategy"]) == (1, {"type": "Recreate"})
    assert holds(
        job,
        {
            "schedule": "*/15 * * * *",
            "timeZone": "Etc/UTC",
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 300,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 3,
        },
    )
    assert job["jobTemplate"]["spec"]["activeDeadlineSeconds"] > 60
    for type_, name in ((DEPLOYMENT, "worker-heartbeat"), (JOB, "job-tidy")):
        assert f"{ROLLOUT}::rollout" in needed(plan, name, type_)


def test_pods_run_on_the_nodes_that_are_asked_for() -> None:
    assert {json.dumps(each["spec"]["nodeSelector"]) for each in templates(everything()).values()} == {
        '{"kubernetes.io/arch": "amd64"}'
    }


def selected(plan: Preview) -> Iterator[tuple[str, Mapping[str, str]]]:
    for type_ in (DEPLOYMENT, BUDGET):
        yield from ((type_, each.inputs["spec"]["selector"]["matchLabels"]) for each in of(plan, type_))
    yield from ((SERVICE, each.inputs["spec"]["selector"]) for each in of(plan, SERVICE))


def test_whatever_selects_pods_selects_some_of_one_process() -> None:
    plan = everything()
    pods = [each["metadata"]["labels"] for each in templates(plan).values()]
    assert [(kind, [holds(pod, wanted) for pod in pods].count(True)) for kind, wanted in selected(plan)] == [
        (kind, 1) for kind, _ in selected(plan)
    ]


def test_another_stack_selects_no_pod_of_this_one() -> None:
    labels = templates(plain())["web"]["metadata"]["labels"]
    assert not holds(labels, {**WEB, "slipway.stack": "prod"})
