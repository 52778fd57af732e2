"""The process that runs one instance: `python -m infra.targets.local.runner <instance folder> [<replaced folder> ...]`.

It takes the listening socket over from the instances it replaces or opens it, starts the web process on it, and when
that has proven itself ready ends the replaced ones and starts the workers and the jobs. It restarts what crashes, keeps
the logs within bounds and ends everything at SIGTERM.
"""

import asyncio
import errno
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from infra import probe
from infra.targets.local.environment import process_environment
from infra.targets.local.instance import POLL, Instance, Spec, State, Status
from infra.targets.local.supervision import Child, Log, run_jobs

# Relative to the instance's folder, where each runner works: a socket's whole path may be no longer than 108 bytes.
CONTROL = "control"
HAND_OVER_TIMEOUT = 5


class NotReplacedError(Exception):
    """What this instance is to replace does not let go of its socket."""


class Runner:
    """One instance, from its first socket to its last process."""

    def __init__(self, instance: Instance, replaced: Sequence[Instance]) -> None:
        self.instance = instance
        self.spec: Spec = instance.spec
        self.replaced = replaced
        self.web_socket: socket.socket | None = None
        self.admin_socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.children: list[Child] = []
        self.state: State = "starting"
        self.reason = ""
        self.stopping = asyncio.Event()
        instance.temporary.mkdir(exist_ok=True)
        self.environment = process_environment(
            self.spec.programs, self.spec.variables, instance.temporary, instance.secret_files()
        )

    async def run(self) -> int:
        """Run until asked to end. The exit code is 1 when it never served."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)
        jobs: asyncio.Task[None] | None = None
        try:
            self._tell("starting")
            await self._take_socket()
            server = await asyncio.start_unix_server(self._give_socket, CONTROL)
            web = self._start_web()
            ready = await self._until_ready(web)
            self.instance.gate.unlink(missing_ok=True)
            if not ready:
                return 1
            self._tell("switched")
            await self._end_replaced()
            for name, command in self.spec.workers.items():
                self._child(f"worker.{name}", command)
            if self.spec.jobs:
                jobs = asyncio.create_task(run_jobs(self.spec.jobs, self._child))
            self._tell("serving")
            await self.stopping.wait()
            server.close()
            return 0
        except (OSError, NotReplacedError) as error:
            self.reason = str(error)
            return 1
        finally:
            ended: State = "stopped" if self.state in ("switched", "serving") else "failed"
            self._tell("stopping")
            if jobs:
                jobs.cancel()
            await asyncio.gather(*(child.stop(self.spec.stop_timeout) for child in self.children))
            self.instance.clear()
            self._tell(ended)

    async def _take_socket(self) -> None:
        """Share the public socket of an instance that holds it, or open it."""
        wanted = (self.spec.host, self.spec.port)
        for other in self.replaced:
            status = other.status
            if status and other.alive() and (status.host, status.port) == wanted:
                self.web_socket = await asyncio.to_thread(_hand_over, other)
                return
        try:
            self.web_socket = socket.create_server(wanted, backlog=2048)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not self.replaced:
                raise
            # The same port on another address: it is free only when the one before has let it go.
            await self._end_replaced()
            self.web_socket = socket.create_server(wanted, backlog=2048)

    async def _give_socket(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand the public socket to an instance that will replace this one."""
        connection: socket.socket = writer.get_extra_info("socket")
        # The transport's socket is a wrapper that cannot pass descriptors; a duplicate of it can.
        with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as plain:
            if self.web_socket is not None:
                socket.send_fds(plain, [b"web"], [self.web_socket.fileno()])
        writer.close()

    def _start_web(self) -> Child:
        assert self.web_socket is not None
        if self.replaced:
            self.instance.gate.touch()
        variables = {
            **self.spec.web_variables,
            "LISTEN_FDS": "2",
            "LISTEN_FDNAMES": "web:admin",
            "WEB_GATE": str(self.instance.gate),
        }
        sockets = [self.web_socket.fileno(), self.admin_socket.fileno()]
        return self._child("web", [f"{self.spec.programs}/python", "-m", "serving"], variables, sockets)

    def _child(
        self,
        name: str,
        command: Sequence[str],
        variables: dict[str, str] | None = None,
        sockets: Sequence[int] = (),
        *,
        restart: bool = True,
    ) -> Child:
        child = Child(
            name,
            command,
            cwd=self.spec.release,
            environment={**self.environment, **(variables or {})},
            sockets=sockets,
            log=Log(self.instance.logs / f"{name}.log"),
            restart=restart,
            changed=self._tell,
        )
        self.children = [other for other in self.children if not other.finished] + [child]
        return child

    async def _until_ready(self, web: Child) -> bool:
        """Whether the web process came to serve in time, as itself and in the revision asked for."""
        port = self.admin_socket.getsockname()[1]
        deadline = asyncio.get_running_loop().time() + self.spec.start_timeout
        seen = "it did not answer"
        while not self.stopping.is_set():
            if web.exits:
                self.reason = f"the web process ended with exit code {web.exits[0]} before it was ready"
                return False
            if asyncio.get_running_loop().time() > deadline:
                self.reason = f"the web process did not become ready in {self.spec.start_timeout:g} s: {seen}"
                return False
            seen = await asyncio.to_thread(_readiness, port, self.spec)
            if not seen:
                return True
            await asyncio.sleep(POLL)
        self.reason = "it was asked to end before it was ready"
        return False

    async def _end_replaced(self) -> None:
        for other in self.replaced:
            other.signal(signal.SIGTERM)
        while not self.stopping.is_set() and any(other.alive() for other in self.replaced):
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), POLL)

    def _tell(self, state: State | None = None) -> None:
        self.state = state or self.state
        status = Status(
            pid=os.getpid(),
            state=self.state,
            host=self.spec.host,
            port=self.spec.port,
            deployment=self.spec.deployment,
            revision=self.spec.revision,
            stop_timeout=self.spec.stop_timeout,
            admin_port=self.admin_socket.getsockname()[1],
            reason=self.reason,
            processes={child.name: child.pid for child in self.children if child.pid},
            restarts={child.name: len(child.exits) for child in self.children if child.exits},
        )
        # A full disk, or a folder that was moved away, must not end what serves.
        with suppress(OSError):
            self.instance.write_status(status)


