"""app/service.toml, the contract of the service, read into frozen models."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt, ValidationError

from infra.errors import CONTRACT, Problem, SettingsError, rule_of
from infra.paths import APP

Server = Literal["gunicorn", "uwsgi", "waitress"]
SERVERS: tuple[Server, ...] = ("gunicorn", "uwsgi", "waitress")


def _name(value: str) -> str:
    if not re.fullmatch(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", value):
        raise ValueError(
            f"{value!r} is not 1 to 40 lower-case letters, digits and inner hyphens, beginning with a letter"
        )
    return value


def _variable(value: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", value):
        raise ValueError(f"{value!r} is not a variable name in capitals, digits and underscores")
    return value


def _path(value: str) -> str:
    if not re.fullmatch(r"/[A-Za-z0-9/._~-]*", value):
        raise ValueError(f"{value!r} is not a path beginning with /")
    return value


def _callable(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(\(\))?", value):
        raise ValueError(f"{value!r} is not module:callable or module:factory()")
    return value


def _schedule(value: str) -> str:
    try:
        if len(value.split()) != 5:
            raise CronSimError("wrong number of fields")
        CronSim(value, datetime(2000, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise ValueError(f"{value!r} is not a cron schedule of five fields ({str(error).lower()})") from error
    return value


def _folder(value: str) -> str:
    parts = PurePosixPath(value).parts
    if value != PurePosixPath(value).as_posix() or value.startswith("/") or ".." in parts or parts[:1] == ("app",):
        raise ValueError(f"{value!r} is not a folder of the project outside app/, such as . or src")
    return value


Name = Annotated[str, AfterValidator(_name)]
Folder = Annotated[str, AfterValidator(_folder)]
Variable = Annotated[str, AfterValidator(_variable)]
HttpPath = Annotated[str, AfterValidator(_path)]
Command = Annotated[tuple[str, ...], Field(min_length=1)]


class Model(BaseModel):
    """Frozen; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Web(Model):
    """The process that answers HTTP."""

    callable: Annotated[str, AfterValidator(_callable)] = Field(description="`module:callable` or `module:factory()`.")
    server: Server = Field("gunicorn", description="The WSGI server; a stack may choose another.")
    requirements: str = Field(
        "requirements/{server}.txt",
        description="The hashed lock to install; `{server}` is replaced by the server's name.",
    )
    port: int = Field(8000, ge=1, le=65535, description="The port it listens on where the target does not say another.")
    alive: HttpPath = "/healthz"
    ready: HttpPath = "/readyz"
    version: HttpPath = "/version"
    metrics: HttpPath = "/metrics"


class ImageSource(Model):
    """What the container image is made from, beside the files and the requirements."""

    dockerfile: str = Field("Dockerfile", description="The recipe, relative to app/.")
    base: str = Field("python:3.13-slim", description="The image to start from; with `@sha256:...` it is pinned.")
    source: str = Field("", description="Where the source code can be read: a label of the image.")


class Task(Model):
    """A command that ends. `timeout` in seconds."""

    command: Command
    timeout: PositiveInt = 300


class Worker(Model):
    """A command that runs until it is asked to end with SIGTERM."""

    command: Command


class Job(Task):
    """A command that is run on a schedule (five cron fields, UTC), never twice at a time. `timeout` in seconds."""

    schedule: Annotated[str, AfterValidator(_schedule)]


class EnvironmentVariable(Model):
    """A setting of the service that is no secret. Without `default`, every stack must give it."""

    description: str = ""
    default: str | None = None


class Secret(Model):
    """A secret of the service. `generate`: a stack that gives none gets a random one, kept encrypted in its state."""

    description: str = ""
    generate: bool = False
    required: bool = True


class Service(Model):
    """What the service is, wherever it runs.

    `files` are git pathspecs relative to app/. `beside` has those of an application that lies elsewhere, by
    the folder of the project that they are relative to (`.` or `src`): they are shipped beside the others.
    """

    name: Name
    description: str = ""
    files: Annotated[tuple[str, ...], Field(min_length=1)]
    beside: Mapping[Folder, Annotated[tuple[str, ...], Field(min_length=1)]] = {}
    web: Web
    image: ImageSource = Field(default_factory=lambda: ImageSource.model_validate({}))
    release: Task | None = None
    workers: Mapping[Name, Worker] = {}
    jobs: Mapping[Name, Job] = {}
    environment: Mapping[Variable, EnvironmentVariable] = {}
    secrets: Mapping[Variable, Secret] = {}


def load_service(path: Path = APP / "service.toml") -> Service:
    """Read the contract.

    Raises:
        SettingsError: the file is missing, is not TOML, or breaks the contract; every problem at once.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError([Problem(CONTRACT, "is missing", "git checkout -- app/service.toml")]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([Problem(CONTRACT, f"is not TOML: {error}", f"edit {CONTRACT}")]) from error
    return parse_service(content)


def parse_service(content: Mapping[str, Any]) -> Service:
    """The contract from its TOML tables. Raises SettingsError with every problem at once."""
    try:
        service = Service.model_validate(content)
    except ValidationError as error:
        raise SettingsError(_problem(e) for e in error.errors()) from error
    problems = list(_reserved(service))
    if "service.toml" not in service.files:
        rule = "does not name service.toml, which the launcher reads"
        problems.append(Problem(f"{CONTRACT}: files", rule, f"add it to files in {CONTRACT}"))
    both = sorted(set(service.environment) & set(service.secrets))
    problems += [
        Problem(f"{CONTRACT}: {name}", "stands in [environment] and in [secrets]", f"keep one of them in {CONTRACT}")
        for name in both
    ]
    if problems:
        raise SettingsError(problems)
    return service


def _reserved(service: Service) -> Iterator[Problem]:
    """Names that every target sets itself."""
    own = {"PATH", "HOME", "TMPDIR", "HOST", "PORT", *(f"{name}_FILE" for name in service.secrets)}
    for kind, names in (("environment", service.environment), ("secrets", service.secrets)):
        for name in names:
            if name in own or name.startswith(("WEB_", "SERVICE_", "LISTEN_")):
                yield Problem(f"{CONTRACT}: {kind}.{name}", "is a name that targets set", f"rename it in {CONTRACT}")


def _problem(error: Any) -> Problem:
    location = [str(part) for part in error["loc"] if part != "[key]"]
    key = f"{CONTRACT}: {'.'.join(location)}"
    if error["type"] == "extra_forbidden":
        return Problem(key, "is not a key of the contract", f"remove it from {CONTRACT}")
    return Problem(key, rule_of(error), f"edit {'.'.join(location)} in {CONTRACT}")
