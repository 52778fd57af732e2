"""The straight line: what the app is, where this stack runs it, and the wait until it does."""

import pulumi
from pulumi.runtime import config

from infra.checks import names_in
from infra.commands import key_of
from infra.errors import SettingsError
from infra.paths import ROOT
from infra.revision import load_release
from infra.rollout import Rollout, await_rollout
from infra.service import load_service
from infra.settings import Settings, load_settings, value_of
from infra.stackfile import plain_secrets
from infra.targets import Endpoint, load_target


def deploy() -> None:
    """The Pulumi program. A user's mistake ends it with every problem told and no traceback."""
    try:
        service = load_service()
        settings = load_settings(service, *stack_config(), stack=pulumi.get_stack())
        target = load_target(settings.target)
        release = load_release(service, str(settings.server), {})
    except SettingsError as error:
        raise pulumi.RunError(f"nothing was created:\n{error}") from None
    for name in release.untracked:
        pulumi.log.warn(f"app/{name} is not shipped: git does not track it. To ship it: git add app/{name}")
    endpoint = target.run(service, settings, release)
    export(settings, endpoint, await_rollout(service, settings, endpoint))


def stack_config() -> tuple[dict[str, str], list[str]]:
    """The stack's configuration, and the names of its secrets that are not encrypted."""
    given: dict[str, str] = {**config.get_config_env(), **config.CONFIG.get()}
    key = key_of("secrets")
    if key in given and config.is_config_secret(key):
        return given, plain_secrets(ROOT / "stacks" / f"Pulumi.{pulumi.get_stack()}.yaml")
    return given, names_in(value_of("secrets", given[key])) if key in given else []


def export(settings: Settings, endpoint: Endpoint, rollout: Rollout) -> None:
    """The stack's outputs: single words, the same on every target."""
    pulumi.export("url", rollout.url)
    pulumi.export("deployment", rollout.deployment)
    pulumi.export("revision", endpoint.revision)
    pulumi.export("image", endpoint.image)
    pulumi.export("target", settings.target)
