"""The entry of the Pulumi program."""

import atexit
import gc

# What the program makes it keeps until its end, and most of that are classes of a platform's SDK: to look for garbage
# among them takes a third of the time that it takes to import them, and half a second more when it ends.
gc.disable()
atexit.register(gc.freeze)

from infra.program import deploy  # noqa: E402

deploy()
