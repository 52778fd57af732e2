"""Container Apps: environments, apps, jobs and certificates: ids, outputs, what replaces, rules, prices."""

from typing import Any

from infra.targets.azure.offline import apps, environments, reading, running
from infra.targets.azure.offline.cost import APP_PRICES, ENVIRONMENT_PRICES, JOB_PRICES
from infra.targets.azure.offline.names import HYPHENATED, domain_of, kind, named, place, under
from tools.offline import judges
from tools.offline.judge import one
from tools.offline.tables import Judge, Played

LOWER = r"[a-z](?!.*--)[a-z0-9-]*[a-z0-9]"
LOWER_SAYS = "lower-case letters, digits and single hyphens, from a letter on"

SECRETS, LOG_KEY = "configuration.secrets", "appLogsConfiguration.logAnalyticsConfiguration.sharedKey"
# Of apps and of jobs.
JUDGES: tuple[Judge, ...] = (
    running.sizes,
    running.containers,
    running.secrets,
    running.registries,
    running.identities,
    judges.at("template.containers[*].image", "template.initContainers[*].image", wrong=judges.image),
)


def _domain(words: Any) -> str:
    return domain_of(words["id"], place(words))


def _of_environment(words: Any) -> str:
    return domain_of(words.get("managedEnvironmentId", None) or words.get("environmentId", ""), place(words))


def _fqdn(words: Any) -> str:
    inside = "" if one(words["configuration"], "ingress.external") else "internal."
    return f"{words['containerAppName']}.{inside}{_of_environment(words)}"


def _revision(words: Any) -> str:
    """The name that a template gives its revision, or that the platform makes up for it."""
    return f"{words['containerAppName']}--{one(words.get('template', {}), 'revisionSuffix') or words['hex7']}"


def _revision_fqdn(words: Any) -> str:
    return f"{_revision(words)}.{_of_environment(words)}"


SERVICE: dict[str, Played] = {
    running.ENVIRONMENT: Played(
        purpose="service",
        id=under("Microsoft.App/managedEnvironments", "environmentName"),
        outputs={
            "name": "{environmentName}",
            "customDomainConfiguration": {"customDomainVerificationId": "{hex64}"},
            "defaultDomain": _domain,
            "staticIp": "20.0.0.1",
            "type": "Microsoft.App/managedEnvironments",
        },
        within={"customDomainConfiguration.customDomainVerificationId": "{hex64}"},
        kind=kind(
            "environmentName",
            "infrastructureResourceGroup",
            "vnetConfiguration",
            "zoneRedundant",
            secrets=f"appInsightsConfiguration.connectionString {LOG_KEY}",
        ),
        rules=(named("environmentName", 1, 60, r"[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?", HYPHENATED),),
        judges=(environments.logs, environments.inside, environments.profiles, environments.telemetry),
        beside=(environments.in_its_subnet,),
        prices=ENVIRONMENT_PRICES,
    ),
    "azure-native:app:ManagedCertificate": Played(
        purpose="network",
        id=under("Microsoft.App/managedEnvironments/{environmentName}/managedCertificates", "managedCertificateName"),
        outputs={"name": "{managedCertificateName}", "type": "Microsoft.App/managedEnvironments/managedCertificates"},
        within={"properties.provisioningState": "Succeeded", "properties.validationToken": "{hex32}"},
        kind=kind("managedCertificateName", "environmentName", "properties"),
        judges=(environments.certificate,),
        beside=(environments.taken_by_an_app,),
        free="a managed certificate is free",
    ),
    running.APP: Played(
        purpose="service",
        id=under("Microsoft.App/containerApps", "containerAppName"),
        outputs={
            "name": "{containerAppName}",
            "customDomainVerificationId": "{hex64}",
            "latestRevisionName": _revision,
            "latestReadyRevisionName": _revision,
            "latestRevisionFqdn": _revision_fqdn,
            "outboundIpAddresses": ["20.0.0.2"],
            "runningStatus": "Running",
            "type": "Microsoft.App/containerApps",
        },
        within={"configuration.ingress.fqdn": _fqdn},
        kind=kind("containerAppName", "environmentId", "managedEnvironmentId", secrets=SECRETS),
        rules=(
            named("containerAppName", 2, 32, LOWER, LOWER_SAYS),
            running.SECRET_NAME,
            running.CONTAINER_NAME,
            *apps.RULES,
        ),
        judges=(
            *JUDGES,
            apps.scaling,
            apps.awake,
            apps.traffic,
            apps.sticky,
            apps.revision,
            apps.domains,
            apps.restrictions,
        ),
        beside=(running.in_its_environment, apps.proven, reading.reads),
        prices=APP_PRICES,
    ),
    running.JOB: Played(
        purpose="service",
        id=under("Microsoft.App/jobs", "jobName"),
        outputs={
            "name": "{jobName}",
            "outboundIpAddresses": ["20.0.0.2"],
            "runningState": "Ready",
            "type": "Microsoft.App/jobs",
        },
        kind=kind("jobName", "environmentId", secrets=SECRETS),
        rules=(
            named("jobName", 2, 32, LOWER, LOWER_SAYS),
            running.SECRET_NAME,
            running.CONTAINER_NAME,
            *apps.JOB_RULES,
        ),
        judges=(*JUDGES, apps.started),
        beside=(running.in_its_environment, reading.reads),
        prices=JOB_PRICES,
    ),
}
