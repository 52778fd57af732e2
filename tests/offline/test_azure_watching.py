"""What is watched of a service on Azure, who hears of it, and what a person sees."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.targets.azure import queries
from infra.targets.azure.spec import AlarmOptions
from infra.targets.azure.watching import most_replicas
from tests.offline.program import Program
from tools.offline.server import Serving
from tools.plan.preview import read
from tools.project import ROOT

Watched = Callable[..., "Plan"]

SOURCE = """
import sys

sys.path.insert(0, {root!r})

import pulumi
import pulumi_azure_native as azure
from infra.targets.azure.insights import Insights, InsightsArgs
from infra.targets.azure.raw import resource
from infra.targets.azure.spec import AlarmOptions
from infra.targets.azure.watching import Watch, WatchArgs

made = azure.Provider("azure", subscription_id="00000000-0000-4000-8000-000000000001", location="westeurope")
opts = pulumi.ResourceOptions(provider=made)
group = resource("resources:ResourceGroup", "service", {{"resourceGroupName": "service-prod"}}, opts, ["name"])
named = {{"resourceGroupName": group.output("name"), "workspaceName": "service-prod", "location": "westeurope"}}
workspace = resource("operationalinsights:Workspace", "service", named, opts)
begin = group.id.apply(lambda known: f"{{known}}/providers/Microsoft.App/containerApps/")
tags = {{"slipway-service": "service", "slipway-stack": "prod"}}
insights = None
if {insights!r}:
    of = InsightsArgs(group.output("name"), "westeurope", workspace.id, tags)
    insights = Insights("service", of, opts)
    pulumi.export("connection", insights.connection)
