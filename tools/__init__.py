"""What gets the project going before any environment of its own exists: the standard library only."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "error: Python 3.11 or newer is needed, and %s is %s.\nFix: name a newer one, for instance: make up PYTHON=python3.12"
        % (sys.executable, sys.version.split()[0])
    )
