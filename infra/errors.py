"""What is wrong with what a person wrote, told so that it can be mended without reading code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

CONTRACT = "app/service.toml"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong: the key (`service:size.cpu`), the rule it breaks, and the command that mends it."""

    key: str
    rule: str
    fix: str

    def __str__(self) -> str:
        return f"{self.key}: {self.rule}. Fix: {self.fix}"


class SettingsError(Exception):
    """A user's mistake in a stack's file or in app/service.toml. Carries every problem found, never only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DeploymentError(Exception):
    """What was asked for does not run. The message says what was seen, with the last log lines where there are any."""


def rule_of(error: Mapping[str, Any]) -> str:
    """A pydantic error (one entry of `ValidationError.errors()`) as a rule in plain words, with the value in it."""
    value, kind = error["input"], error["type"]
    context: Mapping[str, Any] = error.get("ctx", {})
    shown = f"{value!r}"
    if kind == "value_error":
        return str(context["error"])
    bounds = {
        "greater_than": "must be more than {gt:g}",
        "greater_than_equal": "must be {ge:g} or more",
        "less_than": "must be less than {lt:g}",
        "less_than_equal": "must be {le:g} or less",
    }
    if kind in bounds:
        return f"{shown} {bounds[kind].format(**context)}"
    if kind == "missing":
        return "is required"
    if kind == "literal_error":
        return f"{shown} is not one of {context['expected'].replace(chr(39), '').replace(' or ', ', ')}"
    wanted = {
        "int_parsing": "a whole number",
        "int_type": "a whole number",
        "int_from_float": "a whole number",
        "float_parsing": "a number",
        "float_type": "a number",
        "finite_number": "a finite number",
        "bool_parsing": "true or false",
        "bool_type": "true or false",
        "string_type": "text",
        "dict_type": "a table",
        "model_type": "a table",
        "model_attributes_type": "a table",
        "list_type": "a list",
        "tuple_type": "a list",
        "too_short": "a list with something in it",
    }
    if kind in wanted:
        return f"{shown} is not {wanted[kind]}"
    return f"{shown}: {error['msg']}"
