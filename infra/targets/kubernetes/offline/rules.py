"""What Kubernetes demands of objects beyond their schemas: names, labels, quantities, ports, what must agree."""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from cronsim import CronSim, CronSimError

from infra.targets.kubernetes.offline import pods
from infra.targets.kubernetes.offline.pods import PODS
from tools.offline import judges
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Judge, Rule, Source
from tools.offline.values import UNKNOWN, Values

READ = "2026-11-23"
NAMES = Source("https://kubernetes.io/docs/concepts/overview/working-with-objects/names/", READ)
LABELS = Source("https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/", READ)
QUANTITIES = Source("https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/", READ)

NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
# A Service's name and a container's are names in DNS by themselves.
LABEL_NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
LABEL_VALUE = re.compile(r"(?=.{0,63}$)([A-Za-z0-9]([-\w.]*[A-Za-z0-9])?)?")
LABEL_KEY = re.compile(r"([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?")
QUANTITY = re.compile(r"(\d+\.?\d*|\.\d+)(n|u|m|[kMGTPE]|[KMGTPE]i|[eE]\d+|)")

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_POD = Source("https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/", READ)
_SERVICE = Source("https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/", READ)

_NODE_PORTS = Source("https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport", READ)
_SCHEDULES = Source("https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax", READ)
_SECRETS = Source("https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/", READ)

SCHEDULES = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_SIZES = {
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "": 1.0,
    **{letter: 1000.0**n for n, letter in enumerate("kMGTPE", 1)},
    **{f"{letter}i": 1024.0**n for n, letter in enumerate("KMGTPE", 1)},
}


def names(type_: str, inputs: Values) -> Iterator[Problem]:
    """The object's name and its labels."""
    name = one(inputs, "metadata.name")
    wanted = LABEL_NAME if type_.endswith(":Service") else NAME
    if isinstance(name, str) and not wanted.fullmatch(name):
        yield Problem("metadata.name", f"{name!r} is no name in DNS ({NAMES})")
    for where in ("metadata.labels", "spec.template.metadata.labels", "spec.selector.matchLabels"):
        for path, value in found(inputs, f"{where}[*]"):
            key = path.removeprefix(f"{where}[").removesuffix("]")
            if not LABEL_KEY.fullmatch(key):
                yield Problem(path, f"{key!r} is no key of a label ({LABELS})")
            if isinstance(value, str) and not LABEL_VALUE.fullmatch(value):
                yield Problem(path, f"{value!r} is no value of a label ({LABELS})")


