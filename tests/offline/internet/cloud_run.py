"""Cloud Run, played: services whose revisions come to serve or do not, worker pools, and jobs whose executions end."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.offline.internet.cloud_logging import Logs

Values = Mapping[str, Any]
Given = dict[str, Any]

FAILED, DONE = "CONDITION_FAILED", "CONDITION_SUCCEEDED"
NOT_STARTED = "The user-provided container failed to start and listen on the port defined provided by the PORT=8000 environment variable."


@dataclass
class Fate:
    """What becomes of an execution. Without an exit code its container never runs, or is killed."""

    exit_code: int | None = 0
    lines: tuple[str, ...] | None = None
    message: str = ""
    reason: str = ""
    signal: int = 0
    runs_on: bool = False
    waits: bool = False


@dataclass
class CloudRun:
    """All that is there.

    `failing`: so many of the next revisions do not come to serve. `fates`: of the next executions. `slow`: how often
    an operation, and an execution that was just begun, is not told of yet.
    """

    logs: Logs = field(default_factory=Logs)
    kept: dict[str, Given] = field(default_factory=dict[str, Given])
    failing: int = 0
    fates: list[Fate] = field(default_factory=list[Fate])
    begun: list[Given] = field(default_factory=list[Given])
    slow: int = 0
    _fate: dict[str, Fate] = field(default_factory=dict[str, Fate])
    _looks: dict[str, int] = field(default_factory=dict[str, int])
    _count: int = 0

    def look(self) -> None:
        """Before anything is answered: what was done elsewhere is learnt."""

    # -- what is deployed

    def deploy(self, kind: str, name: str, given: Given) -> Given:
        """A service (`services`) or a worker pool (`workerPools`) as it was asked for, and what comes of it."""
        before = self.kept.get(name, {})
        template: Given = given["template"]
        if template != before.get("template"):
            self._revise(name, template)
        latest = self._revisions(name)[0]
        now = self._moment()
        made = {
            **given,
            "name": name,
            "createTime": before.get("createTime", now),
            "generation": str(int(before.get("generation", "0")) + 1),
            "latestCreatedRevision": latest["name"],
            "latestReadyRevision": before.get("latestReadyRevision", ""),
            "reconciling": False,
        }
        if kind == "services":
            made["uri"] = given.get("uri") or f"https://{name.rpartition('/')[2]}-123456789012.europe-west1.run.app"
        well = self._ready(latest) == DONE
        if well:
            made["latestReadyRevision"] = latest["name"]
        made["terminalCondition"] = _condition(
            "Ready", DONE if well else FAILED, "" if well else _said(latest), "REVISION_FAILED"
        )
        if kind == "services":
            wanted = list(_shares(made, name))
            serve = all(self._ready(self.kept[f"{name}/revisions/{each['revision']}"]) == DONE for each in wanted)
            made["trafficStatuses"] = wanted if serve else before.get("trafficStatuses", [])
        made["observedGeneration"] = made["generation"] if well else before.get("observedGeneration", "0")
        self.kept[name] = made
        return made

    def _revise(self, service: str, template: Values) -> None:
        name = template.get("revision") or f"{service.rpartition('/')[2]}-{len(self._revisions(service)) + 1:05}-abc"
        whole = f"{service}/revisions/{name}"
        assert whole not in self.kept, f"there is a revision {name} with another configuration"
        well = self.failing == 0
        self.failing = max(self.failing - 1, 0)
        said = f"Revision '{name}' is not ready and cannot serve traffic. {NOT_STARTED}"
        ready = _condition("Ready", DONE if well else FAILED, "" if well else said, "HEALTH_CHECK_CONTAINER_ERROR")
        rest = {key: value for key, value in template.items() if key not in ("revision", "labels", "scaling")}
        self.kept[whole] = {
            **rest,
            "name": whole,
            "labels": template["labels"],
            "createTime": self._moment(),
            "conditions": [ready, _condition("ContainerHealthy", ready["state"])],
        }

    def answering(self, host: str) -> Given | None:
        """The revision that a request to a host gets to: by its tag, or one of those that have a share."""
        for name, service in list(self.kept.items()):
            for share in service.get("trafficStatuses", ()):
                if share.get("uri") == f"https://{host}":
                    return self.kept[f"{name}/revisions/{share['revision']}"]
            if service.get("uri") == f"https://{host}":
                return self._drawn(name, service)
        return None

    def _drawn(self, name: str, service: Values) -> Given | None:
        """By turns, as many of a hundred as each one's share is."""
        self._count += 1
        turn = self._count % 100
        for share in service["trafficStatuses"]:
            turn -= share.get("percent", 0)
            if turn < 0:
                return self.kept[f"{name}/revisions/{share['revision']}"]
        return None

    # -- the API: services, worker pools and their revisions

    def services_list(self, path: str, _body: Values, args: Values) -> Given:
        return self._page("services", path, args)

    def services_get(self, path: str, _body: Values, _args: Values) -> Given:
        return self.kept[path]

    def services_revisions_list(self, path: str, _body: Values, args: Values) -> Given:
        return self._page("revisions", path, args)

    def services_revisions_get(self, path: str, _body: Values, _args: Values) -> Given:
        return self.kept[path]

    def workerPools_list(self, path: str, _body: Values, args: Values) -> Given:  # noqa: N802 -- Google's name
        return self._page("workerPools", path, args)

    def workerPools_revisions_list(self, path: str, _body: Values, args: Values) -> Given:  # noqa: N802
        return self._page("revisions", path, args)

    # -- the API: jobs and their executions

    def jobs_list(self, path: str, _body: Values, args: Values) -> Given:
        return self._page("jobs", path, args)

    def jobs_get(self, path: str, _body: Values, _args: Values) -> Given:
        return self.kept[path]

    def jobs_create(self, path: str, body: Values, args: Values) -> Given:
        name = f"{path}/{args['jobId']}"
        assert re.fullmatch(r"[a-z]([a-z0-9-]{0,47}[a-z0-9])?", args["jobId"])
        self.job(name, dict(body))
        return self._operation(name)

    def job(self, name: str, given: Given) -> None:
        """A job as it was asked for."""
        before = self.kept.get(name, {})
        self.kept[name] = {**before, **given, "name": name, "createTime": before.get("createTime", self._moment())}

    def jobs_delete(self, path: str, _body: Values, _args: Values) -> Given:
        self.kept[path]
        for name in [name for name in self.kept if name == path or name.startswith(f"{path}/")]:
            del self.kept[name]
        return self._operation(path)

    def jobs_run(self, path: str, body: Values, _args: Values) -> Given:
        return self._operation(path) | {
            "metadata": {"@type": "Execution", **self.execute(path, body.get("overrides", {}))}
        }

    def execute(self, job: str, overrides: Values) -> Given:
        """Begin an execution of a job."""
        of = self.kept[job]["template"]
        task = {**of["template"], **({"timeout": overrides["timeout"]} if "timeout" in overrides else {})}
        added = {each["name"]: each for each in overrides.get("containerOverrides", ())}
        task["containers"] = [_overridden(each, added.get(each["name"], {})) for each in task["containers"]]
        self._count += 1
        name = f"{job}/executions/{job.rpartition('/')[2]}-{self._count:05}"
        made = {
            "name": name,
            "job": job,
            "labels": of.get("labels", {}),
            "template": task,
            "createTime": self._moment(),
        }
        self.kept[name] = made
        self.kept[job]["latestCreatedExecution"] = {"name": name}
        self._fate[name] = self.fates.pop(0) if self.fates else Fate()
        self.begun.append(made)
        return made

    def jobs_executions_list(self, path: str, _body: Values, args: Values) -> Given:
        self.kept[path.removesuffix("/executions")]
        return self._page("executions", path, args)

    def jobs_executions_get(self, path: str, _body: Values, _args: Values) -> Given:
        """It runs when it is first looked at, and has ended when it is looked at again."""
        self._looks[path] = self._looks.get(path, 0) + 1
        if self._looks[path] <= self.slow:
            raise KeyError(path)
        execution, fate = self.kept[path], self._fate[path]
        if "startTime" not in execution and fate.exit_code is not None and not fate.waits:
            execution["startTime"] = self._moment()
            self._write(execution, fate)
        elif "completionTime" not in execution and not fate.runs_on and not fate.waits:
            self.end(execution, fate)
        return execution

    def end(self, execution: Given, fate: Fate) -> None:
        """Let an execution end."""
        execution["completionTime"] = self._moment()
        well = fate.exit_code == 0 and not fate.signal and not fate.reason
        reason = fate.reason or ("NON_ZERO_EXIT_CODE" if fate.exit_code else "")
        completed = _condition("Completed", DONE if well else FAILED, fate.message)
        execution["conditions"] = [completed | ({"executionReason": reason} if reason and not well else {})]
        result = {"status": {"code": 0 if well else 2, "message": fate.message}}
        if fate.exit_code:
            result["exitCode"] = fate.exit_code
        if fate.signal:
            result["termSignal"] = fate.signal
        name = execution["name"]
        self.kept[f"{name}/tasks/0"] = {"name": f"{name}/tasks/0", "index": 0, "lastAttemptResult": result}

    def jobs_executions_cancel(self, path: str, _body: Values, _args: Values) -> Given:
        self.end(self.kept[path], Fate(None, reason="CANCELLED", message="The execution was cancelled."))
        return self._operation(path)

    def jobs_executions_tasks_list(self, path: str, _body: Values, args: Values) -> Given:
        return self._page("tasks", path, args)

    def operations_get(self, path: str, _body: Values, _args: Values) -> Given:
        self._looks[path] = self._looks.get(path, 0) + 1
        return {
            "name": path,
            "done": self._looks[path] > self.slow,
            **({} if self._looks[path] <= self.slow else {"response": {}}),
        }

    def _write(self, execution: Values, fate: Fate) -> None:
        job = execution["job"].rpartition("/")[2]
        arguments = [*execution["template"]["containers"][0].get("args", ())]
        lines = (f"ran {' '.join(arguments)}",) if fate.lines is None else fate.lines
        place = {"job_name": job, "location": execution["name"].split("/")[3]}
        for line in lines:
            self.logs.write("cloud_run_job", place, line, execution_name=execution["name"].rpartition("/")[2])

    def _operation(self, name: str) -> Given:
        place = "/".join(name.split("/")[:4])
        self._count += 1
        return {"name": f"{place}/operations/{self._count:08}", "done": self.slow == 0}

    def _page(self, key: str, path: str, args: Values) -> Given:
        """What lies right below a path, so many at a time."""
        there = [each for name, each in self.kept.items() if re.fullmatch(re.escape(path) + "/[^/]+", name)]
        there.sort(key=lambda each: each.get("createTime", ""), reverse=True)
        first = int(args.get("pageToken") or 0)
        end = first + int(args["pageSize"])
        return {key: there[first:end], **({"nextPageToken": str(end)} if end < len(there) else {})}

    def _revisions(self, service: str) -> list[Given]:
        found = [each for name, each in self.kept.items() if name.startswith(f"{service}/revisions/")]
        return sorted(found, key=lambda each: each["createTime"], reverse=True)

    def _ready(self, revision: Values) -> str:
        return next(each["state"] for each in revision["conditions"] if each["type"] == "Ready")

    def _moment(self) -> str:
        self._count += 1
        return (datetime.now(UTC) + timedelta(microseconds=self._count)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _condition(type_: str, state: str, message: str = "", reason: str = "") -> Given:
    told = {"message": message} if message else {}
    why: Given = {}
    if reason and state == FAILED:
        why = {"revisionReason" if reason.startswith("HEALTH") else "reason": reason}
    return {"type": type_, "state": state, **told, **why}


def _said(revision: Values) -> str:
    return next(each.get("message", "") for each in revision["conditions"] if each["type"] == "Ready")


def _shares(service: Values, name: str) -> Iterator[Given]:
    latest = service["latestCreatedRevision"].rpartition("/")[2]
    host = service["uri"].removeprefix("https://")
    for share in service.get("traffic") or [{"percent": 100}]:
        tag = {"tag": share["tag"], "uri": f"https://{share['tag']}---{host}"} if share.get("tag") else {}
        kind = share.get("type", "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST")
        yield {"type": kind, "revision": share.get("revision", latest), "percent": share.get("percent", 0), **tag}


def _overridden(container: Values, override: Values) -> Given:
    given = {each["name"]: each for each in container.get("env", ())}
    added = {each["name"]: each for each in override.get("env", ())}
    return {
        **container,
        **({"args": override["args"]} if "args" in override else {}),
        "env": [*{**given, **added}.values()],
    }
