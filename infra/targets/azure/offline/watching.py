"""What watches on Azure, from logs to workbooks: ids, outputs, what replaces, rules, prices."""

from infra.targets.azure.offline.names import HYPHENATED, PRICED, READ, kind, named, under
from tools.offline.backend import Kind
from tools.offline.tables import Played, Price, Source

PRICES = Source("https://azure.microsoft.com/pricing/details/monitor/", READ)

WATCHING: dict[str, Played] = {
    "azure-native:operationalinsights:Workspace": Played(
        purpose="watching",
        id=under("Microsoft.OperationalInsights/workspaces", "workspaceName"),
        outputs={"name": "{workspaceName}", "customerId": "{uuid}", "type": "Microsoft.OperationalInsights/workspaces"},
        kind=kind("workspaceName"),
        rules=(named("workspaceName", 4, 63, r"[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]", HYPHENATED),),
        prices=(Price(2.30, "GB of logs", PRICES, region=PRICED),),
    ),
    "azure-native:monitor:ActionGroup": Played(
        purpose="watching",
        id=under("Microsoft.Insights/actionGroups", "actionGroupName"),
        outputs={"name": "{actionGroupName}", "type": "Microsoft.Insights/ActionGroups"},
        kind=kind("actionGroupName"),
        free="a group is free, and so are a thousand e-mails a month",
    ),
    "azure-native:monitor:MetricAlert": Played(
        purpose="watching",
        id=under("Microsoft.Insights/metricAlerts", "ruleName"),
        outputs={"name": "{ruleName}", "type": "Microsoft.Insights/metricAlerts"},
        kind=kind("ruleName"),
        prices=(Price(0.10, "month", PRICES),),
    ),
    "azure-native:monitor:ScheduledQueryRule": Played(
        purpose="watching",
        id=under("Microsoft.Insights/scheduledQueryRules", "ruleName"),
        outputs={"name": "{ruleName}", "type": "Microsoft.Insights/scheduledQueryRules"},
        kind=kind("ruleName", "kind"),
        prices=(Price(1.50, "month", PRICES),),
    ),
    "azure-native:monitor:DiagnosticSetting": Played(
        purpose="watching",
        id="{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
        outputs={"type": "Microsoft.Insights/diagnosticSettings"},
        kind=Kind(replaces=frozenset({"name", "resourceUri"}), autonamed="name"),
        free="sending logs on is free; keeping them is not",
    ),
    "azure-native:applicationinsights:Component": Played(
        purpose="watching",
        id=under("Microsoft.Insights/components", "resourceName"),
        outputs={
            "name": "{resourceName}",
            "appId": "{uuid}",
            "applicationId": "{resourceName}",
            "connectionString": "InstrumentationKey={uuid};IngestionEndpoint=https://{location}-1.in.applicationinsights.azure.com/",
            "instrumentationKey": "{uuid}",
            "type": "Microsoft.Insights/components",
        },
        kind=kind("resourceName"),
        free="what it is sent is counted by its workspace",
    ),
    "azure-native:applicationinsights:Workbook": Played(
        purpose="watching",
        id=under("Microsoft.Insights/workbooks", "resourceName"),
        outputs={"name": "{resourceName}", "type": "Microsoft.Insights/workbooks"},
        kind=kind("resourceName", "kind"),
        free="a workbook is free",
    ),
    "azure-native:portal:Dashboard": Played(
        purpose="watching",
        id=under("Microsoft.Portal/dashboards", "dashboardName"),
        outputs={"name": "{dashboardName}", "type": "Microsoft.Portal/dashboards"},
        kind=kind("dashboardName"),
        free="a dashboard is free",
    ),
}