def selector(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a workload selects the pods that it makes."""
    wanted = one(inputs, "spec.selector.matchLabels")
    given = one(inputs, "spec.template.metadata.labels")
    labels: Any = {} if given is None else given
    # What selects pods that another makes has no template.
    makes = one(inputs, "spec.template") is not None
    if makes and isinstance(wanted, dict) and not judges.hidden(inputs, "spec.template.metadata.labels"):
        for path, value in found(inputs, "spec.selector.matchLabels[*]"):
            key = path.removeprefix("spec.selector.matchLabels[").removesuffix("]")
            if value is not UNKNOWN and labels.get(key) not in (value, UNKNOWN):
                yield Problem(path, f"the template's labels have no {key}={value}")


def containers(_type: str, inputs: Values) -> Iterator[Problem]:
    """Containers: single names, quantities, requests within limits, volumes that there are."""
    for pod in PODS:
        entries = [*found(inputs, f"{pod}.containers[*]"), *found(inputs, f"{pod}.initContainers[*]")]
        seen: list[Any] = []
        volumes: list[Any] = [name for _, name in found(inputs, f"{pod}.volumes[*].name")]
        for path, container in entries:
            name = one(container, "name")
            if isinstance(name, str) and not LABEL_NAME.fullmatch(name):
                yield Problem(f"{path}.name", f"{name!r} is no name in DNS ({NAMES})")
            if name in seen:
                yield Problem(f"{path}.name", f"two containers are named {name!r}")
            seen.append(name)
            yield from _resources(container, path)
            for inner, mount in found(container, "volumeMounts[*].name"):
                if (
                    isinstance(mount, str)
                    and mount not in volumes
                    and not judges.hidden(inputs, f"{pod}.volumes[*].name")
                ):
                    yield Problem(f"{path}.{inner}", f"{mount!r} is no volume of this pod")


def ports(_type: str, inputs: Values) -> Iterator[Problem]:
    """Every port is one."""
    where = [f"{pod}.containers[*].ports[*].containerPort" for pod in PODS]
    for path in [*where, "spec.ports[*].port", "spec.ports[*].targetPort"]:
        for at, port in found(inputs, path):
            if isinstance(port, int) and not 1 <= port <= 65535:
                yield Problem(at, f"{port} is no port")


def schedule(_type: str, inputs: Values) -> Iterator[Problem]:
    """A CronJob's schedule."""
    text = one(inputs, "spec.schedule")
    if isinstance(text, str) and text not in SCHEDULES and not text.startswith("@every "):
        if len(text.split()) != 5:
            yield Problem("spec.schedule", f"{text!r} is no schedule: it has no five fields ({_SCHEDULES})")
            return
        try:
            CronSim(text, _EPOCH)
        except CronSimError as error:
            yield Problem("spec.schedule", f"{text!r} is no schedule: {error}")


def scaling(_type: str, inputs: Values) -> Iterator[Problem]:
    """An autoscaler's bounds."""
    low, high = one(inputs, "spec.minReplicas"), one(inputs, "spec.maxReplicas")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield Problem("spec.minReplicas", f"{low} is more than maxReplicas, {high}")


def replicas(_type: str, inputs: Values) -> Iterator[Problem]:
    """How many pods there are to be."""
    count = one(inputs, "spec.replicas")
    if isinstance(count, int) and count < 0:
        yield Problem("spec.replicas", f"{count} is less than none")


def node_ports(_type: str, inputs: Values) -> Iterator[Problem]:
    """A Service's ports on the nodes."""
    for at, port in found(inputs, "spec.ports[*].nodePort"):
        if isinstance(port, int) and not 30000 <= port <= 32767:
            yield Problem(at, f"{port} must be from 30000 to 32767 ({_NODE_PORTS})")


def secret_data(type_: str, inputs: Values) -> Iterator[Problem]:
    """That a Secret's data are base64."""
    for at, value in found(inputs, "data[*]") if type_.endswith(":Secret") else ():
        try:
            base64.b64decode(value if isinstance(value, str) else "", validate=True)
        except ValueError:
            yield Problem(at, f"is not base64; stringData takes what is not ({_SECRETS})")


def _choices(name: str, within: str, *values: str) -> list[Rule]:
    return [Rule(f"{pod}.{within}{name}", _POD, f"be one of {', '.join(values)}", choices=values) for pod in PODS]


def _resources(container: Any, path: str) -> Iterator[Problem]:
    for kind in ("limits", "requests"):
        for at, quantity in found(container, f"resources.{kind}[*]"):
            if isinstance(quantity, str) and _size(quantity) is None:
                yield Problem(f"{path}.{at}", f"{quantity!r} is no quantity such as 500m or 512Mi ({QUANTITIES})")
    for name in ("cpu", "memory"):
        asked = _size(one(container, f"resources.requests.{name}"))
        limit = _size(one(container, f"resources.limits.{name}"))
        if asked is not None and limit is not None and asked > limit:
            yield Problem(f"{path}.resources.requests.{name}", "is more than the limit")


def _size(quantity: Any) -> float | None:
    parts = QUANTITY.fullmatch(quantity) if isinstance(quantity, str) else None
    if not parts:
        return None
    return float(parts[1]) * (_SIZES[parts[2]] if parts[2] in _SIZES else 10.0 ** int(parts[2][1:]))


JUDGES: tuple[Judge, ...] = (
    names,
    selector,
    containers,
    ports,
    schedule,
    scaling,
    replicas,
    node_ports,
    secret_data,
    judges.named({"cidr": judges.block, "except": judges.block}),
    *pods.JUDGES,
)

# The schemas have these as plain strings.
CHOICES: tuple[Rule, ...] = (
    *_choices("imagePullPolicy", "containers[*].", "Always", "IfNotPresent", "Never"),
    *_choices("restartPolicy", "", "Always", "OnFailure", "Never"),
    Rule(
        "spec.type", _SERVICE, "be a type of service", choices=("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
    ),
    Rule("spec.ports[*].protocol", _SERVICE, "be TCP, UDP or SCTP", choices=("TCP", "UDP", "SCTP")),
)
