"""What is wrong with a stack's file, in the words of the file."""

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from infra.commands import key_of, remove_command, set_command
from infra.errors import Problem, rule_of

# Where secrets stand; `*` is any name.
_SECRETS = (("secrets", "*"), ("build", "secrets", "*"), ("registry", "password"))

# The keys that have secrets somewhere below them.
WITH_SECRETS = tuple(sorted({path[0] for path in _SECRETS}))


def config_in(path: Path) -> dict[str, Any]:
    """What stands under `config` in a stack's file, without the namespace; nothing where there is no file."""
    content: Any = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    config = _table(_table(content).get("config"))
    return {key.removeprefix(key_of("")): value for key, value in config.items()}


def plain_secrets(key: str, value: Any) -> list[str]:
    """The paths of the secrets in the value of a key that are not encrypted.

    Pulumi itself calls a whole table a secret as soon as one value in it is, so it is the file that tells.
    """
    return [
        ".".join([key, *names])
        for first, *below in _SECRETS
        if first == key
        for names, found in _values(value, below)
        if not _encrypted(found)
    ]


def is_secret(location: Sequence[str]) -> bool:
    """Whether what stands at a path is a secret, or should be a table that holds some."""
    return bool(location) and any(
        all(pattern in ("*", part) for pattern, part in zip(path, location, strict=False)) for path in _SECRETS
    )


def _values(value: Any, path: Sequence[str]) -> Iterator[tuple[list[str], Any]]:
    if not path:
        yield [], value
        return
    table = {} if _encrypted(value) else _table(value)
    for name in sorted(table) if path[0] == "*" else [n for n in path[:1] if n in table]:
        for names, found in _values(table[name], path[1:]):
            yield [name, *names], found


def _table(value: Any) -> dict[str, Any]:
    return (
        {str(name): inner for name, inner in cast("dict[Any, Any]", value).items()} if isinstance(value, dict) else {}
    )


def _encrypted(value: Any) -> bool:
    return isinstance(_table(value).get("secure"), str)


def in_the_clear(path: str, stack: str) -> Problem:
    """A secret that is not encrypted."""
    rule = "stands in the stack's file in plain text"
    return Problem(key_of(path), rule, set_command(path, "...", stack, secret=True))


def unknown_target(value: object, names: Sequence[str], stack: str) -> Problem:
    """A target that is not there, or none at all."""
    listed = ", ".join(names)
    rule = f"is required ({listed})" if value is None else f"{value!r} is not one of {listed}"
    return Problem(
        key_of("target"),
        rule,
        set_command("target", nearest(str(value), names) or ("local" if "local" in names else names[0]), stack),
    )


def nearest(word: str, words: Sequence[str]) -> str | None:
    """What was probably meant."""
    return next(iter(difflib.get_close_matches(word, words, 1)), None)


# What is there instead of a list is in the way of its items.
_NO_LIST = ("list_type", "tuple_type")


class Keys:
    """The keys that a settings model gives a stack's file, below a prefix."""

    def __init__(self, model: type[BaseModel], stack: str, prefix: str = "") -> None:
        self.model, self.stack, self.prefix = model, stack, prefix

    def problem(self, error: Mapping[str, Any]) -> Problem:
        """A pydantic error of the model, in the words of the stack's file."""
        parts = [part for part in error["loc"] if part != "[key]"]
        path, location = _path(self.prefix, parts), tuple(map(str, parts))
        if error["type"] == "extra_forbidden":
            return self._unknown(path, location)
        if is_secret((self.prefix, *location) if self.prefix else location):
            return _wrong_secret(path, error, self.stack)
        return Problem(key_of(path), rule_of(error), self._mending(path, error, self._example(location)))

    def _mending(self, path: str, error: Mapping[str, Any], example: object) -> str:
        if example is None or error["type"] in _NO_LIST:
            return remove_command(path, self.stack)
        # Pulumi takes no whole list, but each of its items.
        if isinstance(example, list):
            return set_command(f"{path}[0]", cast("list[object]", example)[0], self.stack)
        return set_command(path, example, self.stack)

    def _unknown(self, path: str, location: tuple[str, ...]) -> Problem:
        *parents, last = location
        siblings = list(_model_at(self.model, parents).model_fields)
        before = path.removesuffix(last)
        near = nearest(last, siblings)
        hint = f"did you mean {key_of(before + near)}?" if near else f"there are: {', '.join(siblings)}"
        return Problem(key_of(path), f"is not a known key ({hint})", remove_command(path, self.stack))

    def _example(self, location: tuple[str, ...]) -> object:
        *parents, last = location or ("",)
        field = _model_at(self.model, parents).model_fields.get(last)
        return field.examples[0] if field and field.examples else None


def _path(prefix: str, parts: Sequence[str | int]) -> str:
    """A path as Pulumi reads it: `platforms[0]` is an item of a list, and `platforms.0` is nothing that it finds.

    A name that is more than one word to it stands in quotes: `labels["example.com/tier"]`.
    """
    return (prefix + "".join(map(_step, parts))).removeprefix(".")


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if re.fullmatch(r"[\w-]*", part) else f"[{json.dumps(part)}]"


def _wrong_secret(path: str, error: Mapping[str, Any], stack: str) -> Problem:
    """Told without the value."""
    if error["type"] == "string_type":
        return Problem(key_of(path), "is not text", set_command(path, "...", stack, secret=True))
    # Pulumi makes a table of a single value, but never of a list.
    if path.endswith("secrets") and not isinstance(error["input"], list):
        return Problem(key_of(path), "is not a table", set_command(f"{path}.NAME", "...", stack, secret=True))
    return Problem(key_of(path), "is not a table", remove_command(path, stack))


def _model_at(model: type[BaseModel], parents: Sequence[str]) -> type[BaseModel]:
    left = list(parents)
    while left:
        field = model.model_fields.get(left.pop(0))
        kinds = [] if field is None else [field.annotation, *get_args(field.annotation)]
        inner = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if field is None or not inner:
            return BaseModel
        if get_origin(field.annotation) in (Mapping, tuple):
            # A name that a person chooses, or a number in a list.
            del left[:1]
        model = inner[0]
    return model


def fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every key of a model with its field, tables opened: ("size.cpu", ...)."""
    for name, field in model.model_fields.items():
        inner = _model_at(model, [name])
        if inner.model_fields:
            of = get_origin(field.annotation)
            among = ".<name>" if of is Mapping else "[0]" if of is tuple else ""
            yield from fields(inner, f"{prefix}{name}{among}.")
        else:
            yield f"{prefix}{name}", field
