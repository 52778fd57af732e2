"""What several platforms' rules are made of: one of several inputs, JSON in a string, the number of entries."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Beside, Judge, Others, Source
from tools.offline.values import UNKNOWN, Values


def only_one(*names: str, source: Source, wanted: bool = True, within: str = "") -> Judge:
    """That no two of these are given, and that one is where it is `wanted`; each by itself in what is at `within`."""

    def judge(_type: str, inputs: Values) -> Iterator[Problem]:
        for path, values in entries(inputs, within):
            given = [name for name in names if values.get(name) is not None]
            if wanted and not given:
                yield Problem(f"{path}{names[0]}", f"one of {', '.join(names)} is required ({source})")
            known = [name for name in given if values[name] is not UNKNOWN]
            if len(known) > 1:
                yield Problem(f"{path}{known[1]}", f"does not go with {known[0]} ({source})")

    return judge


def at_most(path: str, most: int, source: Source) -> Judge:
    """That a list has no more entries."""

    def judge(_type: str, inputs: Values) -> Iterator[Problem]:
        for at, value in found(inputs, path):
            if isinstance(value, list) and len(value) > most:  # pyright: ignore[reportUnknownArgumentType]
                yield Problem(at, f"{len(value)} of them: there may be at most {most} ({source})")  # pyright: ignore[reportUnknownArgumentType]

    return judge


def when(condition: Callable[[Values], bool], path: str, says: str, source: Source) -> Judge:
    """That nothing is given at a path where the condition holds."""

    def judge(_type: str, inputs: Values) -> Iterator[Problem]:
        for at, value in found(inputs, path):
            if value not in (None, UNKNOWN, False, []) and condition(inputs):
                yield Problem(at, f"{says} ({source})")

    return judge


def required(condition: Callable[[Values], bool], path: str, says: str, source: Source) -> Judge:
    """That something is given at a path of names where the condition holds."""

    def judge(_type: str, inputs: Values) -> Iterator[Problem]:
        if condition(inputs) and not given(inputs, path):
            yield Problem(path, f"{says} ({source})")

    return judge


def told_by(path: str, type_: str, says: str, name: str = "") -> Beside:
    """That what stands at a path is the id, or the output `name`, of a resource of the type."""

    def beside(inputs: Values, others: Others) -> Iterator[Problem]:
        for at, value in found(inputs, path):
            if isinstance(value, str) and not any(value in (id_, outputs.get(name)) for id_, outputs in others(type_)):
                yield Problem(at, f"{value!r}: {says}")

    return beside


def distinct(type_: str, names: Sequence[str], says: str) -> Beside:
    """That no other resource of the type has all the same values of these."""

    def beside(inputs: Values, others: Others) -> Iterator[Problem]:
        own = [inputs.get(name) for name in names]
        if UNKNOWN in own or own[-1] is None:
            return
        for id_, outputs in others(type_):
            if [outputs.get(name) for name in names] == own:
                yield Problem(names[-1], f"{own[-1]!r}: {says}: {id_}")

    return beside


def entries(inputs: Values, within: str) -> Iterator[tuple[str, Values]]:
    """Each object at a path with how the paths within it begin; the inputs themselves where there is no path."""
    if not within:
        yield "", inputs
        return
    for path, value in found(inputs, within):
        if isinstance(value, dict):
            yield f"{path}.", value


def given(inputs: Values, path: str) -> bool:
    """Whether something is at a path of names, or may yet be."""
    at: Any = inputs
    for name in path.split("."):
        at = at.get(name) if isinstance(at, dict) else at  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return at is not None


def is_(path: str, *values: Any) -> Callable[[Values], bool]:
    """Whether what is at a path is known, and one of these."""
    return lambda inputs: one(inputs, path) in values


def parsed(value: Any) -> Any:
    """What a string of JSON says; None where it says nothing, or is not known yet."""
    try:
        return json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return None


def objects(value: Any) -> list[Values]:
    """The objects of a list, or of one thing."""
    return [each for each in listed(value) if isinstance(each, dict)]


def listed(value: Any) -> list[Any]:
    """A list, or the list of one thing."""
    return list(value) if isinstance(value, list) else [] if value is None else [value]  # pyright: ignore[reportUnknownArgumentType]


def is_json(path: str, source: Source) -> Judge:
    """That what is at a path is JSON."""

    def judge(_type: str, inputs: Values) -> Iterator[Problem]:
        for at, value in found(inputs, path):
            try:
                json.loads(value) if isinstance(value, str) else None
            except ValueError as error:
                yield Problem(at, f"is not JSON: {error} ({source})")

    return judge


def whole(value: Any) -> int | None:
    """A whole number, as itself or as a string; None where it is none, or not known yet."""
    if isinstance(value, str):
        return int(value) if value.isdigit() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
