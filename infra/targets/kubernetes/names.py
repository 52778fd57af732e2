"""What things in a cluster are called, and the labels by which they are found: pure functions of whose they are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.naming import fixed_name
from infra.targets.kubernetes import limits
from infra.targets.kubernetes.shape import within

# On everything that a stack makes in a cluster, so that it can be found without the stack's state.
STACK, SERVICE, PROCESS = "slipway.stack", "slipway.service", "slipway.process"
DEPLOYMENT, REVISION = "slipway.deployment", "slipway.revision"
# The cluster counts in it whenever a Deployment's pods are made anew, and back to what they were before too.
# https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#checking-rollout-history-of-a-deployment
ROLLED = "deployment.kubernetes.io/revision"

WEB = "web"
# In a pod: its container, the port that requests come to, that of its metrics.
CONTAINER, PORT, METRICS = "app", "http", "metrics"


def stack_name(service: str, stack: str, *words: str) -> str:
    """What a Deployment or what else there is once is called: `<service>-<stack>`, and what tells it apart."""
    return fixed_name(limits.LONGEST_NAME, service, stack, *words)


def label(value: str) -> str:
    """A text as the value of a label, which not every stack's name is."""
    return value if re.fullmatch(limits.LABEL, value) else fixed_name(limits.LONGEST_LABEL, value)


@dataclass(frozen=True)
class Scope:
    """Whose objects: those of a service's stack in a namespace."""

    service: str
    stack: str
    namespace: str

    @property
    def own(self) -> dict[str, str]:
        """The labels that they are found by."""
        return {SERVICE: label(self.service), STACK: label(self.stack)}

    def of(self, process: str) -> dict[str, str]:
        """Those of one process, such as `web` or `worker.mail`: they select its pods, and stay what they are."""
        return {**self.own, PROCESS: label(process)}

    def labels(self, process: str = "") -> dict[str, str]:
        """All that an object has: its own, and those by which Kubernetes' other tools know a service."""
        told = {
            "app.kubernetes.io/name": label(self.service),
            "app.kubernetes.io/instance": label(f"{self.service}-{self.stack}"),
            "app.kubernetes.io/managed-by": "slipway",
        }
        if not process:
            return {**told, **self.own}
        return {**told, "app.kubernetes.io/component": label(process.partition(".")[0]), **self.of(process)}

    def called(self, *words: str) -> str:
        """What an object is called."""
        return stack_name(self.service, self.stack, *words)


def scope_of(service: str, stack: str, namespace: str | None) -> Scope:
    """Whose objects, in the namespace that the stack names or in its own."""
    return Scope(service, stack, namespace or fixed_name(limits.LONGEST_NAMESPACE, service, stack))


def rolled(metadata: Mapping[str, Any]) -> str:
    """Which of a Deployment's rollouts it is: one back from what did not serve is waited for like any other."""
    return f"{metadata.get('uid', '')} {within(metadata, 'annotations').get(ROLLED, '')}"
