"""`python -m infra.targets.ids <platform>`: what a platform calls what a killed run was making, and a platform's `ids`.

It is asked where nobody saw the end of a creation: what is there by that id is the stack's own and not made twice.
"""

import importlib
import importlib.util
import json
import sys
from collections.abc import Mapping
from typing import Any, Protocol, cast

# A provider is nothing on a platform, this project's own goes on from what it finds, and a registry has a build once.
OURS = ("docker-build:", "pulumi-python:dynamic/slipway:", "pulumi:providers:")

AGAIN = ""
"""In place of an id: it may be made again, whether it is there or not."""


class Ids(Protocol):
    """The face of infra.targets.<platform>.ids.

    Attributes:
        IDS: by type, a template of the id by which the platform's provider reads a resource, over its inputs and,
            where those say nothing, its provider's; `{a/b}` is the `b` in its `a`. Only types whose ids follow from
            those.
        ADDED: types of which a second one changes nothing, such as a member of a role.
    """

    IDS: Mapping[str, str]
    ADDED: frozenset[str]


def id_of(platform: str, type_: str, inputs: Mapping[str, Any]) -> str | None:
    """A resource's id on the platform, `AGAIN`, or None where only a person can see what became of it.

    `inputs` are as a state has them, its provider's among them where its own say nothing: secrets are objects there.
    """
    if type_.startswith(OURS):
        return AGAIN
    # An object in a cluster is called the same whichever cloud's it is.
    place = "infra.targets.kubernetes.ids" if type_.startswith("kubernetes:") else f"infra.targets.{platform}.ids"
    if importlib.util.find_spec(place) is None:
        return None
    known = cast("Ids", importlib.import_module(place))
    if type_ in known.ADDED:
        return AGAIN
    try:
        return known.IDS[type_].format_map(_words(inputs))
    except KeyError:
        return None


def _words(inputs: Mapping[str, Any]) -> dict[str, str]:
    within = {
        f"{name}/{inner}": value
        for name, values in inputs.items()
        if isinstance(values, Mapping)
        for inner, value in cast("Mapping[str, Any]", values).items()
    }
    return {name: value for name, value in {**inputs, **within}.items() if isinstance(value, str) and value}


def main(platform: str) -> int:
    """Print the ids, as JSON, of the resources on standard input: each with its `type` and its `inputs`."""
    print(json.dumps([id_of(platform, made["type"], made["inputs"]) for made in json.load(sys.stdin)]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
