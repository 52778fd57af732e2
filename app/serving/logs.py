"""JSON lines on stdout: the servers' own messages, the app's, and one line per request."""

import json
import logging
import sys
import threading
from datetime import UTC, datetime


class _Current(threading.local):
    request_id: str | None = None


# Every supported server handles one request per thread at a time, so that a plain thread-local names the request.
current = _Current()

access_log = logging.getLogger("serving.access")


class JsonFormatter(logging.Formatter):
    """One JSON object per record; what `extra={"fields": {...}}` carries is added to it."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields = getattr(record, "fields", None)
        if fields:
            entry.update(fields)
        if current.request_id is not None:
            entry.setdefault("request_id", current.request_id)
        entry["pid"] = record.process
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def configure(level: str) -> None:
    """Send everything that is logged to stdout, as JSON."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