args = WatchArgs(
    group=group.output("name"),
    location="westeurope",
    app_id=pulumi.Output.concat(begin, "service-prod"),
    workers={{each: pulumi.Output.concat(begin, app) for each, app in {workers!r}.items()}},
    workspace_id=workspace.id,
    options=AlarmOptions.model_validate({options!r}),
    scale_max={most!r},
    scale_min=1,
    tags=tags,
    insights_id=insights.insights_id if insights else None,
)
pulumi.export("dashboard", Watch("service", args, opts).dashboard)
"""
GROUP = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/service-prod"
WEB = f"{GROUP}/providers/Microsoft.App/containerApps/service-prod"
MAILS = f"{WEB}-mails"
WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/service-prod"
WHOLE = {"emails": ["oncall@example.com", "boss@example.com"], "errors": 0.5, "latency": 1.5, "restarts": 4}


class Plan(dict[str, dict[str, Any]]):
    """By kind and name what each resource is told; by kind which answers are secrets; what the program warned of."""

    secrets: Mapping[str, list[str]] = {}
    warnings: tuple[str, ...] = ()

    def one(self, kind: str) -> Mapping[str, Any]:
        (found,) = self[kind].values()
        return found


@pytest.fixture(scope="module")
def watched(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """What a watched service would be made of."""
    folder: Path = tmp_path_factory.mktemp("watched")
    program = Program(folder / "azure", "azure", {"PULUMI_DEBUG_PROVIDERS": serving.variable()})
    kept: dict[str, Plan] = {}

    def plan(options: Mapping[str, Any], workers: Mapping[str, str], most: int = 10, *, insights: bool = False) -> Plan:
        text = SOURCE.format(root=str(ROOT), options=options, workers=workers, most=most, insights=insights)
        if text not in kept:
            program.write(text)
            ran = program.run("preview", "--json")
            seen = read(ran.stdout, ran.stderr)
            assert seen.problems == ()
            kept[text] = made = Plan()
            made.warnings = seen.warnings
            states = [step["newState"] for step in json.loads(ran.stdout)["steps"]]
            made.secrets = {
                each["type"].rpartition(":")[2]: each["additionalSecretOutputs"]
                for each in states
                if "additionalSecretOutputs" in each
            }
            for each in seen.resources:
                made.setdefault(each.type.rpartition(":")[2], {})[each.name] = each.inputs
        return kept[text]

    return plan


@pytest.fixture
def whole(watched: Watched) -> Plan:
    """Everything that is watched of a service with a worker."""
    return watched(WHOLE, {"worker.mails": "service-prod-mails"}, insights=True)


@pytest.fixture
def little(watched: Watched) -> Plan:
    """What is watched of a service of one replica, where nobody is told."""
    return watched({}, {}, 1)


def test_alerts_are_on_errors_latency_what_nothing_answers_replicas_and_crash_loops(whole: Plan) -> None:
    logs, measured = whole["ScheduledQueryRule"], whole["MetricAlert"]
    assert {name: each["displayName"] for name, each in logs.items()} == {
        "service-errors": "service dev: more than 0.5 percent of requests are answered 5xx",
        "service-latency": "service dev: 99 of 100 requests take less than 1.5 s no more",
        "service-restarts": "service dev: more than 4 containers ended by themselves in 10 minutes",
    }
    assert {name: each["description"] for name, each in measured.items()} == {
        "service-unanswered": "service in the stack dev: more than 10 requests were answered 502, 503, 504 in 5 minutes."
        " `make status STACK=dev`, `make logs STACK=dev`",
        "service-replicas": "service in the stack dev: 9 replicas are there, and at most 10 may be."
        " `make status STACK=dev`, `make logs STACK=dev`",
    }
    assert {name: each["severity"] for name, each in {**logs, **measured}.items() if each["severity"] != 1} == {
        "service-replicas": 2
    }
    # A rule that ends by itself tells of it.
    assert {each["autoMitigate"] for each in (*logs.values(), *measured.values())} == {True}


@pytest.mark.parametrize(
    ("rule", "query", "how", "most", "window"),
    [
        ("errors", queries.failed("service-prod"), ("Maximum", "percent"), 0.5, "PT5M"),
        ("latency", queries.slowest("service-prod"), ("Maximum", "took"), 1500, "PT5M"),
        ("restarts", queries.ended(["service-prod", "service-prod-mails"]), ("Count", None), 4, "PT10M"),
    ],
)
def test_what_the_logs_say_is_asked_of_the_stacks_own_workspace(
    whole: Plan, rule: str, query: str, how: tuple[str, str | None], most: float, window: str
) -> None:
    found = whole["ScheduledQueryRule"][f"service-{rule}"]
    assert (found["scopes"], found["windowSize"], found["evaluationFrequency"]) == ([WORKSPACE], window, "PT5M")
    (condition,) = found["criteria"]["allOf"]
    assert condition["query"] == query
    assert (condition["timeAggregation"], condition.get("metricMeasureColumn")) == how
    assert (condition["operator"], condition["threshold"]) == ("GreaterThan", most)
    assert found["skipQueryValidation"] is True


def test_what_is_measured_is_asked_of_the_app_by_its_dimensions(whole: Plan) -> None:
    measured = whole["MetricAlert"]
    assert [each["scopes"] for each in measured.values()] == [[WEB], [WEB]]
    told = {name: each["criteria"]["allOf"][0] for name, each in measured.items()}
    assert {
        name: (each["metricName"], each["timeAggregation"], each["operator"], each["threshold"], each["dimensions"])
        for name, each in told.items()
    } == {
        "service-unanswered": (
            "Requests",
            "Total",
            "GreaterThan",
            10,
            [{"name": "statusCode", "operator": "Include", "values": ["502", "503", "504"]}],
        ),
        "service-replicas": (
            "Replicas",
            "Minimum",
            "GreaterThanOrEqual",
            9,
            [{"name": "revisionName", "operator": "Include", "values": ["*"]}],
        ),
    }


def test_whoever_is_named_hears_of_every_alert_and_where_nobody_is_the_program_says_so(
    whole: Plan, little: Plan
) -> None:
    group = whole.one("ActionGroup")
    assert (group["groupShortName"], [each["emailAddress"] for each in group["emailReceivers"]]) == (
        "service",
        ["oncall@example.com", "boss@example.com"],
    )
    told = [each["actions"]["actionGroups"][0] for each in whole["ScheduledQueryRule"].values()]
    told += [each["actions"][0]["actionGroupId"] for each in whole["MetricAlert"].values()]
    assert len(told) == 5
    assert {re.sub("service-[0-9a-f]+$", "service", each) for each in told} == {
        f"{GROUP}/providers/Microsoft.Insights/actionGroups/service"
    }
    assert whole.warnings == ()
    assert [each for each in little.warnings if "alarm" in each] == [
        "service:options.alarms.emails: nobody hears of an alarm. To be told: "
        "pulumi config set --path 'service:options.alarms.emails[0]' oncall@example.com"
    ]


def test_a_service_of_one_replica_is_told_of_no_other(little: Plan) -> None:
    assert sorted(little["MetricAlert"]) == ["service-unanswered"]
    assert "Component" not in little


@pytest.mark.parametrize(
    ("options", "least", "most", "expected"),
    [
        ({}, 2, 10, 9),
        ({}, 0, 100, 90),
        ({"replicas": 5}, 2, 10, 5),
        ({}, 0, 1, None),
        ({}, 2, 2, None),
        ({}, 9, 10, None),
        ({"replicas": 1}, 0, 1, 1),
    ],
)
def test_how_many_replicas_are_too_many(options: dict[str, Any], least: int, most: int, expected: int | None) -> None:
    assert most_replicas(AlarmOptions.model_validate(options), least, most) == expected


def test_the_workbook_shows_what_users_meet_what_is_used_and_the_last_lines(whole: Plan) -> None:
    workbook = whole.one("Workbook")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", workbook["resourceName"])
    items = json.loads(workbook["serializedData"])["items"]
    assert [item["name"] for item in items] == [
        "Requests a minute, by the class of their answer",
        "Milliseconds to an answer",
        "Replicas",
        "CPU, percent of what there is",
        "Memory, percent of what there is",
        "worker.mails: CPU and memory",
        "Application Insights",
        "The last lines",
    ]
    assert [item["content"]["resourceIds"] for item in items if item["type"] == 10] == [[WEB]] * 4 + [[MAILS]]
    asked = [item["content"] for item in items if item["type"] == 3]
    assert [each["query"] for each in asked] == [
        queries.over_time("service-prod", (50, 95, 99)),
        queries.last_lines(["service-prod", "service-prod-mails"], 100),
    ]
    assert [each["crossComponentResources"] for each in asked] == [[WORKSPACE]] * 2


def test_telemetry_is_kept_in_the_stacks_own_workspace_and_nobody_reads_with_what_it_is_sent(whole: Plan) -> None:
    component = whole.one("Component")
    assert (component["workspaceResourceId"], component["ingestionMode"]) == (WORKSPACE, "LogAnalytics")
    assert whole.secrets == {"Component": ["connectionString", "instrumentationKey"]}


def test_a_share_is_of_requests_that_there_were_and_has_the_time_by_which_an_alert_looks_at_it() -> None:
    assert queries.failed("service-prod").splitlines() == [
        "ContainerAppConsoleLogs_CL",
        '| where ContainerAppName_s in ("service-prod")',
        '| where Log_s has "serving.access"',
        "| extend line = parse_json(Log_s)",
        '| where tostring(line.logger) == "serving.access"',
        "| project TimeGenerated, status = toint(line.status), took = todouble(line.duration_ms)",
        "| summarize failed = countif(status >= 500), answered = count(), TimeGenerated = max(TimeGenerated)",
        "| where answered > 0",
        "| project TimeGenerated, percent = 100.0 * failed / answered",
    ]


@pytest.mark.parametrize(
    ("line", "counted"),
    [
        ("Container 'app' was terminated with exit code '1' and reason 'ProcessExited'", True),
        ("Container 'app' was terminated with exit code '137' and reason 'OOMKilled'", True),
        ("Container 'app' was terminated with exit code '0' and reason 'ProcessExited'", False),
        ("Container 'app' was terminated with exit code '' and reason 'ImagePullFailure'", False),
        ("Started container 'app'", False),
    ],
)
def test_only_an_end_that_nobody_asked_for_is_one(line: str, counted: bool) -> None:
    assert bool(re.search(queries.ENDED, line)) is counted


def test_a_request_is_told_by_the_line_that_the_wrapper_writes_of_it() -> None:
    # What the query looks for are the words of app/serving, which infra may not import.
    serving = ROOT / "app" / "serving"
    assert '"serving.access"' in (serving / "logs.py").read_text(encoding="utf-8")
    written = (serving / "exchange.py").read_text(encoding="utf-8")
    asked = set(re.findall(r"line\.(\w+)", queries.requests("service-prod")))
    assert asked == {"logger", "status", "duration_ms"}
    assert [name for name in asked - {"logger"} if f'"{name}":' not in written] == []
