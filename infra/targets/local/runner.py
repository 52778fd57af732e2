"""The process that runs one instance: `python -m infra.targets.local.runner <instance folder> [<control socket> ...]`.

It takes the listening socket over from the instances it replaces (named by their control sockets) or opens it, starts
the web process on it, and when that has proven itself ready ends the replaced ones and starts the workers and the jobs.
It restarts what crashes, keeps the logs within bounds and ends everything at SIGTERM.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import psutil

from infra.targets.local.environment import process_environment
from infra.targets.local.instance import Instance, Spec, State, Status, find_process
from infra.targets.local.supervision import Child, Log, run_jobs

SOCKETS_TIMEOUT = 5


class Runner:
    """One instance, from its first socket to its last process."""

    def __init__(self, instance: Instance, donors: Sequence[str]) -> None:
        self.instance = instance
        self.spec: Spec = instance.spec
        self.donors = donors
        self.control = Path(tempfile.mkdtemp(prefix="slipway-")) / "control"
        self.web_socket: socket.socket | None = None
        self.admin_socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.children: list[Child] = []
        self.state: State = "starting"
        self.reason = ""
        self.stopping = asyncio.Event()
        temporary = instance.path / "tmp"
        temporary.mkdir(exist_ok=True)
        self.environment = process_environment(
            self.spec.programs, self.spec.variables, temporary, instance.secret_files()
        )

    async def run(self) -> int:
        """Run until asked to end. The exit code is 1 when it never served."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)
        server = await asyncio.start_unix_server(self._give_sockets, self.control)
        jobs: asyncio.Task[None] | None = None
        try:
            self._tell()
            replaced = self._take_socket()
            web = self._start_web(gated=bool(replaced))
            ready = await self._until_ready(web)
            self.instance.gate.unlink(missing_ok=True)
            if not ready:
                return 1
            await self._end(replaced)
            for name, command in self.spec.workers.items():
                self._child(f"worker.{name}", command)
            if self.spec.jobs:
                jobs = asyncio.create_task(run_jobs(self.spec.jobs, self._child))
            self.state = "serving"
            self._tell()
            await self.stopping.wait()
            return 0
        except Exception as error:
            self.reason = self.reason or f"{type(error).__name__}: {error}"
            raise
        finally:
            server.close()
            if jobs:
                jobs.cancel()
            await asyncio.gather(*(child.stop(self.spec.stop_timeout) for child in self.children))
            self.state = "stopped" if self.state == "serving" else "failed"
            self._tell()
            shutil.rmtree(self.instance.secrets, ignore_errors=True)
            shutil.rmtree(self.instance.path / "tmp", ignore_errors=True)
            shutil.rmtree(self.control.parent, ignore_errors=True)

    def _take_socket(self) -> list[tuple[int, float]]:
        """Share the public socket of an instance that holds it, or open it. Gives pid and start of the replaced."""
        replaced: list[tuple[int, float]] = []
        for path in self.donors:
            with socket.socket(socket.AF_UNIX) as donor:
                donor.settimeout(SOCKETS_TIMEOUT)
                try:
                    donor.connect(path)
                    message, descriptors, _, _ = socket.recv_fds(donor, 4096, 1)
                    told = json.loads(message)
                except (OSError, ValueError):
                    continue
            replaced.append((told["pid"], told["created"]))
            shared = [socket.socket(fileno=descriptor) for descriptor in descriptors]
            for offered in shared:
                if self.web_socket is None and offered.getsockname() == (self.spec.host, self.spec.port):
                    self.web_socket = offered
                else:
                    offered.close()
        if self.web_socket is None:
            self.web_socket = socket.create_server((self.spec.host, self.spec.port), backlog=2048)
        return replaced

    async def _give_sockets(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand the public socket to an instance that will replace this one."""
        connection: socket.socket = writer.get_extra_info("socket")
        message = json.dumps({"pid": os.getpid(), "created": psutil.Process().create_time()}).encode()
        if self.web_socket is not None:
            # The transport's socket is a wrapper that cannot pass descriptors; a duplicate of it can.
            with socket.socket(fileno=os.dup(connection.fileno())) as plain:
                socket.send_fds(plain, [message], [self.web_socket.fileno()])
        writer.close()

    def _start_web(self, *, gated: bool) -> Child:
        assert self.web_socket is not None
        if gated:
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
            restarted=self._tell,
        )
        self.children = [other for other in self.children if not other.finished] + [child]
        return child

    async def _until_ready(self, web: Child) -> bool:
        """Whether the web process came to serve in time, as itself and in the revision asked for."""
        port = self.admin_socket.getsockname()[1]
        deadline = asyncio.get_running_loop().time() + self.spec.start_timeout
        answer = "did not answer"
        while not self.stopping.is_set():
            if web.exits:
                self.reason = f"the web process ended with exit code {web.exits[0]} before it was ready"
                return False
            if asyncio.get_running_loop().time() > deadline:
                self.reason = f"the web process did not become ready in {self.spec.start_timeout} s: {answer}"
                return False
            answer = await asyncio.to_thread(_readiness, port, self.spec)
            if not answer:
                return True
            await asyncio.sleep(0.05)
        self.reason = "it was asked to end before it was ready"
        return False

    async def _end(self, replaced: Sequence[tuple[int, float]]) -> None:
        for pid, created in replaced:
            process = find_process(pid, created)
            if process:
                process.terminate()
        while any(find_process(pid, created) for pid, created in replaced):  # noqa: ASYNC110 -- no child of ours
            await asyncio.sleep(0.05)

    def _tell(self) -> None:
        me = psutil.Process()
        self.instance.write_status(
            Status(
                pid=me.pid,
                created=me.create_time(),
                state=self.state,
                host=self.spec.host,
                port=self.spec.port,
                deployment=self.spec.deployment,
                revision=self.spec.revision,
                stop_timeout=self.spec.stop_timeout,
                admin_port=self.admin_socket.getsockname()[1],
                control=str(self.control),
                reason=self.reason,
                restarts={child.name: len(child.exits) for child in self.children if child.exits},
            )
        )


def _readiness(port: int, spec: Spec) -> str:
    """Why the web process is not ready; empty when it is."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    base = f"http://127.0.0.1:{port}"
    try:
        with opener.open(base + spec.ready, timeout=2) as response:
            response.read()
        with opener.open(base + spec.version, timeout=2) as response:
            told = json.load(response)
    except urllib.error.HTTPError as error:
        return f"{spec.ready} answered {error.code}"
    except OSError as error:
        return f"no answer ({error})"
    except ValueError:
        return f"{spec.version} did not answer JSON"
    if (told.get("revision"), told.get("deployment")) != (spec.revision, spec.deployment):
        return f"it says revision {told.get('revision')}, deployment {told.get('deployment')}"
    return ""


def main() -> int:
    """Run the instance named on the command line."""
    return asyncio.run(Runner(Instance(Path(sys.argv[1])), sys.argv[2:]).run())


if __name__ == "__main__":
    sys.exit(main())
