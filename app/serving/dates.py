"""The Date header, made once a second."""

import time
from email.utils import formatdate

_made: tuple[int, str] = (0, "")


def http_date() -> str:
    """The current time as RFC 9110, 5.6.7 has it."""
    global _made
    now = int(time.time())
    second, text = _made
    if second != now:
        text = formatdate(now, usegmt=True)
        # One assignment, so that no thread sees the one without the other.
        _made = (now, text)
    return text
