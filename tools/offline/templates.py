"""Templates of ids and outputs: what they may name, and how they are filled."""

from dataclasses import dataclass
from typing import Any

from tools.offline.values import UNKNOWN, Values, unknown
from tools.offline.world import MadeUp


@dataclass
class Words:
    """What a template may name; something unknown makes the whole unknown."""

    known: dict[str, Any]
    inputs: Values
    chance: MadeUp

    def __getitem__(self, name: str) -> Any:
        for there in (self.inputs, self.known):
            if name in there:
                if unknown(there[name]):
                    raise _NotYet
                return there[name]
        return self.chance[name]

    def get(self, name: str, default: Any) -> Any:
        """An input, a fact or an output, or the default; what is made up is always there."""
        return self[name] if name in self.inputs or name in self.known else default


class _NotYet(Exception):
    """Something that a template names is not known yet."""


def filled(template: Any, words: Words) -> Any:
    """What a template says with these words; unknown where one of them is."""
    try:
        match template:
            case str():
                return template.format_map(words)
            case dict():
                return {name: filled(item, words) for name, item in template.items()}
            case list():
                return [filled(item, words) for item in template]
            case _:
                return template(words) if callable(template) else template
    except _NotYet:
        return UNKNOWN
