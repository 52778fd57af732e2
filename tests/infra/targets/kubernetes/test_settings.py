"""What a stack may ask of `kubernetes`: everything wrong is told at once, each with the mending command."""

import json
from typing import Any

import pytest

from infra.errors import SettingsError
from infra.service import Service, load_service, parse_service
from infra.settings import Settings, load_settings

PLACE = {"context": "staging"}
BASE: dict[str, Any] = {
    "target": "kubernetes",
    "registry": {"repository": "ghcr.io/acme/orders"},
    "options": PLACE,
}
DOMAIN = {"domain": "api.example.com"}
EDGE = {"namespace": "ingress-nginx", "tls": {"cluster_issuer": "letsencrypt"}}
ROUTE = {"kind": "gateway", "namespace": "gateways", "gateway": {"name": "public", "namespace": "gateways"}}
THERE = {"name": "orders", "existing": True}


def load(given: dict[str, Any], service: Service | None = None) -> Settings:
    config = {f"service:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in given.items()}
    return load_settings(service or load_service(), config, (), "dev")


def refused(given: dict[str, Any], service: Service | None = None) -> list[str]:
    with pytest.raises(SettingsError) as told:
        load({**BASE, **given}, service)
    return [str(problem) for problem in told.value.problems]


def with_options(**options: Any) -> dict[str, Any]:
    return {"options": {**PLACE, **options}}


def with_job(schedule: str, timeout: int = 60) -> Service:
    contract = load_service().model_dump(mode="json")
    return parse_service(
        {**contract, "jobs": {"tidy": {"command": ["true"], "schedule": schedule, "timeout": timeout}}}
    )


def test_a_context_and_a_place_for_images_are_all_that_a_stack_must_say() -> None:
    settings = load(BASE)
    assert (settings.scale.min, settings.scale.max, settings.rollout_timeout) == (2, 2, 300)


@pytest.mark.parametrize(
    "given",
    [
        {"registry": {"repository": "ghcr.io/acme/orders", "username": "acme", "password": "of"}},
        {**DOMAIN, **with_options(ingress=EDGE)},
        {**DOMAIN, **with_options(ingress={"namespace": "edge", "class_name": "nginx", "tls": {"secret": "own-tls"}})},
        {**DOMAIN, **with_options(ingress={"namespace": "edge", "plain": True})},
        {**DOMAIN, **with_options(ingress={**ROUTE, "gateway": {**ROUTE["gateway"], "listener": "https"}})},
        with_options(expose={"kind": "node_port", "node_port": 32767, "address": "10.0.0.7"}),
        with_options(expose={"kind": "load_balancer", "annotations": {"example.com/internal": "true"}}),
        with_options(network={"egress": ["10.0.0.0/8:5432", "0.0.0.0/0:*", "[2001:db8::/32]:443"]}),
        with_options(metrics={}),
        with_options(metrics={"kind": "service_monitor", "labels": {"release": "prometheus"}}),
        {"scale": {"min": 2, "max": 20}, **with_options(scaling={"cpu": "60", "memory": 80})},
        {"stored_secrets": {"SECRET_KEY": "orders-secrets/api-key"}, **with_options(namespace=THERE)},
        with_options(namespace=THERE, pull_secret="ghcr"),
        with_options(node_labels={"kubernetes.io/arch": "amd64"}, kubeconfig="~/.kube/staging"),
    ],
)  # fmt: skip
def test_what_kubernetes_can_do_is_taken(given: dict[str, Any]) -> None:
    assert load({**BASE, **given}).target == "kubernetes"


def test_an_image_by_its_digest_needs_no_registry() -> None:
    image = f"ghcr.io/acme/orders@sha256:{'0' * 64}"
    assert load({"target": "kubernetes", "options": PLACE, "image": image}).registry is None


REFUSED: list[tuple[dict[str, Any], str]] = [
    (with_options(context=""), "service:options.context: "),
    ({"options": {}}, "service:options.context: is required. Fix: pulumi config set --path service:options.context staging --stack dev"),
    (
        DOMAIN,
        "service:domain: nothing brings it to the service without service:options.ingress. Fix: pulumi config set --path service:options.ingress.namespace ingress-nginx",
    ),
    (
        with_options(ingress=EDGE),
        "service:domain: is required with service:options.ingress, which brings it to the service. Fix: pulumi config set --path service:domain api.example.com",
    ),
    (
        {**DOMAIN, **with_options(ingress={"namespace": "edge"})},
        "service:options.ingress.tls: wants a secret, or an issuer by which cert-manager makes one; or service:options.ingress.plain. Fix: pulumi config set --path service:options.ingress.tls.cluster_issuer letsencrypt",
    ),
    (
        {**DOMAIN, **with_options(ingress={**EDGE, "plain": True})},
        "service:options.ingress.tls.cluster_issuer: is of no use to plain HTTP. Fix: pulumi config set --path service:options.ingress.plain false",
    ),
    (
        {**DOMAIN, **with_options(ingress={**EDGE, "tls": {"cluster_issuer": "a", "issuer": "b"}})},
        "service:options.ingress.tls.issuer: is of no use beside a ClusterIssuer. Fix: pulumi config rm --path service:options.ingress.tls.issuer",
    ),
    (
        {**DOMAIN, **with_options(ingress={**EDGE, "gateway": ROUTE["gateway"]})},
        "service:options.ingress.gateway: is of no use to an Ingress. Fix: pulumi config set --path service:options.ingress.kind gateway",
    ),
    (
        {**DOMAIN, **with_options(ingress={"kind": "gateway", "namespace": "edge"})},
        "service:options.ingress.gateway: is required: a route hangs on a Gateway that is there already. Fix: pulumi config set --path service:options.ingress.gateway.name public",
    ),
    (
        {**DOMAIN, **with_options(ingress={**ROUTE, "class_name": "nginx"})},
        "service:options.ingress.class_name: is of no use to a route, which names its Gateway. Fix: pulumi config rm --path service:options.ingress.class_name",
    ),
    (
        {**DOMAIN, **with_options(ingress={**ROUTE, "tls": {"secret": "own"}})},
        "service:options.ingress.tls.secret: is of no use to a route, whose Gateway has the certificate. Fix: pulumi config rm --path service:options.ingress.tls",
    ),
    (
        with_options(expose={"kind": "node_port"}),
        "service:options.expose.address: is required with a port of the nodes, which is asked there. Fix: pulumi config set --path service:options.expose.address node1.example.com",
    ),
    (
        with_options(expose={"node_port": 30080}),
        "service:options.expose.node_port: is of no use to a service that is exposed by cluster. Fix: pulumi config set --path service:options.expose.kind node_port",
    ),
    (with_options(expose={"kind": "node_port", "address": "a", "node_port": 8080}), "service:options.expose.node_port: 8080 must be 30000 or more."),
    (
        with_options(namespace={"existing": True}),
        "service:options.namespace.name: is required with the namespace that is there already. Fix: pulumi config set --path service:options.namespace.name orders",
    ),
    (
        with_options(namespace={"name": "kube-system"}),
        "service:options.namespace.name: kube-system is the cluster's own, which no stack makes or removes. Fix: pulumi config set --path service:options.namespace.name orders",
    ),
    (with_options(namespace={"name": "Orders"}), "service:options.namespace.name: 'Orders' is not a name of lower-case letters"),
    (with_options(network={"egress": ["10.0.0.0/33:443"]}), "service:options.network.egress[0]: '10.0.0.0/33:443' is not a block of addresses and a port"),
    (with_options(network={"egress": ["10.0.0.0/8:99999"]}), "service:options.network.egress[0]: '10.0.0.0/8:99999' is not a block"),
    (
        with_options(node_labels={"kubernetes.io/arch": "amd 64"}),
        "service:options.node_labels[\"kubernetes.io/arch\"]: 'amd 64' is not a label's value. Fix: pulumi config rm --path 'service:options.node_labels[\"kubernetes.io/arch\"]' --stack dev",
    ),
    (with_options(network={"namespaces": ["shop", "shop"]}), "service:options.network.namespaces: shop is named twice"),
    (
        {"scale": {"min": 1, "max": 4}, **with_options(scaling={"cpu": None})},
        "service:options.scaling.cpu: nothing starts more replicas, and there may be more than service:scale.min. Fix: pulumi config set --path service:options.scaling.cpu 70",
    ),
    ({"scale": {"min": 0, "max": 1}}, "service:scale.min: the target kubernetes cannot scale to zero"),
    (
        {"size": {"cpu": 0.0005, "memory": "64MiB"}},
        "service:size.cpu: 0.0005 is less than the 0.001 of a core that Kubernetes can say. Fix: pulumi config set --path service:size.cpu 0.25",
    ),
    (
        with_options(pull_secret="ghcr"),
        "service:options.pull_secret: is a secret of a namespace that is there already, and this one is the stack's own. Fix: pulumi config set --path service:options.namespace.existing true",
    ),
    (
        {"registry": {"repository": "ghcr.io/acme/orders", "username": "acme"}},
        "service:registry.password: is required with the other half of the login, which pods pull their image with. Fix: pulumi config set --secret --path service:registry.password ...",
    ),
    (
        {"stored_secrets": {"SECRET_KEY": "api-key"}, **with_options(namespace=THERE)},
        "service:stored_secrets.SECRET_KEY: 'api-key' is not <secret>/<key> of a Secret in the namespace. Fix: pulumi config set --path service:stored_secrets.SECRET_KEY orders-secrets/api-key",
    ),
    (
        {"stored_secrets": {"SECRET_KEY": "a/b"}},
        "service:stored_secrets: are in a namespace that is there already, and this one is the stack's own. Fix: pulumi config set --path service:options.namespace.existing true",
    ),
    (
        {"environment": {"GREETING": "x" * 1024**2}},
        "service:environment: 1048584 bytes are more than the 1048576 that a ConfigMap holds. Fix: pulumi config rm --path service:environment.GREETING",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given", "told"), REFUSED)
def test_what_kubernetes_cannot_do_is_refused_with_what_mends_it(given: dict[str, Any], told: str) -> None:
    (problem,) = refused(given)
    assert problem.startswith(told)


def test_without_a_registry_and_an_image_there_is_nothing_to_run() -> None:
    with pytest.raises(SettingsError) as told:
        load({"target": "kubernetes", "options": PLACE})
    assert [str(problem) for problem in told.value.problems] == [
        "service:registry.repository: is required: a cluster has no place for images of its own. Fix: pulumi config set --path service:registry.repository ghcr.io/acme/orders"
    ]


@pytest.mark.parametrize(
    ("schedule", "timeout", "told"),
    [
        ("0 3 L * *", 60, "app/service.toml: jobs.tidy.schedule: '0 3 L * *' has the last or the nth of something, which a CronJob cannot say. Fix: edit it in app/service.toml"),
        ("0 3 * * 7", 60, "app/service.toml: jobs.tidy.schedule: '0 3 * * 7' calls Sunday 7, which a CronJob knows as 0 alone. Fix: edit it in app/service.toml"),
        ("*/5 * * * *", 400, "app/service.toml: jobs.tidy.timeout: 400 s are more than the 300 s until it is due again. Fix: shorten it, or let the job run less often, in app/service.toml"),
    ],
)  # fmt: skip
def test_a_job_that_no_cronjob_can_run_is_refused(schedule: str, timeout: int, told: str) -> None:
    assert refused({}, with_job(schedule, timeout)) == [told]


def test_everything_wrong_is_told_at_once() -> None:
    told = refused({**DOMAIN, **with_options(namespace={"existing": True}, expose={"kind": "node_port"})})
    assert [each.partition(": ")[0] for each in told] == [
        "service:domain",
        "service:options.expose.address",
        "service:options.namespace.name",
    ]
