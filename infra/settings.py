"""The stack's configuration (`service:*` in stacks/Pulumi.<stack>.yaml) read into a frozen model."""

import difflib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field, PositiveInt, SerializeAsAny, ValidationError

from infra.errors import Problem, SettingsError, rule_of
from infra.service import CONTRACT, Model, Server, Service, Variable
from infra.targets import Options, Spec, specs

NAMESPACE = "service"
_UNITS = {"MiB": 1024**2, "GiB": 1024**3}


def _memory(value: object) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(MiB|GiB)", value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"{value!r} is not a size in MiB or GiB")
    size = float(match[1]) * _UNITS[match[2]]
    if not size.is_integer() or size < 64 * _UNITS["MiB"]:
        raise ValueError(
            f"{value!r} is less than 64MiB" if size.is_integer() else f"{value!r} is not a whole number of bytes"
        )
    return int(size)


def _text(value: object) -> object:
    """YAML gives numbers and booleans where a person wrote an unquoted value; a process's environment is text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _domain(value: object) -> object:
    label = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    if isinstance(value, str) and (
        len(value) > 253 or not re.fullmatch(rf"({label}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]", value)
    ):
        raise ValueError(f"{value!r} is not a host name such as api.example.com")
    return value


Memory = Annotated[int, BeforeValidator(_memory, json_schema_input_type=str)]
Text = Annotated[str, BeforeValidator(_text, json_schema_input_type=str | int | float | bool)]
Domain = Annotated[str, BeforeValidator(_domain)]


class Size(Model):
    """What one replica gets."""

    cpu: float = Field(
        1, gt=0, le=256, allow_inf_nan=False, description="Cores; fractions are allowed.", examples=[0.5]
    )
    memory: Memory = Field(
        cast("int", "512MiB"), validate_default=True, description="`512MiB`, `1GiB`, ...", examples=["512MiB"]
    )


class Scale(Model):
    """How many replicas run."""

    min: int = Field(1, ge=0, le=1000, description="At least so many replicas.", examples=[1])
    max: PositiveInt = Field(1, le=1000, description="At most so many replicas.", examples=[1])


class Settings(Model):
    """Where a stack runs the service, and how big. Keys are those of the stack's file, without `service:`."""

    target: str = Field(description="Where the service runs.", examples=["local"])
    server: Server | None = Field(
        None, description="The WSGI server; without it, the contract's own.", examples=["gunicorn"]
    )
    size: Size = Field(Size(), description="What one replica gets.")
    scale: Scale = Field(Scale(), description="How many replicas run.")
    timeout: int = Field(
        60,
        ge=1,
        le=3600,
        description="Seconds a request may take; also how long a stopping server waits.",
        examples=[60],
    )
    rollout_timeout: int = Field(
        60, ge=1, le=3600, description="Seconds a new deployment may take to become ready, and to serve.", examples=[60]
    )
    proxies: int = Field(
        0, ge=0, le=8, description="Proxies in front whose X-Forwarded-* headers are believed.", examples=[0]
    )
    domain: Domain | None = Field(None, description="The host name to serve under.", examples=["api.example.com"])
    environment: Mapping[Variable, Text] = Field(
        {}, description="Values of the contract's [environment].", examples=["INFO"]
    )
    secrets: Mapping[Variable, str] = Field(
        {}, repr=False, description="Values of the contract's [secrets], always set with `--secret`.", examples=["..."]
    )
    options: SerializeAsAny[Options] = Field(Options(), description="The target's own options.")


