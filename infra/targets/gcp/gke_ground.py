"""What a stack in a cluster of GKE stands on: beside what every one on Google Cloud does, a cluster that is there."""

from dataclasses import dataclass
from typing import cast

import pulumi

from infra.commands import key_of
from infra.errors import Problem, SettingsError
from infra.service import Service
from infra.settings import Settings
from infra.targets.gcp.gke_spec import GkeOptions
from infra.targets.gcp.ground import Ground, GroundArgs
from infra.targets.gcp.raw import ask
from infra.targets.looks import Looks
from infra.targets.raw import reason


@dataclass(frozen=True)
class GivenCluster:
    """A cluster that is there already.

    Attributes:
        name: that it has.
        endpoint: the address of its API server.
        authority: the certificate of whoever signed the API server's, in base64.
        autopilot: whether it looks after its nodes itself.
    """

    name: str
    endpoint: str
    authority: str
    autopilot: bool


class GkeGround(Ground):
    """What a stack on GKE stands on.

    Attributes:
        options: the stack's.
        cluster: the one that is there already, where it names one.
    """

    def __init__(self, service: Service, settings: Settings) -> None:
        self.options = options = cast("GkeOptions", settings.options)
        args = GroundArgs(
            project=options.project,
            region=options.region,
            network=None if options.cluster.name else options.network.of_nodes(),
            managed_zone=options.managed_zone,
            certificate=options.certificate,
            images_kept=options.images_kept,
            scanning=options.scanning,
            apis=_wanted(settings, options),
        )
        super().__init__(service, settings, args)

    def look(self, settings: Settings, looks: Looks) -> None:
        """The cluster too."""
        super().look(settings, looks)
        options, name = self.options, self.options.cluster.name
        self.cluster = looks.tried(lambda: _cluster(name, options, self.provider), None) if name else None


def _wanted(settings: Settings, options: GkeOptions) -> list[str]:
    """The APIs that the stack needs."""
    own = options.cluster.name is None
    by_need = {
        "artifactregistry": settings.registry is None,
        "cloudresourcemanager": own or bool(options.roles),
        "compute": own or options.balancer != "none",
        "container": True,
        "containerscanning": options.scanning and settings.registry is None,
        "dns": settings.domain is not None and options.managed_zone is not None,
        "iam": own or bool(options.roles),
        "logging": own,
        "monitoring": own,
    }
    return [f"{name}.googleapis.com" for name, needed in by_need.items() if needed]


def _cluster(name: str, options: GkeOptions, provider: pulumi.ProviderResource) -> GivenCluster:
    """Look up a cluster. Raises SettingsError where there is none of the name, or none that knows its pods."""
    where = options.cluster.location or options.region
    key, fix = key_of("options.cluster.name"), f"gcloud container clusters list --project {options.project}"
    try:
        asked = {"name": name, "location": where, "project": options.project}
        found = ask("container/getCluster", asked, pulumi.InvokeOptions(provider=provider))
    except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
        rule = f"{name} cannot be looked up in {where} of {options.project} ({reason(error)})"
        raise SettingsError([Problem(key, rule, fix)]) from None
    if not found["endpoint"]:
        raise SettingsError([Problem(key, f"there is no cluster {name} in {where} of {options.project}", fix)])
    if options.roles and not any(each["workloadPool"] for each in found["workloadIdentityConfigs"]):
        rule = f"the cluster {name} has no Workload Identity, by which Google knows its pods"
        update = f"gcloud container clusters update {name} --location {where}"
        fix = f"{update} --workload-pool {options.project}.svc.id.goog"
        raise SettingsError([Problem(key_of("options.roles"), rule, fix)])
    return GivenCluster(
        name, found["endpoint"], found["masterAuths"][0]["clusterCaCertificate"], found["enableAutopilot"]
    )
