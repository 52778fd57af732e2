"""What a cluster's cloud has in front of it: a balancer, which is made for an Ingress and asks the pods themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from infra.targets.kubernetes.pods import NOTICE


@dataclass(frozen=True)
class Edge:
    """A cloud's balancer.

    Attributes:
        class_name: of the Ingress for which it is made; without it, its annotations say which.
        annotations: of that Ingress, which tell it how it is to be.
        sources: the blocks of addresses from which it asks the pods.
        secure: whether it answers by HTTPS.
        idle: seconds that it keeps an idle connection to a pod.
        notice: seconds that it may take to hear of a pod which is to end.
        labels: of the namespace, by which no pod is ready before the balancer knows it.
        addresses: how many it adds to X-Forwarded-For: the client's, and perhaps its own.
        ready: what must be there before the Ingress.
        objects: what else tells it how it is to be, in the namespace, each called as the Ingress is.
    """

    class_name: str | None
    annotations: Mapping[str, pulumi.Input[str]]
    sources: Sequence[pulumi.Input[str]]
    secure: bool
    idle: int
    notice: int = NOTICE
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    addresses: int = 1
    ready: Sequence[pulumi.Resource] = ()
    objects: Sequence[Mapping[str, Any]] = ()
