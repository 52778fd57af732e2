"""Ansible's own voice as JSON, a line for each thing that happened: what `infra.targets.hosts.playbook` reads.

Ansible loads this file by its path, as a plugin; it imports nothing of the project.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from ansible.plugins.callback import CallbackBase  # pyright: ignore[reportMissingTypeStubs]

DOCUMENTATION = """
name: slipway_events
type: stdout
short_description: JSON lines
description: Tells what happens as JSON, a line for each event.
"""

# Of what a module answers, only this is told: facts and whole files are not.
_TOLD = ("msg", "stdout", "stderr", "module_stderr", "module_stdout", "rc", "cmd", "changed", "attempts", "written")


class CallbackModule(CallbackBase):
    """Tells the tasks' results and the hosts' counts."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "slipway_events"

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """A play begins: with `serial`, once for each batch of hosts."""
        _tell(event="play", name=play.get_name())

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """A task begins."""
        _tell(event="task", name=task.get_name())

    def v2_runner_on_ok(self, result: Any) -> None:
        """It went well on a host."""
        self._result("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """It failed on a host."""
        self._result("ignored" if ignore_errors else "failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """The host could not be reached."""
        self._result("unreachable", result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """The end: what each host came to."""
        _tell(event="stats", hosts={host: stats.summarize(host) for host in sorted(stats.processed)})

    def _result(self, event: str, result: Any) -> None:
        answer: Mapping[str, Any] = result.result
        told = {key: answer[key] for key in _TOLD if key in answer}
        parts: list[Any] = answer.get("results") or []
        items = [_item(part) for part in parts if part.get("failed")] if event == "failed" else []
        if answer.get("censored") or answer.get("_ansible_no_log") or result.task.no_log is True:
            told, items = {"changed": bool(answer.get("changed")), "censored": True}, []
        _tell(event=event, host=result.host.get_name(), task=result.task.get_name(), items=items, **told)


def _item(answer: Any) -> dict[str, Any]:
    if answer.get("censored") or answer.get("_ansible_no_log"):
        return {"censored": True}
    return {"item": answer.get("item"), **{key: answer[key] for key in _TOLD if key in answer}}


def _tell(**event: Any) -> None:
    sys.stdout.write(json.dumps(event, default=str) + "\n")
    sys.stdout.flush()
