"""The stack's configuration (`service:*` in stacks/Pulumi.<stack>.yaml) read into a frozen model."""

import json
import re
from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field, PositiveInt, SerializeAsAny, ValidationError

from infra import checks
from infra.commands import NAMESPACE
from infra.errors import SettingsError
from infra.service import Model, Server, Service, Variable
from infra.stackfile import Keys, in_the_clear, unknown_target
from infra.targets import find_spec, specs
from infra.targets.spec import Options, Spec

_UNITS = {"MiB": 1024**2, "GiB": 1024**3}
_LEAST_MEMORY = 64 * _UNITS["MiB"]


def _memory(value: object) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(MiB|GiB)", value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"{value!r} is not a size in MiB or GiB")
    size = float(match[1]) * _UNITS[match[2]]
    if not size.is_integer():
        raise ValueError(f"{value!r} is not a whole number of bytes")
    if size < _LEAST_MEMORY:
        raise ValueError(f"{value!r} is less than 64MiB")
    return int(size)


def _text(value: object) -> object:
    """YAML gives numbers and booleans where a person wrote an unquoted value; a process's environment is text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and "\0" in value:
        raise ValueError(f"{value!r} has a NUL character in it, which no process's environment can carry")
    return str(value) if isinstance(value, int | float) else value


def _domain(value: object) -> object:
    label = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    name = rf"({label}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]"
    if isinstance(value, str) and (len(value) > 253 or not re.fullmatch(name, value)):
        raise ValueError(f"{value!r} is not a host name such as api.example.com")
    return value


# A registry's host and a path in it, in lower case, as the OCI distribution specification has names.
_REPOSITORY = r"(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+)(:\d+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+"


def _promoted(value: object) -> object:
    stack = r"[A-Za-z0-9_.-]{1,100}"
    if isinstance(value, str) and not re.fullmatch(rf"{stack}|{_REPOSITORY}(:[\w.-]+)?@sha256:[0-9a-f]{{64}}", value):
        raise ValueError(f"{value!r} is neither a stack's name nor an image by digest (registry/name@sha256:...)")
    return value


def _repository(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(_REPOSITORY, value):
        raise ValueError(f"{value!r} is not a repository without tag, such as ghcr.io/acme/orders")
    return value


Memory = Annotated[int, BeforeValidator(_memory, json_schema_input_type=str)]
Text = Annotated[str, BeforeValidator(_text, json_schema_input_type=str | int | float | bool)]
Stored = Annotated[str, Field(pattern=r"^[A-Za-z0-9/_+=.@:#-]{1,2048}$")]
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


class Build(Model):
    """How the container image is built."""

    base: str | None = Field(
        None,
        description="The base image, where it is another than the contract's: a mirror's, for instance.",
        examples=["registry.example.com/python:3.13-slim"],
    )
    platforms: tuple[Literal["linux/amd64", "linux/arm64"], ...] = Field(
        (), description="What it runs on: `linux/amd64`, `linux/arm64`; without it, what the target runs on."
    )
    builder: str | None = Field(
        None, description="The buildx builder; without it, the first that can be reached.", examples=["ci"]
    )
    cache: bool = Field(
        True, description="Keep the build's cache beside the image, in the repository `<repository>-cache`."
    )
    provenance: bool = Field(True, description="Attest how the image was built.", examples=[True])
    sbom: bool = Field(True, description="Attest what is in the image.", examples=[False])
    scanner: str | None = Field(
        None,
        description="The image that lists what is in the image; without it, BuildKit's own.",
        examples=["docker/buildkit-syft-scanner:stable-1"],
    )
    secrets: Mapping[Variable, str] = Field(
        {},
        repr=False,
        description="Settings of pip for the build alone, such as `PIP_INDEX_URL`, always set with `--secret`.",
    )


class RegistryLogin(Model):
    """A repository that the stack does not make itself, and how to log in to it."""

    repository: Annotated[str, BeforeValidator(_repository)] = Field(
        description="Where the image is kept, without a tag.", examples=["ghcr.io/acme/orders"]
    )
    username: str | None = Field(
        None, description="Who logs in; without it, whoever `docker login` says.", examples=["acme"]
    )
    password: str | None = Field(
        None, repr=False, description="Its password or token, always set with `--secret`.", examples=["..."]
    )


class Settings(Model):
    """Where a stack runs the service, and how big. Keys are those of the stack's file, without `service:`."""

    target: str = Field(description="Where the service runs.", examples=["local"])
    server: Server | None = Field(
        None, description="The WSGI server; without it, the contract's own.", examples=["gunicorn"]
    )
    size: Size = Field(default_factory=lambda: Size.model_validate({}), description="What one replica gets.")
    scale: Scale = Field(default_factory=lambda: Scale.model_validate({}), description="How many replicas run.")
    timeout: int = Field(
        60,
        ge=1,
        le=3600,
        description="Seconds a request may take; also how long a stopping server waits.",
        examples=[60],
    )
    rollout_timeout: int = Field(
        60,
        ge=1,
        le=14400,
        description="Seconds a new deployment may take to serve; more on a cloud where a stack says nothing.",
        examples=[60],
    )
    proxies: int = Field(
        0,
        ge=0,
        le=8,
        description="Proxies in front, beside the target's own balancer, whose X-Forwarded-* headers are believed.",
        examples=[0],
    )
    image: Annotated[str, BeforeValidator(_promoted)] | None = Field(
        None,
        description="Run this image and build none: that of another stack, by its name, or one by its digest.",
        examples=["dev"],
    )
    build: Build = Field(default_factory=lambda: Build.model_validate({}), description="How the image is built.")
    registry: RegistryLogin | None = Field(
        None, description="Where the image is kept; without it, the target's own place for images."
    )
    domain: Domain | None = Field(None, description="The host name to serve under.", examples=["api.example.com"])
    environment: Mapping[Variable, Text] = Field({}, description="Values of the contract's `[environment]`.")
    secrets: Mapping[Variable, str] = Field(
        {}, repr=False, description="Values of the contract's `[secrets]`, always set with `--secret`."
    )
    stored_secrets: Mapping[Variable, Stored] = Field(
        {}, description="Secrets of the contract that the platform's own store holds already: their names there."
    )
    protect: bool = Field(
        False, description="Refuse to destroy the stack, and what of it keeps data or the address, until this is off."
    )
    options: SerializeAsAny[Options] = Field(Options(), description="The target's own options.")


