"""What ECS demands of clusters and services: their capacity, their network, and how a deployment replaces another."""

from collections.abc import Iterator
from typing import Any

from infra.targets.aws.offline import balancing
from infra.targets.aws.offline.names import READ, last
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Others, Rule, Source
from tools.offline.values import UNKNOWN, Values

API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
SERVICES = Source(f"{API}/API_CreateService.html", READ)
DEPLOYMENTS = Source(f"{API}/API_DeploymentConfiguration.html", READ)
CANARIES = Source(f"{API}/API_CanaryConfiguration.html", READ)
STEPS = Source(f"{API}/API_LinearConfiguration.html", READ)
BREAKERS = Source(f"{API}/API_DeploymentCircuitBreaker.html", READ)
STRATEGIES = Source(f"{API}/API_CapacityProviderStrategyItem.html", READ)
NETWORKS = Source(f"{API}/API_AwsVpcConfiguration.html", READ)
CLUSTERS = Source(f"{API}/API_CreateCluster.html", READ)
PARAMETERS = Source(f"{GUIDE}/service_definition_parameters.html", READ)
QUOTAS = Source(f"{GUIDE}/service-quotas.html", READ)
SHIFTING = Source(f"{GUIDE}/alb-resources-for-blue-green.html", READ)

CLUSTER, SERVICE = "aws:ecs/cluster:Cluster", "aws:ecs/service:Service"
PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
NAME = r"[A-Za-z0-9_-]{1,255}"
# The most minutes that a part of a deployment is watched.
LONGEST = 1440
SHIFTS = ("BLUE_GREEN", "CANARY", "LINEAR")
# Which strategy each of these belongs to.
OWNED = {"canaryConfiguration": "CANARY", "linearConfiguration": "LINEAR"}
MINUTES = {
    "deploymentConfiguration.bakeTimeInMinutes": DEPLOYMENTS,
    "deploymentConfiguration.canaryConfiguration.canaryBakeTimeInMinutes": CANARIES,
    "deploymentConfiguration.linearConfiguration.stepBakeTimeInMinutes": STEPS,
}

SERVICE_RULES = (
    Rule("name", SERVICES, "be up to 255 letters, digits, hyphens and underscores", pattern=NAME),
    Rule("desiredCount", SERVICES, "be none or more", least=0),
    Rule("healthCheckGracePeriodSeconds", SERVICES, "be from 0 to 2147483647", least=0, most=2147483647),
    Rule("deploymentMinimumHealthyPercent", PARAMETERS, "be from 0 to 100 percent", least=0, most=100),
    Rule("deploymentMaximumPercent", PARAMETERS, "be from 100 to 200 percent", least=100, most=200),
    Rule(
        "deploymentConfiguration.canaryConfiguration.canaryPercent",
        CANARIES,
        "be from 0.1 to 100 percent",
        least=0.1,
        most=100,
    ),
    Rule(
        "deploymentConfiguration.linearConfiguration.stepPercent", STEPS, "be from 3 to 100 percent", least=3, most=100
    ),
    Rule("loadBalancers[*].containerPort", SERVICES, "be a port", least=1, most=65535),
)
CLUSTER_RULES = (
    Rule("name", CLUSTERS, "be up to 255 letters, digits, hyphens and underscores", pattern=NAME),
    Rule(
        "settings[*].value",
        CLUSTERS,
        "be enabled, enhanced or disabled",
        choices=("enabled", "enhanced", "disabled"),
    ),
)


def _strategy(path: str) -> Any:
    """Holds a mix of capacity providers to what ECS wants of it."""

    def judge(_type: str, inputs: Values) -> Iterator[Problem]:
        items: list[Any] = [item for _, item in found(inputs, f"{path}[*]")]
        names = [one(item, "capacityProvider") for item in items]
        for name in sorted({str(name) for name in names if name is not UNKNOWN and names.count(name) > 1}):
            yield Problem(path, f"{name!r} is named twice ({STRATEGIES})")
        based = [item for item in items if one(item, "base") not in (None, 0, UNKNOWN)]
        if len(based) > 1:
            yield Problem(path, f"only one capacity provider may have a base ({STRATEGIES})")
        known = items and all(isinstance(item, dict) for item in items)
        if known and all(one(item, "weight") in (None, 0) for item in items):
            yield Problem(path, f"one capacity provider must have a weight above 0 ({STRATEGIES})")
        mixed = {name.startswith("FARGATE") for name in names if isinstance(name, str)}
        if len(mixed) > 1:
            yield Problem(path, f"Fargate's capacity providers do not go with others ({STRATEGIES})")

    return judge


