"""What the processes of a stack have written, and go on to write."""

import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from infra.errors import DeploymentError
from infra.targets.kubernetes import stopped
from infra.targets.kubernetes.deployed import Deployed, process_of
from infra.targets.kubernetes.session import Refused

# Seconds between two looks for pods that are new.
LOOK = 2.0


@dataclass(frozen=True)
class Line:
    """A line, and the process that wrote it."""

    process: str
    text: str


def sources(here: Deployed) -> list[dict[str, Any]]:
    """The pods whose lines are told: all that stay, and of what runs to its end the newest."""
    found: dict[str, dict[str, Any]] = {}
    for pod in here.pods():
        process = process_of(pod)
        ends = process.startswith("job.") or process == "release"
        found.setdefault(process if ends else pod["metadata"]["name"], pod)
    return sorted(found.values(), key=process_of)


def last(here: Deployed, pod: dict[str, Any], lines: int) -> Iterator[Line]:
    """The last lines of a pod."""
    yield from (Line(process_of(pod), text) for text in here.log(pod, lines))


def follow(here: Deployed, process: str | None) -> Iterator[Line]:
    """Whatever is written from now on, by pods that come later too."""
    lines: queue.Queue[Line] = queue.Queue()
    known = {pod["metadata"]["name"] for pod in here.pods()}

    def tell(pod: dict[str, Any], tail: dict[str, str]) -> None:
        path = here.path("v1", "pods", pod["metadata"]["name"], "log")
        # A pod that goes while it is read has said what it had to say.
        with suppress(Refused, DeploymentError, OSError):
            for text in here.session.lines(path, follow="true", **tail):
                lines.put(Line(process_of(pod), text))

    def begin(pod: dict[str, Any], tail: dict[str, str]) -> None:
        threading.Thread(target=tell, args=(pod, tail), daemon=True).start()

    for pod in here.pods():
        if process in (None, process_of(pod)) and stopped.running_since(pod):
            begin(pod, {"tailLines": "0"})
    while True:
        with suppress(queue.Empty):
            yield lines.get(timeout=LOOK)
            continue
        for pod in here.pods():
            new = pod["metadata"]["name"] not in known and (stopped.running_since(pod) or stopped.terminated(pod))
            if new and process in (None, process_of(pod)):
                known.add(pod["metadata"]["name"])
                begin(pod, {})
