"""What is there already and a stack names: looked up before anything is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import pulumi

from infra.commands import key_of
from infra.errors import Problem, SettingsError
from infra.settings import Settings
from infra.targets.azure import limits, vault
from infra.targets.azure.account import options
from infra.targets.azure.domain import DnsZone, pointed
from infra.targets.azure.raw import ask
from infra.targets.raw import reason

T = TypeVar("T")

# To whom a subnet is handed over before an environment may be in it.
ENVIRONMENTS = "Microsoft.App/environments"


@dataclass(frozen=True)
class Found:
    """What a stack names.

    Attributes:
        tenant: that the subscription belongs to.
        secrets: by the variable that each stands for.
        zone: of Azure DNS, that the domain is in.
        pointed: how Azure sees that the domain points at the app; nothing where it does not, or there is none.
    """

    tenant: str
    secrets: Mapping[str, vault.Stored]
    zone: DnsZone | None
    pointed: str | None


def look_up(settings: Settings, app: str, provider: pulumi.ProviderResource) -> Found:
    """Look up all that the settings name. Raises SettingsError with everything that is not there.

    Args:
        app: what the app and its resource group are called.
    """
    asked = options(settings)
    problems: list[Problem] = []

    def tried(look: Callable[[], T], instead: T) -> T:
        try:
            return look()
        except SettingsError as error:
            problems.extend(error.problems)
            return instead

    tenant = _tenant(asked.subscription, provider)
    secrets: dict[str, vault.Stored] = {}
    if settings.stored_secrets:
        secrets = tried(lambda: vault.stored(settings.stored_secrets, asked.subscription, provider), secrets)
    if asked.network.subnet:
        subnet = asked.network.subnet
        tried(lambda: _subnet(subnet, provider), None)
    zone = dns_zone(asked.dns_zone) if asked.dns_zone else None
    if zone:
        looked = zone
        tried(lambda: _zone(looked, provider), None)
    how: str | None = None
    if settings.domain:
        domain = settings.domain
        how = tried(lambda: pointed(domain, zone, app, app, provider), None)
    if problems:
        raise SettingsError(problems)
    return Found(tenant, secrets, zone, how)


def dns_zone(named: str) -> DnsZone:
    """A zone by its id, or by its resource group and its name."""
    words = named.split("/")
    return DnsZone(words[-1], words[4] if named.startswith("/") else words[0])


def _tenant(subscription: str, provider: pulumi.ProviderResource) -> str:
    try:
        return str(ask("authorization:getClientConfig", {}, pulumi.InvokeOptions(provider=provider))["tenantId"])
    except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
        rule = f"{subscription} cannot be asked ({reason(error)})"
        raise SettingsError([Problem(key_of("options.subscription"), rule, "az login")]) from None


def _subnet(subnet: str, provider: pulumi.ProviderResource) -> None:
    """That it is there, handed over to environments, and large enough for one."""
    words = subnet.split("/")
    group, network, name = words[4], words[8], words[10]
    key, where = key_of("options.network.subnet"), f"{name} of {network} in {group}"
    about = {"resourceGroupName": group, "virtualNetworkName": network, "subnetName": name}
    command = f"--resource-group {group} --vnet-name {network}"
    try:
        found = ask("network:getSubnet", about, pulumi.InvokeOptions(provider=provider))
    except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
        rule = f"{where} cannot be looked up ({reason(error)})"
        raise SettingsError([Problem(key, rule, f"az network vnet subnet list {command}")]) from None
    if ENVIRONMENTS not in [each.get("serviceName") for each in found.get("delegations") or ()]:
        rule = f"{where} is not delegated to {ENVIRONMENTS}"
        fix = f"az network vnet subnet update {command} --name {name} --delegations {ENVIRONMENTS}"
        raise SettingsError([Problem(key, rule, fix)])
    blocks = [each for each in (found.get("addressPrefix"), *(found.get("addressPrefixes") or ())) if each]
    sizes = [int(block.rpartition("/")[2]) for block in blocks if ":" not in block]
    if sizes and min(sizes) > limits.SMALLEST_SUBNET:
        rule = f"{where} is {', '.join(blocks)}, and an environment wants a /{limits.SMALLEST_SUBNET} at the least"
        raise SettingsError([Problem(key, rule, f"az network vnet subnet list {command}")])


def _zone(zone: DnsZone, provider: pulumi.ProviderResource) -> None:
    """That it is there, where the world asks it."""
    try:
        about = {"resourceGroupName": zone.group, "zoneName": zone.name}
        ask("dns:getZone", about, pulumi.InvokeOptions(provider=provider))
    except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
        rule = f"{zone.name} in {zone.group} cannot be looked up ({reason(error)})"
        raise SettingsError([Problem(key_of("options.dns_zone"), rule, "az network dns zone list")]) from None
