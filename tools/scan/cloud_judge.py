"""Checkov on the plans of clouds' stacks, as cloud_plan.py writes them, less what each cloud's waivers let pass."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tools.environment import offline_environment, offline_variables, scan_environment
from tools.errors import ToolError
from tools.process import foreground
from tools.project import ROOT
from tools.saying import say
from tools.scan.clouds import of_each

Waivers = Mapping[str, Mapping[str, str]]

FRAMEWORKS = ("terraform_plan", "arm")
RESULTS = ("passed_checks", "failed_checks", "parsing_errors")
# Checkov numbers the checks of each cloud by itself.
WAIVERS: Waivers = {check: each for module in of_each("waivers").values() for check, each in module.WAIVERS.items()}


@dataclass(frozen=True)
class Finding:
    """A check that a resource does not pass, at `<stack>/<type>.<name>`."""

    check: str
    place: str
    says: str


@dataclass(frozen=True)
class Verdict:
    """What checkov found in plans. `checks` and `resources` count, by stack, what it did and what it saw."""

    findings: tuple[Finding, ...]
    checks: Mapping[str, int]
    resources: Mapping[str, int]


def plans(_tree: Path) -> int:
    """1 for any finding that nothing waives, and for any waiver without a finding."""
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
        command = [offline_environment().python, "-m", "tools.scan.cloud_plan", folder]
        if foreground(command, offline_variables(), ROOT) != 0:
            return 1
        verdict = judged(Path(folder))
    for stack, seen in verdict.resources.items():
        say(f"{stack}: {verdict.checks[stack]} checks on {seen} resources")
    wrong = list(objections(verdict, WAIVERS))
    for line in wrong:
        say(line)
    return 1 if wrong else 0


def judged(folder: Path) -> Verdict:
    """What checkov finds in a folder's plans. Raises ToolError where it fails, or does not see every resource."""
    files = sorted(folder.glob("*.json"))
    if not files:
        return Verdict((), {}, {})
    command = [scan_environment().bin / "checkov", "--skip-download", "--soft-fail", "--framework", *FRAMEWORKS]
    env = {**os.environ, "LOG_LEVEL": "ERROR"}
    ran = subprocess.run(
        [*command, "--output", "json", "--file", *files],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        said = json.loads(ran.stdout)
        # One report of each framework that found something to read.
        reports = said if isinstance(said, list) else [said]
        seen = sum(each["summary"]["resource_count"] for each in reports)
        results = {name: [one for each in reports for one in each["results"][name]] for name in RESULTS}
    except (ValueError, KeyError, TypeError):
        raise ToolError(f"checkov ended with {ran.returncode} and no report:\n{ran.stderr.strip()}") from None
    resources = {file.stem: _resources(file) for file in files}
    if seen != sum(resources.values()) or results["parsing_errors"]:
        raise ToolError(f"checkov saw {seen} of {sum(resources.values())} resources; {results['parsing_errors']}")
    ran_on = [_stack(each) for each in (*results["passed_checks"], *results["failed_checks"])]
    failed = {Finding(each["check_id"], _place(each), each["check_name"]) for each in results["failed_checks"]}
    return Verdict(
        findings=tuple(sorted(failed, key=lambda each: (each.place, each.check))),
        checks={stack: ran_on.count(stack) for stack in resources},
        resources=resources,
    )


def objections(verdict: Verdict, waivers: Waivers) -> Iterator[str]:
    """What is wrong with the plans, or with the waivers."""
    for each in verdict.findings:
        if not any(fnmatchcase(each.place, pattern) for pattern in waivers.get(each.check, {})):
            yield f"{each.place}: {each.check}: {each.says}"
    for check, reasons in waivers.items():
        for pattern, reason in reasons.items():
            if not reason.strip():
                yield f"{check}: {pattern}: this waiver gives no reason"
            if _judged(pattern, verdict.resources) and not any(
                each.check == check and fnmatchcase(each.place, pattern) for each in verdict.findings
            ):
                yield f"{check}: {pattern}: nothing wants this waiver"


def _judged(pattern: str, stacks: Mapping[str, int]) -> bool:
    """Whether a waiver is for a stack that there is."""
    return any(fnmatchcase(stack, pattern.partition("/")[0]) for stack in stacks)


def _resources(file: Path) -> int:
    plan = json.loads(file.read_text(encoding="utf-8"))
    root: Mapping[str, Sequence[Any]] = plan["planned_values"]["root_module"] if "planned_values" in plan else plan
    return len(root["resources"])


def _stack(result: Mapping[str, str]) -> str:
    return Path(result["file_path"]).stem


def _place(result: Mapping[str, str]) -> str:
    return f"{_stack(result)}/{result['resource']}"
