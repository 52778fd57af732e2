"""What Google's load balancers demand of their parts, one beside another."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

from infra.targets.gcp.offline.names import READ, last
from infra.targets.gcp.offline.running import SERVICE
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.judges import hidden
from tools.offline.tables import Others, Rule, Source
from tools.offline.values import UNKNOWN, Values

GROUP = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup"
BACKEND, URL_MAP = "gcp:compute/backendService:BackendService", "gcp:compute/uRLMap:URLMap"
HTTP, HTTPS = "gcp:compute/targetHttpProxy:TargetHttpProxy", "gcp:compute/targetHttpsProxy:TargetHttpsProxy"
FORWARDING = "gcp:compute/globalForwardingRule:GlobalForwardingRule"

SERVERLESS = Source("https://cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts", READ)
BACKENDS = Source("https://cloud.google.com/load-balancing/docs/backend-service", READ)
MAPS = Source("https://cloud.google.com/load-balancing/docs/url-map-concepts", READ)
PROXIES = Source("https://cloud.google.com/load-balancing/docs/target-proxies", READ)
RULES = Source("https://cloud.google.com/load-balancing/docs/forwarding-rule-concepts", READ)
CERTIFICATES = Source("https://cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs", READ)
RECORDS = Source("https://cloud.google.com/dns/docs/reference/rest/v1/resourceRecordSets", READ)
ARMOR = Source("https://cloud.google.com/armor/docs/rules-language-reference", READ)
ARMOR_ORDER = Source("https://cloud.google.com/armor/docs/security-policy-overview#eval-order", READ)

# The rule that every policy ends with.
LAST = 2147483647
CONFORM = r"(allow|deny\((403|404|502)\)|redirect|rate_based_ban|throttle|fairshare)"
# Seconds that a client's connection may be idle.
KEEP_ALIVE = (5, 1200)
_PORTS = {HTTP: ("80", "8080"), HTTPS: ("443",)}

CONNECTIONS = Rule(
    "httpKeepAliveTimeoutSec", PROXIES, "be from 5 to 1200 seconds", least=KEEP_ALIVE[0], most=KEEP_ALIVE[1]
)
DOMAINS = Rule(
    "managed.domains[*]",
    CERTIFICATES,
    "be a name such as www.example.com, without wildcards",
    pattern=r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}\.?",
)
FULL_NAME = Rule("name", RECORDS, "be a full name, with a dot at its end", pattern=r"(\*\.)?([\w-]{1,63}\.)+")
ACTIONS = Rule("rules[*].action", ARMOR_ORDER, "be allow, deny(403), deny(404), deny(502) ...", pattern=CONFORM)
# https://cloud.google.com/armor/docs/waf-rules, read 2026-11-29.
RULE_SETS = re.compile(r"[a-z0-9-]+-v\d+-(stable|canary)|sourceiplist-[a-z-]+|(json-sqli|cve)-canary")


def endpoints(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a group of serverless endpoints says which service it has."""
    if inputs.get("networkEndpointType", "SERVERLESS") == "SERVERLESS":
        names = ("cloudRun", "appEngine", "cloudFunction", "serverlessDeployment")
        yield from forms.only_one(*names, source=SERVERLESS)("", inputs)
        yield from forms.only_one("service", "urlMask", source=SERVERLESS, within="cloudRun")("", inputs)


def has_its_service(inputs: Values, others: Others) -> Iterator[Problem]:
    """That the service of a group is in the plan, and in its region."""
    name = one(inputs, "cloudRun.service")
    if not isinstance(name, str):
        return
    places = [service.get("location") for _, service in others(SERVICE) if service.get("name") == name]
    if not places:
        yield Problem("cloudRun.service", f"{name!r}: there is no such service in this plan ({SERVERLESS})")
    elif inputs.get("region") not in (*places, UNKNOWN) and UNKNOWN not in places:
        yield Problem("region", f"{inputs.get('region')!r} is not where the service {name} is ({SERVERLESS})")


def serverless(inputs: Values, others: Others) -> Iterator[Problem]:
    """What does not go with groups of serverless endpoints."""
    groups = [id_ for id_, _ in others(GROUP)]
    named = [group for _, group in found(inputs, "backends[*].group") if isinstance(group, str)]
    if not any(last(group) in map(last, groups) for group in named):
        return
    for name in ("healthChecks", "timeoutSec", "portName"):
        if inputs.get(name) not in (None, UNKNOWN, []):
            yield Problem(name, f"is not supported for a backend service with serverless endpoints ({SERVERLESS})")
    for path, mode in found(inputs, "backends[*].balancingMode"):
        if mode not in ("UTILIZATION", UNKNOWN, None):
            yield Problem(path, f"{mode!r} must be UTILIZATION with serverless endpoints ({SERVERLESS})")


