"""What a run knows of itself, by GitHub's event or GitLab's variables: which change it is for, and whose."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

FORKED = "it comes from a fork, whose code gets no credentials"


def event(variables: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The event; nothing where this is no run of GitHub Actions."""
    try:
        found = json.loads(Path(variables["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    except (KeyError, OSError, ValueError):
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def from_a_fork(said: Mapping[str, Any]) -> bool:
    """Whether the pull request of an event comes from another repository."""
    request = said.get("pull_request") or {}
    head = ((request.get("head") or {}).get("repo") or {}).get("full_name")
    return bool(request) and head != (said.get("repository") or {}).get("full_name")


def reports_a_fork(said: Mapping[str, Any]) -> bool:
    """Whether the run that this one reports was of another repository's code."""
    head = ((said.get("workflow_run") or {}).get("head_repository") or {}).get("full_name")
    return head != (said.get("repository") or {}).get("full_name")


def why_no_preview(variables: Mapping[str, str] = os.environ) -> str:
    """Why there is no more than a plan."""
    source, here = (variables.get(f"CI_MERGE_REQUEST_{name}PROJECT_ID") for name in ("SOURCE_", ""))
    if from_a_fork(event(variables)) or source != here:
        return FORKED
    return "no credentials were given"


def head(number: int, variables: Mapping[str, str] = os.environ) -> str:
    """The commit of the merge request that this job of GitLab is for; nothing in any other job, and on a laptop.

    The commit of a pipeline for merged results is that of the merge:
    docs.gitlab.com/ci/variables/predefined_variables, read 2026-11-30.
    """
    if variables.get("CI_MERGE_REQUEST_IID") != str(number):
        return ""
    return variables.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or variables.get("CI_COMMIT_SHA", "")


def run(variables: Mapping[str, str] = os.environ) -> str:
    """The address of the run that this one reports, or of this one; nothing outside of a run."""
    reported = (event(variables).get("workflow_run") or {}).get("html_url")
    if reported:
        return str(reported)
    if variables.get("CI_PIPELINE_URL"):
        return variables["CI_PIPELINE_URL"]
    server, repository, number = (variables.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    return f"{server}/{repository}/actions/runs/{number}" if server and repository and number else ""


def output(name: str, value: str, variables: Mapping[str, str] = os.environ) -> None:
    """Hand a line on to what follows: GitHub Actions names the file, and a job of GitLab's its report `dotenv`."""
    file = variables.get("GITHUB_OUTPUT") or variables.get("OUTPUT")
    if file:
        with Path(file).open("a", encoding="utf-8") as outputs:
            outputs.write(f"{name}={' '.join(value.split())}\n")
