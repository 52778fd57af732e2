"""What a runner of GitHub or GitLab must give to a job: its identity, and the history of the repository."""

import os
import subprocess
from collections.abc import Iterator

from tools.doctor.check import PATIENCE, Check, ok, warn
from tools.project import ROOT


def checks() -> Iterator[Check]:
    """Of the checkout, in a runner."""
    if not os.environ.get("CI"):
        return
    command = ["git", "rev-parse", "--is-shallow-repository"]
    asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if asked.stdout.strip() == "true":
        said = "the checkout is shallow: `make affected`, `changes` and `rollback` want the commits before"
        fix = "GIT_DEPTH: 0" if os.environ.get("GITLAB_CI") else "fetch-depth: 0 of actions/checkout"
        yield warn("history", said, fix)
    elif asked.returncode == 0:
        yield ok("history", "the checkout has it")


def identity() -> Iterator[Check]:
    """Whether a workflow of GitHub may have a token by which a cloud knows it. GitLab's are variables of any name."""
    if not os.environ.get("GITHUB_ACTIONS"):
        return
    if os.environ.get("ACTIONS_ID_TOKEN_REQUEST_URL"):
        yield ok("identity", "GitHub gives this job a token by which the cloud knows it")
    else:
        said = "GitHub gives this job no token: without a key no cloud knows it (a fork's job never gets one)"
        yield warn("identity", said, "permissions: of the job, id-token: write")
