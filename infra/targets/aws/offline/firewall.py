"""What AWS WAF demands of a firewall's rules."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from infra.targets.aws.offline.names import READ
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Rule, Source
from tools.offline.values import UNKNOWN, Values

API = "https://docs.aws.amazon.com/waf/latest/APIReference"
LISTS = Source(f"{API}/API_CreateWebACL.html", READ)
RULE = Source(f"{API}/API_Rule.html", READ)
METRICS = Source(f"{API}/API_VisibilityConfig.html", READ)
ASSOCIATIONS = Source(f"{API}/API_AssociateWebACL.html", READ)
RATES = Source(f"{API}/API_RateBasedStatement.html", READ)

GROUPS = ("managedRuleGroupStatement", "ruleGroupReferenceStatement")
_METRIC = "be 1 to 128 letters, digits, hyphens and underscores"
RULES = (
    *(
        Rule(f"{path}visibilityConfig.metricName", METRICS, _METRIC, pattern=r"[0-9A-Za-z_-]{1,128}")
        for path in ("", "rules[*].")
    ),
    Rule(
        "rules[*].statement.rateBasedStatement.evaluationWindowSec",
        RATES,
        "be 60, 120, 300 or 600 seconds",
        choices=(60, 120, 300, 600),
    ),
)


def judge(_type: str, inputs: Values) -> Iterator[Problem]:
    """What is wrong with a firewall: its default, and each rule's name, place and action."""
    yield from forms.only_one("allow", "block", source=LISTS, within="defaultAction")("", inputs)
    for name in ("name", "priority"):
        values = [value for _, value in found(inputs, f"rules[*].{name}") if value is not UNKNOWN]
        for value, times in Counter(map(str, values)).items():
            if times > 1:
                yield Problem("rules", f"{times} rules have the {name} {value} ({RULE})")
    for path, rule in found(inputs, "rules[*]"):
        yield from _rule(path, rule)


def _rule(path: str, rule: Any) -> Iterator[Problem]:
    statement = one(rule, "statement")
    if not isinstance(rule, dict) or statement is UNKNOWN:
        return
    grouped = any(one(statement, name) is not None for name in GROUPS)
    wanted, refused = ("overrideAction", "action") if grouped else ("action", "overrideAction")
    of = "a group of rules" if grouped else "a rule of its own"
    if one(rule, wanted) is None:
        yield Problem(f"{path}.{wanted}", f"{of} wants it ({RULE})")
    if one(rule, refused) not in (None, UNKNOWN):
        yield Problem(f"{path}.{refused}", f"is not for {of} ({RULE})")
