"""What Container Apps demands of an environment, of the subnet that it is in, and of a certificate that it makes."""

import ipaddress
from collections.abc import Iterator

from infra.targets.azure import limits
from infra.targets.azure.offline.apps import DOMAINS, HOST
from infra.targets.azure.offline.names import READ, parts
from infra.targets.azure.offline.running import APP, PROFILES
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Others, Source
from tools.offline.values import UNKNOWN, Values

SUBNET = "azure-native:network:Subnet"
ENVIRONMENTS = "Microsoft.App/environments"

LOGS = Source("https://learn.microsoft.com/azure/container-apps/log-options", READ)
NETWORK = Source("https://learn.microsoft.com/azure/container-apps/custom-virtual-networks", READ)
ZONES = Source("https://learn.microsoft.com/azure/reliability/reliability-container-apps", READ)
TELEMETRY = Source("https://learn.microsoft.com/azure/container-apps/opentelemetry-agents", READ)

DESTINATIONS = ("log-analytics", "azure-monitor", "none", "")
INSIDE = "vnetConfiguration.infrastructureSubnetId"


def logs(_type: str, inputs: Values) -> Iterator[Problem]:
    """Where logs go, and with what."""
    to = one(inputs, "appLogsConfiguration.destination")
    if isinstance(to, str) and to not in DESTINATIONS:
        yield Problem("appLogsConfiguration.destination", f"{to!r} is none of {', '.join(DESTINATIONS)} ({LOGS})")
    for name in ("customerId", "sharedKey"):
        at = f"appLogsConfiguration.logAnalyticsConfiguration.{name}"
        if to == "log-analytics" and not forms.given(inputs, at):
            yield Problem(at, f"wanted by log-analytics ({LOGS})")


def inside(_type: str, inputs: Values) -> Iterator[Problem]:
    """What is to be had in a network alone."""
    if not forms.given(inputs, INSIDE):
        if inputs.get("zoneRedundant") is True:
            yield Problem("zoneRedundant", f"wants a subnet of one's own ({ZONES})")
        if one(inputs, "vnetConfiguration.internal") is True:
            yield Problem("vnetConfiguration.internal", f"wants a subnet of one's own ({NETWORK})")


def profiles(_type: str, inputs: Values) -> Iterator[Problem]:
    """That each workload profile is one, is there once, and has bounds where it has nodes."""
    names = [one(profile, "name") for _, profile in found(inputs, "workloadProfiles[*]")]
    for path, profile in found(inputs, "workloadProfiles[*]"):
        name, kind = one(profile, "name"), one(profile, "workloadProfileType")
        low, high = one(profile, "minimumCount"), one(profile, "maximumCount")
        if isinstance(name, str) and names.count(name) > 1:
            yield Problem(f"{path}.name", f"{name!r} is there twice ({PROFILES})")
        if isinstance(kind, str) and kind not in (limits.CONSUMPTION, *limits.PROFILES):
            known = ", ".join((limits.CONSUMPTION, *limits.PROFILES))
            yield Problem(f"{path}.workloadProfileType", f"{kind!r} is none of {known} ({PROFILES})")
        if kind == limits.CONSUMPTION and (low is not None or high is not None):
            yield Problem(f"{path}.minimumCount", f"does not go with {kind} ({PROFILES})")
        if isinstance(low, int) and isinstance(high, int) and low > high:
            yield Problem(f"{path}.minimumCount", f"{low} is more than maximumCount, {high} ({PROFILES})")
        if kind in limits.PROFILES and (low is None or high is None):
            yield Problem(f"{path}.maximumCount", f"wanted, and minimumCount, by {kind} ({PROFILES})")


def telemetry(_type: str, inputs: Values) -> Iterator[Problem]:
    """That what is told goes where something was set up, and that Application Insights gets no metrics."""
    for kind in ("traces", "logs", "metrics"):
        path = f"openTelemetryConfiguration.{kind}Configuration.destinations"
        for at, to in found(inputs, f"{path}[*]"):
            if to == "appInsights" and not forms.given(inputs, "appInsightsConfiguration.connectionString"):
                yield Problem(at, f"wants appInsightsConfiguration.connectionString ({TELEMETRY})")
            if to == "appInsights" and kind == "metrics":
                yield Problem(at, f"Application Insights takes no metrics of the agent ({TELEMETRY})")


def in_its_subnet(inputs: Values, others: Others) -> Iterator[Problem]:
    """That the subnet is handed over to environments, is large enough, and has addresses of its own."""
    wanted = one(inputs, INSIDE)
    for id_, subnet in others(SUBNET):
        if id_ != wanted:
            continue
        given = [name for _, name in found(subnet, "delegations[*].serviceName")]
        if ENVIRONMENTS not in given and UNKNOWN not in given:
            yield Problem(INSIDE, f"{subnet.get('name')} is not delegated to {ENVIRONMENTS} ({NETWORK})")
        prefix = subnet.get("addressPrefix")
        block = ipaddress.ip_network(prefix) if isinstance(prefix, str) else None
        if block is not None and block.prefixlen > limits.SMALLEST_SUBNET:
            yield Problem(INSIDE, f"{prefix} is smaller than a /{limits.SMALLEST_SUBNET} ({NETWORK})")
        for taken in limits.RESERVED if block is not None else ():
            if block is not None and block.overlaps(ipaddress.ip_network(taken)):
                yield Problem(INSIDE, f"{prefix} overlaps {taken}, which Azure keeps for itself ({NETWORK})")


def certificate(_type: str, inputs: Values) -> Iterator[Problem]:
    """What a certificate is for, and how that is proven."""
    name, how = one(inputs, "properties.subjectName"), one(inputs, "properties.domainControlValidation")
    if isinstance(name, str) and (not HOST.fullmatch(name) or name.startswith("*")):
        yield Problem("properties.subjectName", f"{name!r} is no domain ({DOMAINS})")
    for at in ("subjectName", "domainControlValidation"):
        if not forms.given(inputs, f"properties.{at}"):
            yield Problem(f"properties.{at}", f"wanted by a certificate ({DOMAINS})")
    if isinstance(how, str) and how not in ("CNAME", "HTTP", "TXT"):
        yield Problem("properties.domainControlValidation", f"{how!r} is none of CNAME, HTTP, TXT ({DOMAINS})")


def taken_by_an_app(inputs: Values, others: Others) -> Iterator[Problem]:
    """That an app of the environment has the domain already: RequireCustomHostnameInEnvironment."""
    name, environment = one(inputs, "properties.subjectName"), inputs.get("environmentName")
    if not isinstance(name, str) or not isinstance(environment, str):
        return
    apps = [app for _, app in others(APP) if _of(app).get("managedEnvironments") in (environment, None)]
    if name not in [each for app in apps for _, each in found(app, "configuration.ingress.customDomains[*].name")]:
        yield Problem("properties.subjectName", f"no app of {environment} has taken {name} ({DOMAINS})")


def _of(app: Values) -> dict[str, str]:
    return dict(parts(app.get("environmentId") or app.get("managedEnvironmentId") or ""))
