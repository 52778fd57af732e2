"""The Date header, made once a second."""

import time
from email.utils import formatdate

# Of one pair, so that no thread sees the second without its text.
_made = [(0, "")]


def http_date() -> str:
    """The current time as RFC 9110, 5.6.7 has it."""
    now = int(time.time())
    second, text = _made[0]
    if second != now:
        text = formatdate(now, usegmt=True)
        _made[0] = (now, text)
    return text
