"""What a stack's things are called on a host: its user, units, folder and log."""

import hashlib
import re

# Of a Linux user's name: useradd(8) of shadow 4.13, read 2026-11-29.
LONGEST = 32


def name_of(service: str, stack: str) -> str:
    """A name that no other stack of the service has: both words, and a hash where they do not fit or are not legal."""
    plain = f"{service}-{stack}"
    legal = re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9-]", "-", plain.lower())).rstrip("-")
    if legal == plain and len(legal) <= LONGEST:
        return legal
    return f"{legal[: LONGEST - 7].rstrip('-')}-{hashlib.sha256(plain.encode()).hexdigest()[:6]}"
