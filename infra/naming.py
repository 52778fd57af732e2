"""Names that a platform wants fixed, as pure functions of whose they are."""

import hashlib
import re


def fixed_name(longest: int, *words: str) -> str:
    """A name within so many characters, of lower-case letters, digits and single hyphens; the same of the same words.

    What has to be cut ends with a hash of the whole, so that two long names stay two.
    """
    whole = "-".join(words)
    name = re.sub(r"[^a-z0-9]+", "-", whole.lower()).strip("-")
    if len(name) <= longest:
        return name
    mark = hashlib.sha256(whole.encode()).hexdigest()[:5]
    return f"{name[: longest - len(mark) - 1].rstrip('-')}-{mark}"
