"""`make lock`: compiles every lock from pyproject.toml and app/requirements/*.in, hashed, for all Pythons at once."""

import os
import subprocess
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.environment import COPYING, EVERYTHING, OFFLINE, PLAYBOOKS, POLICIES, SCAN, uv
from tools.errors import ToolError
from tools.project import BESIDE, REQUIREMENTS, ROOT, shown
from tools.saying import say
from tools.stack import is_list, parts

_OLDEST_PYTHON = "3.11"

_EVERYTHING = """\
# The lock of everything: the SDKs of every platform, what tests, lint and bench need, the service on each server.
# For the checks (`make test`, `make lint`), and for whoever installs by hand and wants it all:
#     python3 -m pip install --require-hashes -r requirements.txt
# To run one stack take its platform's lock in requirements/ instead: every pulumi-* SDK that is installed makes the
# engine want that SDK's plugin. Compiled by `make lock`; what is asked for stands in pyproject.toml.
"""

_PLATFORM = """\
# What the stacks of the platform `{name}` need, and no more. Compiled by `make lock` from pyproject.toml.
"""

_OFFLINE = """\
# What the offline plan of any stack needs: every platform's SDK, and what the platforms' makers publish of them.
# Compiled by `make lock` from pyproject.toml.
"""

_CHECKS = """\
# What tests and lint need beside the platforms, and the service on each server. Compiled by `make lock`.
"""

_CHECKED = """\
# What tests and the offline plan of the platform `{name}` need. Compiled by `make lock` from pyproject.toml.
"""

_SERVER = """\
# The service on {name}, hashed, for Python 3.11 to 3.13. Compiled by `make lock` from {name}.in.
"""

_POLICIES = """\
# What the policy pack in policies/ needs, apart from everything else, whose versions it would hold back.
# Compiled by `make lock`.
"""

_SCAN = """\
# What `make scan` needs, apart from everything else, whose versions it would hold back. Compiled by `make lock`.
"""

_PLAYBOOKS = """\
# What lints the playbooks, apart from everything else, whose versions it would hold back. Compiled by `make lock`.
"""

_COPYING = """\
# The copier that `make targets` runs. Compiled by `make lock`.
"""

_UV = """\
# The uv that makes environments where there is none on PATH. Compiled by `make lock`.
"""


def lock(upgrade: bool) -> int:
    """Compile every lock; what is locked already stays at its version unless `upgrade`."""
    app = shipped(upgrade)
    if BESIDE.is_file():
        # pyproject.toml is the application's own; the other locks come from the template.
        return 0
    project = ROOT / "pyproject.toml"
    declared = tomllib.loads(project.read_text())
    extras = list(declared["project"]["optional-dependencies"])
    groups = list(declared["dependency-groups"])
    # One version of each package in all locks: what is shipped binds what is tested, and that binds the platforms.
    served = [f"--constraint={source.with_suffix('.txt')}" for source in app]
    with _everything() as everything:
        _compile([project, *app], everything, _EVERYTHING, upgrade, ["--all-extras", *_groups(groups), *served])
        bound = f"--constraint={everything}"
        for name in extras:
            options = [f"--extra={name}", bound]
            _compile([project], REQUIREMENTS / f"{name}.txt", _PLATFORM.format(name=name), upgrade, options)
            own = [group for group in groups if group in (f"test-{name}", f"{OFFLINE}-{name}")]
            if own:
                checked = REQUIREMENTS / f"checks-{name}.txt"
                _compile([project], checked, _CHECKED.format(name=name), upgrade, [*options, *_groups(own)])
        _compile([project, *app], REQUIREMENTS / "checks.txt", _CHECKS, upgrade, [*_groups(["test", "lint"]), bound])
        if not is_list(REQUIREMENTS / f"{OFFLINE}.txt"):
            published = _groups(group for group in groups if group.startswith(OFFLINE))
            options = ["--all-extras", *published, bound]
            _compile([project], REQUIREMENTS / f"{OFFLINE}.txt", _OFFLINE, upgrade, options)
    for name, header in {COPYING: _COPYING, POLICIES: _POLICIES, SCAN: _SCAN, PLAYBOOKS: _PLAYBOOKS, "uv": _UV}.items():
        source = REQUIREMENTS / f"{name}.in"
        if source.is_file():
            _compile([source], REQUIREMENTS / f"{name}.txt", header, upgrade)
    return 0


def shipped(upgrade: bool) -> list[Path]:
    """Compile what the service is shipped with on each server, and answer with what was asked for.

    The server is that of app/requirements/<server>.in, whatever version of it an application pins for itself.
    """
    sources = sorted(path for path in (ROOT / "app" / "requirements").glob("*.in") if path.stem != "app")
    with tempfile.TemporaryDirectory(prefix="slipway-") as scratch:
        for source in sources:
            own = Path(scratch) / source.name
            own.write_text("\n".join(line for line in source.read_text().splitlines() if not line.startswith("-")))
            header = _SERVER.format(name=source.stem)
            _compile([source], source.with_suffix(".txt"), header, upgrade, [f"--override={own}"])
    return sources


@contextmanager
def _everything() -> Iterator[Path]:
    """The lock of everything. A copy for some platforms only lists its parts, and here it is what binds those."""
    if not is_list(EVERYTHING):
        yield EVERYTHING
        return
    with tempfile.TemporaryDirectory(prefix="slipway-") as scratch:
        whole = Path(scratch) / "requirements.txt"
        whole.write_text("\n".join(part.read_text() for part in parts(EVERYTHING)))
        yield whole


def _groups(names: Iterable[str]) -> list[str]:
    return [f"--group={name}" for name in names]


def _compile(sources: list[Path], target: Path, header: str, upgrade: bool, options: list[str] | None = None) -> None:
    command = [
        str(uv()),
        "pip",
        "compile",
        "--quiet",
        "--universal",
        f"--python-version={_OLDEST_PYTHON}",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-annotate",
        "--no-header",
        f"--output-file={target}",
        *(["--upgrade"] if upgrade else []),
        *(options or []),
        *map(str, sources),
    ]
    env = {name: value for name, value in os.environ.items() if name not in ("UV_FIND_LINKS", "VIRTUAL_ENV")}
    said = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if said.returncode != 0:
        raise ToolError(f"{shown(target)} could not be compiled:\n{said.stderr.strip()}")
    target.write_text(header + target.read_text())
    say(f"lock: {shown(target)}")
