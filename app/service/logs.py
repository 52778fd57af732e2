"""JSON lines on stdout, for when the service runs without a server that logs for it: commands and `flask run`."""

import json
import logging
import sys
from datetime import UTC, datetime

from flask import has_request_context, request

from service.requests import request_id


class JsonFormatter(logging.Formatter):
    """One JSON object per record; what `extra={"fields": {...}}` carries is added to it."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry.update(getattr(record, "fields", {}))
        if has_request_context():
            entry["request_id"] = request_id(request.environ)
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def configure(level: str) -> None:
    """Log to stdout, unless whoever runs the service has already said where logs go."""
    root = logging.getLogger()
    if root.handlers:
        return
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    root.addHandler(handler)
    root.setLevel(level)