def load_settings(service: Service, config: Mapping[str, str], plain_secrets: Collection[str], stack: str) -> Settings:
    """Read and check a stack's configuration.

    Args:
        service: the contract, which says which environment and secrets there are.
        config: the stack's configuration as Pulumi hands it over: full key -> text, JSON for structured values.
        plain_secrets: the paths of secrets (`secrets.NAME`) whose value is not encrypted.
        stack: the stack's name, for the commands in errors.

    Raises:
        SettingsError: every problem found.
    """
    keys = Keys(Settings, stack)
    given: dict[str, Any] = {}
    for full, text in config.items():
        namespace, _, key = full.partition(":")
        if namespace == NAMESPACE:
            given[key] = value_of(key, text)
    problems = [in_the_clear(path, stack) for path in plain_secrets]
    spec = find_spec(str(given.get("target")))
    if spec is None:
        problems.append(unknown_target(given.get("target"), sorted(specs()), stack))
    options, wrong = _options(given.pop("options", {}), spec, stack)
    problems += wrong
    settings: Settings | None = None
    try:
        usual: Mapping[str, Any] = spec.usual if spec else {}
        settings = Settings.model_validate({"target": "", **usual, **given, "options": options})
    except ValidationError as error:
        problems += [keys.problem(cast("Mapping[str, Any]", e)) for e in error.errors()]
    problems += checks.contract(service, given, stack)
    if settings and spec:
        problems += checks.capabilities(service, settings, spec.can(settings.options), stack)
        problems += spec.check(service, settings)
    if problems or settings is None:
        raise SettingsError(problems)
    defaults = {name: v.default for name, v in service.environment.items() if v.default is not None}
    return settings.model_copy(
        update={
            "environment": {**defaults, **settings.environment},
            "server": settings.server or service.web.server,
        }
    )


TABLES = ("size", "scale", "environment", "secrets", "stored_secrets", "options", "build", "registry")


def value_of(key: str, text: str) -> Any:
    """Pulumi hands a table over as JSON and everything else as text."""
    if key in TABLES:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    return text


def _options(given: Any, spec: Spec | None, stack: str) -> tuple[Options, list[Any]]:
    if spec is None:
        return Options(), []
    try:
        return spec.options.model_validate(given), []
    except ValidationError as error:
        keys = Keys(spec.options, stack, "options")
        return Options(), [keys.problem(cast("Mapping[str, Any]", e)) for e in error.errors()]
