"""The id that ties a request's answer to its log lines."""

import os
import re
from typing import Any

KEY = "serving.request_id"
# Where this is in the environ, whoever runs the app returns the id and has checked what the client asked for.
SERVED = "serving.identity"

acceptable = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}", re.ASCII).fullmatch


def request_id(environ: dict[str, Any]) -> str:
    """The id of the request with this environ: the server's, else the client's if it is harmless, else a new one."""
    known = environ.get(KEY)
    if known is None:
        asked = environ.get("HTTP_X_REQUEST_ID", "")
        known = environ[KEY] = asked if acceptable(asked) else os.urandom(10).hex()
    return known