def load_settings(service: Service, config: Mapping[str, str], secret_keys: frozenset[str], stack: str) -> Settings:
    """Read and check a stack's configuration.

    Args:
        service: the contract, which says which environment and secrets there are.
        config: the stack's configuration as Pulumi hands it over: full key -> text, JSON for structured values.
        secret_keys: the full keys whose value is encrypted in the stack's file.
        stack: the stack's name, for the commands in errors.

    Raises:
        SettingsError: every problem found.
    """
    given, problems = _own_keys(config, stack)
    known = specs()
    spec = known.get(str(given.get("target")))
    if spec is None:
        problems.append(_target_problem(given, known, stack))
    options, wrong = _options(given.pop("options", {}), spec, stack)
    problems += wrong
    if given.get("secrets") and f"{NAMESPACE}:secrets" not in secret_keys:
        problems += [_in_the_clear(name, stack) for name in _keys(given["secrets"])]
    settings: Settings | None = None
    try:
        settings = Settings.model_validate({"target": "", **given, "options": options})
    except ValidationError as error:
        problems += [_problem(cast("Mapping[str, Any]", e), stack) for e in error.errors()]
    problems += _contract_problems(service, given, stack)
    if settings and spec:
        problems += _capability_problems(service, settings, spec, known, stack)
        problems += spec.check(service, settings)
    if problems or settings is None:
        raise SettingsError(problems)
    defaults = {name: v.default for name, v in service.environment.items() if v.default is not None}
    return settings.model_copy(
        update={"environment": {**defaults, **settings.environment}, "server": settings.server or service.web.server}
    )


def set_command(path: str, value: object, stack: str, *, secret: bool = False) -> str:
    """The command that sets a key of a stack, as it is shown in errors."""
    flags = " --secret" if secret else ""
    return f"pulumi config set{flags} --path {NAMESPACE}:{path} {value} --stack {stack}"


def _own_keys(config: Mapping[str, str], stack: str) -> tuple[dict[str, Any], list[Problem]]:
    given: dict[str, Any] = {}
    problems: list[Problem] = []
    for full, text in config.items():
        namespace, _, key = full.partition(":")
        if namespace != NAMESPACE:
            continue
        if key not in Settings.model_fields:
            problems.append(_unknown(key, tuple(Settings.model_fields), stack))
        elif key in ("size", "scale", "environment", "secrets", "options"):
            try:
                given[key] = json.loads(text)
            except json.JSONDecodeError:
                given[key] = text
        else:
            given[key] = text
    return given, problems


def _target_problem(given: Mapping[str, Any], known: Mapping[str, Spec], stack: str) -> Problem:
    names = sorted(known)
    if "target" not in given:
        return Problem(
            f"{NAMESPACE}:target", f"is required ({', '.join(names)})", set_command("target", names[0], stack)
        )
    value = str(given["target"])
    near = difflib.get_close_matches(value, names, 1) or names
    return Problem(
        f"{NAMESPACE}:target", f"{value!r} is not one of {', '.join(names)}", set_command("target", near[0], stack)
    )


def _options(given: Any, spec: Spec | None, stack: str) -> tuple[Options, list[Problem]]:
    if spec is None:
        return Options(), []
    try:
        return spec.options.model_validate(given), []
    except ValidationError as error:
        problems = [
            _problem(cast("Mapping[str, Any]", {**e, "loc": ("options", *e["loc"])}), stack, spec.options)
            for e in error.errors()
        ]
        return Options(), problems


def _problem(error: Mapping[str, Any], stack: str, options: type[Options] | None = None) -> Problem:
    location = tuple(str(part) for part in error["loc"] if part != "[key]")
    path = ".".join(location)
    if error["type"] == "extra_forbidden":
        return _unknown(path, _siblings(location, options), stack)
    if error["loc"][-1:] == ("[key]",):
        return Problem(f"{NAMESPACE}:{path}", rule_of(error), _remove(path, stack))
    if location[0] == "secrets":
        rule = "is not a table" if len(location) == 1 else "is not text"
        return Problem(
            f"{NAMESPACE}:{path}",
            rule,
            set_command(path if len(location) > 1 else "secrets.NAME", "...", stack, secret=True),
        )
    example = _example(location, options)
    fix = _remove(path, stack) if example is None else set_command(path, example, stack)
    return Problem(f"{NAMESPACE}:{path}", rule_of(error), fix)


def _unknown(path: str, siblings: tuple[str, ...], stack: str) -> Problem:
    head, _, last = path.rpartition(".")
    near = difflib.get_close_matches(last, siblings, 1)
    prefix = f"{head}." if head else ""
    hint = (
        f" (did you mean {NAMESPACE}:{prefix}{near[0]}?)" if near else f" ({', '.join(siblings)})" if siblings else ""
    )
    return Problem(f"{NAMESPACE}:{path}", f"is not a known key{hint}", _remove(path, stack))


def _remove(path: str, stack: str) -> str:
    return f"pulumi config rm --path {NAMESPACE}:{path} --stack {stack}"


