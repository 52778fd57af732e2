"""What Elastic Load Balancing demands of balancers, listeners and groups of targets."""

import re
from collections.abc import Iterator
from typing import Any

from infra.targets.aws.offline import there
from infra.targets.aws.offline.names import READ
from tools.offline import forms, judges
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Others, Rule, Source
from tools.offline.values import UNKNOWN, Values

API = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"
BALANCERS = Source(f"{API}/API_CreateLoadBalancer.html", READ)
GROUPS = Source(f"{API}/API_CreateTargetGroup.html", READ)
GROUP_ATTRIBUTES = Source(f"{API}/API_TargetGroupAttribute.html", READ)
BALANCER_ATTRIBUTES = Source(f"{API}/API_LoadBalancerAttribute.html", READ)
LISTENERS = Source(f"{API}/API_CreateListener.html", READ)
RULES = Source(f"{API}/API_CreateRule.html", READ)
POLICIES = Source(f"{GUIDE}/describe-ssl-policies.html", READ)
LOGS = Source(f"{GUIDE}/enable-access-logging.html", READ)
LIMITS = Source(f"{GUIDE}/load-balancer-limits.html", READ)

BALANCER, GROUP = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"
LISTENER, LISTENER_RULE = "aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"
SUBNET, BUCKET = "aws:ec2/subnet:Subnet", "aws:s3/bucket:Bucket"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"

_PREFIX = "ELBSecurityPolicy-"
_TLS13 = ("1-3", "1-2", "1-2-Res", "1-2-Ext1", "1-2-Ext2", "1-1", "1-0")
_FIPS = ("1-3", "1-2", "1-2-Res", "1-2-Ext0", "1-2-Ext1", "1-2-Ext2", "1-1", "1-0")
SSL_POLICIES = (
    *(f"{_PREFIX}TLS13-{name}-2021-06" for name in _TLS13),
    *(f"{_PREFIX}TLS13-{name}-FIPS-2023-04" for name in _FIPS),
    *(f"{_PREFIX}TLS13-{name}-PQ-2025-09" for name in (*_TLS13[:5], "1-0")),
    *(f"{_PREFIX}TLS13-{name}-FIPS-PQ-2025-09" for name in (*_FIPS[:6], "1-0")),
    *(f"{_PREFIX}TLS-{name}" for name in ("1-2-2017-01", "1-2-Ext-2018-06", "1-1-2017-01", "1-0-2015-04")),
    *(
        f"{_PREFIX}FS-{name}"
        for name in ("1-2-Res-2020-10", "1-2-Res-2019-08", "1-2-2019-08", "1-1-2019-08", "2018-06")
    ),
    f"{_PREFIX}2016-08",
    f"{_PREFIX}2015-05",
)
ACTIONS = {"redirect": ("redirect",), "fixed-response": ("fixedResponse",), "forward": ("targetGroupArn", "forward")}
CONDITIONS = ("hostHeader", "httpHeader", "httpRequestMethod", "pathPattern", "queryStrings", "sourceIp")
# Where an action, of a listener or of a rule, names groups.
FORWARDED = ("targetGroupArn", "forward.targetGroups[*].arn")
DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"

BALANCER_RULES = (
    Rule("idleTimeout", BALANCER_ATTRIBUTES, "be from 1 to 4000 seconds", least=1, most=4000),
    Rule("clientKeepAlive", BALANCER_ATTRIBUTES, "be from 60 to 604800 seconds", least=60, most=604800),
    Rule(
        "desyncMitigationMode",
        BALANCER_ATTRIBUTES,
        "be monitor, defensive or strictest",
        choices=("monitor", "defensive", "strictest"),
    ),
    Rule(
        "xffHeaderProcessingMode",
        BALANCER_ATTRIBUTES,
        "be append, preserve or remove",
        choices=("append", "preserve", "remove"),
    ),
)
GROUP_RULES = (
    Rule("deregistrationDelay", GROUP_ATTRIBUTES, "be from 0 to 3600 seconds", least=0, most=3600),
    Rule("healthCheck.interval", GROUPS, "be from 5 to 300 seconds", least=5, most=300),
    Rule("healthCheck.timeout", GROUPS, "be from 2 to 120 seconds", least=2, most=120),
    Rule("healthCheck.healthyThreshold", GROUPS, "be from 2 to 10", least=2, most=10),
    Rule("healthCheck.unhealthyThreshold", GROUPS, "be from 2 to 10", least=2, most=10),
    Rule("healthCheck.path", GROUPS, "begin with / and have up to 1024 characters", pattern=r"/\S{0,1023}"),
    Rule("protocolVersion", GROUPS, "be HTTP1, HTTP2 or GRPC", choices=("HTTP1", "HTTP2", "GRPC")),
    Rule("stickiness.cookieDuration", GROUP_ATTRIBUTES, "be from 1 to 604800 seconds", least=1, most=604800),
    Rule(
        "loadBalancingAlgorithmType",
        GROUP_ATTRIBUTES,
        "be round_robin, least_outstanding_requests or weighted_random",
        choices=("round_robin", "least_outstanding_requests", "weighted_random"),
    ),
)
LISTENER_RULES = (Rule("sslPolicy", POLICIES, f"be one of {', '.join(SSL_POLICIES)}", choices=SSL_POLICIES),)


