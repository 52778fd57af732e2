"""`python -m serving`: starts the web process that service.toml in the current directory describes."""

import sys

from serving.launcher import main

sys.exit(main())
