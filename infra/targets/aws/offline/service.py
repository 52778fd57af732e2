"""AWS's registries, what runs tasks, and what starts and scales them: ids, what replaces, rules, prices."""

from typing import Any

from infra.targets.aws.offline import deployments, fargate, scaling
from infra.targets.aws.offline.cost import JOB_PRICES, SERVICE_PRICES
from infra.targets.aws.offline.names import CLOUDWATCH_PRICE, PRICED, READ, arn, last
from infra.targets.aws.offline.rules import bounds, containers, fargate_size, service_network
from tools.offline import forms
from tools.offline.judge import one
from tools.offline.tables import Played, Price, Source, replacing
from tools.offline.values import Values

GROUP = "aws:scheduler/scheduleGroup:ScheduleGroup"


def _service_id(words: Any) -> str:
    path = f"service/{last(words.get('cluster', 'default'))}/{words['name']}"
    return f"arn:aws:ecs:{words['region']}:{words['account']}:{path}"


def _schedule_id(words: Any) -> str:
    return f"{words.get('groupName', 'default')}/{words['name']}"


def _alarms(inputs: Values) -> float:
    """How many alarms a policy makes for itself: one to grow by, one to shrink by."""
    if not isinstance(inputs.get(scaling.TRACKING), dict):
        return 0.0
    return 1.0 if one(inputs, f"{scaling.TRACKING}.disableScaleIn") is True else 2.0


SERVICE: dict[str, Played] = {
    "aws:ecr/repository:Repository": Played(
        purpose="registry",
        id="{name}",
        outputs={
            "arn": arn("ecr", "repository/{name}"),
            "registryId": "{account}",
            "repositoryUrl": "{account}.dkr.ecr.{region}.amazonaws.com/{name}",
        },
        kind=replacing("encryptionConfigurations", "name", "region"),
        prices=(Price(0.10, "GB stored a month", Source("https://aws.amazon.com/ecr/pricing/", READ), region=PRICED),),
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Played(
        purpose="registry",
        id="{repository}",
        outputs={"registryId": "{account}"},
        kind=replacing("region", "repository", autonamed=None),
        free="a lifecycle policy is free",
    ),
    deployments.CLUSTER: Played(
        purpose="service",
        id=arn("ecs", "cluster/{name}"),
        outputs={"arn": "{id}"},
        kind=replacing("name", "region"),
        rules=deployments.CLUSTER_RULES,
        judges=(
            forms.required(
                forms.is_("configuration.executeCommandConfiguration.logging", "OVERRIDE"),
                "configuration.executeCommandConfiguration.logConfiguration",
                "the logging OVERRIDE wants it",
                deployments.CLUSTERS,
            ),
        ),
        free="a cluster on Fargate is free; its tasks are not, nor the metrics of Container Insights",
    ),
    deployments.PROVIDERS: Played(
        purpose="service",
        id="{clusterName}",
        kind=replacing("clusterName", "region", autonamed=None),
        judges=deployments.PROVIDER_JUDGES,
        free="capacity providers of Fargate are free; the tasks are not",
    ),
    deployments.TASK: Played(
        purpose="service",
        id="{family}",
        outputs={
            "arn": arn("ecs", "task-definition/{family}:{revision}"),
            "arnWithoutRevision": arn("ecs", "task-definition/{family}"),
        },
        revision="revision",
        kind=replacing(
            "containerDefinitions",
            "cpu",
            "enableFaultInjection",
            "ephemeralStorage",
            "executionRoleArn",
            "family",
            "ipcMode",
            "memory",
            "networkMode",
            "pidMode",
            "placementConstraints",
            "proxyConfiguration",
            "region",
            "requiresCompatibilities",
            "runtimePlatform",
            "taskRoleArn",
            "volumes",
            autonamed=None,
        ),
        rules=fargate.RULES,
        judges=(fargate_size, containers, fargate.judge),
        free="a task definition is free; the tasks of its service are not",
    ),
    deployments.SERVICE: Played(
        purpose="service",
        id=_service_id,
        outputs={"arn": "{id}"},
        # A strategy of capacity can be changed in place only where forceNewDeployment is true.
        kind=replacing(
            "capacityProviderStrategies",
            "cluster",
            "iamRole",
            "launchType",
            "name",
            "region",
            "schedulingStrategy",
        ),
        rules=deployments.SERVICE_RULES,
        judges=(service_network, *deployments.SERVICE_JUDGES),
        beside=(deployments.stands,),
        prices=SERVICE_PRICES,
    ),
    scaling.TARGET: Played(
        purpose="service",
        id="{resourceId}",
        outputs={"arn": arn("application-autoscaling", "scalable-target/{hex26}")},
        kind=replacing("region", "resourceId", "scalableDimension", "serviceNamespace", autonamed=None),
        judges=(bounds, scaling.of_ecs),
        free="autoscaling itself is free",
    ),
    "aws:appautoscaling/policy:Policy": Played(
        purpose="service",
        id="{serviceNamespace}/{resourceId}/{scalableDimension}/{name}",
        outputs={"arn": arn("autoscaling", "scalingPolicy:{uuid}:resource/{resourceId}:policyName/{name}")},
        kind=replacing("name", "region", "resourceId", "scalableDimension", "serviceNamespace"),
        rules=scaling.POLICY_RULES,
        judges=(scaling.of_ecs, scaling.policy, scaling.followed),
        beside=(scaling.registered,),
        prices=(Price(0.10, "month", CLOUDWATCH_PRICE, _alarms, PRICED),),
    ),
    "aws:appautoscaling/scheduledAction:ScheduledAction": Played(
        purpose="service",
        id="{name}-{serviceNamespace}-{resourceId}",
        outputs={"arn": arn("autoscaling", "scheduledAction:{uuid}:resource/{resourceId}:scheduledActionName/{name}")},
        kind=replacing("name", "region", "resourceId", "scalableDimension", "serviceNamespace"),
        judges=(scaling.of_ecs, scaling.action, scaling.timezone("timezone", scaling.ACTIONS)),
        beside=(scaling.registered,),
        free="autoscaling itself is free",
    ),
    GROUP: Played(
        purpose="service",
        id="{name}",
        outputs={"arn": arn("scheduler", "schedule-group/{name}"), "state": "ACTIVE"},
        kind=replacing("name", "namePrefix", "region"),
        free="a group of schedules is free",
    ),
    "aws:scheduler/schedule:Schedule": Played(
        purpose="service",
        id=_schedule_id,
        outputs={"arn": arn("scheduler", "schedule/{id}")},
        kind=replacing("groupName", "name", "namePrefix", "region"),
        judges=(
            scaling.schedule,
            scaling.lateness,
            scaling.timezone("scheduleExpressionTimezone", scaling.SCHEDULES),
            forms.is_json("target.input", scaling.SCHEDULES),
        ),
        beside=(forms.told_by("groupName", GROUP, "there is no such group of schedules in this plan", "name"),),
        prices=(
            Price(
                1.0,
                "million starts of a schedule",
                Source("https://aws.amazon.com/eventbridge/pricing/", READ),
                region=PRICED,
            ),
            *JOB_PRICES,
        ),
    ),
}
