"""`make adopt`: writes app/service.toml and the requirements for an application that is there already."""

import re
import tomllib
from pathlib import Path

from tools import checks, locks
from tools.copying.answers import answers
from tools.copying.application import IN_APP, Application, find
from tools.errors import ToolError
from tools.project import INSIDE, ROOT, shown
from tools.saying import say

_CONTRACT = """\
# The contract between this service and whatever runs it: infra/ knows the app only through this file.

name = "{name}"
description = "The service {name}."

# What is shipped of this folder, as git pathspecs. Only files that git tracks count.
files = ["service.toml", "serving", "gunicorn.conf.py", "uwsgi.ini", "requirements"]

[beside]                                 # the application, by the folder of the project that it is imported from
"{folder}" = [{shipped}]

[web]
callable = "{callable}"
server = "{server}"                      # gunicorn | uwsgi | waitress; a stack may choose another
requirements = "requirements/{{server}}.txt"
port = {port}
alive = "/healthz"
ready = "/readyz"
version = "/version"
metrics = "/metrics"
"""
_NEEDED = """\
# What the application needs, {source}, and the two packages of the wrapper in app/serving/. `make lock` compiles it.
{lines}
cronsim>=2.6
prometheus-client>=0.26,<1
"""


def adopt() -> int:
    """Find the application, say what was found, and write what is not there yet. Nothing that is there is changed."""
    contract = ROOT / "app" / "service.toml"
    if contract.exists():
        raise ToolError(f"{shown(contract)} is there already", f"edit it; or: rm {shown(contract)}, and make adopt")
    found = find(ROOT)
    given = answers()
    say(f"callable: {found.callable}" + (f" (there are also: {', '.join(found.others)})" if found.others else ""))
    say(f"ships from {found.folder}: {', '.join(found.files)}")
    say(f"needs: {found.requirements}; port: {found.port}")
    needed = ROOT / "app" / "requirements" / "app.in"
    if not needed.exists():
        needed.write_text(_needs(found), encoding="utf-8")
    excluded = [f":(exclude)app/{name}" for name in IN_APP] if found.folder == "." and "app" in found.files else []
    contract.write_text(
        _CONTRACT.format(
            name=given["name"],
            folder=found.folder,
            shipped=", ".join(f'"{each}"' for each in (*found.files, *excluded)),
            callable=found.callable,
            server=given["server"],
            port=found.port,
        ),
        encoding="utf-8",
    )
    _ignore()
    locks.shipped(upgrade=False)
    if checks.reference([]) != 0:
        raise ToolError("stacks/schema.json could not be written for what the application declares", "make reference")
    say(f"written: {shown(contract)}, {shown(needed.parent)}. Next: git add app && make -f slipway.mk up")
    return 0


def _needs(found: Application) -> str:
    if found.requirements != "pyproject.toml":
        return _NEEDED.format(source=f"as {found.requirements} says", lines=f"-r ../../{found.requirements}")
    declared = tomllib.loads((ROOT / found.requirements).read_text(encoding="utf-8"))["project"]["dependencies"]
    return _NEEDED.format(source="as pyproject.toml said", lines="\n".join(declared))


def _ignore() -> None:
    """Let git ignore what is made inside the tree, without a change of the application's own .gitignore."""
    own = ROOT / ".gitignore"
    if own.is_file() and re.search(r"^/?\.slipway/?$", own.read_text(encoding="utf-8"), re.MULTILINE):
        return
    ignored: Path = INSIDE / ".gitignore"
    ignored.parent.mkdir(exist_ok=True)
    ignored.write_text("*\n", encoding="utf-8")
