"""What is there already and a stack names: looked up before anything is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import pulumi

from infra.commands import key_of
from infra.errors import Problem, SettingsError
from infra.settings import Settings
from infra.targets.gcp import network, vault
from infra.targets.gcp.account import options
from infra.targets.gcp.raw import ask
from infra.targets.raw import reason

T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """What a stack names: its network, and its secrets by the variable that each stands for."""

    network: network.GivenNetwork | None
    secrets: Mapping[str, vault.Stored]


def look_up(settings: Settings, provider: pulumi.ProviderResource) -> Found:
    """Look up all that the settings name. Raises SettingsError with everything that is not there."""
    asked = options(settings)
    problems: list[Problem] = []

    def tried(look: Callable[[], T], instead: T) -> T:
        try:
            return look()
        except SettingsError as error:
            problems.extend(error.problems)
            return instead

    given: network.GivenNetwork | None = None
    if asked.network.network:
        args = network.NetworkArgs(asked.region, asked.network)
        given = tried(lambda: network.given(args, asked.project, provider), None)
    none: dict[str, vault.Stored] = {}
    secrets = tried(lambda: vault.stored(settings.stored_secrets, asked.project, provider), none)
    if settings.domain and asked.managed_zone:
        domain, zone = settings.domain, asked.managed_zone
        tried(lambda: _zone(domain, zone, asked.project, provider), None)
    if asked.certificate:
        name = asked.certificate
        tried(lambda: _certificate(name, asked.project, provider), None)
    if problems:
        raise SettingsError(problems)
    return Found(given, secrets)


def _zone(domain: str, zone: str, project: str, provider: pulumi.ProviderResource) -> None:
    """That the world asks the zone for the domain."""
    key, fix = key_of("options.managed_zone"), f"gcloud dns managed-zones list --project {project}"
    try:
        asked = {"name": zone, "project": project}
        found = ask("dns/getManagedZone", asked, pulumi.InvokeOptions(provider=provider))
    except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
        raise SettingsError([Problem(key, f"{zone} cannot be looked up in {project} ({reason(error)})", fix)]) from None
    held = str(found["dnsName"]).strip(".")
    # Of a zone that a plan takes to be there, nobody knows what it holds.
    if held and not f".{domain}".endswith(f".{held}"):
        rule = f"{zone} holds {held}, which {domain} is not in"
        raise SettingsError([Problem(key, rule, fix)])
    if found.get("visibility") == "private":
        raise SettingsError([Problem(key, f"{zone} is private: the world does not ask it", fix)])


def _certificate(name: str, project: str, provider: pulumi.ProviderResource) -> None:
    try:
        ask("compute/getCertificate", {"name": name, "project": project}, pulumi.InvokeOptions(provider=provider))
    except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
        rule = f"{name} cannot be looked up in {project} ({reason(error)})"
        fix = f"gcloud compute ssl-certificates list --global --project {project}"
        raise SettingsError([Problem(key_of("options.certificate"), rule, fix)]) from None
