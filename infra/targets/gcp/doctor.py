"""What the targets on Google Cloud want: credentials that Google takes, a project that they may see, and a builder."""

import os
from collections.abc import Iterator

from infra.errors import DeploymentError
from infra.targets.gcp.session import connected
from tools.doctor import building, runner
from tools.doctor.check import Asked, Check, ok, refused

SOURCES = ("GOOGLE_OAUTH_ACCESS_TOKEN", "GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS")
PROJECTS = "https://cloudresourcemanager.googleapis.com/v1/projects"


def checks(of: Asked) -> Iterator[Check]:
    """Whether the project answers to whoever asks; the builder."""
    yield from runner.identity()
    options = of.options
    project, region = str(options.get("project")), str(options.get("region"))
    try:
        with connected(project, region) as session:
            found = session.get(f"{PROJECTS}/{project}")
        said = f"{project}, number {found.get('projectNumber')}: {str(found.get('lifecycleState')).lower()}"
        yield ok("credentials", f"Google takes them (from: {_source()}), and they see {said}")
    except DeploymentError as error:
        yield refused("credentials", error)
    yield from building.checks(of, pushes=True)


def _source() -> str:
    """Where they are from, in the order in which they are looked for."""
    return next((name for name in SOURCES if os.environ.get(name)), "what gcloud or this machine has")
