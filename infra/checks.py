"""What a stack must give because the contract asks for it, and what it may ask of its target."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from infra.commands import key_of, remove_command, set_command
from infra.errors import CONTRACT, Problem
from infra.service import Service
from infra.stackfile import nearest
from infra.targets import specs
from infra.targets.spec import Capabilities

if TYPE_CHECKING:
    from infra.settings import Settings


def names_in(value: Any) -> list[str]:
    """The names in what should be a table."""
    return sorted(str(key) for key in cast("Mapping[Any, Any]", value)) if isinstance(value, Mapping) else []


def contract(service: Service, given: Mapping[str, Any], stack: str) -> Iterator[Problem]:
    """Variables and secrets that the contract does not know, and those it requires and does not get."""
    environment, secrets = names_in(given.get("environment")), names_in(given.get("secrets"))
    stored = names_in(given.get("stored_secrets"))
    for key, kind, names, declared in (
        ("environment", "environment", environment, tuple(service.environment)),
        ("secrets", "secrets", secrets, tuple(service.secrets)),
        ("stored_secrets", "secrets", stored, tuple(service.secrets)),
    ):
        for name in names:
            if name not in declared and re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
                near = nearest(name, declared)
                rule = f"is not in [{kind}] of {CONTRACT}" + (f" (did you mean {near}?)" if near else "")
                yield Problem(key_of(f"{key}.{name}"), rule, remove_command(f"{key}.{name}", stack))
    for name in sorted({*secrets} & {*stored}):
        rule = "is given in service:secrets too"
        yield Problem(key_of(f"stored_secrets.{name}"), rule, remove_command(f"secrets.{name}", stack))
    for name, variable in service.environment.items():
        if variable.default is None and name not in environment:
            path = f"environment.{name}"
            yield Problem(key_of(path), f"is required by {CONTRACT}", set_command(path, "...", stack))
    for name, secret in service.secrets.items():
        if secret.required and not secret.generate and name not in (*secrets, *stored):
            path = f"secrets.{name}"
            yield Problem(key_of(path), f"is required by {CONTRACT}", set_command(path, "...", stack, secret=True))


def capabilities(service: Service, settings: "Settings", can: Capabilities, stack: str) -> Iterator[Problem]:
    """What the contract or the stack asks of the target and the target cannot do."""
    scale = settings.scale
    for process, wanted in (("release", service.release), ("workers", service.workers), ("jobs", service.jobs)):
        if wanted and not getattr(can, process):
            rule = f"the target {settings.target} does not run them ({_having(process)})"
            yield Problem(f"{CONTRACT}: {process}", rule, f"choose another service:target, or edit {CONTRACT}")
    if not can.image:
        for key in _of_an_image(settings, packages=can.packages):
            rule = f"the target {settings.target} runs no container image ({_having('image')})"
            yield Problem(key_of(key), rule, remove_command(key, stack))
    if settings.stored_secrets and not can.stored_secrets:
        rule = f"the target {settings.target} has no store of secrets ({_having('stored_secrets')})"
        yield Problem(key_of("stored_secrets"), rule, remove_command("stored_secrets", stack))
    if settings.image == stack:
        rule = f"{stack!r} is this stack itself; an image is promoted from another"
        yield Problem(key_of("image"), rule, remove_command("image", stack))
    if settings.domain and not can.domain:
        rule = f"the target {settings.target} serves no domain ({_having('domain')})"
        yield Problem(key_of("domain"), rule, remove_command("domain", stack))
    if scale.min > scale.max:
        rule = f"{scale.min} is more than {key_of('scale.max')}, {scale.max}"
        yield Problem(key_of("scale.min"), rule, set_command("scale.min", scale.max, stack))
    if scale.min == 0 and not can.scale_to_zero:
        rule = f"the target {settings.target} cannot scale to zero ({_having('scale_to_zero')})"
        yield Problem(key_of("scale.min"), rule, set_command("scale.min", 1, stack))
    if scale.max > can.replicas:
        rule = f"{scale.max} is more than the {can.replicas} that the target {settings.target} runs"
        yield Problem(key_of("scale.max"), rule, set_command("scale.max", can.replicas, stack))


def _of_an_image(settings: "Settings", *, packages: bool) -> list[str]:
    """The keys given that only an image has use for; of its build, a target that installs packages takes the index."""
    given = {"image", "build", "registry"} & settings.model_fields_set
    if packages and settings.build.model_fields_set <= {"secrets"}:
        given -= {"build"}
    return sorted(given)


def _having(capability: str) -> str:
    names = [name for name, spec in sorted(specs().items()) if getattr(spec.capabilities, capability)]
    return f"targets that do: {', '.join(names)}" if names else "no target here does"
