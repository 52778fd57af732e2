"""What is there already and a stack names: looked up before anything is made."""

import pulumi

from infra.commands import key_of
from infra.errors import Problem, SettingsError
from infra.targets.gcp.raw import ask
from infra.targets.raw import reason


def zone(domain: str, zone: str, project: str, provider: pulumi.ProviderResource) -> None:
    """That the world asks the zone for the domain. Raises SettingsError."""
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


def certificate(name: str, project: str, provider: pulumi.ProviderResource) -> None:
    """That there is a global certificate of this name. Raises SettingsError."""
    try:
        ask("compute/getCertificate", {"name": name, "project": project}, pulumi.InvokeOptions(provider=provider))
    except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
        rule = f"{name} cannot be looked up in {project} ({reason(error)})"
        fix = f"gcloud compute ssl-certificates list --global --project {project}"
        raise SettingsError([Problem(key_of("options.certificate"), rule, fix)]) from None
