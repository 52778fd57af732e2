"""Python environments inside the tree, made by uv from hashed locks: one for each platform, one for the checks."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.errors import ToolError
from tools.locking import alone
from tools.process import quietly
from tools.project import ENVIRONMENTS, REQUIREMENTS, ROOT, shown
from tools.saying import Progress
from tools.stack import lock_of, parts

# `uv venv --relocatable`, which lets an environment be made beside its place and renamed to it, is steady since then.
_OLDEST_UV = (0, 5)

# The environments beside those of the platforms: the project's own checks', whose lock is that of everything; the
# stand-in providers'; the policy pack's, checkov's and ansible-lint's, which pin old versions of what others use.
CHECKS = "test"
# A copy of the project lists the locks of its own platforms.
LISTED = REQUIREMENTS / "all.txt"
EVERYTHING = LISTED if LISTED.is_file() else ROOT / "requirements.txt"
OFFLINE = "offline"
COPYING = "copying"
PLAYBOOKS = "playbooks"
POLICIES = "policies"
SCAN = "scan"


@dataclass(frozen=True)
class Environment:
    """A Python environment that holds exactly what a lock lists."""

    folder: Path

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    @property
    def python(self) -> Path:
        return self.bin / "python"


def platform_environment(platform: str) -> Environment:
    """What the program of a stack on this platform needs, and no more."""
    return _environment(platform, lock_of(platform))


def environment_there(platform: str) -> Environment | None:
    """The same where it is made already, as its lock has it now."""
    made = Environment(ENVIRONMENTS / platform)
    return made if _is(made, _stamp(lock_of(platform))) else None


def check_environment() -> Environment:
    """Everything: every platform's SDKs, what tests and lint need, the service's own requirements."""
    return _environment(CHECKS, EVERYTHING)


def offline_environment() -> Environment:
    """Every platform's SDKs, and what their makers publish of the platforms."""
    return _environment(OFFLINE, lock_of(OFFLINE))


def policy_environment() -> Environment:
    """What the policy pack in policies/ needs."""
    return _environment(POLICIES, lock_of(POLICIES))


def offline_variables() -> dict[str, str]:
    """The variables for a program in it. What it imports is compiled at the first time: all of it takes minutes."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def scan_environment() -> Environment:
    """What `make scan` needs of Python packages."""
    return _environment(SCAN, lock_of(SCAN))


def copying_environment() -> Environment:
    """What merges the template's newer versions into a copy."""
    return _environment(COPYING, lock_of(COPYING))


def playbook_environment() -> Environment:
    """What lints the playbooks."""
    return _environment(PLAYBOOKS, lock_of(PLAYBOOKS))


def _environment(name: str, lock: Path) -> Environment:
    environment = Environment(ENVIRONMENTS / name)
    stamp = _stamp(lock)
    if _is(environment, stamp):
        return environment
    with alone(ENVIRONMENTS / f"{name}.lock", f"making the environment {name}"):
        if not _is(environment, stamp):
            _make(environment, name, lock, stamp)
    return environment


def _stamp(lock: Path) -> str:
    base = Path(sys.base_prefix).resolve()
    locked = b"".join(part.read_bytes() for part in parts(lock))
    return f"{hashlib.sha256(locked).hexdigest()} python {sys.version.split()[0]} {base}\n"


def _is(environment: Environment, stamp: str) -> bool:
    try:
        return (environment.folder / "stamp").read_text() == stamp and environment.python.exists()
    except OSError:
        return False


def _make(environment: Environment, name: str, lock: Path, stamp: str) -> None:
    tool = uv()
    progress = Progress(f"environment {name}")
    fresh = environment.folder.with_name(f"{name}.partial")
    shutil.rmtree(fresh, ignore_errors=True)
    _uv([tool, "venv", "--relocatable", "--no-project", "--python", sys.executable, fresh], name, progress)
    sync = [tool, "pip", "sync", "--require-hashes", "--python", fresh / "bin" / "python"]
    # Compiled now, a platform's program starts sooner ever after; compiling every SDK there is takes minutes.
    _uv([*sync, *([] if name in (CHECKS, OFFLINE, SCAN) else ["--compile-bytecode"]), lock], name, progress)
    (fresh / "stamp").write_text(stamp)
    old = environment.folder.with_name(f"{name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if environment.folder.exists():
        environment.folder.rename(old)
    fresh.rename(environment.folder)
    shutil.rmtree(old, ignore_errors=True)
    progress.end(f"made from {shown(lock)}")


def _uv(command: list[str | Path], name: str, progress: Progress) -> None:
    env = dict(os.environ, UV_PYTHON_DOWNLOADS="never", UV_NO_PROGRESS="1")
    env.pop("VIRTUAL_ENV", None)
    # uv does not read pip's settings; a person who set an index for pip means it for this too.
    if "PIP_INDEX_URL" in env and not {"UV_INDEX_URL", "UV_DEFAULT_INDEX"} & env.keys():
        env["UV_DEFAULT_INDEX"] = env["PIP_INDEX_URL"]
    code, said = quietly(command, env, ROOT, progress, "packages are fetched and installed")
    if code != 0:
        raise ToolError(
            f"the environment {name} could not be made:\n{said}",
            "see that the package index can be reached and serves what is locked, then run the same command again",
        )


def uv() -> Path:
    """A uv that is new enough: the one on PATH, else the pinned one, installed by pip inside the tree."""
    found = shutil.which("uv")
    if found and _version(Path(found)) >= _OLDEST_UV:
        return Path(found)
    lock = REQUIREMENTS / "uv.txt"
    folder = ENVIRONMENTS / "uv"
    program = folder / "bin" / "uv"
    stamp = folder / "stamp"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    with alone(ENVIRONMENTS / "uv.lock", "installing uv"):
        if program.is_file() and stamp.is_file() and stamp.read_text() == wanted:
            return program
        fresh = folder.with_name("uv.partial")
        shutil.rmtree(fresh, ignore_errors=True)
        _install_uv(fresh, lock)
        (fresh / "stamp").write_text(wanted)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    return program


def _install_uv(folder: Path, lock: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--require-hashes",
        "--no-deps",
        "--only-binary=:all:",
        "--target",
        str(folder),
        "-r",
        str(lock),
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode != 0:
        raise ToolError(
            f"there is no uv on PATH, and pip could not install it:\n{said.stderr.strip()}",
            "install uv (or pip: on Debian and Ubuntu `apt-get install python3-pip`), then run the same command again",
        )


def _version(program: Path) -> tuple[int, ...]:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.match(r"uv (\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else ()
