"""The entry of the Pulumi program."""

import gc

from infra.program import deploy

# What the program makes it keeps until its end, and most of that are classes of the platform's SDK: to look for garbage
# among them again and again takes a quarter of the time that it takes to import them.
gc.disable()
deploy()
