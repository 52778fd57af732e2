"""Makes a thing once, when it is first wanted, however many threads want it at the same time."""

import functools
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")


def once(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """`functools.cache` for what takes long: the engine asks many things at once, and one of its threads makes it."""
    cached = functools.cache(make)
    making = threading.RLock()

    @functools.wraps(make)
    def call(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        with making:
            return cached(*args, **kwargs)

    return call
