"""What gets the project going before any environment of its own exists: the standard library only."""

import sys

# Written so that an older Python can read it.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        f"error: Python 3.11 or newer is needed, and {sys.executable} is {sys.version.split()[0]}.\n"
        "Fix: name a newer one, for instance: make up PYTHON=python3.12"
    )
