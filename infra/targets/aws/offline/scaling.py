"""What Application Auto Scaling and EventBridge Scheduler demand of what they do at certain times, or loads."""

import zoneinfo
from collections.abc import Iterator
from typing import Any

from infra.targets.aws.offline.names import ARN, READ
from tools.offline import forms, judges
from tools.offline.backend import Problem
from tools.offline.judge import one
from tools.offline.once import once
from tools.offline.tables import Others, Rule, Source
from tools.offline.values import UNKNOWN, Values

API = "https://docs.aws.amazon.com/autoscaling/application/APIReference"
TARGETS = Source(f"{API}/API_RegisterScalableTarget.html", READ)
POLICIES = Source(f"{API}/API_PutScalingPolicy.html", READ)
METRICS = Source(f"{API}/API_PredefinedMetricSpecification.html", READ)
ACTIONS = Source(f"{API}/API_PutScheduledAction.html", READ)
SCHEDULER = "https://docs.aws.amazon.com/scheduler/latest/APIReference"
SCHEDULES = Source(f"{SCHEDULER}/API_CreateSchedule.html", READ)
WINDOWS = Source(f"{SCHEDULER}/API_FlexibleTimeWindow.html", READ)
TASKS = Source(f"{SCHEDULER}/API_EcsParameters.html", READ)

TARGET = "aws:appautoscaling/target:Target"
TRACKING = "targetTrackingScalingPolicyConfiguration"
# Which configuration each type of policy has.
CONFIGURATIONS = {"TargetTrackingScaling": TRACKING, "StepScaling": "stepScalingPolicyConfiguration"}
OF_ECS = ("ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget")
REQUESTS = "ALBRequestCountPerTarget"
LABEL = r"app/[^/]+/[0-9a-f]+/targetgroup/[^/]+/[0-9a-f]+"

OF_A_SERVICE = (
    Rule(
        "scalableDimension",
        TARGETS,
        "be ecs:service:DesiredCount or another dimension",
        pattern=r"[\w-]+:[\w-]+:[\w-]+",
    ),
)
POLICY_RULES = (
    *OF_A_SERVICE,
    Rule(f"{TRACKING}.targetValue", POLICIES, "be more than 0", least=0.0001),
    Rule(f"{TRACKING}.scaleInCooldown", POLICIES, "be 0 seconds or more", least=0),
    Rule(f"{TRACKING}.scaleOutCooldown", POLICIES, "be 0 seconds or more", least=0),
)


def of_ecs(_type: str, inputs: Values) -> Iterator[Problem]:
    """That what is scaled is a service of ECS, where it is said to be."""
    if inputs.get("serviceNamespace") != "ecs":
        return
    for name, pattern, says in (
        ("resourceId", r"service/[A-Za-z0-9_-]+/[A-Za-z0-9_-]+", "service/<cluster>/<service>"),
        ("scalableDimension", "ecs:service:DesiredCount", "ecs:service:DesiredCount"),
    ):
        rule = Rule(name, TARGETS, f"be {says}", pattern=pattern)
        if inputs.get(name) is not UNKNOWN and rule.broken_by(inputs.get(name)):
            yield Problem(name, f"{inputs.get(name)!r} must be {says} ({TARGETS})")


