"""Cloud Run's services, jobs and worker pools, and what starts jobs: ids, outputs, what replaces, rules, prices."""

import zoneinfo
from collections.abc import Iterator
from typing import Any

from infra.targets.gcp.offline import running
from infra.targets.gcp.offline.cost import JOB_PRICES, POOL_PRICES, SERVICE_PRICES
from infra.targets.gcp.offline.members import bound
from infra.targets.gcp.offline.names import PRICED, READ
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import one
from tools.offline.tables import Others, Played, Price, Rule, Source, replacing
from tools.offline.values import UNKNOWN, Values

SCHEDULED = "gcp:cloudscheduler/job:Job"
INVOKER = "gcp:cloudrunv2/jobIamMember:JobIamMember"

SCHEDULER = Source("https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs", READ)
STARTS = Source("https://cloud.google.com/run/docs/execute/jobs-on-schedule", READ)
TOKENS = Source("https://cloud.google.com/scheduler/docs/http-target-auth", READ)
# Seconds that a call over HTTP may take.
ATTEMPT = (15, 1800)


def _url(words: Any) -> str:
    return f"https://{words['name']}-{words['number']}.{words['location']}.run.app"


def _urls(words: Any) -> list[str]:
    return [_url(words)]


def _statuses(words: Any) -> list[Values]:
    """How requests are shared, and where a share that has a tag is asked alone."""
    shares: list[Values] = words.get("traffics", None) or []
    host = _url(words).removeprefix("https://")
    return [{**each, **({"uri": f"https://{each['tag']}---{host}"} if each.get("tag") else {})} for each in shares]


def _revision(words: Any) -> str:
    """The name that a template gives its revision, or that Cloud Run makes up for it."""
    return str(one(words.get("template", {}), "revision") or f"{words['name']}-00001-{words['hex3']}")


def _deadline(_type: str, inputs: Values) -> Iterator[Problem]:
    given = inputs.get("attemptDeadline")
    seconds = given.removesuffix("s").partition(".")[0] if isinstance(given, str) else ""
    if seconds.isdigit() and not ATTEMPT[0] <= int(seconds) <= ATTEMPT[1]:
        yield Problem("attemptDeadline", f"{given!r} must be from {ATTEMPT[0]} to {ATTEMPT[1]} seconds ({SCHEDULER})")


def _timezone(_type: str, inputs: Values) -> Iterator[Problem]:
    given = inputs.get("timeZone")
    if isinstance(given, str) and given not in zoneinfo.available_timezones():
        yield Problem("timeZone", f"{given!r} is no time zone such as Europe/Berlin ({SCHEDULER})")


def _token(_type: str, inputs: Values) -> Iterator[Problem]:
    """That Google's own APIs are called with the token that they take."""
    address = one(inputs, "httpTarget.uri")
    if isinstance(address, str) and ".googleapis.com/" in address and one(inputs, "httpTarget.oidcToken") is not None:
        yield Problem("httpTarget.oidcToken", f"Google's own APIs take an oauthToken ({TOKENS})")


def _starts(inputs: Values, others: Others) -> Iterator[Problem]:
    """That the job that is started is there, and that whoever starts it may."""
    address, account = one(inputs, "httpTarget.uri"), one(inputs, "httpTarget.oauthToken.serviceAccountEmail")
    if not isinstance(address, str) or "run.googleapis.com/" not in address or not address.endswith(":run"):
        return
    name = address.removesuffix(":run").rpartition("/jobs/")[2]
    if name not in [str(job.get("name")) for _, job in others(running.JOB)]:
        yield Problem("httpTarget.uri", f"{address!r}: there is no such job in this plan ({STARTS})")
    may = [str(binding.get("name")).rpartition("/")[2] for _, binding in others(INVOKER) if _is(binding, account)]
    if isinstance(account, str) and name not in may:
        yield Problem("httpTarget.oauthToken", f"{account} may not run the job {name} ({STARTS})")


def _is(binding: Values, account: Any) -> bool:
    return binding.get("member") in (f"serviceAccount:{account}", UNKNOWN)


SERVICE: dict[str, Played] = {
    running.SERVICE: Played(
        purpose="service",
        id="projects/{project}/locations/{location}/services/{name}",
        outputs={
            "uri": _url,
            "uid": "{uuid}",
            "urls": _urls,
            "trafficStatuses": _statuses,
            "latestReadyRevision": _revision,
            "latestCreatedRevision": _revision,
        },
        kind=replacing("location", "name", "project"),
        rules=running.SERVICE_RULES,
        judges=(
            running.scaling,
            running.containers,
            running.whole_cpu,
            running.traffic,
            running.revision,
            running.NETWORK,
        ),
        beside=(running.reads_its_secrets(running.SERVICE),),
        prices=SERVICE_PRICES,
    ),
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": bound(
        "identity", running.SERVICE, "name", "projects/{project}/locations/{location}/services/{it}", "location"
    ),
    running.JOB: Played(
        purpose="service",
        id="projects/{project}/locations/{location}/jobs/{name}",
        outputs={"uid": "{uuid}"},
        kind=replacing("location", "name", "project"),
        rules=running.JOB_RULES,
        judges=(running.containers, running.whole_cpu, running.task, running.TASK_NETWORK),
        beside=(running.reads_its_secrets(running.JOB),),
        prices=JOB_PRICES,
    ),
    INVOKER: bound("identity", running.JOB, "name", "projects/{project}/locations/{location}/jobs/{it}", "location"),
    running.POOL: Played(
        purpose="service",
        id="projects/{project}/locations/{location}/workerPools/{name}",
        outputs={"uid": "{uuid}", "latestReadyRevision": "{name}-00001-{hex3}"},
        kind=replacing("location", "name", "project"),
        rules=(running.NAMED,),
        judges=(running.containers, running.whole_cpu, running.revision, running.NETWORK),
        beside=(running.reads_its_secrets(running.POOL),),
        prices=POOL_PRICES,
    ),
    SCHEDULED: Played(
        purpose="service",
        id="projects/{project}/locations/{region}/jobs/{name}",
        outputs={"state": "ENABLED"},
        kind=replacing("name", "project", "region"),
        rules=(
            Rule("name", SCHEDULER, "be letters, digits, hyphens and underscores, up to 500", pattern=r"[\w-]{1,500}"),
            Rule("retryConfig.retryCount", SCHEDULER, "be from 0 to 5", least=0, most=5),
        ),
        judges=(
            _deadline,
            _timezone,
            _token,
            forms.only_one("httpTarget", "appEngineHttpTarget", "pubsubTarget", source=SCHEDULER),
            forms.only_one("oauthToken", "oidcToken", source=TOKENS, wanted=False, within="httpTarget"),
        ),
        beside=(_starts,),
        prices=(Price(0.10, "month", Source("https://cloud.google.com/scheduler/pricing", READ), region=PRICED),),
    ),
}
