"""Settings as people write them into a stack's file, right ones and wrong ones, for tests of many."""

import copy
from typing import Any

from hypothesis import strategies as st

from infra.targets import specs
from infra.targets.aws.offline import there
from infra.targets.azure.offline import there as microsoft
from infra.targets.gcp.offline import there as google
from infra.targets.gcp.spec import PROJECT

Values = dict[str, Any]

# What no message may show.
HIDDEN = "hunter2"

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
NAMES = st.from_regex(r"[a-z_]{1,10}|[A-Z_]{1,10}", fullmatch=True)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=4,
)
SECRET = st.sampled_from([HIDDEN, [HIDDEN], {"of": HIDDEN}, 7])


def _table(
    required: dict[str, st.SearchStrategy[Any]], **optional: st.SearchStrategy[Any]
) -> st.SearchStrategy[Values]:
    return st.fixed_dictionaries(required, optional=optional)


def _number(least: float, most: float) -> st.SearchStrategy[Any]:
    numbers = st.integers(int(least), int(most)) if isinstance(least, int) else st.floats(least, most)
    return numbers | numbers.map(str)


PORT = _number(1, 65535).filter(lambda port: int(port) != 9464)
HOST = st.sampled_from(["127.0.0.1", "127.0.0.2", "0.0.0.0", "10.0.0.7"])
AWS = ("us-east-1", "us-west-2", "eu-central-1", "eu-west-3", "ap-southeast-2", "ca-central-1", "sa-east-1")
AZURE = ("eastus", "westeurope", "northeurope", "southeastasia", "westus2", "germanywestcentral")
GCP = ("us-central1", "us-east1", "europe-west1", "europe-west4", "asia-east1", "australia-southeast1")

