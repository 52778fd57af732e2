"""The kinds that a cluster does not have by itself: Gateway API, cert-manager, the Prometheus operator, as their makers publish them."""

import json
import subprocess
import time
from functools import cache
from pathlib import Path

import yaml

from tests.kubernetes_provider.cluster import Cluster
from tests.kubernetes_provider.verdict import condition
from tools.offline.values import Values

PINS = Path(__file__).with_name("crds")
MANAGER = "slipway-tests"
ESTABLISHED_SECONDS = 30

# Where each Go module keeps its own. What no stack uses stays out.
FILES = {
    "sigs.k8s.io/gateway-api": (
        "config/crd/standard/gateway.networking.k8s.io_gatewayclasses.yaml",
        "config/crd/standard/gateway.networking.k8s.io_gateways.yaml",
        "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
    ),
    "github.com/cert-manager/cert-manager": (
        "deploy/crds/cert-manager.io_certificates.yaml",
        "deploy/crds/cert-manager.io_clusterissuers.yaml",
        "deploy/crds/cert-manager.io_issuers.yaml",
    ),
    "github.com/prometheus-operator/prometheus-operator": (
        "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
    ),
}


@cache
def definitions() -> list[Values]:
    """Every definition. Go gets the modules from its proxy once, holds them to go.sum, and keeps them in its own cache."""
    done = subprocess.run(["go", "mod", "download", "-json", *FILES], cwd=PINS, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads("[" + done.stdout.replace("}\n{", "},{") + "]")
    folders = {each["Path"]: Path(each["Dir"]) for each in told}
    paths = [folders[module] / name for module, names in FILES.items() for name in names]
    return [definition for path in paths for definition in yaml.safe_load_all(path.read_text()) if definition]


def install(cluster: Cluster) -> list[Values]:
    """Install what the cluster lacks, and wait until its API takes such objects; what was installed."""
    lacking = [each for each in definitions() if not _found(cluster, each)]
    made = [cluster.apply(each, MANAGER) for each in lacking]
    deadline = time.monotonic() + ESTABLISHED_SECONDS
    while any(condition(_found(cluster, each) or {}, "Established").get("status") != "True" for each in made):
        assert time.monotonic() < deadline, "the API server does not establish the definitions"
        time.sleep(0.2)
    return made


def _found(cluster: Cluster, definition: Values) -> Values | None:
    return cluster.get(definition["apiVersion"], definition["kind"], definition["metadata"]["name"])
