"""What each process of the service is in a cluster: templates of pods, in the API's own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pulumi

from infra.image import UID
from infra.targets.kubernetes.names import CONTAINER, DEPLOYMENT, METRICS, PORT, REVISION, WEB, Scope
from infra.targets.kubernetes.spec import ADMIN_PORT
from infra.wsgi import Check

# Where a process finds its secrets, a file for each. Not in /run/secrets, where clouds put the tokens of identities.
SECRETS = "/run/service"

# Seconds that a pod which is to end goes on as if nothing were: whoever sends it requests hears of it only meanwhile.
NOTICE = 5
# Seconds that it then serves on, asking each client to go elsewhere.
DRAIN = 10

# Seconds that a starting pod may take until it is ready, and between two questions whether it is.
START, START_PERIOD, START_TIMEOUT = 150, 1, 4

# Of the memory and the disk beside a container's own: /tmp counts as its memory, and what it writes to its log as disk.
TMP = "64Mi"
DISK, MOST_DISK = "64Mi", "512Mi"

_USER = int(UID)
_RESTRICTED = {
    "runAsNonRoot": True,
    "runAsUser": _USER,
    "runAsGroup": _USER,
    "fsGroup": _USER,
    "fsGroupChangePolicy": "OnRootMismatch",
    "seccompProfile": {"type": "RuntimeDefault"},
}
_HARDENED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "runAsUser": _USER,
    "runAsGroup": _USER,
}


@dataclass(frozen=True)
class PodsArgs:
    """What all processes of a deployment have in common.

    Attributes:
        scope: whose they are.
        image: by its digest.
        revision: of the image.
        deployment: the deployment's identity.
        cpu: cores of a pod.
        memory: bytes of a pod.
        account: the service account, by name.
        variables: the ConfigMap with the variables of every process, by name.
        secrets: where its secrets come from: sources of a projected volume.
        nodes: the labels of the nodes that they may run on.
        disk: that is kept for each container.
        labels: beside those of every stack's.
    """

    scope: Scope
    image: pulumi.Input[str]
    revision: pulumi.Input[str]
    deployment: pulumi.Input[str]
    cpu: float
    memory: int
    account: str
    variables: pulumi.Input[str]
    secrets: Sequence[Mapping[str, Any]]
    nodes: Mapping[str, str] = field(default_factory=dict[str, str])
    disk: str = DISK
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def blank(self) -> "PodsArgs":
        """The same without what differs between deployments: what else changes the pods is another deployment too."""
        return replace(self, image="", revision="", deployment="", variables="", secrets=[{} for _ in self.secrets])


@dataclass(frozen=True)
class WebArgs:
    """What only the process that answers requests has.

    Attributes:
        environment: beside that of every process.
        port: that it listens on.
        ready: the path that answers 200 where it may have requests.
        alive: the path that answers 200 while it is well.
        check: how often it is asked, and how patiently.
        stop: seconds between SIGTERM and SIGKILL.
        notice: seconds that a pod which is to end goes on as if nothing were.
        metrics: whether its metrics are asked for from outside the pod.
        annotations: of its pods.
    """

    environment: Mapping[str, str]
    port: int
    ready: str
    alive: str
    check: Check
    stop: int
    notice: int = NOTICE
    metrics: bool = False
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])


class Pods:
    """Makes the templates of a deployment's pods."""

    def __init__(self, args: PodsArgs) -> None:
        self._args = args

    def web(self, web: WebArgs) -> dict[str, Any]:
        """Of the pods that answer requests, spread over zones and nodes."""
        ports = [_port(PORT, web.port), *([_port(METRICS, ADMIN_PORT)] if web.metrics else [])]
        container = {
            **self._container(web.environment),
            "ports": ports,
            "startupProbe": _probe(web.ready, START_PERIOD, START_TIMEOUT, START // START_PERIOD),
            "readinessProbe": _probe(web.ready, web.check.interval, web.check.timeout, web.check.bad),
            "livenessProbe": _probe(web.alive, web.check.interval, web.check.timeout, web.check.bad),
            "lifecycle": {"preStop": {"exec": {"command": ["sleep", str(web.notice)]}}},
        }
        spec = {
            "terminationGracePeriodSeconds": web.notice + web.stop,
            "topologySpreadConstraints": [self._spread(key) for key in ("zone", "hostname")],
        }
        return self._template(WEB, container, spec, web.annotations)

    def worker(self, process: str, command: Sequence[str], stop: int) -> dict[str, Any]:
        """Of a worker's one pod. `stop`: seconds between SIGTERM and SIGKILL."""
        container = {**self._container({}), "command": list(command)}
        return self._template(process, container, {"terminationGracePeriodSeconds": stop})

    def job(self, process: str, command: Sequence[str]) -> dict[str, Any]:
        """Of a pod that runs to its end, and is not tried again: nobody said that it may be run twice."""
        container = {**self._container({}), "command": list(command)}
        return self._template(process, container, {"restartPolicy": "Never"})

    def _template(
        self,
        process: str,
        container: Mapping[str, Any],
        spec: Mapping[str, Any],
        annotations: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        args = self._args
        volumes: list[dict[str, Any]] = [{"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": TMP}}]
        if args.secrets:
            sources = {"sources": list(args.secrets), "defaultMode": 0o440}
            volumes.append({"name": "secrets", "projected": sources})
        return {
            "metadata": {
                "labels": {**args.labels, **args.scope.labels(process), DEPLOYMENT: args.deployment},
                "annotations": {
                    **(annotations or {}),
                    REVISION: args.revision,
                    "kubectl.kubernetes.io/default-container": CONTAINER,
                },
            },
            "spec": {
                "serviceAccountName": args.account,
                "automountServiceAccountToken": False,
                "enableServiceLinks": False,
                "securityContext": _RESTRICTED,
                **({"nodeSelector": dict(args.nodes)} if args.nodes else {}),
                "containers": [container],
                "volumes": volumes,
                **spec,
            },
        }

    def _container(self, environment: Mapping[str, str]) -> dict[str, Any]:
        args = self._args
        variables: dict[str, pulumi.Input[str]] = {**environment, "SERVICE_DEPLOYMENT": args.deployment}
        mounts: list[dict[str, Any]] = [{"name": "tmp", "mountPath": "/tmp"}]  # noqa: S108 -- the container's own
        if args.secrets:
            mounts.append({"name": "secrets", "mountPath": SECRETS, "readOnly": True})
        size = {"cpu": cores(args.cpu), "memory": memory(args.memory)}
        return {
            "name": CONTAINER,
            "image": args.image,
            # By its digest it is the same whenever it was pulled.
            "imagePullPolicy": "IfNotPresent",
            "envFrom": [{"configMapRef": {"name": args.variables}}],
            "env": [{"name": name, "value": variables[name]} for name in sorted(variables)],
            # All that it may have is kept for it: what asks for less is the first to go where a node is full.
            "resources": {
                "requests": {**size, "ephemeral-storage": args.disk},
                "limits": {**size, "ephemeral-storage": MOST_DISK},
            },
            "securityContext": _HARDENED,
            "volumeMounts": mounts,
            # Why it ended stands in the pod's own state then.
            "terminationMessagePolicy": "FallbackToLogsOnError",
        }

    def _spread(self, over: str) -> dict[str, Any]:
        key = "kubernetes.io/hostname" if over == "hostname" else "topology.kubernetes.io/zone"
        return {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": self._args.scope.of(WEB)},
            # Of a rolling update, the new pods among themselves.
            "matchLabelKeys": ["pod-template-hash"],
        }


def cores(cpu: float) -> str:
    """Cores as Kubernetes itself writes them, in thousandths where they are not whole."""
    thousandths = round(cpu * 1000)
    return f"{thousandths}m" if thousandths % 1000 else str(thousandths // 1000)


def memory(size: int) -> str:
    """Bytes as Kubernetes itself writes them, in the largest unit that leaves them whole."""
    units = ["", "Ki", "Mi", "Gi", "Ti"]
    while size % 1024 == 0 and len(units) > 1:
        size, units = size // 1024, units[1:]
    return f"{size}{units[0]}"


def _port(name: str, port: int) -> dict[str, Any]:
    return {"name": name, "containerPort": port, "protocol": "TCP"}


def _probe(path: str, period: int, timeout: int, bad: int) -> dict[str, Any]:
    return {
        "httpGet": {"path": path, "port": PORT, "scheme": "HTTP"},
        "periodSeconds": period,
        "timeoutSeconds": timeout,
        "failureThreshold": bad,
    }
