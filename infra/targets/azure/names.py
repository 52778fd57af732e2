"""What things on Azure are called: pure functions of whose they are."""

import hashlib

from infra.naming import fixed_name
from infra.targets.azure import limits

# Hexadecimal digits that tell one subscription's stack from another's where the whole of Azure shares the names.
MARK = 8


def stack_name(service: str, stack: str, *words: str) -> str:
    """What an app, a job or what else there is once is called: `<service>-<stack>`, and what else tells it apart."""
    return fixed_name(limits.LONGEST_NAME, service, stack, *words)


def registry_name(subscription: str, service: str, stack: str) -> str:
    """What a container registry is called, in the whole of Azure: letters and digits."""
    letters = fixed_name(limits.LONGEST_REGISTRY - MARK, service, stack).replace("-", "")
    return letters + _mark(subscription, service, stack)


def _mark(subscription: str, service: str, stack: str) -> str:
    return hashlib.sha256(f"{subscription.lower()}/{service}/{stack}".encode()).hexdigest()[:MARK]
