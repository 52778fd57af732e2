"""`python -m infra.reference`: writes stacks/schema.json and the table of keys in README.md from the settings models.

`--check` writes nothing and fails when one of them is not what it would write.
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any, cast

from pydantic.fields import FieldInfo

from infra.commands import NAMESPACE, key_of
from infra.paths import ROOT
from infra.service import Service, load_service
from infra.settings import Settings
from infra.stackfile import fields
from infra.targets import specs

SCHEMA = ROOT / "stacks" / "schema.json"
README = ROOT / "README.md"
_TABLE = re.compile(r"(<!-- keys: [^\n]* -->\n).*?(<!-- end of keys -->)", re.DOTALL)
_SECURE = {
    "type": "object",
    "properties": {"secure": {"type": "string"}},
    "required": ["secure"],
    "additionalProperties": False,
}


def schema(service: Service) -> dict[str, Any]:
    """The JSON Schema of a stack's file, for editors: every key, and the options of the target that the file names."""
    settings = Settings.model_json_schema(by_alias=False)
    definitions: dict[str, Any] = settings.pop("$defs", {})
    definitions.pop("Options", None)
    own: dict[str, Any] = settings["properties"]
    own["target"]["enum"] = sorted(specs())
    own["environment"] = _named(service.environment, own["environment"], {"type": ["string", "number", "boolean"]})
    own["secrets"] = _named(service.secrets, own["secrets"], _SECURE)
    definitions["Build"]["properties"]["secrets"] |= {"additionalProperties": _SECURE}
    definitions["RegistryLogin"]["properties"]["password"] = _SECURE
    own["options"] = {"type": "object", "description": own["options"]["description"]}
    conditions: list[dict[str, Any]] = []
    for name, spec in sorted(specs().items()):
        # Two targets may call tables of theirs by the same name.
        options = spec.options.model_json_schema(ref_template=f"#/$defs/{name}.{{model}}")
        _admit_text(options)
        definitions |= {f"{name}.{model}": table for model, table in options.pop("$defs", {}).items()}
        conditions.append(
            {
                "if": {"properties": {key_of("target"): {"const": name}}},
                "then": {"properties": {key_of("options"): options}},
            }
        )
    for model in (own, definitions):
        _admit_text(model)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stack of Slipway",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {key_of(name): value for name, value in own.items()},
                "patternProperties": {rf"^(?!{NAMESPACE}:)[^:]+:": {}},
                "additionalProperties": False,
                "required": [key_of("target")],
                "allOf": conditions,
            },
            "secretsprovider": {"type": "string"},
            "encryptedkey": {"type": "string"},
            "encryptionsalt": {"type": "string"},
            "environment": {},
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def table() -> str:
    """The keys of a stack's file as a Markdown table."""
    rows = ["| key | default | what it is |", "|---|---|---|"]
    rows += [_row(key_of(path), field) for path, field in fields(Settings) if path != "options"]
    for name, spec in sorted(specs().items()):
        rows += [_row(key_of(f"options.{path}"), field, f"(target {name}) ") for path, field in fields(spec.options)]
    return "\n".join(rows) + "\n"


def _admit_text(node: Any) -> None:
    """Numbers may stand as text: `pulumi config set --path` stores fractions so."""
    if isinstance(node, dict):
        found = cast("dict[str, Any]", node)
        if found.get("type") in ("integer", "number"):
            found["type"] = [found["type"], "string"]
        for value in found.values():
            _admit_text(value)
    elif isinstance(node, list):
        for value in cast("list[Any]", node):
            _admit_text(value)


def _named(declared: dict[str, Any] | Any, kept: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    properties = {name: {**value, "description": what.description} for name, what in declared.items()}
    return {
        "type": "object",
        "description": kept["description"],
        "properties": properties,
        "additionalProperties": False,
    }


def _row(key: str, field: FieldInfo, of: str = "") -> str:
    description = of + (field.description or "")
    default = field.default
    if field.is_required():
        shown = "required"
    elif default is None or default in ({}, ()):
        shown = "none"
    else:
        shown = f"`{default}`"
    return f"| `{key}` | {shown} | {description} |"


def _contents() -> Iterator[tuple[Any, str]]:
    yield SCHEMA, json.dumps(schema(load_service()), indent=2) + "\n"
    readme = README.read_text(encoding="utf-8") if README.is_file() else ""
    # An application that was there already has a README of its own.
    if not _TABLE.search(readme):
        return
    yield README, _TABLE.sub(lambda found: found[1] + table() + found[2], readme)


def main(arguments: list[str]) -> int:
    """Write both, or check both: the exit code is 1 when one has drifted."""
    drifted = [
        path for path, content in _contents() if not path.exists() or path.read_text(encoding="utf-8") != content
    ]
    if "--check" in arguments:
        for path in drifted:
            print(f"{path.relative_to(ROOT)} is not what the settings say. Fix: make reference")
        return bool(drifted)
    for path, content in _contents():
        path.write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
