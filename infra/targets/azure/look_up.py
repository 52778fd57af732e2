"""What is there already and a stack names: looked up before anything is made."""

import pulumi

from infra.commands import key_of
from infra.errors import Problem, SettingsError
from infra.targets.azure import limits
from infra.targets.azure.domain import DnsZone
from infra.targets.azure.raw import ask
from infra.targets.raw import reason

# To whom a subnet is handed over before an environment may be in it.
ENVIRONMENTS = "Microsoft.App/environments"


def dns_zone(named: str) -> DnsZone:
    """A zone by its id, or by its resource group and its name."""
    words = named.split("/")
    return DnsZone(words[-1], words[4] if named.startswith("/") else words[0])


def tenant(subscription: str, provider: pulumi.ProviderResource) -> str:
    """That a subscription belongs to. Raises SettingsError where it cannot be asked."""
    try:
        return str(ask("authorization:getClientConfig", {}, pulumi.InvokeOptions(provider=provider))["tenantId"])
    except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
        rule = f"{subscription} cannot be asked ({reason(error)})"
        raise SettingsError([Problem(key_of("options.subscription"), rule, "az login")]) from None


def subnet(subnet: str, provider: pulumi.ProviderResource) -> None:
    """That it is there, handed over to environments, and large enough for one. Raises SettingsError."""
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


def zone(zone: DnsZone, provider: pulumi.ProviderResource) -> None:
    """That it is there, where the world asks it. Raises SettingsError."""
    try:
        about = {"resourceGroupName": zone.group, "zoneName": zone.name}
        ask("dns:getZone", about, pulumi.InvokeOptions(provider=provider))
    except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
        rule = f"{zone.name} in {zone.group} cannot be looked up ({reason(error)})"
        raise SettingsError([Problem(key_of("options.dns_zone"), rule, "az network dns zone list")]) from None
