"""`make scan`: checkov, trivy, actionlint and zizmor on Dockerfiles, manifests and workflows; checkov on plans too.

Every object of a stack in a cluster is judged by checkov, kubeconform and kube-score (objects_judge.py).

Actionlint and zizmor look at the workflows alone; the pipeline of docs/gitlab.md is held against GitLab's own schema.
None of them asks anything of the internet: the rules are those that the pinned tools carry. A waiver stands in the file
that it is for, with its reason: `# checkov:skip=RULE:reason`; `# zizmor: ignore[RULE] reason`; `# trivy:ignore:RULE` or
`# hadolint ignore=RULE` below a comment that gives it. Those for the plans of stacks on clouds, which no file holds,
stand in aws_waivers.py, azure_waivers.py and gcp_waivers.py; for clusters' objects in kubernetes_exceptions.py.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.engine.build import CannotBuild, built
from tools.engine.pins import Part, Program
from tools.environment import scan_environment
from tools.process import foreground
from tools.project import ROOT
from tools.saying import say
from tools.scan.cloud_judge import plans
from tools.scan.objects_judge import objects
from tools.scan.pipeline import gitlab
from tools.scan.workflows import actionlint, zizmor

TRIVY = Part(
    name="trivy",
    version="0.67.0",
    programs=(
        Program(
            name="trivy",
            version="0.67.0",
            module=Path(__file__).resolve().parent / "trivy",
            package="github.com/aquasecurity/trivy/cmd/trivy",
            asked="--version",
            answer="Version: 0.67.0",
            version_variable="github.com/aquasecurity/trivy/pkg/version/app.ver",
            experiment="jsonv2",
        ),
    ),
)


_WAIVER = re.compile(r"^\s*(?:#|//)\s*(?:checkov:skip=\w+(?P<reason>:.*\S)?|trivy:ignore:|hadolint\s+ignore=)")
# What no comment in a file can waive. A block of tasks wants no rescue of its own: what fails in it is told, and put
# back, by the one that includes its file (`host.yml`, `release.yml`, `rollback_host.yml` of the role).
_SKIPPED = ("CKV2_ANSIBLE_3",)
_COMMENT = re.compile(r"^\s*(?:#|//)\s*\w")


def scan() -> int:
    """All of them on what git tracks or would, and checkov on the plans of clouds' stacks, which are made for it.

    A tool that cannot be built is left out, but not in CI.
    """
    failed: list[str] = []
    tools = {
        "waivers": waivers,
        "checkov": checkov,
        "trivy": trivy,
        "actionlint": actionlint,
        "zizmor": zizmor,
        "gitlab": gitlab,
        "plans": plans,
        "objects": objects,
    }
    with _as_git_has_it(ROOT) as tree:
        for name, tool in tools.items():
            say(f"-- {name}")
            try:
                if tool(tree) != 0:
                    failed.append(name)
            except CannotBuild as reason:
                say(f"{name} is left out, since it cannot be built from Go modules: {reason}")
                if os.environ.get("CI"):
                    failed.append(name)
    say(f"scan: {'failed: ' + ', '.join(failed) if failed else 'all good'}")
    return 1 if failed else 0


def waivers(tree: Path) -> int:
    """1 when a waiver gives no reason."""
    bare = [
        f"{path.relative_to(tree)}:{number}: this waiver gives no reason: {line.strip()}"
        for path in sorted(tree.rglob("*"))
        if path.is_file()
        for number, line in unreasoned(path.read_text(encoding="utf-8", errors="replace"))
    ]
    for line in bare:
        say(line)
    return 1 if bare else 0


def unreasoned(text: str) -> Iterator[tuple[int, str]]:
    """The waivers without a reason, each with the number of its line."""
    above = ""
    for number, line in enumerate(text.splitlines(), start=1):
        found = _WAIVER.match(line)
        if found and not found["reason"] and not (_COMMENT.match(above) and not _WAIVER.match(above)):
            yield number, line
        above = line


def checkov(tree: Path) -> int:
    """Checkov's exit code: 1 for any finding. `--skip-download`: else it asks its maker for texts."""
    program = scan_environment().bin / "checkov"
    env = {**os.environ, "LOG_LEVEL": "ERROR"}
    skipped = ["--skip-check", ",".join(_SKIPPED)]
    return foreground([program, "--skip-download", "--quiet", "--compact", *skipped, "--directory", tree], env, tree)


def trivy(tree: Path) -> int:
    """Trivy's exit code: 1 for any finding. The cache is a fresh one, since checks in a person's own come first."""
    program = built(TRIVY).bin / "trivy"
    offline = ["--skip-check-update", "--skip-version-check", "--disable-telemetry"]
    with tempfile.TemporaryDirectory(prefix="slipway-") as cache:
        command = [program, "config", "--quiet", "--exit-code", "1", *offline, "--cache-dir", cache, "."]
        return foreground(command, os.environ, tree)


@contextmanager
def _as_git_has_it(root: Path) -> Iterator[Path]:
    """A copy of what git tracks or would track, so that nothing which is made inside the tree is scanned."""
    command = ["git", "ls-files", "-coz", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
    with tempfile.TemporaryDirectory(prefix="slipway-") as scratch:
        for name in filter(None, os.fsdecode(listed).split("\0")):
            if (root / name).is_file():
                (Path(scratch) / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / name, Path(scratch) / name)
        yield Path(scratch)
