"""Container Apps, played: apps whose revisions come to be well or do not, and jobs whose executions end."""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.offline.internet.log_analytics import Lines

Values = Mapping[str, Any]
Given = dict[str, Any]

DOMAIN = "kindsea-12345678.westeurope.azurecontainerapps.io"
STREAMS = "https://westeurope.azurecontainerapps.dev"
NOT_STARTED = "Deployment Progress Deadline Exceeded. 0/1 replicas ready. The container 'app' was terminated with exit code '1' and reason 'ProcessExited'."
ENDED = ("Succeeded", "Failed", "Stopped")


class Refusal(Exception):
    """What is answered to a request that is not done."""

    def __init__(self, status: int, code: str, message: str, after: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.after = status, code, message, after


@dataclass
class Fate:
    """What becomes of an execution. Without an exit code its container never runs."""

    exit_code: int | None = 0
    lines: tuple[str, ...] | None = None
    reason: str = ""
    message: str = ""
    runs_on: bool = False


@dataclass
class ContainerApps:
    """All that is there, by id.

    `failing`: so many of the next revisions never come to be well. `fates`: of the next executions. `slow`: how often
    an execution that was just begun is not told of yet, a revision is looked at until it is well, and something that
    is done by and by is not done. `resting`: revisions that run no replica until they are asked.
    """

    lines: Lines = field(default_factory=Lines)
    kept: dict[str, Given] = field(default_factory=dict[str, Given])
    failing: int = 0
    fates: list[Fate] = field(default_factory=list[Fate])
    begun: list[Given] = field(default_factory=list[Given])
    slow: int = 0
    resting: set[str] = field(default_factory=set[str])
    patches: list[Given] = field(default_factory=list[Given])
    _fate: dict[str, Fate] = field(default_factory=dict[str, Fate])
    _looks: dict[str, int] = field(default_factory=dict[str, int])
    _count: int = 0

    def look(self) -> None:
        """Before anything is answered: what was done elsewhere is learnt."""

    # -- what is deployed

    def put(self, id_: str, given: Given) -> Given:
        """An app as it was asked for, and what comes of it."""
        made, about = deepcopy(given), deepcopy(given["properties"])
        before = self.kept.get(id_, {}).get("properties", {})
        name, template = id_.rpartition("/")[2], about["template"]
        configuration, ingress = about["configuration"], about["configuration"].get("ingress")
        suffix = template.get("revisionSuffix") or f"{len(self.revisions(id_)):07}"
        about |= {
            "provisioningState": "Succeeded",
            "runningStatus": "Running",
            "latestRevisionName": f"{name}--{suffix}",
            "latestReadyRevisionName": before.get("latestReadyRevisionName", ""),
        }
        new = template != before.get("template")
        if ingress and configuration.get("activeRevisionsMode") == "Multiple":
            self._hold_shares(id_, ingress["traffic"], about["latestRevisionName"] if new else "")
        if ingress:
            ingress["fqdn"] = self.host(id_, given)
        self.kept[id_] = {**made, "id": id_, "name": name, "type": "Microsoft.App/containerApps", "properties": about}
        if new:
            self._revise(id_, about)
        self._settle(id_)
        return self.kept[id_]

    def host(self, id_: str, given: Values) -> str:
        """Where an app answers."""
        inside = "" if given["properties"]["configuration"]["ingress"].get("external") else "internal."
        return f"{id_.rpartition('/')[2]}.{inside}{DOMAIN}"

    def revisions(self, id_: str) -> list[Given]:
        """Those of an app, the newest first."""
        found = [each for key, each in self.kept.items() if re.fullmatch(f"{re.escape(id_)}/revisions/[^/]+", key)]
        return sorted(found, key=lambda each: each["properties"]["createdTime"], reverse=True)

    def shares(self, id_: str) -> dict[str, int]:
        """Percent of the requests by the revision that gets them."""
        about = self.kept[id_]["properties"]
        if about["configuration"].get("activeRevisionsMode") != "Multiple":
            return {about["latestReadyRevisionName"]: 100} if about["latestReadyRevisionName"] else {}
        traffic = about["configuration"]["ingress"]["traffic"]
        return {each["revisionName"]: each["weight"] for each in traffic if each.get("weight")}

    def answering(self, host: str) -> Given | None:
        """The revision that a request to a host gets to: by its label, or one of those that have a share."""
        for id_, app in list(self.kept.items()):
            ingress = (app["properties"].get("configuration") or {}).get("ingress") or {}
            own = ingress.get("fqdn", "")
            for each in ingress.get("traffic", ()):
                if each.get("label") and host == own.replace(".", f"---{each['label']}.", 1):
                    return self.kept[f"{id_}/revisions/{each['revisionName']}"]
            if host in (own, *(each["name"] for each in ingress.get("customDomains") or ())):
                return self.drawn(id_)
        return None

    def drawn(self, id_: str) -> Given | None:
        """By turns, as many of a hundred as each one's share is."""
        self._count += 1
        turn = self._count % 100
        for name, percent in self.shares(id_).items():
            turn -= percent
            if turn < 0:
                self.resting.discard(name)
                return self.kept[f"{id_}/revisions/{name}"]
        return None

    def _hold_shares(self, id_: str, traffic: list[Given], new: str) -> None:
        active = {each["name"] for each in self.revisions(id_) if each["properties"]["active"]} | {new}
        nobody = [each["revisionName"] for each in traffic if each.get("revisionName", new) not in active]
        labels = [each["label"] for each in traffic if each.get("label")]
        if nobody or sum(each.get("weight", 0) for each in traffic) != 100 or len(labels) != len(set(labels)):
            raise Refusal(
                400, "ContainerAppInvalidTraffic", f"The traffic {traffic} is invalid: {nobody} is not active."
            )

    def _revise(self, id_: str, about: Values) -> None:
        name = about["latestRevisionName"]
        if f"{id_}/revisions/{name}" in self.kept:
            raise Refusal(400, "ContainerAppRevisionSuffixTaken", f"A revision with the name {name} already exists.")
        assert len(name) <= 54
        failed = self.failing > 0
        self.failing = max(self.failing - 1, 0)
        self._looks[name] = 0
        self.kept[f"{id_}/revisions/{name}"] = {
            "id": f"{id_}/revisions/{name}",
            "name": name,
            "type": "Microsoft.App/containerapps/revisions",
            "properties": {
                "createdTime": self._moment(),
                "template": deepcopy(about["template"]),
                "active": True,
                "replicas": 1,
                "trafficWeight": 0,
                "provisioningState": "Failed" if failed else "Provisioned",
                "runningState": "Failed" if failed else "Running",
                "healthState": "Unhealthy" if failed else "Healthy",
                **({"provisioningError": NOT_STARTED} if failed else {}),
            },
        }

    def _settle(self, id_: str) -> None:
        """What the newest revision's health means for the others."""
        about = self.kept[id_]["properties"]
        newest = self.kept[f"{id_}/revisions/{about['latestRevisionName']}"]["properties"]
        single = about["configuration"].get("activeRevisionsMode") != "Multiple"
        newest["active"] = newest["active"] or single
        secrets = {each["name"] for each in about["configuration"].get("secrets") or ()}
        if newest["healthState"] == "Healthy":
            about["latestReadyRevisionName"] = about["latestRevisionName"]
        for each in self.revisions(id_):
            if single and each["name"] not in (about["latestRevisionName"], about["latestReadyRevisionName"]):
                self._end(each)
            of = each["properties"]["template"]["containers"][0].get("env", ())
            wanted = {one["secretRef"] for one in of if one.get("secretRef")}
            if each["properties"]["active"] and not wanted <= secrets:
                raise Refusal(400, "ContainerAppSecretInUse", f"{each['name']} refers to {wanted - secrets}.")

    def _end(self, revision: Given) -> None:
        stopped = {"active": False, "runningState": "Stopped", "healthState": "None", "replicas": 0}
        revision["properties"] |= stopped

    # -- the API: apps, their revisions and replicas

    def container_apps_list_by_resource_group(self, id_: str, _body: Values) -> Given:
        return {"value": self._below(id_)}

    def container_apps_get(self, id_: str, _body: Values) -> Given:
        return self.kept[id_]

    def container_apps_update(self, id_: str, body: Values) -> Given:
        self.patches.append(deepcopy(dict(body)))
        return self.put(id_, merged(self.kept[id_], body))

    def container_apps_get_auth_token(self, id_: str, _body: Values) -> Given:
        return {"location": "West Europe", "properties": {"token": f"of {id_.split('/')[-2]}"}}

    def container_apps_revisions_list_revisions(self, id_: str, _body: Values) -> Given:
        return {"value": self.revisions(id_.removesuffix("/revisions"))}

    def container_apps_revisions_get_revision(self, id_: str, _body: Values) -> Given:
        """It is well once it was looked at often enough."""
        revision = self.kept[id_]
        name = revision["name"]
        self._looks[name] = self._looks.get(name, 0) + 1
        if self._looks[name] <= self.slow and revision["properties"]["healthState"] == "Healthy":
            slow = {"runningState": "Processing", "healthState": "None", "provisioningState": "Provisioning"}
            return {**revision, "properties": {**revision["properties"], **slow}}
        return revision

    def container_apps_revisions_activate_revision(self, id_: str, _body: Values) -> Given:
        app = self.kept[id_.partition("/revisions/")[0]]
        if app["properties"]["configuration"]["activeRevisionsMode"] != "Multiple":
            raise Refusal(400, "ContainerAppRevisionActivation", "Only one revision is active in the mode Single.")
        about = self.kept[id_.removesuffix("/activate")]["properties"]
        failed = about["provisioningState"] == "Failed"
        about |= {"active": True, "replicas": 1, "runningState": "Failed" if failed else "Running"}
        about["healthState"] = "Unhealthy" if failed else "Healthy"
        return {}

    def container_apps_revisions_deactivate_revision(self, id_: str, _body: Values) -> Given:
        revision = self.kept[id_.removesuffix("/deactivate")]
        if self.shares(id_.partition("/revisions/")[0]).get(revision["name"]):
            raise Refusal(400, "ContainerAppRevisionInUse", f"{revision['name']} gets requests.")
        self._end(revision)
        return {}

    def container_apps_revision_replicas_list_replicas(self, id_: str, _body: Values) -> Given:
        revision = self.kept[id_.removesuffix("/replicas")]
        about = revision["properties"]
        if not about["active"] or revision["name"] in self.resting:
            return {"value": []}
        well, name = about["healthState"] == "Healthy", f"{revision['name']}-5d8-x1"
        container = {
            "name": "app",
            "ready": well,
            "started": well,
            "restartCount": 4 if about["healthState"] == "Unhealthy" else 0,
            "runningState": "Running" if well else "Waiting",
            "logStreamEndpoint": f"{STREAMS}/subscriptions/s/logstream?container=app",
        }
        state = {"runningState": "Running" if well else "NotRunning", "createdTime": about["createdTime"]}
        return {"value": [{"name": name, "id": f"{id_}/{name}", "properties": {**state, "containers": [container]}}]}

    def managed_environments_get(self, id_: str, _body: Values) -> Given:
        return self.kept[id_]

    # -- the API: jobs and their executions

    def job(self, id_: str, given: Given) -> None:
        """A job as it was asked for."""
        self.kept[id_] = {**deepcopy(given), "id": id_, "name": id_.rpartition("/")[2], "type": "Microsoft.App/jobs"}

    def jobs_list_by_resource_group(self, id_: str, _body: Values) -> Given:
        return {"value": self._below(id_)}

    def jobs_get(self, id_: str, _body: Values) -> Given:
        return self.kept[id_]

    def jobs_start(self, id_: str, body: Values) -> Given:
        job = self.kept[id_.removesuffix("/start")]
        self._count += 1
        name = f"{job['name']}-{self._count:07}"
        key = f"{job['id']}/executions/{name}"
        template = dict(body) or job["properties"]["template"]
        about = {"status": "Running", "startTime": self._moment(), "template": template}
        made = {"id": key, "name": name, "properties": about}
        self.kept[key] = made
        self._fate[key] = self.fates.pop(0) if self.fates else Fate()
        self.begun.append({**made, "job": job["name"], "tags": job.get("tags", {})})
        return {"name": name, "id": key}

    def jobs_executions_list(self, id_: str, _body: Values) -> Given:
        self.kept[id_.removesuffix("/executions")]
        return {"value": self._below(id_)}

    def container_apps_api_job_execution(self, id_: str, _body: Values) -> Given:
        """It runs when it is first looked at, and has ended when it is looked at again."""
        self._looks[id_] = self._looks.get(id_, 0) + 1
        if self._looks[id_] <= self.slow:
            raise LookupError(id_)
        execution, fate = self.kept[id_], self._fate[id_]
        if self._looks[id_] == self.slow + 1:
            self._write(execution, fate)
        elif execution["properties"]["status"] not in ENDED and not fate.runs_on:
            self.end(execution, fate)
        return execution

    def jobs_stop_execution(self, id_: str, _body: Values) -> Given:
        self.end(self.kept[id_.removesuffix("/stop")], Fate(None), "Stopped")
        return {}

    def end(self, execution: Given, fate: Fate, status: str = "") -> None:
        """Let an execution end."""
        about = execution["properties"]
        about |= {"status": status or ("Succeeded" if fate.exit_code == 0 else "Failed"), "endTime": self._moment()}
        about |= {key: value for key, value in (("reason", fate.reason), ("message", fate.message)) if value}
        if fate.exit_code is not None:
            container = {"name": "app", "code": fate.exit_code, "status": "Terminated"}
            about["detailedStatus"] = {"replicas": [{"name": f"{execution['name']}-x1", "containers": [container]}]}

    def _write(self, execution: Values, fate: Fate) -> None:
        arguments = execution["properties"]["template"]["containers"][0].get("args", ())
        job = execution["id"].split("/")[-3]
        for line in (f"ran {' '.join(arguments)}",) if fate.lines is None else fate.lines:
            group = f"{execution['name']}-x1"
            self.lines.write(line, ContainerJobName_s=job, ContainerGroupName_s=group, ContainerAppName_s="")

    def _below(self, path: str) -> list[Given]:
        return [each for id_, each in list(self.kept.items()) if re.fullmatch(re.escape(path) + "/[^/]+", id_)]

    def _moment(self) -> str:
        self._count += 1
        return (datetime.now(UTC) + timedelta(microseconds=self._count)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


Act = Callable[[str, Values], Given]


def merged(before: Values, change: Values) -> Given:
    """As https://www.rfc-editor.org/rfc/rfc7396 has it."""
    return dict(_merged(before, change))


def _merged(before: Values, change: Values) -> Iterator[tuple[str, Any]]:
    for name in {**before, **change}:
        old, new = before.get(name), change.get(name, ...)
        if new is ...:
            yield name, old
        elif isinstance(new, Mapping):
            yield name, merged(old if isinstance(old, Mapping) else {}, new)
        elif new is not None:
            yield name, new