def _associated(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a cluster's default mix is of providers that it has."""
    known: Any = inputs.get("capacityProviders")
    if known is UNKNOWN or UNKNOWN in forms.listed(known):
        return
    for path, name in found(inputs, "defaultCapacityProviderStrategies[*].capacityProvider"):
        if name is not UNKNOWN and name not in forms.listed(known):
            yield Problem(path, f"{name!r} is not among capacityProviders ({STRATEGIES})")


def _bake(_type: str, inputs: Values) -> Iterator[Problem]:
    """How long a deployment is watched."""
    for path, source in MINUTES.items():
        value = one(inputs, path)
        minutes = forms.whole(value)
        if isinstance(value, str | int) and (minutes is None or minutes > LONGEST):
            yield Problem(path, f"{value!r} must be from 0 to {LONGEST} minutes ({source})")


def _shift(_type: str, inputs: Values) -> Iterator[Problem]:
    """What each strategy wants, and what goes with no other."""
    configuration = inputs.get("deploymentConfiguration")
    strategy = one(configuration, "strategy") or "ROLLING"
    for name, owner in OWNED.items():
        if one(configuration, name) not in (None, UNKNOWN) and strategy not in (owner, UNKNOWN):
            yield Problem(f"deploymentConfiguration.{name}", f"goes with the strategy {owner} alone ({DEPLOYMENTS})")
    if strategy == "BLUE_GREEN" and one(configuration, "bakeTimeInMinutes") is None:
        yield Problem("deploymentConfiguration.bakeTimeInMinutes", f"BLUE_GREEN wants it ({DEPLOYMENTS})")
    for path, balanced in found(inputs, "loadBalancers[*]"):
        if strategy in SHIFTS and isinstance(balanced, dict) and one(balanced, "advancedConfiguration") is None:
            said = f"is required for all load balancers with the strategy {strategy} ({SHIFTING})"
            yield Problem(f"{path}.advancedConfiguration", said)
        if one(balanced, "advancedConfiguration.alternateTargetGroupArn") not in (None, UNKNOWN) and one(
            balanced, "advancedConfiguration.alternateTargetGroupArn"
        ) == one(balanced, "targetGroupArn"):
            yield Problem(f"{path}.advancedConfiguration", f"the alternate target group must be another ({SHIFTING})")


def _controlled(_type: str, inputs: Values) -> Iterator[Problem]:
    """What goes with ECS's own deployments alone."""
    controller = one(inputs, "deploymentController.type") or "ECS"
    if controller in ("ECS", UNKNOWN):
        return
    for name in ("deploymentCircuitBreaker", "deploymentConfiguration", "alarms"):
        if inputs.get(name) not in (None, UNKNOWN):
            yield Problem(name, f"goes with the deployment controller ECS alone, not with {controller} ({BREAKERS})")


def _percents(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a deployment can go forward."""
    if "deploymentMaximumPercent" not in inputs and "deploymentMinimumHealthyPercent" not in inputs:
        return
    most, least = inputs.get("deploymentMaximumPercent", 200), inputs.get("deploymentMinimumHealthyPercent", 100)
    if isinstance(most, int) and isinstance(least, int) and most <= least:
        said = f"{most}, with a minimum of {least}, would block deployments: it must be more ({PARAMETERS})"
        yield Problem("deploymentMaximumPercent", said)


def _balanced(_type: str, inputs: Values) -> Iterator[Problem]:
    """What goes with a load balancer alone, and of which kind it is."""
    if not forms.given(inputs, "loadBalancers") and inputs.get("healthCheckGracePeriodSeconds") not in (
        None,
        0,
        UNKNOWN,
    ):
        yield Problem("healthCheckGracePeriodSeconds", f"goes with a load balancer alone ({SERVICES})")
    waits = inputs.get("waitForSteadyState")
    if inputs.get("sigintRollback") is True and waits in (None, False):
        yield Problem("sigintRollback", "goes with waitForSteadyState alone")


def stands(inputs: Values, others: Others) -> Iterator[Problem]:
    """That a service's capacity is its cluster's, and that its containers and groups of targets are there."""
    yield from _of_cluster(inputs, others)
    container_of = _containers(inputs.get("taskDefinition"), others)
    for path, balanced in found(inputs, "loadBalancers[*]"):
        name, port = one(balanced, "containerName"), one(balanced, "containerPort")
        if container_of is not None and isinstance(balanced, dict) and UNKNOWN not in (name, port):
            if name not in container_of:
                yield Problem(path, f"the container {name} does not exist in the task definition")
            elif port not in container_of[name]:
                yield Problem(path, f"the container {name} did not have a container port {port} defined")
        yield from _of_group(path, one(balanced, "targetGroupArn"), inputs, others)


def _of_cluster(inputs: Values, others: Others) -> Iterator[Problem]:
    """ECS knows a capacity provider in a cluster once it is associated with it, Fargate's too."""
    cluster = last(inputs.get("cluster"))
    if cluster not in {outputs.get("name") for _, outputs in others(CLUSTER)}:
        return
    providers = [
        outputs.get("capacityProviders") for _, outputs in others(PROVIDERS) if outputs.get("clusterName") == cluster
    ]
    known = [name for each in providers for name in forms.listed(each)]
    for path, name in found(inputs, "capacityProviderStrategies[*].capacityProvider"):
        if UNKNOWN not in (name, *known) and name not in known:
            yield Problem(path, f"the capacity provider {name} is not associated with the cluster {cluster}")


def _containers(definition: Any, others: Others) -> dict[Any, list[Any]] | None:
    """The ports of each container of a task definition, or None where it is not known."""
    for id_, outputs in others(TASK):
        if definition in (id_, outputs.get("arn"), outputs.get("arnWithoutRevision")):
            listed = forms.parsed(outputs.get("containerDefinitions"))
            if isinstance(listed, list):
                containers = [each for _, each in found({"it": listed}, "it[*]")]
                return {
                    one(each, "name"): [port for _, port in found(each, "portMappings[*].containerPort")]
                    for each in containers
                }
    return None


def _of_group(path: str, group: Any, inputs: Values, others: Others) -> Iterator[Problem]:
    """That tasks with addresses of their own are reached by these, by a listener that is there."""
    for id_, outputs in others(balancing.GROUP):
        if (
            id_ == group
            and outputs.get("targetType", "instance") not in ("ip", UNKNOWN)
            and inputs.get("networkConfiguration")
        ):
            yield Problem(
                path, f"the target group {group} must have the target type ip: its tasks have the network mode awsvpc"
            )
    if not isinstance(group, str) or group not in {id_ for id_, _ in others(balancing.GROUP)}:
        return
    reached = [
        each
        for type_, actions in ((balancing.LISTENER, "defaultActions"), (balancing.LISTENER_RULE, "actions"))
        for _, outputs in others(type_)
        for each in (outputs.get(actions), *balancing.forwarded(outputs, actions))
    ]
    if group not in reached and UNKNOWN not in reached:
        yield Problem(path, f"the target group {group} does not have an associated load balancer")


SERVICE_JUDGES = (
    _strategy("capacityProviderStrategies"),
    _bake,
    _shift,
    _controlled,
    _percents,
    _balanced,
    forms.only_one("launchType", "capacityProviderStrategies", source=SERVICES, wanted=False),
    forms.at_most("loadBalancers", 5, QUOTAS),
    forms.at_most("networkConfiguration.subnets", 16, NETWORKS),
    forms.at_most("networkConfiguration.securityGroups", 5, NETWORKS),
    forms.at_most("capacityProviderStrategies", 20, STRATEGIES),
)
PROVIDER_JUDGES = (_strategy("defaultCapacityProviderStrategies"), _associated)
