"""Why a task stopped, in words for whoever is woken by it.

ECS's own are those of https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html and
https://repost.aws/knowledge-center/ecs-task-stopped, read 2026-11-23.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from infra.targets.aws.ecs import OF_SERVICE, Task

KILLED = 137  # 128 + SIGKILL
SHOWN = 5

# What ECS's reason begins with or has in it, and what that means. The first that fits counts.
_NEVER_STARTED = (
    (r"CannotPull|registry auth from Amazon ECR|api\.ecr|GetAuthorizationToken", "its image cannot be pulled"),
    (r"pull secrets|retrieve secret|secretsmanager|from (asm|ssm)", "a secret cannot be read"),
    (r"logging driver|logger args|log streams?|log group", "its log cannot be written"),
    (r"network interface", "it got no network interface"),
    (r"[Cc]apacity is unavailable|InsufficientCapacity", "AWS has no capacity left for it"),
    (r"CannotCreateContainer|CannotStartContainer|ContainerRuntime", "its container cannot be started"),
    (r"ResourceInitialization", "what it needs cannot be made ready"),
)


def why(task: Task) -> str:
    """What goes after "the task": `ended with exit code 1`."""
    if "OutOfMemory" in f"{task.container_reason} {task.stop_reason}":
        return f"ran out of memory{_code(task)}"
    said = task.stop_reason
    if "failed ELB health checks" in said:
        return f"failed the health check of the load balancer ({said})"
    if "container health checks" in said:
        return f"failed its own health check{_code(task)}"
    if task.stop_code == "SpotInterruption":
        return "was interrupted: AWS took its spare capacity back"
    if task.exit_code is None:
        return f"never started: {_never_started(task)}"
    if task.stop_code == "UserInitiated":
        return f"was stopped by somebody ({said})"
    if is_wanted(task):
        return f"was stopped, as it was not needed any more ({said})"
    if task.exit_code == KILLED:
        return f"was killed{_code(task)}: for want of memory, or as it did not end when asked to"
    return f"ended with exit code {task.exit_code}"


def is_wanted(task: Task) -> bool:
    """Whether a deployment or a change of scale stopped it, which is no failure."""
    return task.stop_code == "ServiceSchedulerInitiated" and task.stop_reason.startswith("Scaling activity")


def is_failure(task: Task) -> bool:
    """Whether it ended and should not have: a service's task never ends by itself, any other ends with exit code 0."""
    done = task.exit_code == 0 and not task.started_by.startswith(OF_SERVICE)
    return task.ended and not is_wanted(task) and not done


def reasons(tasks: Iterable[Task]) -> Iterator[str]:
    """Why tasks failed, each reason once, the most frequent first: `3 x a task ended with exit code 1`."""
    seen = Counter(_without_ids(why(task)) for task in tasks if is_failure(task))
    for reason, times in seen.most_common(SHOWN):
        yield f"{times} x a task {reason}"


def _code(task: Task) -> str:
    return "" if task.exit_code is None else f" (exit code {task.exit_code})"


def _never_started(task: Task) -> str:
    said = " ".join((task.container_reason or task.stop_reason).split())
    for pattern, meaning in _NEVER_STARTED:
        if re.search(pattern, said):
            return f"{meaning} ({said})"
    return said or "ECS does not say why"


def _without_ids(reason: str) -> str:
    """So that the same reason of two tasks is one."""
    return re.sub(r"RequestID: [\w-]+", "RequestID: ...", reason, flags=re.IGNORECASE)
