"""Checkov, kubeconform and kube-score on every object of stacks in clusters, less what is let pass with a reason."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.engine.build import built
from tools.engine.pins import Part, Program
from tools.environment import offline_environment, offline_variables, scan_environment
from tools.errors import ToolError
from tools.process import foreground
from tools.project import ROOT
from tools.saying import say
from tools.scan.cloud_judge import Finding, Verdict, objections
from tools.scan.clouds import of_each

_HERE = Path(__file__).resolve().parent


def _part(name: str, version: str, package: str, asked: str) -> Part:
    program = Program(
        name=name,
        version=version,
        module=_HERE / name.replace("-", "_"),
        package=package,
        asked=asked,
        answer=version,
        version_variable="main.version",
    )
    return Part(name=name, version=version, programs=(program,))


KUBECONFORM = _part("kubeconform", "0.7.0", "github.com/yannh/kubeconform/cmd/kubeconform", "-v")
KUBE_SCORE = _part("kube-score", "1.20.0", "github.com/zegl/kube-score/cmd/kube-score", "version")
# Kube-score's own word for that all is well.
_WELL = 10


def objects(_tree: Path) -> int:
    """1 for any finding that nothing lets pass, and for what is let pass and not found.

    A copy of the project that no stack takes to a cluster has nothing to judge.
    """
    known = of_each("exceptions").get("kubernetes")
    if known is None:
        return 0
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
        command = [offline_environment().python, "-m", "tools.scan.kubernetes_objects", folder]
        if foreground(command, offline_variables(), ROOT) != 0:
            return 1
        verdict = judged(Path(folder))
    for stack, seen in verdict.resources.items():
        say(f"{stack}: {verdict.checks[stack]} checks on {seen} objects")
    wrong = list(objections(verdict, known.EXCEPTIONS))
    for line in wrong:
        say(line)
    return 1 if wrong else 0


def judged(folder: Path) -> Verdict:
    """What the three find in a folder's objects. Raises ToolError where one fails, or does not see every object."""
    files = sorted(folder.glob("*.json"))
    counts = {file.stem: len(json.loads(file.read_text(encoding="utf-8"))["items"]) for file in files}
    findings: set[Finding] = set()
    checks = dict.fromkeys(counts, 0)
    for file in files:
        for judge in (_checkov, _kubeconform, _kube_score):
            for finding, passed in judge(file, counts[file.stem]):
                checks[file.stem] += 1
                findings |= set() if passed else {finding}
    ordered = tuple(sorted(findings, key=lambda each: (each.place, each.check)))
    return Verdict(findings=ordered, checks=checks, resources=counts)


Findings = Iterator[tuple[Finding, bool]]


def _checkov(file: Path, _count: int) -> Findings:
    """What it says of each object; whether it passed."""
    program = scan_environment().bin / "checkov"
    said = _asked([program, "--skip-download", "--framework", "kubernetes", "--output", "json", "--file", file])
    results: Mapping[str, Any] = said["results"]
    if results["parsing_errors"] or not results["passed_checks"]:
        raise ToolError(f"checkov did not read {file.name}: {results['parsing_errors']}")
    for passed, name in ((True, "passed_checks"), (False, "failed_checks")):
        for each in results[name]:
            kind, *_, called = str(each["resource"]).split(".")
            yield Finding(each["check_id"], f"{file.stem}/{kind}.{called}", each["check_name"]), passed


def _kubeconform(file: Path, count: int) -> Findings:
    """Whether each object is what the API's schema of its kind says."""
    schemas = f"{file.parent}/schemas/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    program = built(KUBECONFORM).bin / "kubeconform"
    said = _asked([program, "-strict", "-verbose", "-output", "json", "-schema-location", schemas, file])
    found: list[Mapping[str, Any]] = said["resources"]
    if len(found) != count:
        raise ToolError(f"kubeconform saw {len(found)} of {count} objects in {file.name}")
    for each in found:
        place = f"{file.stem}/{each['kind']}.{each['name']}"
        yield Finding("kubeconform", place, str(each.get("msg"))), each["status"] == "statusValid"


def _kube_score(file: Path, _count: int) -> Findings:
    """What it says of each object, its warnings too."""
    program = built(KUBE_SCORE).bin / "kube-score"
    found: list[Mapping[str, Any]] = _asked([program, "score", "--output-format", "json", file])
    for told in found:
        metadata = told["object_meta"]
        place = f"{file.stem}/{told['type_meta']['kind']}.{metadata['name']}"
        for each in told["checks"]:
            if not each["skipped"]:
                comments = "; ".join(str(one["summary"]) for one in each["comments"] or ())
                yield Finding(each["check"]["id"], place, comments), each["grade"] == _WELL


def _asked(command: list[str | Path]) -> Any:
    """What a judge answers, however it ends: findings are an end too."""
    env = {**os.environ, "LOG_LEVEL": "ERROR"}
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    try:
        return json.loads(ran.stdout)
    except ValueError:
        raise ToolError(f"{command[0]} ended with {ran.returncode} and no report:\n{ran.stderr.strip()}") from None
