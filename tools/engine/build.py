"""Programs built from Go modules, where no release can be had: minutes, once, then kept in the cache."""

import os
import platform
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.engine.kept import Kept, engines
from tools.engine.pins import Part, Program
from tools.locking import alone
from tools.saying import Progress


class CannotBuild(Exception):
    """Why a part could not be built, in a few lines."""


def place(part: Part) -> Kept:
    """Where the part is kept once it is built."""
    machine = f"{platform.system()}-{platform.machine()}".lower()
    return Kept(engines() / f"{part.name}-{part.version}-{machine}-{part.key()}")


def built(part: Part) -> Kept:
    """The part, from the cache or built now. Two processes do not build the same part at once: the second waits."""
    kept = place(part)
    if kept.whole():
        return kept
    with alone(kept.lock, f"building {part.name}"):
        if not kept.whole():
            _fill(kept, part)
    return kept


def _fill(kept: Kept, part: Part) -> None:
    log = kept.folder.with_name(f"{kept.folder.name}.log")
    log.unlink(missing_ok=True)
    bin_folder = kept.begin()
    for program in part.programs:
        progress = Progress(f"building {program.name} {program.version} from Go modules")
        try:
            _build(program, bin_folder / program.name, progress, log)
        finally:
            progress.clear()
        progress.end("done")
    for copy in part.copies:
        go = _Go(copy.module, "", log)
        source = Path(go.run(["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", copy.package])[0])
        shutil.copyfile(source / copy.path, bin_folder / copy.name)
        (bin_folder / copy.name).chmod(0o755)
    kept.seal("built from Go modules")
    log.unlink(missing_ok=True)


def _build(program: Program, target: Path, progress: Progress, log: Path) -> None:
    go = _Go(program.module, program.experiment, log)
    go.check(program.name)
    seen = 0

    def fetching(line: str) -> None:
        nonlocal seen
        seen += line.startswith("go: downloading")

    packages = go.run(
        ["list", "-mod=readonly", "-deps", program.package], fetching, lambda: progress.show(f"{seen} modules fetched")
    )

    def compiling(line: str) -> None:
        nonlocal seen
        # `go build -v` names each package that it compiles, and is silent about what it has compiled before.
        seen += bool(line) and " " not in line

    seen = 0
    flags = "-s -w" + (f" -X {program.version_variable}={program.version}" if program.version_variable else "")
    go.run(
        [
            "build",
            "-v",
            "-mod=readonly",
            "-trimpath",
            "-buildvcs=false",
            f"-ldflags={flags}",
            "-o",
            str(target),
            program.package,
        ],
        compiling,
        lambda: progress.show(f"{seen} of at most {len(packages)} packages compiled"),
    )
    said = subprocess.run([target, program.asked], capture_output=True, text=True, timeout=60, check=False)
    if program.answer not in said.stdout + said.stderr:
        raise CannotBuild(f"the built {program.name} does not run (exit code {said.returncode})")


@dataclass(frozen=True)
class _Go:
    """The `go` on PATH, used in one of our modules."""

    module: Path
    experiment: str
    log: Path

    def check(self, program: str) -> None:
        """That there is a Go which is new enough, or one which fetches what the module asks for."""
        if shutil.which("go") is None:
            raise CannotBuild("there is no go on PATH")
        said = subprocess.run(["go", "env", "GOVERSION", "GOTOOLCHAIN"], capture_output=True, text=True, check=False)
        lines = [*said.stdout.splitlines(), "", ""]
        have = re.match(r"go(\d+)\.(\d+)", lines[0])
        want = re.search(r"^go (\d+)\.(\d+)", (self.module / "go.mod").read_text(), re.MULTILINE)
        if have is None or want is None:
            raise CannotBuild("the go on PATH does not say its version")
        # Since 1.21 Go fetches the toolchain that a go.mod asks for, unless it is told to stay local.
        fetches = _numbers(have) >= (1, 21) and not lines[1].startswith("local")
        if _numbers(have) < _numbers(want) and not fetches:
            raise CannotBuild(f"{program} needs Go {want[1]}.{want[2]}, and the go on PATH is {have[1]}.{have[2]}")

    def run(
        self,
        arguments: Sequence[str],
        heard: Callable[[str], None] = lambda _line: None,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> list[str]:
        """The lines that Go printed; what it says beside them goes to `heard`; `meanwhile` runs twice a second."""
        # A person's own flags (-mod=vendor), workspace or foreign platform must not leak into what a key stands for.
        env = {name: value for name, value in os.environ.items() if name not in ("GOOS", "GOARCH")}
        env |= {
            "GOEXPERIMENT": self.experiment,
            "GOFLAGS": "",
            "GOWORK": "off",
            "GO111MODULE": "on",
            "CGO_ENABLED": "0",
        }
        said: list[str] = []
        with tempfile.TemporaryFile("w+") as printed:
            go = subprocess.Popen(
                ["go", *arguments], cwd=self.module, env=env, stdout=printed, stderr=subprocess.PIPE, text=True
            )

            def listen() -> None:
                assert go.stderr is not None
                with go.stderr:
                    for line in go.stderr:
                        said.append(line.rstrip())
                        heard(line.rstrip())

            listener = threading.Thread(target=listen)
            listener.start()
            try:
                while True:
                    try:
                        go.wait(timeout=0.5)
                        break
                    except subprocess.TimeoutExpired:
                        meanwhile()
            finally:
                if go.poll() is None:
                    go.terminate()
                    go.wait()
                listener.join()
            printed.seek(0)
            lines = printed.read().splitlines()
        if go.returncode != 0:
            self.log.write_text("\n".join(said) + "\n")
            errors = [line for line in said if line and not line.startswith("go: downloading") and " " in line]
            raise CannotBuild("\n".join(errors[-3:] or said[-3:]) + f"\n(all that Go said: {self.log})")
        return lines


def _numbers(version: re.Match[str]) -> tuple[int, int]:
    return int(version[1]), int(version[2])
