"""The comment that the documentation shows: made as every comment is, from documents as `make changes` writes them."""

from tools.delivery.comment import Subject, comment
from tools.delivery.documents import Act, Change, Cost, Difference

_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
_GROUP = "aws:lb/targetGroup:TargetGroup"
_SERVICE = "aws:ecs/service:Service"
_TABLE = "aws:dynamodb/table:Table"
_TASK = "aws:ecs/taskDefinition:TaskDefinition"
_REGIONS = ("eu-central-1",)
_KEPT = (
    "orders: keep-state: what holds data is protected, and is deleted here\nFix: pulumi config set service:protect true"
)
_SIZE = (
    "service:size.cpu: 0.3 is not a size of Container Apps (0.25, 0.5, 0.75, 1)\n"
    "Fix: pulumi config set --path service:size.cpu 0.5"
)


def example() -> str:
    """A change that replaces and adds something, deletes something else, leaves two stacks alone, and breaks one."""
    return comment([_dev(), _prod(), *_others()], Subject("4be1c97f20d3aa", "f836c74b11e0c2"))


def _urn(type_: str, name: str) -> str:
    return f"urn:pulumi:stack::slipway::{type_}::{name}"


def _change(act: Act, type_: str, name: str, **more: tuple[str, ...]) -> Change:
    return Change(act=act, type=type_, name=name, urn=_urn(type_, name), **more)


def _dev() -> Difference:
    group, task = _urn(_GROUP, "web"), _urn(_TASK, "web")
    return Difference(
        stack="aws-dev",
        target="aws.fargate",
        kind="preview",
        changes=(
            _change("replace", _GROUP, "web", properties=("port", "healthCheck.path"), forced=("port",)),
            _change("replace", _TASK, "web", forced=("containerDefinitions",)),
            _change("update", _SERVICE, "web", properties=("taskDefinition", "loadBalancers"), needs=(task, group)),
            _change("create", _ALARM, "errors", needs=(group,)),
        ),
        kept=31,
        cost=Cost(before=41.33, after=41.43, by_use=("$0.04 for each GB of traffic",), regions=_REGIONS),
        rules=16,
    )


def _prod() -> Difference:
    return Difference(
        stack="aws-prod",
        target="aws.fargate",
        kind="preview",
        changes=(_change("delete", _TABLE, "orders"),),
        kept=48,
        cost=Cost(before=182.10, after=160.00, regions=_REGIONS),
        rules=16,
        broken=(_KEPT,),
    )


def _others() -> list[Difference]:
    alone = Cost(before=41.33, after=41.33)
    new = "the stack is not deployed yet"
    return [
        Difference(stack="aws-staging", target="aws.fargate", kind="preview", kept=35, cost=alone, rules=16),
        Difference(stack="azure-dev", target="azure.container_apps", kind="preview", problems=(_SIZE,)),
        Difference(
            stack="gcp-dev", target="gcp.cloud_run", kind="plan", why=new, kept=22, cost=Cost(after=0), rules=14
        ),
    ]