def leads_somewhere(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a map has one default, and its matchers are there."""
    defaults = ("defaultService", "defaultUrlRedirect", "defaultRouteAction")
    yield from forms.only_one(*defaults, source=MAPS)("", inputs)
    known = [one(each, "name") for _, each in found(inputs, "pathMatchers[*]")]
    for path, name in found(inputs, "hostRules[*].pathMatcher"):
        if isinstance(name, str) and name not in known and UNKNOWN not in known:
            yield Problem(path, f"{name!r}: there is no such path matcher ({MAPS})")


def fits_its_target(inputs: Values, others: Others) -> Iterator[Problem]:
    """That a rule listens where its proxy does."""
    target, port = inputs.get("target"), inputs.get("portRange")
    if not isinstance(target, str) or not isinstance(port, str):
        return
    for type_, ports in _PORTS.items():
        names = [last(id_) for id_, _ in others(type_)]
        kind = "targetHttpProxies" if type_ == HTTP else "targetHttpsProxies"
        if f"/{kind}/" in target and last(target) in names and port.partition("-")[0] not in ports:
            yield Problem("portRange", f"{port!r} must be {' or '.join(ports)} with this target ({RULES})")


def same_scheme(inputs: Values, others: Others) -> Iterator[Problem]:
    """That the backend which a rule leads to is of the same scheme of balancing."""
    own = inputs.get("loadBalancingScheme", "EXTERNAL")
    proxies = [proxy for type_ in (HTTP, HTTPS) for proxy in _named(type_, [inputs.get("target")], others)]
    maps = _named(URL_MAP, [proxy.get("urlMap") for proxy in proxies], others)
    for backend in _named(BACKEND, [each.get("defaultService") for each in maps], others):
        scheme = backend.get("loadBalancingScheme", "EXTERNAL")
        if UNKNOWN not in (own, scheme) and own != scheme:
            yield Problem("loadBalancingScheme", f"{own!r} is not that of the backend, {scheme!r} ({RULES})")


def _named(type_: str, names: list[Any], others: Others) -> list[Values]:
    """Those of a type that are named, by an id or a link."""
    wanted = [last(name) for name in names if isinstance(name, str)]
    return [outputs for id_, outputs in others(type_) if last(id_) in wanted]


def records(_type: str, inputs: Values) -> Iterator[Problem]:
    """That what a record says is of its type."""
    kind = inputs.get("type")
    for path, value in found(inputs, "rrdatas[*]"):
        if isinstance(value, str) and kind in ("A", "AAAA"):
            yield from _address(path, value, 4 if kind == "A" else 6)
        elif isinstance(value, str) and kind == "CNAME" and not value.endswith("."):
            yield Problem(path, f"{value!r} must be a full name, with a dot at its end ({RECORDS})")
    ttl = inputs.get("ttl")
    if isinstance(ttl, int) and not 0 <= ttl <= 2**31 - 1:
        yield Problem("ttl", f"{ttl} is no number of seconds ({RECORDS})")


def _address(path: str, value: str, version: int) -> Iterator[Problem]:
    try:
        right = ipaddress.ip_address(value).version == version
    except ValueError:
        right = False
    if not right:
        yield Problem(path, f"{value!r} is no IPv{version} address ({RECORDS})")


def policy(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a policy's rules have priorities of their own and match something, and that it has a last one."""
    priorities: list[Any] = [number for _, number in found(inputs, "rules[*].priority")]
    for number in sorted({each for each in priorities if isinstance(each, int) and priorities.count(each) > 1}):
        yield Problem("rules", f"two of them have the priority {number} ({ARMOR_ORDER})")
    if priorities and LAST not in priorities and not hidden(inputs, "rules[*].priority"):
        yield Problem("rules", f"the last one must have the priority {LAST} ({ARMOR_ORDER})")
    for path, rule in found(inputs, "rules[*]"):
        action = one(rule, "action")
        if action in ("throttle", "rate_based_ban") and one(rule, "rateLimitOptions") is None:
            yield Problem(f"{path}.rateLimitOptions", f"{action} wants them ({ARMOR})")
        text = one(rule, "match.expr.expression")
        for name in re.findall(r"evaluatePreconfigured(?:Expr|Waf)\('([^']*)'", text) if isinstance(text, str) else ():
            if not RULE_SETS.fullmatch(name):
                at = f"{path}.match.expr.expression"
                yield Problem(at, f"{name!r} is no set of rules such as sqli-v33-stable ({ARMOR})")
