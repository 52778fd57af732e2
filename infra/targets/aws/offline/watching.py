"""What watches a service on AWS, and who hears of it: ids, what replaces, rules, prices."""

from collections.abc import Iterator
from typing import Any

from infra.targets.aws.offline import alarms, dashboards
from infra.targets.aws.offline.names import CLOUDWATCH_PRICE, PRICED, READ, arn, names_an_arn
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Others, Played, Price, Rule, Source, replacing
from tools.offline.values import UNKNOWN, Values

LOGS = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference"
RETENTION = Source(f"{LOGS}/API_PutRetentionPolicy.html", READ)
RESOURCE_POLICIES = Source(f"{LOGS}/API_PutResourcePolicy.html", READ)
ENCRYPTION = Source("https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html", READ)
EVENTS = Source("https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html", READ)
TARGETS = Source("https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html", READ)
TOPICS = Source("https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html", READ)
SUBSCRIPTIONS = Source("https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html", READ)
TOPIC_PRICE = Source("https://aws.amazon.com/sns/pricing/", READ)

LOG_GROUP, KEY, RULE = "aws:cloudwatch/logGroup:LogGroup", "aws:kms/key:Key", "aws:cloudwatch/eventRule:EventRule"
RETENTION_DAYS = (
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
# What a subscription's endpoint looks like, by its protocol.
PROTOCOLS = {
    "application": r"arn:.+:sns:.+:endpoint/.+",
    "email": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "email-json": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "firehose": r"arn:.+:firehose:.+",
    "http": r"http://\S+",
    "https": r"https://\S+",
    "lambda": r"arn:.+:lambda:.+",
    "sms": r"\+?[\d() -]{3,20}",
    "sqs": r"arn:.+:sqs:.+",
}


def _may_use_key(inputs: Values, others: Others) -> Iterator[Problem]:
    """That the key of a log group lets CloudWatch Logs use it."""
    key = inputs.get("kmsKeyId")
    for _, outputs in others(KEY):
        policy = forms.parsed(outputs.get("policy"))
        if outputs.get("arn") != key or outputs.get("policy") is UNKNOWN:
            continue
        users = [
            str(service)
            for statement in forms.listed(one(policy, "Statement"))
            for service in forms.listed(one(statement, "Principal.Service"))
        ]
        if not any(user.startswith("logs.") for user in users):
            yield Problem(
                "kmsKeyId", f"the key {key} is not allowed to be used by logs.<region>.amazonaws.com ({ENCRYPTION})"
            )


def _only_recurring(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a rule has no moment of its own, which only EventBridge Scheduler knows."""
    if str(inputs.get("scheduleExpression")).startswith("at("):
        yield Problem(
            "scheduleExpression", f"{inputs['scheduleExpression']!r}: a rule knows rate and cron alone ({EVENTS})"
        )


def _fifo(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a topic's name tells whether it is one in order."""
    name, fifo = inputs.get("name"), inputs.get("fifoTopic")
    if isinstance(name, str) and fifo is not UNKNOWN and name.endswith(".fifo") != bool(fifo):
        yield Problem(
            "name", f"{name!r}: .fifo is at the end of a name where fifoTopic is true, and nowhere else ({TOPICS})"
        )


def _endpoint(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a subscription's endpoint is one of its protocol."""
    protocol = inputs.get("protocol")
    pattern = PROTOCOLS.get(str(protocol))
    if pattern is None and protocol is not UNKNOWN:
        yield Problem("protocol", f"{protocol!r} is none of {', '.join(PROTOCOLS)} ({SUBSCRIPTIONS})")
    elif pattern is not None:
        rule = Rule("endpoint", SUBSCRIPTIONS, f"be an endpoint of {protocol}", pattern=pattern)
        for path, value in found(inputs, "endpoint"):
            if value is not UNKNOWN and rule.broken_by(value):
                yield Problem(path, f"{value!r} must {rule.says} ({SUBSCRIPTIONS})")


def _policy_of(words: Any) -> str:
    """A policy of the account goes by its name, one of a log group by that."""
    return str(words.get("policyName", None) or words["resourceArn"])


def _rule_id(words: Any) -> str:
    bus = words.get("eventBusName", "default")
    return str(words["name"]) if bus == "default" else f"{bus}/{words['name']}"


def _target_id(words: Any) -> str:
    return str(words.get("targetId", None) or f"terraform-{words['digits26']}")


def _event_target(words: Any) -> str:
    return f"{words['rule']}-{_target_id(words)}"


WATCHING: dict[str, Played] = {
    LOG_GROUP: Played(
        purpose="watching",
        id="{name}",
        outputs={"arn": arn("logs", "log-group:{name}")},
        kind=replacing("logGroupClass", "name", "namePrefix", "region"),
        rules=(
            Rule(
                "retentionInDays", RETENTION, f"be one of {', '.join(map(str, RETENTION_DAYS))}", choices=RETENTION_DAYS
            ),
        ),
        judges=(names_an_arn("kmsKeyId", "a key", ENCRYPTION),),
        beside=(_may_use_key,),
        prices=(
            Price(0.50, "GB ingested", CLOUDWATCH_PRICE, region=PRICED),
            Price(0.03, "GB of logs stored a month", CLOUDWATCH_PRICE, region=PRICED),
        ),
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": Played(
        purpose="watching",
        id=_policy_of,
        kind=replacing("policyName", "region", "resourceArn", autonamed=None),
        rules=(Rule("policyDocument", RESOURCE_POLICIES, "have up to 5120 characters", pattern=r"(?s).{1,5120}"),),
        judges=(forms.only_one("policyName", "resourceArn", source=RESOURCE_POLICIES),),
        free="a policy is free",
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Played(
        purpose="watching",
        id="{name}",
        outputs={"arn": arn("cloudwatch", "alarm:{name}")},
        kind=replacing("name", "region"),
        rules=alarms.RULES,
        judges=alarms.JUDGES,
        prices=(
            Price(0.10, "month", CLOUDWATCH_PRICE, alarms.metrics, PRICED),
            Price(0.30, "month", CLOUDWATCH_PRICE, alarms.fast_metrics, PRICED),
        ),
    ),
    "aws:cloudwatch/dashboard:Dashboard": Played(
        purpose="watching",
        id="{dashboardName}",
        outputs={"dashboardArn": "arn:aws:cloudwatch::{account}:dashboard/{dashboardName}"},
        kind=replacing("dashboardName", "region", autonamed=None),
        rules=(
            Rule(
                "dashboardName",
                dashboards.DASHBOARDS,
                "be up to 255 letters, digits, hyphens and underscores",
                pattern=r"[A-Za-z0-9_-]{1,255}",
            ),
        ),
        judges=(dashboards.judge,),
        prices=(Price(3.0, "month", CLOUDWATCH_PRICE, region=PRICED),),
    ),
    RULE: Played(
        purpose="watching",
        id=_rule_id,
        outputs={"arn": arn("events", "rule/{id}")},
        kind=replacing("eventBusName", "name", "namePrefix", "region"),
        rules=(
            Rule(
                "state",
                EVENTS,
                "be ENABLED or DISABLED",
                choices=("ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"),
            ),
        ),
        judges=(
            _only_recurring,
            forms.is_json("eventPattern", EVENTS),
            forms.required(
                forms.is_("scheduleExpression", None),
                "eventPattern",
                "one of eventPattern and scheduleExpression is required",
                EVENTS,
            ),
        ),
        free="a rule on what AWS itself tells of is free",
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Played(
        purpose="watching",
        id=_event_target,
        outputs={"targetId": _target_id},
        kind=replacing("eventBusName", "region", "rule", "targetId", autonamed=None),
        judges=(
            names_an_arn("arn", "what is told", TARGETS),
            forms.only_one("input", "inputPath", "inputTransformer", source=TARGETS, wanted=False),
            forms.is_json("input", TARGETS),
        ),
        beside=(forms.told_by("rule", RULE, "there is no such rule in this plan", "name"),),
        free="what is told to AWS's own services is free",
    ),
    "aws:sns/topic:Topic": Played(
        purpose="watching",
        id=arn("sns", "{name}"),
        outputs={"arn": "{id}", "owner": "{account}"},
        kind=replacing("fifoTopic", "name", "namePrefix", "region"),
        rules=(
            Rule(
                "name",
                TOPICS,
                "be up to 256 letters, digits, hyphens and underscores",
                pattern=r"(?=.{1,256}$)[A-Za-z0-9_-]+(\.fifo)?",
            ),
            Rule("displayName", TOPICS, "have up to 100 characters", pattern=r"(?s).{0,100}"),
        ),
        judges=(_fifo,),
        prices=(
            Price(0.50, "million messages to a topic", TOPIC_PRICE, region=PRICED),
            Price(2.0, "hundred thousand e-mails", TOPIC_PRICE, region=PRICED),
        ),
    ),
    "aws:sns/topicPolicy:TopicPolicy": Played(
        purpose="watching",
        id="{arn}",
        outputs={"owner": "{account}"},
        kind=replacing("arn", "region", autonamed=None),
        free="a policy is free",
    ),
    "aws:sns/topicSubscription:TopicSubscription": Played(
        purpose="watching",
        id="{topic}:{uuid}",
        outputs={"arn": "{id}", "ownerId": "{account}", "pendingConfirmation": True},
        kind=replacing("endpoint", "protocol", "region", "topic", autonamed=None),
        judges=(_endpoint,),
        free="a subscription is free; what it delivers is counted at its topic",
    ),
}
