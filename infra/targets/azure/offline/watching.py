"""What watches on Azure, from logs to workbooks: ids, outputs, what replaces, rules, prices."""

from collections.abc import Iterator
from typing import Any

from infra.targets.azure import limits
from infra.targets.azure.offline import alerts
from infra.targets.azure.offline.identity import UUID
from infra.targets.azure.offline.names import HYPHENATED, PRICED, READ, kind, named, place, under
from tools.offline import forms
from tools.offline.backend import Kind, Problem
from tools.offline.judge import found, one
from tools.offline.tables import Others, Played, Price, Rule, Source
from tools.offline.values import Values

WORKSPACE = "azure-native:operationalinsights:Workspace"
COMPONENT = "azure-native:applicationinsights:Component"

PRICES = Source("https://azure.microsoft.com/pricing/details/monitor/", READ)
RETENTION = Source("https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure", READ)
COMPONENTS = Source("https://learn.microsoft.com/azure/azure-monitor/app/create-workspace-resource", READ)

# Days of a log that its ingestion pays for.
KEPT_FREE = 31
# Dollars a month of an alert on logs, by the minutes between two looks; from 15 on it is the same.
LOOKED_EVERY = {1: 3.00, 5: 1.50, 10: 1.00, 15: 0.50}
SEVERAL = "so many time series as it is split into are each paid for"


def _connection(words: Any) -> str:
    address = f"https://{place(words)}-1.in.applicationinsights.azure.com/"
    return f"InstrumentationKey={words['uuid']};IngestionEndpoint={address};ApplicationId={words['uuid']}"


def _longer(inputs: Values, _others: Others) -> float | None:
    days = inputs.get("retentionInDays", limits.SHORTEST_RETENTION)
    return 1.0 if isinstance(days, int) and days > KEPT_FREE else None


def _looked(minutes: int) -> Price:
    def units(inputs: Values) -> float:
        often = alerts.MINUTES.get(str(inputs.get("evaluationFrequency")))
        return float(often is not None and max(each for each in LOOKED_EVERY if each <= often) == minutes)

    return Price(LOOKED_EVERY[minutes], "month", PRICES, units)


def _series(inputs: Values) -> float:
    """Conditions, times the values by name that a metric is told apart by."""
    count = 0
    for _, criterion in found(inputs, "criteria.allOf[*]"):
        split = 1
        for _, values in found(criterion, "dimensions[*].values"):
            split *= max(1, len(forms.listed(values)))
        count += split
    return float(count)


def _workspace(_type: str, inputs: Values) -> Iterator[Problem]:
    """That what is kept in a workspace says in which."""
    given = forms.given(inputs, "workspaceResourceId")
    if inputs.get("ingestionMode") == "LogAnalytics" and not given:
        yield Problem("workspaceResourceId", f"wanted by LogAnalytics ({COMPONENTS})")


def _daily(_type: str, inputs: Values) -> Iterator[Problem]:
    """The most gigabytes of a day; -1 is no limit."""
    most = one(inputs, "workspaceCapping.dailyQuotaGb")
    if isinstance(most, int | float) and most != -1 and most < 0.023:
        yield Problem("workspaceCapping.dailyQuotaGb", f"{most} must be -1, or 0.023 or more ({RETENTION})")


WATCHING: dict[str, Played] = {
    WORKSPACE: Played(
        purpose="watching",
        id=under("Microsoft.OperationalInsights/workspaces", "workspaceName"),
        outputs={"name": "{workspaceName}", "customerId": "{uuid}", "type": "Microsoft.OperationalInsights/workspaces"},
        kind=kind("workspaceName"),
        rules=(
            named("workspaceName", 4, 63, r"[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]", HYPHENATED),
            Rule(
                "retentionInDays",
                RETENTION,
                f"be from {limits.SHORTEST_RETENTION} to {limits.LONGEST_RETENTION} days",
                least=limits.SHORTEST_RETENTION,
                most=limits.LONGEST_RETENTION,
            ),
        ),
        judges=(_daily,),
        prices=(
            Price(2.99, "GB of logs", PRICES, region=PRICED),
            Price(0.13, "GB of logs a month that is kept longer than 31 days", PRICES, region=PRICED, beside=_longer),
        ),
    ),
    "azure-native:monitor:ActionGroup": Played(
        purpose="watching",
        id=under("Microsoft.Insights/actionGroups", "actionGroupName"),
        outputs={"name": "{actionGroupName}", "type": "Microsoft.Insights/ActionGroups"},
        kind=kind("actionGroupName"),
        rules=(alerts.SHORT,),
        judges=(alerts.receivers,),
        free="a group is free, and so are a thousand e-mails a month",
    ),
    "azure-native:monitor:MetricAlert": Played(
        purpose="watching",
        id=under("Microsoft.Insights/metricAlerts", "ruleName"),
        outputs={"name": "{ruleName}", "type": "Microsoft.Insights/metricAlerts"},
        kind=kind("ruleName"),
        rules=(alerts.SEVERITY, alerts.GLOBAL),
        judges=(alerts.timing, alerts.metrics),
        prices=(Price(0.10, "month", PRICES, _series, estimate=SEVERAL),),
    ),
    "azure-native:monitor:ScheduledQueryRule": Played(
        purpose="watching",
        id=under("Microsoft.Insights/scheduledQueryRules", "ruleName"),
        outputs={"name": "{ruleName}", "type": "Microsoft.Insights/scheduledQueryRules"},
        kind=kind("ruleName", "kind"),
        rules=(alerts.SEVERITY,),
        judges=(alerts.query_timing, alerts.query),
        prices=tuple(_looked(minutes) for minutes in LOOKED_EVERY),
    ),
    COMPONENT: Played(
        purpose="watching",
        id=under("Microsoft.Insights/components", "resourceName"),
        outputs={
            "name": "{resourceName}",
            "appId": "{uuid}",
            "applicationId": "{resourceName}",
            "connectionString": _connection,
            "instrumentationKey": "{uuid}",
            "type": "Microsoft.Insights/components",
        },
        kind=kind("resourceName"),
        rules=(
            Rule("retentionInDays", COMPONENTS, "be from 30 to 730 days", least=30, most=730),
            Rule("samplingPercentage", COMPONENTS, "be up to 100", least=0, most=100),
        ),
        judges=(_workspace,),
        free="what it is sent is counted by its workspace",
    ),
    "azure-native:applicationinsights:Workbook": Played(
        purpose="watching",
        id=under("Microsoft.Insights/workbooks", "resourceName"),
        outputs={"name": "{resourceName}", "type": "Microsoft.Insights/workbooks"},
        kind=Kind(replaces=frozenset({"kind", "location", "resourceGroupName", "resourceName"})),
        rules=(Rule("resourceName", alerts.WORKBOOKS, "be a UUID", pattern=UUID),),
        judges=(alerts.workbook,),
        free="a workbook is free",
    ),
}
