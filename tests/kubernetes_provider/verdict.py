"""What is known of an object that is waited for, at one moment."""

from dataclasses import dataclass
from typing import Protocol

from tests.kubernetes_provider.cluster import Cluster
from tools.offline.values import Values


@dataclass(frozen=True)
class Verdict:
    """Whether it works, whether it never will, and what keeps it."""

    ready: bool
    said: tuple[str, ...] = ()
    hopeless: bool = False


class Check(Protocol):
    """Looks at an object time and again, from just after it was made or changed."""

    def __call__(self, cluster: Cluster, live: Values) -> Verdict:
        """The verdict on the object as it is now."""
        ...


def condition(live: Values, type_: str) -> Values:
    """A condition of an object's status, or nothing."""
    listed = (live.get("status") or {}).get("conditions") or ()
    return next((each for each in listed if each["type"] == type_), {})


def told(found: Values) -> str:
    """A condition's reason and message."""
    return f"[{found.get('reason')}] {found.get('message')}"


def owned_by(live: Values, owner: Values) -> bool:
    """Whether an object was made by another's controller."""
    owners = live["metadata"].get("ownerReferences") or ()
    return any(each["uid"] == owner["metadata"]["uid"] for each in owners)


def qualified(live: Values) -> str:
    """An object's name with its namespace, which is left out where it is the default one."""
    namespace, name = live["metadata"].get("namespace", "default"), live["metadata"]["name"]
    return name if namespace == "default" else f"{namespace}/{name}"
