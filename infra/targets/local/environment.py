"""The variables a process of the service is started with: what is declared, and nothing of the deployer's own."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

# What a program needs of the machine to work at all. All else, credentials first of all, stays out.
INHERITED = ("HOME", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME")
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def process_environment(
    programs: str, variables: Mapping[str, str], temporary: Path, secrets: Iterable[Path]
) -> dict[str, str]:
    """The variables of every process of a deployment.

    Args:
        programs: the folder of the release's own programs, first on PATH.
        variables: what is declared.
        temporary: a folder for temporary files.
        secrets: files named as the secrets are; a secret NAME is told by NAME_FILE.
    """
    machine = machine_environment()
    return {
        **machine,
        "PATH": f"{programs}:{machine['PATH']}",
        "TMPDIR": str(temporary),
        "PYTHONUNBUFFERED": "1",
        **variables,
        **{f"{path.name}_FILE": str(path) for path in secrets},
    }


def machine_environment() -> dict[str, str]:
    """The little that every process of ours gets from the one that starts it."""
    return {**{name: os.environ[name] for name in INHERITED if name in os.environ}, "PATH": SYSTEM_PATH}