def _hand_over(other: Instance) -> socket.socket:
    """The public socket of a living instance. Runs in a thread: only its path is relative, so it names the folder."""
    here = os.open(other.path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with socket.socket(socket.AF_UNIX) as donor:
            donor.settimeout(HAND_OVER_TIMEOUT)
            donor.connect(f"/proc/self/fd/{here}/{CONTROL}" if sys.platform == "linux" else str(other.path / CONTROL))
            _, descriptors, _, _ = socket.recv_fds(donor, 16, 1)
            return socket.socket(fileno=descriptors[0])
    except (OSError, IndexError) as error:
        raise NotReplacedError(
            f"the running instance does not hand its socket over ({error}). Fix: make destroy && make up"
        ) from error
    finally:
        os.close(here)


def _readiness(port: int, spec: Spec) -> str:
    """Why the web process is not ready; empty when it is."""
    base = f"http://127.0.0.1:{port}"
    ready = probe.status(base + spec.ready)
    if ready != "status 200":
        return f"{spec.ready} answered: {ready}"
    seen = probe.ask(base + spec.version)
    return "" if seen == probe.told(spec.revision, spec.deployment) else f"it says {seen}"


def main() -> int:
    """Run the instance named on the command line."""
    own, *others = (Instance(Path(path)) for path in sys.argv[1:])
    os.chdir(own.path)
    own.hold()
    return asyncio.run(Runner(own, others).run())


if __name__ == "__main__":
    sys.exit(main())
