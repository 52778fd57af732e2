"""What Fargate demands of a task definition and of the containers in it, beyond what ECS's model says."""

import re
from collections.abc import Iterator
from typing import Any

from infra.targets.aws.offline.names import READ
from tools.offline import forms, judges
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Rule, Source
from tools.offline.values import UNKNOWN, Values

API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
CONTAINERS = Source(f"{API}/API_ContainerDefinition.html", READ)
CHECKS = Source(f"{API}/API_HealthCheck.html", READ)
LINUX = Source(f"{API}/API_LinuxParameters.html", READ)
CAPABILITIES = Source(f"{API}/API_KernelCapabilities.html", READ)
TMPFS = Source(f"{API}/API_Tmpfs.html", READ)
SECRETS = Source(f"{API}/API_Secret.html", READ)
STORAGE = Source(f"{API}/API_EphemeralStorage.html", READ)
TASKS = Source(f"{API}/API_RegisterTaskDefinition.html", READ)
DIFFERENCES = Source(f"{GUIDE}/fargate-tasks-services.html", READ)
LOGGING = Source(f"{GUIDE}/using_awslogs.html", READ)
ROLES = Source(f"{GUIDE}/task_execution_IAM_role.html", READ)
QUOTAS = Source(f"{GUIDE}/service-quotas.html", READ)

# Seconds, on Fargate.
LONGEST_STOP = LONGEST_START = 120
LIMITS = {
    "healthCheck.interval": (5, 300, CHECKS),
    "healthCheck.timeout": (2, 60, CHECKS),
    "healthCheck.retries": (1, 10, CHECKS),
    "healthCheck.startPeriod": (0, 300, CHECKS),
    "stopTimeout": (0, LONGEST_STOP, CONTAINERS),
    "startTimeout": (2, LONGEST_START, CONTAINERS),
}
# What no task on Fargate may have, wherever it stands in a container.
REFUSED = {
    "privileged": CONTAINERS,
    "dockerSecurityOptions": CONTAINERS,
    "links": DIFFERENCES,
    "hostname": CONTAINERS,
    "dnsServers": DIFFERENCES,
    "dnsSearchDomains": DIFFERENCES,
    "extraHosts": DIFFERENCES,
    "disableNetworking": DIFFERENCES,
    "linuxParameters.devices": LINUX,
    "linuxParameters.maxSwap": LINUX,
    "linuxParameters.sharedMemorySize": LINUX,
    "linuxParameters.swappiness": LINUX,
}
DRIVERS = ("awslogs", "splunk", "awsfirelens")
LOG_OPTIONS = (
    "awslogs-create-group", "awslogs-datetime-format", "awslogs-group", "awslogs-multiline-pattern", "awslogs-region",
    "awslogs-stream-prefix", "max-buffer-size", "mode",
)  # fmt: skip
LOG_WANTED = ("awslogs-group", "awslogs-region", "awslogs-stream-prefix")
MOUNT_OPTIONS = (
    "defaults", "ro", "rw", "suid", "nosuid", "dev", "nodev", "exec", "noexec", "sync", "async", "dirsync", "remount",
    "mand", "nomand", "atime", "noatime", "diratime", "nodiratime", "bind", "rbind", "unbindable", "runbindable",
    "private", "rprivate", "shared", "rshared", "slave", "rslave", "relatime", "norelatime", "strictatime",
    "nostrictatime", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol",
)  # fmt: skip
# A secret of Secrets Manager, whole or a key, a stage and a version of it; or a parameter of Systems Manager.
SECRET = re.compile(
    r"arn:aws[\w-]*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+(:[^:]*:[^:]*:[^:]*)?"
    r"|ssm:[a-z0-9-]+:\d{12}:parameter/[\w./-]+)"
)
NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
MOST_CONTAINERS = 10

RULES = (
    Rule("family", TASKS, "be up to 255 letters, digits, hyphens and underscores", pattern=NAME.pattern),
    Rule("ephemeralStorage.sizeInGib", STORAGE, "be from 21 to 200 GiB", least=21, most=200),
)


def judge(_type: str, inputs: Values) -> Iterator[Problem]:
    """What is wrong with a task definition for Fargate."""
    if "FARGATE" not in forms.listed(inputs.get("requiresCompatibilities")):
        return
    yield from _task(inputs)
    containers = forms.objects(forms.parsed(inputs.get("containerDefinitions")))
    if len(containers) > MOST_CONTAINERS:
        yield Problem("containerDefinitions", f"a task has at most {MOST_CONTAINERS} containers ({QUOTAS})")
    yield from _role(inputs, containers)
    checked = {one(each, "name") for each in containers if one(each, "healthCheck") is not None}
    for index, container in enumerate(containers):
        for problem in _container(container, checked, inputs):
            yield Problem(f"containerDefinitions[{index}].{problem.property}", problem.reason)


def _role(inputs: Values, containers: list[Values]) -> Iterator[Problem]:
    """That somebody pulls the image, reads the secrets and writes the log."""
    if inputs.get("executionRoleArn") is not None:
        return
    wants = {
        "log driver awslogs": [one(each, "logConfiguration.logDriver") == "awslogs" for each in containers],
        "images of ECR": [".dkr.ecr." in str(one(each, "image")) for each in containers],
        "secrets": [one(each, "secrets") or one(each, "repositoryCredentials") for each in containers],
    }
    for what, wanted in wants.items():
        if any(wanted):
            said = f"Fargate requires task definition to have execution role ARN to support {what} ({ROLES})"
            yield Problem("executionRoleArn", said)