def _subnets(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a balancer of applications stands in two subnets at the least, none twice."""
    if not isinstance(inputs.get("subnets"), list):
        return
    subnets = forms.listed(inputs["subnets"])
    if inputs.get("loadBalancerType", "application") == "application" and len(subnets) < 2:
        yield Problem("subnets", f"a load balancer wants two of them, in two availability zones ({BALANCERS})")
    for subnet in sorted({str(each) for each in subnets if isinstance(each, str) and subnets.count(each) > 1}):
        yield Problem("subnets", f"{subnet!r} is named twice ({BALANCERS})")


def two_zones(inputs: Values, others: Others) -> Iterator[Problem]:
    """That a balancer's subnets are in different zones, and in two at the least."""
    known = {**there.ZONE_OF_SUBNET, **{id_: outputs.get("availabilityZone") for id_, outputs in others(SUBNET)}}
    seen: dict[Any, str] = {}
    subnets = [subnet for _, subnet in found(inputs, "subnets[*]")]
    for subnet in subnets:
        zone = known.get(subnet) if isinstance(subnet, str) else None
        if zone is None or zone is UNKNOWN:
            continue
        if zone in seen:
            yield Problem("subnets", f"{subnet} and {seen[zone]} are in the same availability zone, {zone}")
        seen[zone] = subnet


def may_log(inputs: Values, others: Others) -> Iterator[Problem]:
    """That the bucket of a balancer's log lets it write, with no keys but S3's own."""
    bucket = one(inputs, "accessLogs.bucket")
    if one(inputs, "accessLogs.enabled") is not True or bucket not in {
        name for id_, outputs in others(BUCKET) for name in (id_, outputs.get("bucket"))
    }:
        return
    policies = [outputs.get("policy") for _, outputs in others(BUCKET_POLICY) if outputs.get("bucket") == bucket]
    if not any(policy is UNKNOWN or _lets_write(forms.parsed(policy)) for policy in policies):
        yield Problem("accessLogs.bucket", f"Access Denied for bucket {bucket}: no policy of it lets {DELIVERY} write")
    for _, outputs in others(ENCRYPTION):
        for _, algorithm in found(outputs, "rules[*].applyServerSideEncryptionByDefault"):
            if outputs.get("bucket") == bucket and str(one(algorithm, "sseAlgorithm")).startswith("aws:"):
                yield Problem(
                    "accessLogs.bucket", f"a load balancer writes with no keys but S3's own (AES256) ({LOGS})"
                )


def _lets_write(policy: Any) -> bool:
    for statement in forms.listed(one(policy, "Statement")):
        services = [str(each) for each in forms.listed(one(statement, "Principal.Service"))]
        actions = [str(each) for each in forms.listed(one(statement, "Action"))]
        wanted = DELIVERY in services and any(action in ("s3:PutObject", "s3:Put*", "s3:*") for action in actions)
        if wanted and one(statement, "Effect") == "Allow":
            return True
    return False


def _of_targets(_type: str, inputs: Values) -> Iterator[Problem]:
    """What a group of targets that are reached by address, instance or balancer wants."""
    if inputs.get("targetType") in ("lambda", UNKNOWN):
        return
    for name in ("port", "protocol", "vpcId"):
        if inputs.get(name) is None:
            yield Problem(name, f"a group of targets wants it, unless they are functions ({GROUPS})")
    slow = inputs.get("slowStart")
    if isinstance(slow, int) and slow != 0 and not 30 <= slow <= 900:
        yield Problem("slowStart", f"{slow} must be 0 or from 30 to 900 seconds ({GROUP_ATTRIBUTES})")
    if slow not in (None, 0, UNKNOWN) and inputs.get("loadBalancingAlgorithmType") == "least_outstanding_requests":
        yield Problem("slowStart", f"does not go with least_outstanding_requests ({GROUP_ATTRIBUTES})")


def _health_check(_type: str, inputs: Values) -> Iterator[Problem]:
    """A health check's times, port and codes."""
    interval, timeout = (forms.whole(one(inputs, f"healthCheck.{name}")) for name in ("interval", "timeout"))
    if interval is not None and timeout is not None and timeout >= interval:
        yield Problem("healthCheck.timeout", f"{timeout} must be less than the interval, {interval} ({GROUPS})")
    port = one(inputs, "healthCheck.port")
    if isinstance(port, str) and port != "traffic-port":
        yield from judges.told("healthCheck.port", judges.port(port))
    protocol, spoken = inputs.get("protocol"), one(inputs, "healthCheck.protocol")
    if protocol in ("HTTP", "HTTPS") and isinstance(spoken, str) and spoken not in ("HTTP", "HTTPS"):
        yield Problem("healthCheck.protocol", f"{spoken!r} does not go with {protocol} ({GROUPS})")
    codes = one(inputs, "healthCheck.matcher")
    least, most = (0, 99) if inputs.get("protocolVersion") == "GRPC" else (200, 499)
    if isinstance(codes, str) and protocol in ("HTTP", "HTTPS") and inputs.get("protocolVersion") is not UNKNOWN:
        numbers = [int(number) for number in re.findall(r"\d+", codes)]
        if not re.fullmatch(r"\d+([,-]\d+)*", codes) or not all(least <= number <= most for number in numbers):
            yield Problem(
                "healthCheck.matcher", f"{codes!r} must be codes from {least} to {most}: 200,301-302 ({GROUPS})"
            )


def _secured(_type: str, inputs: Values) -> Iterator[Problem]:
    """That HTTPS has a certificate, and HTTP none."""
    protocol = inputs.get("protocol")
    if protocol in ("HTTPS", "TLS") and inputs.get("certificateArn") is None:
        yield Problem("certificateArn", f"{protocol} wants a certificate ({LISTENERS})")
    for name in ("certificateArn", "sslPolicy"):
        if protocol == "HTTP" and inputs.get(name) not in (None, UNKNOWN):
            yield Problem(name, f"is not for HTTP ({LISTENERS})")
    if ":loadbalancer/app/" in str(inputs.get("loadBalancerArn")):
        if protocol not in ("HTTP", "HTTPS", UNKNOWN):
            yield Problem(
                "protocol", f"{protocol!r}: a load balancer of applications speaks HTTP and HTTPS ({LISTENERS})"
            )
        if inputs.get("port") is None:
            yield Problem("port", f"required, but missing ({LISTENERS})")


def _acting(name: str, source: Source) -> Any:
    def judge(_type: str, inputs: Values) -> Iterator[Problem]:
        actions: Any = inputs.get(name)
        if actions == []:
            yield Problem(name, f"something must be done with a request ({source})")
        for path, action in found(inputs, f"{name}[*]"):
            yield from _action(path, action, source)

    return judge


def _action(path: str, action: Any, source: Source) -> Iterator[Problem]:
    """That an action says what its type does, and a redirect leads somewhere else."""
    wanted = ACTIONS.get(str(one(action, "type")), ())
    if wanted and all(one(action, each) is None for each in wanted):
        yield Problem(f"{path}.{wanted[0]}", f"an action of type {one(action, 'type')} wants it ({source})")
    redirect = one(action, "redirect")
    if isinstance(redirect, dict):
        parts = {"protocol": "#{protocol}", "host": "#{host}", "port": "#{port}", "path": "/#{path}"}
        if all(one(redirect, name) in (None, kept) for name, kept in parts.items()):
            yield Problem(f"{path}.redirect", f"leads to itself: protocol, host, port or path must differ ({source})")
        port = one(redirect, "port")
        if isinstance(port, str) and port != "#{port}":
            yield from judges.told(f"{path}.redirect.port", judges.port(port))
    content = one(action, "fixedResponse.contentType")
    types = ("text/plain", "text/css", "text/html", "application/javascript", "application/json")
    if isinstance(content, str) and content not in types:
        yield Problem(f"{path}.fixedResponse.contentType", f"{content!r} is none of {', '.join(types)} ({source})")
    for at, weight in found(action, "forward.targetGroups[*].weight"):
        if isinstance(weight, int) and not 0 <= weight <= 999:
            yield Problem(f"{path}.{at}", f"{weight} must be from 0 to 999 ({source})")
    groups = one(action, "forward.targetGroups")
    if isinstance(groups, list) and not 1 <= len(groups) <= 5:  # pyright: ignore[reportUnknownArgumentType]
        yield Problem(f"{path}.forward.targetGroups", f"there must be one to five of them ({LIMITS})")


def _conditions(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a rule says of which requests it is, in patterns that there are."""
    conditions: Any = inputs.get("conditions")
    if conditions == []:
        yield Problem("conditions", f"a rule wants one at the least ({RULES})")
    values: list[Any] = []
    for path, condition in found(inputs, "conditions[*]"):
        patterns = [each for _, each in found(condition, "pathPattern.values[*]")]
        values += [*patterns, *(each for _, each in found(condition, "hostHeader.values[*]"))]
        for pattern in patterns:
            if isinstance(pattern, str) and not re.fullmatch(r"[A-Za-z0-9_\-.$/~\"'@:+&()!,;=*?]{1,128}", pattern):
                yield Problem(f"{path}.pathPattern.values", f"{pattern!r} is no pattern of paths ({RULES})")
    if len(values) > 5:
        yield Problem("conditions", f"{len(values)} values: a rule may have five at most ({LIMITS})")


def forwarded(inputs: Values, path: str) -> Iterator[Any]:
    """Every group that the actions at a path send requests to."""
    for _, action in found(inputs, f"{path}[*]"):
        for place in FORWARDED:
            yield from (value for _, value in found(action, place))


BALANCER_JUDGES = (_subnets, forms.only_one("subnets", "subnetMappings", source=BALANCERS))
GROUP_JUDGES = (_of_targets, _health_check)
LISTENER_JUDGES = (_secured, _acting("defaultActions", LISTENERS))
LISTENER_RULE_JUDGES = (
    _conditions,
    forms.only_one(*CONDITIONS, source=RULES, within="conditions[*]"),
    _acting("actions", RULES),
)
