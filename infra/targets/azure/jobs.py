"""What Container Apps runs to its end: the release task, and jobs whenever they are due."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from infra.targets.azure.apps import Apps
from infra.targets.azure.raw import resource
from infra.targets.raw import Resource

# An execution is one replica, and what fails is not tried again: nobody said that it may be run twice.
ONCE = {"parallelism": 1, "replicaCompletionCount": 1}


class Jobs:
    """Makes the jobs of a stack, which run with what its apps run with."""

    def __init__(self, apps: Apps) -> None:
        self._apps = apps

    def started(
        self, name: str, process: str, template: Mapping[str, Any], timeout: int, after: Sequence[pulumi.Resource]
    ) -> Resource:
        """A job that is started by whoever has a reason to. `timeout` in seconds."""
        trigger = {"triggerType": "Manual", "manualTriggerConfig": ONCE}
        return self._job(name, process, template, timeout, trigger, after)

    def scheduled(
        self,
        name: str,
        process: str,
        template: Mapping[str, Any],
        timeout: int,
        schedule: str,
        after: Sequence[pulumi.Resource],
    ) -> Resource:
        """A job that is started whenever it is due. `schedule`: cron, five fields, UTC."""
        trigger = {"triggerType": "Schedule", "scheduleTriggerConfig": {"cronExpression": schedule, **ONCE}}
        return self._job(name, process, template, timeout, trigger, after)

    def _job(
        self,
        name: str,
        process: str,
        template: Mapping[str, Any],
        timeout: int,
        trigger: Mapping[str, Any],
        after: Sequence[pulumi.Resource],
    ) -> Resource:
        apps = self._apps
        limits = {"replicaTimeout": timeout, "replicaRetryLimit": 0}
        props = {
            **apps.common(process),
            "jobName": name,
            "configuration": {**apps.configuration(), **limits, **trigger},
            "template": template,
        }
        return resource("app:Job", apps.logical(process), props, apps.kept(after), ["name"])