def policy(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a policy has the configuration of its type, and follows a metric that there is."""
    kind = inputs.get("policyType") or "StepScaling"
    for type_, name in CONFIGURATIONS.items():
        if kind == type_ and inputs.get(name) is None:
            yield Problem(name, f"a policy of type {kind} wants it ({POLICIES})")
        if kind not in (type_, UNKNOWN) and inputs.get(name) not in (None, UNKNOWN):
            yield Problem(name, f"goes with the type {type_} alone ({POLICIES})")
    metric, label = (
        one(inputs, f"{TRACKING}.predefinedMetricSpecification.{name}")
        for name in ("predefinedMetricType", "resourceLabel")
    )
    path = f"{TRACKING}.predefinedMetricSpecification"
    if inputs.get("serviceNamespace") == "ecs" and isinstance(metric, str) and metric not in OF_ECS:
        yield Problem(f"{path}.predefinedMetricType", f"{metric!r} is none of ECS's: {', '.join(OF_ECS)} ({METRICS})")
    if metric == REQUESTS and label is not UNKNOWN and Rule("", METRICS, "", pattern=LABEL).broken_by(label):
        said = f"{label!r} must be app/<balancer>/<id>/targetgroup/<group>/<id> ({METRICS})"
        yield Problem(f"{path}.resourceLabel", said)
    if metric not in (None, REQUESTS, UNKNOWN) and label not in (None, UNKNOWN):
        yield Problem(f"{path}.resourceLabel", f"goes with {REQUESTS} alone ({METRICS})")


def followed(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a policy follows one metric, the platform's or another."""
    names = ("predefinedMetricSpecification", "customizedMetricSpecification")
    yield from forms.only_one(*names, source=POLICIES, within=TRACKING)("", inputs)


def action(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a scheduled action sets bounds that there can be."""
    low, high = (one(inputs, f"scalableTargetAction.{name}") for name in ("minCapacity", "maxCapacity"))
    if low is None and high is None and isinstance(inputs.get("scalableTargetAction"), dict):
        yield Problem("scalableTargetAction", f"one of minCapacity and maxCapacity is required ({ACTIONS})")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield Problem("scalableTargetAction.minCapacity", f"{low} is more than maxCapacity, {high} ({ACTIONS})")


def registered(inputs: Values, others: Others) -> Iterator[Problem]:
    """That what is scaled was registered before."""
    own = [inputs.get(name) for name in ("serviceNamespace", "resourceId", "scalableDimension")]
    known = [
        [outputs.get(name) for name in ("serviceNamespace", "resourceId", "scalableDimension")]
        for _, outputs in others(TARGET)
    ]
    if UNKNOWN not in own and own not in known and not any(UNKNOWN in each for each in known):
        said = f"no scalable target registered for service namespace: {own[0]}, resource ID: {own[1]}, {own[2]}"
        yield Problem("resourceId", f"ObjectNotFoundException: {said}")


def timezone(path: str, source: Source) -> Any:
    """That a time zone is one of IANA's, as far as this machine knows them."""

    def judge(_type: str, inputs: Values) -> Iterator[Problem]:
        zone = inputs.get(path)
        if isinstance(zone, str) and _zones() and zone not in _zones():
            yield Problem(path, f"{zone!r} is no time zone such as Europe/Berlin ({source})")

    return judge


@once
def _zones() -> set[str]:
    return zoneinfo.available_timezones()


def schedule(_type: str, inputs: Values) -> Iterator[Problem]:
    """How a schedule may be late, and how it starts a task."""
    mode, most = (one(inputs, f"flexibleTimeWindow.{name}") for name in ("mode", "maximumWindowInMinutes"))
    if mode == "FLEXIBLE" and most is None:
        yield Problem("flexibleTimeWindow.maximumWindowInMinutes", f"the mode FLEXIBLE wants it ({WINDOWS})")
    if mode == "OFF" and most not in (None, UNKNOWN):
        yield Problem("flexibleTimeWindow.maximumWindowInMinutes", f"does not go with the mode OFF ({WINDOWS})")
    target, tasks = inputs.get("target"), one(inputs, "target.ecsParameters")
    arn = one(target, "arn")
    if not isinstance(tasks, dict):
        return
    if isinstance(arn, str) and ":cluster/" not in arn:
        yield Problem("target.arn", f"{arn!r} must be the ARN of the cluster that tasks are started in ({TASKS})")
    if one(tasks, "launchType") == "FARGATE" and one(tasks, "networkConfiguration") is None:
        yield Problem("target.ecsParameters.networkConfiguration", f"tasks on Fargate want it ({TASKS})")
    names = ("launchType", "capacityProviderStrategies")
    yield from forms.only_one(*names, source=TASKS, wanted=False, within="target.ecsParameters")("", inputs)


def lateness(_type: str, inputs: Values) -> Iterator[Problem]:
    """What is handed to a target, and where what could not be is kept."""
    queue = one(inputs, "target.deadLetterConfig.arn")
    if isinstance(queue, str) and ":sqs:" not in queue:
        yield Problem("target.deadLetterConfig.arn", f"{queue!r} is no queue of SQS ({SCHEDULES})")
    yield from judges.told("target.arn", "" if _is_arn(one(inputs, "target.arn")) else f"is no ARN ({SCHEDULES})")


def _is_arn(value: Any) -> bool:
    return not isinstance(value, str) or ARN.fullmatch(value) is not None
