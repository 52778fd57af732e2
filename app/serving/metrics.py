"""Request metrics that are right across all worker processes, and the text Prometheus reads."""

import os
from collections.abc import Callable
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead  # pyright: ignore[reportUnknownVariableType]

from serving.identity import Identity

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Of one worker process. The counts of all of them meet in the files of PROMETHEUS_MULTIPROC_DIR."""

    def __init__(self, identity: Identity) -> None:
        # A registry of its own keeps the app's default one free of these; in the shared files they meet anyway.
        self._registry = CollectorRegistry()
        self._duration = Histogram(
            "http_request_duration_seconds",
            "Time from a request's arrival in a worker to the end of its response.",
            ("method", "route", "status"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._active = Gauge(
            "http_requests_active",
            "Requests being answered.",
            multiprocess_mode="livesum",
            registry=self._registry,
        )
        workers = Gauge(
            "service_workers", "Live worker processes.", multiprocess_mode="livesum", registry=self._registry
        )
        info = Gauge(
            "service_info",
            "1, with what runs as labels.",
            ("service", "revision", "deployment", "server"),
            multiprocess_mode="max",
            registry=self._registry,
        )
        workers.set(1)
        info.labels(identity.service, identity.revision, identity.deployment, identity.server).set(1)

    def observer(self, method: str, route: str, status: str) -> Callable[[float], None]:
        """What to call with the seconds that such a request took; callers keep it, as finding it anew costs more."""
        return self._duration.labels(method if method in METHODS else "OTHER", route, status[:3]).observe

    def set_active(self, requests: int) -> None:
        self._active.set(requests)

    def text(self) -> bytes:
        """All workers' metrics in the text format."""
        path = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
        if path is None:
            return generate_latest(self._registry)
        forget_dead_workers(Path(path))
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path)
        return generate_latest(registry)


def forget_dead_workers(directory: Path) -> None:
    """A dead worker's counts stay in the totals; what it said about being alive does not."""
    for pid in {int(path.stem.rpartition("_")[2]) for path in directory.glob("gauge_live*_*.db")}:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(directory))
        except PermissionError:
            continue
