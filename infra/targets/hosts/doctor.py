"""What the target `hosts` wants: SSH, and hosts that let us in."""

import shlex
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from pydantic import ValidationError

from infra.targets.hosts.checks import path_of
from infra.targets.hosts.connection import Connection
from infra.targets.hosts.spec import HostsOptions
from tools.doctor.check import PATIENCE, Asked, Check, missing, ok, program, warn

# Of many hosts some tell enough.
_MOST = 5


def checks(of: Asked) -> Iterator[Check]:
    """Whether each of the first hosts lets us in, and lets us become root where that is wanted."""
    ssh = program("ssh", "by which Ansible reaches the hosts", "apt-get install openssh-client")
    yield ssh
    if ssh.state != "ok":
        return
    try:
        connection = Connection.of(HostsOptions.model_validate(of.options))
    except ValidationError:
        yield warn("hosts", "not asked: the stack's options are wrong", f"make preview STACK={of.stack}")
        return
    if not connection.hosts:
        yield warn("hosts", "not asked: they are named elsewhere", f"make preview STACK={of.stack}")
        return
    with ThreadPoolExecutor() as pool:
        yield from pool.map(partial(_lets_in, connection), connection.hosts[:_MOST])


def _lets_in(connection: Connection, host: str) -> Check:
    # Of an option that is given twice SSH takes the first.
    command = ["ssh", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={PATIENCE}", *connection.ssh_options()]
    command += ["-i", str(path_of(connection.key))] if connection.key else []
    command += ["-p", str(connection.port)] if connection.port else []
    command += ["-l", connection.user] if connection.user else []
    command += [host, "sudo -n true" if connection.become else "true"]
    by_hand = shlex.join(command)
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=4 * PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return missing(host, f"it did not answer within {4 * PATIENCE} s", by_hand)
    if ran.returncode == 0:
        return ok(host, f"lets us in{' and become root' if connection.become else ''}")
    return missing(host, (ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"])[-1], by_hand)
