"""The straight line: what the app is, where this stack runs it, and the wait until it does."""

import pulumi
from pulumi.runtime import config

from infra.errors import SettingsError
from infra.revision import load_release
from infra.rollout import Rollout, await_rollout
from infra.service import Service, load_service
from infra.settings import NAMESPACE, Settings, load_settings
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


def stack_config() -> tuple[dict[str, str], frozenset[str]]:
    """The stack's configuration under `service:`, and which of its keys hold secrets."""
    given: dict[str, str] = {**config.get_config_env(), **config.CONFIG.get()}
    own = {key: value for key, value in given.items() if key.startswith(f"{NAMESPACE}:")}
    return own, frozenset(key for key in own if config.is_config_secret(key))


def export(settings: Settings, endpoint: Endpoint, rollout: Rollout) -> None:
    """The stack's outputs: single words, the same on every target."""
    pulumi.export("url", rollout.url)
    pulumi.export("deployment", rollout.deployment)
    pulumi.export("revision", endpoint.revision)
    pulumi.export("image", endpoint.image)
    pulumi.export("target", settings.target)
