"""AWS's registries, identities, services and what watches them: ids, what replaces, rules, prices."""

from infra.targets.aws.offline.names import PRICED, READ, arn
from infra.targets.aws.offline.rules import containers, fargate_size, scaling, service_network
from tools.offline.tables import Played, Price, Rule, Source, replacing

RETENTION = Source(
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html", READ
)
RETENTION_DAYS = (
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip

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
    "aws:iam/role:Role": Played(
        purpose="identity",
        id="{name}",
        outputs={"arn": "arn:aws:iam::{account}:role/{name}", "uniqueId": "AROA{digits16}", "createDate": "2026-01-01"},
        kind=replacing("name", "namePrefix", "path"),
        free="IAM is free",
    ),
    "aws:iam/rolePolicy:RolePolicy": Played(
        purpose="identity", id="{role}:{name}", kind=replacing("name", "namePrefix", "role"), free="IAM is free"
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Played(
        purpose="identity", kind=replacing("policyArn", "role", autonamed=None), free="IAM is free"
    ),
    "aws:ecs/cluster:Cluster": Played(
        purpose="service",
        id=arn("ecs", "cluster/{name}"),
        outputs={"arn": "{id}"},
        kind=replacing("name", "region"),
        free="a cluster on Fargate is free; its tasks are not",
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Played(
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
        judges=(fargate_size, containers),
        free="a task definition is free; the tasks of its service are not",
    ),
    "aws:ecs/service:Service": Played(
        purpose="service",
        id=arn("ecs", "service/{name}"),
        outputs={"arn": "{id}"},
        kind=replacing("cluster", "iamRole", "launchType", "name", "region", "schedulingStrategy"),
        judges=(service_network,),
    ),
    "aws:cloudwatch/logGroup:LogGroup": Played(
        purpose="watching",
        id="{name}",
        outputs={"arn": arn("logs", "log-group:{name}")},
        kind=replacing("logGroupClass", "name", "namePrefix", "region"),
        rules=(
            Rule(
                "retentionInDays", RETENTION, f"be one of {', '.join(map(str, RETENTION_DAYS))}", choices=RETENTION_DAYS
            ),
        ),
        prices=(Price(0.50, "GB ingested", Source("https://aws.amazon.com/cloudwatch/pricing/", READ), region=PRICED),),
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Played(
        purpose="watching",
        id="{name}",
        outputs={"arn": arn("cloudwatch", "alarm:{name}")},
        kind=replacing("name", "region"),
        prices=(Price(0.10, "month", Source("https://aws.amazon.com/cloudwatch/pricing/", READ), region=PRICED),),
    ),
    "aws:secretsmanager/secret:Secret": Played(
        purpose="data",
        id=arn("secretsmanager", "secret:{name}-{hex6}"),
        outputs={"arn": "{id}"},
        kind=replacing("name", "namePrefix", "region"),
        prices=(Price(0.40, "month", Source("https://aws.amazon.com/secrets-manager/pricing/", READ), region=PRICED),),
    ),
    "aws:appautoscaling/target:Target": Played(
        purpose="service",
        id="{resourceId}",
        outputs={"arn": arn("application-autoscaling", "scalable-target/{hex26}")},
        kind=replacing("region", "resourceId", "scalableDimension", "serviceNamespace", autonamed=None),
        judges=(scaling,),
        free="autoscaling itself is free",
    ),
}
