"""What is wrong with a stack's file, in the words of the file."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from infra.commands import key_of, remove_command, set_command
from infra.errors import Problem, rule_of


def plain_secrets(path: Path) -> list[str]:
    """The names under `service:secrets` in a stack's file that are not encrypted.

    Pulumi itself calls the whole table a secret as soon as one value in it is.
    """
    if not path.exists():
        return []
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    config = cast("dict[str, Any]", content.get("config") or {})
    table = config.get(key_of("secrets"))
    if not isinstance(table, dict) or isinstance(cast("dict[str, Any]", table).get("secure"), str):
        return []
    named = cast("dict[str, Any]", table)
    return sorted(name for name, value in named.items() if not (isinstance(value, dict) and "secure" in value))


def in_the_clear(name: str, stack: str) -> Problem:
    """A secret that is not encrypted."""
    path = f"secrets.{name}"
    rule = "stands in the stack's file in plain text"
    return Problem(key_of(path), rule, set_command(path, "...", stack, secret=True))


def unknown_target(value: object, names: Sequence[str], stack: str) -> Problem:
    """A target that is not there, or none at all."""
    listed = ", ".join(names)
    rule = f"is required ({listed})" if value is None else f"{value!r} is not one of {listed}"
    return Problem(key_of("target"), rule, set_command("target", nearest(str(value), names) or names[0], stack))


def nearest(word: str, words: Sequence[str]) -> str | None:
    """What was probably meant."""
    return next(iter(difflib.get_close_matches(word, words, 1)), None)


class Keys:
    """The keys that a settings model gives a stack's file, below a prefix."""

    def __init__(self, model: type[BaseModel], stack: str, prefix: str = "") -> None:
        self.model, self.stack, self.prefix = model, stack, prefix

    def problem(self, error: Mapping[str, Any]) -> Problem:
        """A pydantic error of the model, in the words of the stack's file."""
        location = tuple(str(part) for part in error["loc"] if part != "[key]")
        path = ".".join([self.prefix, *location] if self.prefix else location)
        if error["type"] == "extra_forbidden":
            return self._unknown(path, location)
        if location[:1] == ("secrets",):
            # Without the value, which is a secret.
            rule = "is not text" if len(location) > 1 else "is not a table"
            fixed = path if len(location) > 1 else "secrets.NAME"
            return Problem(key_of(path), rule, set_command(fixed, "...", self.stack, secret=True))
        example = self._example(location)
        fix = remove_command(path, self.stack) if example is None else set_command(path, example, self.stack)
        return Problem(key_of(path), rule_of(error), fix)

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


def _model_at(model: type[BaseModel], parents: Sequence[str]) -> type[BaseModel]:
    for parent in parents:
        field = model.model_fields.get(parent)
        if field is None or not isinstance(field.annotation, type) or not issubclass(field.annotation, BaseModel):
            return BaseModel
        model = field.annotation
    return model


def fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every key of a model with its field, tables opened: ("size.cpu", ...)."""
    for name, field in model.model_fields.items():
        inner = _model_at(model, [name])
        if inner.model_fields:
            yield from fields(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field