def _task(inputs: Values) -> Iterator[Problem]:
    """What a task on Fargate cannot have, and what it must."""
    for name in ("ipcMode", "placementConstraints"):
        if inputs.get(name) not in (None, UNKNOWN, []):
            yield Problem(name, f"is not for Fargate ({DIFFERENCES})")
    if inputs.get("pidMode") not in (None, UNKNOWN, "task"):
        yield Problem("pidMode", f"{inputs['pidMode']!r}: Fargate knows task alone ({TASKS})")
    for path, volume in found(inputs, "volumes[*]"):
        for name in ("hostPath", "dockerVolumeConfiguration"):
            if one(volume, name) not in (None, UNKNOWN):
                yield Problem(f"{path}.{name}", f"is not for Fargate ({DIFFERENCES})")


def _container(container: Any, checked: set[Any], inputs: Values) -> Iterator[Problem]:
    name = one(container, "name")
    if isinstance(name, str) and not NAME.fullmatch(name):
        yield Problem("name", f"{name!r} must be up to 255 letters, digits, hyphens and underscores ({CONTAINERS})")
    for path, source in REFUSED.items():
        if one(container, path) not in (None, False, []):
            yield Problem(path, f"is not for Fargate ({source})")
    for path, (least, most, source) in LIMITS.items():
        value = one(container, path)
        if isinstance(value, int) and not least <= value <= most:
            yield Problem(path, f"{value} must be from {least} to {most} ({source})")
    for part in (_checks, _linux, _secrets, _logs, _mounts):
        yield from part(container, inputs)
    for at, needed in found(container, "dependsOn[*]"):
        if one(needed, "condition") == "HEALTHY" and one(needed, "containerName") not in checked:
            yield Problem(at, f"{one(needed, 'containerName')!r} has no health check ({CONTAINERS})")


def _checks(container: Any, _inputs: Values) -> Iterator[Problem]:
    command = one(container, "healthCheck.command")
    if command is not None and (not isinstance(command, list) or command[:1] not in (["CMD"], ["CMD-SHELL"], ["NONE"])):
        yield Problem("healthCheck.command", f"must begin with CMD or CMD-SHELL ({CHECKS})")
    for at, mapped in found(container, "portMappings[*]"):
        host = one(mapped, "hostPort")
        if host not in (None, one(mapped, "containerPort")):
            yield Problem(f"{at}.hostPort", f"{host} must be the containerPort, or none, with awsvpc ({CONTAINERS})")
    for at, limit in found(container, "ulimits[*].name"):
        if limit != "nofile":
            yield Problem(at, f"{limit!r}: Fargate sets nofile alone ({DIFFERENCES})")


def _linux(container: Any, _inputs: Values) -> Iterator[Problem]:
    for at, added in found(container, "linuxParameters.capabilities.add[*]"):
        if added != "SYS_PTRACE":
            yield Problem(at, f"{added!r}: Fargate adds SYS_PTRACE alone ({CAPABILITIES})")
    for at, mount in found(container, "linuxParameters.tmpfs[*]"):
        path, size = one(mount, "containerPath"), one(mount, "size")
        if not isinstance(path, str) or not path.startswith("/"):
            yield Problem(f"{at}.containerPath", f"{path!r} is no absolute path ({TMPFS})")
        if not isinstance(size, int) or size < 1:
            yield Problem(f"{at}.size", f"{size!r} must be 1 MiB or more ({TMPFS})")
        for option in forms.listed(one(mount, "mountOptions")):
            if str(option).partition("=")[0] not in MOUNT_OPTIONS:
                yield Problem(f"{at}.mountOptions", f"{option!r} is no option of a mount ({TMPFS})")


def _secrets(container: Any, _inputs: Values) -> Iterator[Problem]:
    plain = [name for _, name in found(container, "environment[*].name")]
    names: list[Any] = [name for _, name in found(container, "secrets[*].name")]
    for name in names:
        if name in plain or names.count(name) > 1:
            yield Problem("secrets", f"the secret name must be unique and no variable's: {name!r} ({SECRETS})")
    for place in ("secrets[*].valueFrom", "repositoryCredentials.credentialsParameter"):
        for at, value in found(container, place):
            if not SECRET.fullmatch(str(value)):
                yield Problem(at, f"{value!r} is not the ARN of a secret, or of a parameter ({SECRETS})")


def _logs(container: Any, _inputs: Values) -> Iterator[Problem]:
    driver = one(container, "logConfiguration.logDriver")
    if driver is not None and driver not in DRIVERS:
        yield Problem("logConfiguration.logDriver", f"{driver!r}: Fargate knows {', '.join(DRIVERS)} ({DIFFERENCES})")
    if driver != "awslogs":
        return
    options: Any = one(container, "logConfiguration.options") or {}
    for name in LOG_WANTED:
        if not options.get(name):
            yield Problem("logConfiguration.options", f"log driver awslogs wants {name} on Fargate ({LOGGING})")
    for name in options:
        if name not in LOG_OPTIONS:
            yield Problem("logConfiguration.options", f"log driver awslogs disallows {name} ({LOGGING})")
    if options.get("mode", "blocking") not in ("blocking", "non-blocking"):
        yield Problem(
            "logConfiguration.options", f"{options['mode']!r} is neither blocking nor non-blocking ({LOGGING})"
        )
    if not re.fullmatch(r"\d+[kmg]?", str(options.get("max-buffer-size", "10m"))):
        yield Problem(
            "logConfiguration.options", f"max-buffer-size {options['max-buffer-size']!r} is no size ({LOGGING})"
        )


def _mounts(container: Any, inputs: Values) -> Iterator[Problem]:
    if judges.hidden(inputs, "volumes[*].name"):
        return
    known = [name for _, name in found(inputs, "volumes[*].name")]
    for at, name in found(container, "mountPoints[*].sourceVolume"):
        if name not in known:
            yield Problem(at, f"Unknown volume {name!r} ({CONTAINERS})")