# What is there already in the stand-in's AWS.
_SUBNETS = {
    kind: [each["id"] for each in there.subnets("us-east-1") if each["mapPublicIpOnLaunch"] is kind]
    for kind in (True, False)
}
GIVEN_NETWORK = {"vpc": there.VPC, "public_subnets": _SUBNETS[True], "private_subnets": _SUBNETS[False]}
EGRESS = st.lists(st.sampled_from(["0.0.0.0/0:443", "10.0.0.0/16:5432", "10.0.0.0/8:*"]), max_size=3, unique=True)
FARGATE = _table(
    {
        "region": st.sampled_from(AWS),
        "network": st.one_of(
            _table({}, cidr=st.sampled_from(["10.1.0.0/16", "172.16.0.0/23"]), flow_logs=st.booleans(), egress=EGRESS),
            _table(
                {"tasks": st.just("private")}, nat=st.sampled_from(["none", "one", "per-zone"]), endpoints=st.booleans()
            ),
            st.sampled_from([GIVEN_NETWORK, {**GIVEN_NETWORK, "tasks": "private"}]),
        ),
    },
    capacity=_table({}, base=_number(0, 3), spot=_number(0, 3)),
    deploy=_table({"strategy": st.sampled_from(["rolling", "blue-green", "canary"])}, percent=st.just(20)),
    scaling=_table({}, cpu=_number(10, 90), requests=_number(1, 5000)),
    alarms=_table({}, emails=st.just(["oncall@example.com"]), errors=_number(0.5, 50.0)),
    waf=st.booleans(),
    access_logs=st.booleans(),
    kms=st.booleans(),
    log_retention=st.sampled_from([7, "30", 365]),
    images_kept=_number(2, 100),
    insights=st.booleans(),
    exec=st.booleans(),
    policies=st.just(["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]),
)

CLOUD_RUN = _table(
    {"project": st.from_regex(PROJECT, fullmatch=True), "region": st.sampled_from(GCP)},
    network=st.one_of(
        _table(
            {"egress": st.sampled_from(["private", "all"])},
            cidr=st.sampled_from(["10.1.0.0/24", "172.16.0.0/26"]),
            flow_logs=st.booleans(),
        ),
        st.sampled_from(
            [
                {"egress": "none"},
                {"egress": "all", "nat": True},
                {"egress": "private", "network": google.NETWORK, "subnet": google.SUBNET},
            ]
        ),
    ),
    ingress=st.sampled_from(["all", "internal", "load-balancer"]),
    public=st.booleans(),
    concurrency=st.sampled_from([1, "1"]),
    session_affinity=st.booleans(),
    execution_environment=st.sampled_from(["gen1", "gen2"]),
    cpu_boost=st.booleans(),
    billing=st.sampled_from(["request", "instance"]),
    traffic=_table({}, canary=_number(1, 99)),
    armor=st.booleans(),
    alarms=_table(
        {},
        emails=st.just(["oncall@example.com"]),
        errors=_number(0.5, 50.0),
        latency=_number(0.1, 60.0),
        instances=_number(1, 20),
        restarts=_number(1, 10),
    ),
    log_retention=_number(1, 3650),
    images_kept=_number(2, 1000),
    scanning=st.booleans(),
    roles=st.just(["roles/cloudsql.client"]),
)

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
_SUBNET = microsoft.id_of(
    SUBSCRIPTION,
    microsoft.GROUP,
    f"Microsoft.Network/virtualNetworks/{microsoft.NETWORK}/subnets/{microsoft.SUBNET}",
)
CONTAINER_APPS = _table(
    {"subscription": st.just(SUBSCRIPTION), "location": st.sampled_from(AZURE)},
    registry=st.sampled_from(["Basic", "Standard", "Premium"]),
    images_kept=_number(2, 1000),
    network=st.sampled_from([{"own": True}, {"own": "true", "cidr": "10.1.0.0/27"}, {"subnet": _SUBNET}]),
    internal=st.booleans(),
    zone_redundant=st.booleans(),
    ingress=st.sampled_from(["all", "internal"]),
    allowed_ips=st.sampled_from([[], ["203.0.113.0/24", "198.51.100.7/32"]]),
    session_affinity=st.booleans(),
    concurrency=st.sampled_from([1, "1"]),
    scale_rules=_table(
        {},
        cpu=_number(1, 100),
        cron=st.just([{"start": "0 8 * * 1-5", "end": "0 18 * * 1-5", "replicas": 1, "timezone": "Europe/Berlin"}]),
    ),
    workload_profile=st.sampled_from(["Consumption", "D4", "E8"]),
    traffic=_table({}, canary=_number(1, 99)),
    alarms=_table(
        {},
        emails=st.just(["oncall@example.com"]),
        errors=_number(0.5, 50.0),
        latency=_number(0.1, 60.0),
        replicas=_number(1, 20),
        restarts=_number(1, 10),
    ),
    insights=st.booleans(),
    log_retention=_number(30, 730),
    roles=st.sampled_from(
        [
            [{"role": "Storage Blob Data Reader"}],
            [{"role": "4633458b-17de-408a-b874-0445c86b69e6", "scope": f"/subscriptions/{SUBSCRIPTION}"}],
        ]
    ),
)

_EDGE = {"namespace": "ingress-nginx", "class_name": "nginx", "pods": {"app.kubernetes.io/name": "ingress-nginx"}}
_GATEWAY = {"name": "public", "namespace": "gateways", "listener": "https"}
KUBERNETES = _table(
    {"context": st.just("staging")},
    kubeconfig=st.just("~/.kube/staging"),
    namespace=st.sampled_from([{"name": "orders"}, {"name": "orders", "existing": True}]),
    ingress=st.sampled_from(
        [
            {**_EDGE, "tls": {"cluster_issuer": "letsencrypt"}},
            {**_EDGE, "tls": {"secret": "orders-tls"}, "annotations": {"example.com/timeout": "60"}},
            {**_EDGE, "plain": True, "idle": 90},
            {"kind": "gateway", "namespace": "gateways", "gateway": _GATEWAY},
        ]
    ),
    expose=st.sampled_from(
        [
            {"kind": "node_port", "address": "10.0.0.7"},
            {"kind": "node_port", "address": "10.0.0.7", "node_port": "30080"},
            {"kind": "load_balancer", "annotations": {"example.com/internal": "true"}},
        ]
    ),
    reachable=st.booleans(),
    network=_table({}, policy=st.booleans(), egress=EGRESS, namespaces=st.just(["shop"])),
    scaling=_table({}, cpu=_number(1, 100), memory=_number(1, 100), down_after=_number(0, 3600)),
    metrics=_table(
        {},
        kind=st.sampled_from(["annotations", "service_monitor"]),
        labels=st.just({"release": "prometheus"}),
        interval=_number(1, 300),
    ),
    account_annotations=st.just({"iam.gke.io/gcp-service-account": "orders@acme.iam.gserviceaccount.com"}),
    node_labels=st.just({"kubernetes.io/arch": "amd64"}),
)

_PODS = {"policy": st.booleans(), "egress": EGRESS, "namespaces": st.just(["shop"])}
EKS = _table(
    {
        "region": st.sampled_from(["eu-central-1", "us-east-1"]),
        "cluster": st.one_of(
            _table(
                {},
                version=st.just("1.34"),
                private=st.booleans(),
                logs=st.sampled_from([[], ["audit", "api"]]),
                access=st.just({"arn:aws:iam::123456789012:role/preview": "view"}),
            ),
            st.sampled_from([{"name": "shared"}, {"name": "shared", "kubeconfig": "~/.kube/x", "context": "x"}]),
        ),
        "network": st.one_of(
            _table(
                _PODS,
                cidr=st.just("10.1.0.0/16"),
                nat=st.sampled_from(["one", "per-zone"]),
                flow_logs=st.booleans(),
            ),
            st.just(GIVEN_NETWORK),
        ),
    },
    zones=_number(2, 3),
    balancer=st.sampled_from(["public", "internal", "none"]),
    expose=st.just({"kind": "load_balancer"}),
    kms=st.booleans(),
    log_retention=st.sampled_from([7, "30", 365]),
    images_kept=_number(2, 100),
    policies=st.just(["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]),
    boundary=st.just("arn:aws:iam::123456789012:policy/bounded"),
)

GKE = _table(
    {
        "project": st.from_regex(PROJECT, fullmatch=True),
        "region": st.sampled_from(GCP),
        "cluster": st.one_of(
            _table(
                {},
                channel=st.sampled_from(["rapid", "stable", "extended"]),
                private=st.booleans(),
                reached_from=st.just(["192.0.2.0/24"]),
                logs=st.sampled_from([["system"], ["api_server", "workloads"]]),
            ),
            st.sampled_from([{"name": "existing"}, {"name": "existing", "kubeconfig": "~/.kube/x", "context": "x"}]),
        ),
        "network": st.one_of(
            _table(_PODS, cidr=st.just("10.1.0.0/22"), nat=st.booleans(), flow_logs=st.booleans()),
            st.just({"network": google.NETWORK, "subnet": google.SUBNET}),
        ),
    },
    balancer=st.sampled_from(["public", "none"]),
    expose=st.just({"kind": "load_balancer"}),
    images_kept=_number(2, 1000),
    scanning=st.booleans(),
    roles=st.just(["roles/cloudsql.client"]),
)

_NODES = microsoft.id_of(
    SUBSCRIPTION,
    microsoft.GROUP,
    f"Microsoft.Network/virtualNetworks/{microsoft.NETWORK}/subnets/{microsoft.NODES}",
)
AKS = _table(
    {
        "subscription": st.just(SUBSCRIPTION),
        "location": st.sampled_from(AZURE),
        "cluster": st.one_of(
            _table(
                {},
                tier=st.sampled_from(["Free", "Standard"]),
                channel=st.sampled_from(["rapid", "stable", "patch", "none"]),
                private=st.booleans(),
                nodes=_table(
                    {},
                    size=st.just("Standard_D4ds_v5"),
                    least=_number(1, 3),
                    most=_number(5, 9),
                    zones=st.sampled_from([[], ["1"], ["1", "2", "3"]]),
                    disk=st.sampled_from(["ephemeral", "managed"]),
                ),
                access=st.just({f"group:{SUBSCRIPTION}": "view"}),
            ),
            st.sampled_from([{"name": "existing/existing"}, {"name": "existing/existing", "kubeconfig": "~/.kube/x"}]),
        ),
        "network": st.one_of(
            _table(_PODS, cidr=st.just("10.1.0.0/22"), pods=st.just("10.64.0.0/16")), st.just({"subnet": _NODES})
        ),
    },
    balancer=st.sampled_from(["public", "internal", "none"]),
    expose=st.just({"kind": "load_balancer"}),
    registry=st.sampled_from(["Basic", "Standard", "Premium"]),
    images_kept=_number(2, 100),
    roles=st.just([{"role": "Storage Blob Data Reader"}]),
)

OPTIONS: dict[str, st.SearchStrategy[Values]] = {
    "local": _table({}, host=HOST, port=PORT),
    "docker": _table(
        {},
        host=HOST,
        port=PORT,
        engine=st.sampled_from(["unix:///var/run/docker.sock", "ssh://deploy@server.example.com"]),
        log=_table({}, max_size=st.sampled_from(["10m", "1g", "64k"]), max_files=_number(1, 100)),
    ),
    "aws.eks": EKS,
    "aws.fargate": FARGATE,
    "azure.aks": AKS,
    "azure.container_apps": CONTAINER_APPS,
    "gcp.cloud_run": CLOUD_RUN,
    "gcp.gke": GKE,
    "kubernetes": KUBERNETES,
}

RIGHT: dict[str, st.SearchStrategy[Any]] = {
    "server": st.sampled_from(["gunicorn", "uwsgi", "waitress"]),
    "size": _table(
        {},
        cpu=_number(0.01, 64.0),
        memory=st.integers(64, 8192).map("{}MiB".format) | st.sampled_from(["1GiB", "1.5 GiB"]),
    ),
    "scale": st.just({"min": 1, "max": "1"}),
    "timeout": _number(1, 3600),
    "rollout_timeout": _number(1, 3600),
    "proxies": _number(0, 8),
    "environment": _table(
        {}, GREETING=WORDS | st.integers() | st.booleans(), LOG_LEVEL=st.sampled_from(["DEBUG", "INFO"])
    ),
    "secrets": _table({}, SECRET_KEY=st.just(HIDDEN)),
}

# What an image is made of: only where one is built.
BUILD: dict[str, st.SearchStrategy[Any]] = {
    "image": st.just(f"ghcr.io/acme/orders@sha256:{'a' * 64}"),
    "build": _table(
        {"platforms": st.sampled_from([["linux/amd64"], ["linux/arm64"]])},
        base=st.just("registry.example.com/python:3.13-slim"),
        builder=st.just("ci"),
        cache=st.booleans(),
        provenance=st.booleans(),
        sbom=st.booleans(),
        scanner=st.just("registry.example.com/scanner:1"),
        secrets=_table({}, PIP_INDEX_URL=st.just(HIDDEN)),
    ),
    "registry": _table(
        {"repository": st.sampled_from(["ghcr.io/acme/orders", "localhost:5000/orders"])},
        username=st.just("acme"),
        password=st.just(HIDDEN),
    ),
}

# Fargate has certain sizes; and what only a cloud has.
ON_FARGATE: dict[str, st.SearchStrategy[Any]] = {
    "size": st.sampled_from(
        [{"cpu": 0.25, "memory": "512MiB"}, {"cpu": "1", "memory": "3GiB"}, {"cpu": 4, "memory": "8GiB"}]
    ),
    "scale": st.sampled_from([{"min": 1, "max": 1}, {"min": 2, "max": "20"}]),
    "protect": st.booleans(),
    "stored_secrets": st.just({"SECRET_KEY": "prod/api-key"}),
}

# So has Cloud Run, and it scales to nothing.
CLOUD_RUN_SIZES = st.sampled_from(
    [{"cpu": 1, "memory": "512MiB"}, {"cpu": "2", "memory": "1GiB"}, {"cpu": 4, "memory": "2GiB"}]
)
AUTOPILOT_SIZES = st.sampled_from(
    [{"cpu": 0.05, "memory": "64MiB"}, {"cpu": "2", "memory": "2GiB"}, {"cpu": 4, "memory": "26GiB"}]
)
ON_CLOUD_RUN: dict[str, st.SearchStrategy[Any]] = {
    "scale": st.sampled_from([{"min": 0, "max": 4}, {"min": 2, "max": "20"}, {"min": "1", "max": 1}]),
    "protect": st.booleans(),
    "stored_secrets": st.sampled_from([{"SECRET_KEY": google.SECRET}, {"SECRET_KEY": f"{google.SECRET}:1"}]),
    "domain": st.sampled_from(["api.example.com", "www.example.com"]),
}

# So have Container Apps.
CONTAINER_APPS_SIZES = st.sampled_from(
    [{"cpu": 0.25, "memory": "512MiB"}, {"cpu": "1", "memory": "2GiB"}, {"cpu": 4, "memory": "8GiB"}]
)
_STORED = f"{microsoft.GROUP}/{microsoft.VAULT}/{microsoft.SECRET}"
ON_CONTAINER_APPS: dict[str, st.SearchStrategy[Any]] = {
    "scale": st.sampled_from([{"min": 0, "max": 4}, {"min": 2, "max": "20"}, {"min": "1", "max": 1}]),
    "protect": st.booleans(),
    "stored_secrets": st.sampled_from([{"SECRET_KEY": _STORED}, {"SECRET_KEY": f"{_STORED}:{microsoft.VERSION}"}]),
    "domain": st.sampled_from(["api.example.com", "example.com", microsoft.POINTED, "www.example.org"]),
    "timeout": _number(1, 240),
}

ON_KUBERNETES: dict[str, st.SearchStrategy[Any]] = {
    "scale": st.sampled_from([{"min": 2, "max": 2}, {"min": "1", "max": "20"}]),
    "protect": st.booleans(),
    "stored_secrets": st.just({"SECRET_KEY": "orders-secrets/api-key"}),
}


@st.composite
def right(draw: st.DrawFn, target: str) -> Values:
    """Settings that a target accepts."""
    image = specs()[target].capabilities.image
    given = draw(st.fixed_dictionaries({}, optional={**RIGHT, **(BUILD if image else {})}))
    options = draw(OPTIONS[target])
    # Which processor another machine has is not known here.
    if options.get("engine", "").startswith("ssh:") and "build" not in given:
        del options["engine"]
    if target == "aws.fargate":
        given |= draw(_table({}, **ON_FARGATE))
        _agree(given, options)
    if target == "gcp.cloud_run":
        given |= draw(_table({"size": CLOUD_RUN_SIZES}, **ON_CLOUD_RUN))
        _agree_on_cloud_run(given, options)
    if target == "azure.container_apps":
        given.pop("timeout", None)
        given |= draw(_table({"size": CONTAINER_APPS_SIZES}, **ON_CONTAINER_APPS))
        _agree_on_container_apps(given, options)
    if target == "kubernetes":
        given |= draw(_table({}, **ON_KUBERNETES))
        _agree_on_kubernetes(given, options)
    if target == "aws.eks":
        given |= draw(_table({}, **ON_KUBERNETES, domain=st.just("api.example.com")))
        _agree_on_eks(given, options)
    if target == "gcp.gke":
        given |= draw(_table({"size": AUTOPILOT_SIZES}, **ON_KUBERNETES, domain=st.just("api.example.com")))
        _agree_on_cluster(given, options, managed_zone=google.ZONE)
    if target == "azure.aks":
        given |= draw(_table({}, **ON_KUBERNETES, domain=st.just("api.example.com")))
        certificate = f"{microsoft.GROUP}/{microsoft.VAULT}/api-example-com"
        _agree_on_cluster(given, options, dns_zone="dns/example.com", certificate=certificate)
    # A secret has one value: one that is given, or one that is kept elsewhere.
    if "stored_secrets" in given:
        given.pop("secrets", None)
    return {"target": target, **given, **({"options": options} if options else {})}


def _agree(given: Values, options: Values) -> None:
    """What does not go together, each right by itself."""
    network = options["network"]
    if "egress" in network:
        network["egress"] = ["0.0.0.0/0:443", *(each for each in network["egress"] if each != "0.0.0.0/0:443")]
    if "registry" in given and "vpc" not in network and network.get("tasks") == "private":
        network["nat"] = "one"
    if options.get("deploy", {}).get("strategy", "rolling") != "rolling":
        options.get("scaling", {}).pop("requests", None)


def _agree_on_cloud_run(given: Values, options: Values) -> None:
    """The same of Google Cloud, which pulls from its own registry alone, for one kind of processor."""
    given.pop("registry", None)
    if "platforms" in given.get("build", {}):
        given["build"]["platforms"] = ["linux/amd64"]
    if "domain" in given:
        options |= (
            {"managed_zone": google.ZONE}
            if given["domain"] == "api.example.com"
            else {"certificate": google.CERTIFICATE}
        )
    else:
        options.pop("armor", None)
    if options.get("ingress") == ("internal" if "domain" in given else "load-balancer"):
        options["ingress"] = "all"
    if options.get("public") is False:
        options["invokers"] = ["group:ops@example.com"]
    if options.get("network") == {"egress": "none"}:
        del options["network"]


def _agree_on_container_apps(given: Values, options: Values) -> None:
    """The same of Azure, which runs one kind of processor, and has no zones and nothing inside without a network."""
    if "platforms" in given.get("build", {}):
        given["build"]["platforms"] = ["linux/amd64"]
    if "registry" in given and not ("username" in given["registry"] and "password" in given["registry"]):
        given["registry"] = {"repository": given["registry"]["repository"]}
    if "network" not in options:
        options.pop("internal", None)
        options.pop("zone_redundant", None)
    if "domain" in given:
        options.pop("ingress", None)
        options.pop("internal", None)
        if given["domain"].endswith(microsoft.ZONE):
            options["dns_zone"] = f"{microsoft.GROUP}/{microsoft.ZONE}"
    if options.get("ingress") == "internal":
        options.pop("allowed_ips", None)
    if "canary" in options.get("traffic", {}):
        options.pop("session_affinity", None)
    if given.get("scale", {}).get("min") == 0:
        options.get("scale_rules", {}).pop("cpu", None)


def _agree_on_kubernetes(given: Values, options: Values) -> None:
    """The same of a cluster, which has no registry of its own."""
    if "image" not in given:
        given.setdefault("registry", {"repository": "ghcr.io/acme/orders"})
    if "ingress" in options:
        given["domain"] = "api.example.com"
    _agree_on_pods(given, options)


def _agree_on_pods(given: Values, options: Values) -> None:
    """They are pulled with a whole login or as anybody, and have what is kept in a namespace that is there already."""
    if "registry" in given and not ("username" in given["registry"] and "password" in given["registry"]):
        given["registry"] = {"repository": given["registry"]["repository"]}
    if "stored_secrets" in given:
        options["namespace"] = {"name": "orders", "existing": True}


def _agree_on_cluster(given: Values, options: Values, **of_domain: str) -> None:
    """A cloud makes nothing of a cluster that is there; its own runs one kind of processor, behind one thing."""
    if "name" in options["cluster"]:
        options["network"] = {key: each for key, each in options["network"].items() if key in _PODS}
    elif "build" in given:
        given["build"]["platforms"] = ["linux/amd64"]
    if "domain" in given:
        options |= {"balancer": "public", **of_domain}
    if options.get("balancer") != "none":
        options.pop("expose", None)
    _agree_on_pods(given, options)


def _agree_on_eks(given: Values, options: Values) -> None:
    """The same of one on EKS, which goes over the zones of a given network."""
    if "name" in options["cluster"] or "vpc" in options["network"]:
        options.pop("zones", None)
    _agree_on_cluster(given, options, hosted_zone="example.com")


@st.composite
def spoiled(draw: st.DrawFn) -> Values:
    """Settings of which some are right and some are not."""
    given = copy.deepcopy(draw(st.sampled_from(sorted(OPTIONS)).flatmap(right)))
    for path in draw(st.lists(st.sampled_from(sorted(_paths(given))) | st.tuples(NAMES), max_size=4)):
        secret = "secrets" in path or path[-1] == "password"
        _put(given, path, draw(SECRET if secret else JUNK))
    for key in draw(st.lists(st.sampled_from(["target", "options", "scale", "build", "image", "domain"]), max_size=2)):
        _put(given, (key,), draw(JUNK if key != "build" else st.just({"platforms": ["linux/arm", "linux/amd64"]})))
    # Pulumi never hands over a key without a value.
    return {key: value for key, value in given.items() if value is not None}


def _paths(given: Values) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for key, value in given.items():
        found.append((key,))
        found += [(key, *below) for below in _paths(value)] if isinstance(value, dict) else []
        found += [(key, "unheard_of")] if isinstance(value, dict) else []
    return found


def _put(given: Values, path: tuple[str, ...], value: Any) -> None:
    *parents, last = path
    for parent in parents:
        inner = given.get(parent)
        if not isinstance(inner, dict):
            return
        given = inner
    given[last] = copy.deepcopy(value)
