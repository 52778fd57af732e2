"""What the targets on Google Cloud want: credentials that Google takes, a project that they may see, a builder.

A cluster is logged in to by a program of Google's own.
"""

import os
import shutil
from collections.abc import Iterator

from infra.errors import DeploymentError
from infra.targets.gcp.session import connected
from tools.doctor import building, runner
from tools.doctor.check import Asked, Check, missing, ok, refused

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
    if of.config.get("service:target") == "gcp.gke":
        yield _program()
    yield from building.checks(of, pushes=True)


def _program() -> Check:
    """By which a kubeconfig logs in."""
    name = "gke-gcloud-auth-plugin"
    found = shutil.which(name)
    if found:
        return ok(name, found)
    fix = f"gcloud components install {name}"
    return missing(name, f"there is no {name} on PATH, by which a cluster of GKE is logged in to", fix)


def _source() -> str:
    """Where they are from, in the order in which they are looked for."""
    return next((name for name in SOURCES if os.environ.get(name)), "what gcloud or this machine has")