def _siblings(location: tuple[str, ...], options: type[Options] | None) -> tuple[str, ...]:
    if options is not None:
        return tuple(options.model_fields)
    return tuple({"size": Size, "scale": Scale}.get(location[0], Settings).model_fields)


def _example(location: tuple[str, ...], options: type[Options] | None) -> object:
    fields = Settings.model_fields
    if options is not None and len(location) > 1:
        field = options.model_fields[location[1]]
        return (field.examples or [field.default])[0]
    if location[0] in ("size", "scale") and len(location) > 1:
        fields, location = {"size": Size, "scale": Scale}[location[0]].model_fields, location[1:]
    examples = fields[location[0]].examples
    return (
        examples[0] if examples and len(location) >= 1 and location[0] != "environment" or len(location) > 1 else None
    )


def _keys(value: Any) -> list[str]:
    return sorted(str(key) for key in cast("Mapping[Any, Any]", value)) if isinstance(value, Mapping) else []


def _in_the_clear(name: str, stack: str) -> Problem:
    return Problem(
        f"{NAMESPACE}:secrets.{name}",
        "stands in the stack's file in plain text",
        set_command(f"secrets.{name}", "...", stack, secret=True),
    )


def _contract_problems(service: Service, given: Mapping[str, Any], stack: str) -> list[Problem]:
    problems: list[Problem] = []
    environment, secrets = _keys(given.get("environment")), _keys(given.get("secrets"))
    for kind, names, declared in (
        ("environment", environment, tuple(service.environment)),
        ("secrets", secrets, tuple(service.secrets)),
    ):
        for name in names:
            if name not in declared and re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
                near = difflib.get_close_matches(name, declared, 1)
                hint = f" (did you mean {near[0]}?)" if near else ""
                rule = f"is not in [{kind}] of {CONTRACT}{hint}"
                problems.append(Problem(f"{NAMESPACE}:{kind}.{name}", rule, _remove(f"{kind}.{name}", stack)))
    for name, variable in service.environment.items():
        if variable.default is None and name not in environment:
            rule = f"is required by {CONTRACT}"
            problems.append(
                Problem(f"{NAMESPACE}:environment.{name}", rule, set_command(f"environment.{name}", "...", stack))
            )
    for name, secret in service.secrets.items():
        if secret.required and not secret.generate and name not in secrets:
            fix = set_command(f"secrets.{name}", "...", stack, secret=True)
            problems.append(Problem(f"{NAMESPACE}:secrets.{name}", f"is required by {CONTRACT}", fix))
    return problems


def _capability_problems(
    service: Service, settings: Settings, spec: Spec, known: Mapping[str, Spec], stack: str
) -> list[Problem]:
    problems: list[Problem] = []
    can = spec.capabilities

    def having(test: str) -> str:
        names = [name for name, other in sorted(known.items()) if getattr(other.capabilities, test)]
        return ", ".join(names) or "no target yet"

    for process, wanted in (("release", service.release), ("workers", service.workers), ("jobs", service.jobs)):
        if wanted and not getattr(can, process):
            rule = f"the target {settings.target} does not run them (targets that do: {having(process)})"
            problems.append(
                Problem(f"{CONTRACT}: {process}", rule, f"choose another service:target, or edit {CONTRACT}")
            )
    if settings.domain and not can.domain:
        rule = f"the target {settings.target} serves no domain (targets that do: {having('domain')})"
        problems.append(Problem(f"{NAMESPACE}:domain", rule, _remove("domain", stack)))
    scale = settings.scale
    if scale.min > scale.max:
        rule = f"{scale.min} is more than {NAMESPACE}:scale.max, {scale.max}"
        problems.append(Problem(f"{NAMESPACE}:scale.min", rule, set_command("scale.min", scale.max, stack)))
    if scale.min == 0 and not can.scale_to_zero:
        rule = f"the target {settings.target} cannot scale to zero (targets that can: {having('scale_to_zero')})"
        problems.append(Problem(f"{NAMESPACE}:scale.min", rule, set_command("scale.min", 1, stack)))
    if scale.max > can.replicas:
        rule = f"{scale.max} is more than the {can.replicas} that the target {settings.target} runs"
        problems.append(Problem(f"{NAMESPACE}:scale.max", rule, set_command("scale.max", can.replicas, stack)))
    return problems
