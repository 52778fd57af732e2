"""Container Apps: environments, apps, jobs and certificates: ids, outputs, what replaces, rules, prices."""

from typing import Any

from infra.targets.azure.offline.names import HYPHENATED, NAMES, domain_of, kind, named, place, under
from infra.targets.azure.offline.rules import SCALE, scaling, secrets, sizes, traffic
from tools.offline.judge import one
from tools.offline.tables import Played, Rule

LOWER = r"[a-z](?!.*--)[a-z0-9-]*[a-z0-9]"
LOWER_SAYS = "lower-case letters, digits and single hyphens, from a letter on"


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
    "azure-native:app:ManagedEnvironment": Played(
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
        kind=kind("environmentName", "infrastructureResourceGroup", "kind", "vnetConfiguration", "zoneRedundant"),
        rules=(named("environmentName", 1, 60, r"[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?", HYPHENATED),),
        free="an environment on the consumption plan is free; its apps are not",
    ),
    "azure-native:app:ManagedCertificate": Played(
        purpose="network",
        id=under("Microsoft.App/managedEnvironments/{environmentName}/managedCertificates", "managedCertificateName"),
        outputs={"name": "{managedCertificateName}", "type": "Microsoft.App/managedEnvironments/managedCertificates"},
        within={"properties.provisioningState": "Succeeded", "properties.validationToken": "{hex32}"},
        kind=kind("managedCertificateName", "environmentName", "properties"),
        free="a managed certificate is free",
    ),
    "azure-native:app:ContainerApp": Played(
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
        kind=kind("containerAppName", "environmentId", "managedEnvironmentId", secrets="configuration.secrets"),
        rules=(
            named("containerAppName", 2, 32, LOWER, LOWER_SAYS),
            Rule("configuration.ingress.targetPort", SCALE, "be a port", least=1, most=65535),
            Rule("template.scale.maxReplicas", SCALE, "be from 1 to 1000", least=1, most=1000),
            Rule(
                "configuration.secrets[*].name",
                NAMES,
                "be lower-case letters, digits, periods and hyphens",
                pattern=r"[a-z0-9]([-.a-z0-9]*[a-z0-9])?",
            ),
        ),
        judges=(sizes, scaling, traffic, secrets),
    ),
    "azure-native:app:Job": Played(
        purpose="service",
        id=under("Microsoft.App/jobs", "jobName"),
        outputs={
            "name": "{jobName}",
            "outboundIpAddresses": ["20.0.0.2"],
            "runningState": "Ready",
            "type": "Microsoft.App/jobs",
        },
        kind=kind("jobName", "environmentId", secrets="configuration.secrets"),
        rules=(named("jobName", 2, 32, LOWER, LOWER_SAYS),),
        judges=(sizes, secrets),
    ),
}
