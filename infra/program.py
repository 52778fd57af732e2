"""The straight line: what the app is, where this stack runs it, and the wait until it does."""

import pulumi
from pulumi.runtime import config

from infra.commands import key_of
from infra.errors import SettingsError
from infra.image import Engine, Registry, build_image
from infra.paths import ROOT
from infra.revision import Release, load_release
from infra.rollout import Rollout, await_rollout
from infra.service import Service, load_service
from infra.settings import Settings, load_settings, value_of
from infra.stackfile import WITH_SECRETS, config_in, plain_secrets
from infra.targets import Endpoint, Target, find_spec, load_target


def deploy() -> None:
    """The Pulumi program."""
    service, settings, release = described()
    target = load_target(settings.target)
    place = _place(target, service, settings)
    image = build_image(service, settings, release, place)
    endpoint = target.run(service, settings, image)
    rollout = await_rollout(service, settings, endpoint)
    if endpoint.afterwards:
        endpoint.afterwards(rollout)
    export(settings, endpoint, rollout)


def _place(target: Target, service: Service, settings: Settings) -> Registry | Engine | None:
    """Where the images are kept. A target first looks up what a stack names; what is not there is told."""
    try:
        return target.registry(service, settings)
    except SettingsError as error:
        raise pulumi.RunError(f"nothing was created:\n{error}") from None


def described() -> tuple[Service, Settings, Release]:
    """What the app is, where the stack runs it, and what is shipped.

    A user's mistake ends the program with every problem told and no traceback.
    """
    try:
        service = load_service()
        settings = load_settings(service, *stack_config(), stack=pulumi.get_stack())
        release = load_release(service, str(settings.server), _inputs(service, settings))
    except SettingsError as error:
        raise pulumi.RunError(f"nothing was created:\n{error}") from None
    for name in release.untracked:
        pulumi.log.warn(f"app/{name} is not shipped: git does not track it. To ship it: git add app/{name}")
    return service, settings, release


def _inputs(service: Service, settings: Settings) -> dict[str, str]:
    """What decides the revision beside the files and the server; where an image is built, what goes into it."""
    spec = find_spec(settings.target)
    assert spec is not None
    if not spec.can(settings.options).image or settings.image:
        return {}
    platforms = settings.build.platforms or spec.platforms
    # Only here: it brings the registry's client.
    from infra.context import image_inputs

    return image_inputs(service, settings, platforms, pulumi.get_stack(), _unchecked if _dry() else None)


def _dry() -> bool:
    return pulumi.runtime.is_dry_run()


def _unchecked(why: str) -> None:
    told = f"planned without the base image's digest, which could not be looked up: {why}"
    pulumi.log.warn(f"{told}. The image may show as changed where it is not.")


def stack_config() -> tuple[dict[str, str], list[str]]:
    """The stack's configuration, and the paths of its secrets that are not encrypted."""
    given: dict[str, str] = {**config.get_config_env(), **config.CONFIG.get()}
    in_file = config_in(ROOT / "stacks" / f"Pulumi.{pulumi.get_stack()}.yaml")
    plain: list[str] = []
    for key in WITH_SECRETS:
        text = given.get(key_of(key))
        if text is not None:
            encrypted = config.is_config_secret(key_of(key))
            plain += plain_secrets(key, in_file.get(key) if encrypted else value_of(key, text))
    return given, plain


def export(settings: Settings, endpoint: Endpoint, rollout: Rollout) -> None:
    """The stack's outputs: single words, the same on every target."""
    pulumi.export("url", rollout.url)
    pulumi.export("deployment", rollout.deployment)
    if endpoint.console:
        pulumi.export("console", endpoint.console)
    pulumi.export("revision", endpoint.revision)
    pulumi.export("image", endpoint.image)
    pulumi.export("target", settings.target)
