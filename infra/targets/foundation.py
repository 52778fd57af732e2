"""What `make bootstrap` does alike on every cloud: it takes steps, and lets one repository's tokens of GitHub in."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from infra.errors import DeploymentError
from infra.targets.rights import REVIEWS

# The subject of GitHub's tokens names a repository as owner/name; one made after 2026-07-15 as owner@1/name@2, by ids
# that no other can ever get: https://docs.github.com/actions/reference/security/oidc, read 2026-11-23.
REPOSITORY = re.compile(r"(?P<owner>[\w-]+)(?:@(?P<owner_id>\d+))?/(?P<name>[\w.-]+?)(?(owner_id)@(?P<id>\d+))")


@dataclass(frozen=True)
class Step:
    """Something that is there already, or is made."""

    what: str
    there: Callable[[], bool]
    make: Callable[[], object]


def _at_once(make: Callable[[], object]) -> None:
    make()


def take(
    steps: Iterable[Step],
    *,
    sure: bool,
    say: Callable[[str], None],
    making: Callable[[Callable[[], object]], None] = _at_once,
) -> None:
    """Make what is not there, and say so; where nobody is `sure`, only say what would be. `making` may try again."""
    for step in steps:
        if step.there():
            say(f"there:      {step.what}")
            continue
        if sure:
            making(step.make)
        say(f"{'made' if sure else 'would make'}:{'      ' if sure else ''} {step.what}")


def check_repository(repository: str) -> None:
    """Raise DeploymentError for what names no repository on GitHub."""
    if not REPOSITORY.fullmatch(repository):
        raise DeploymentError(
            f"REPO={repository} is no repository. Fix: REPO=owner/name, or REPO=owner@1/name@2 with its ids"
        )


def subjects(repository: str, stack: str, kind: str) -> list[str]:
    """Whom GitHub's tokens name that may `deploy` a stack; to read alone, pull requests and the look for drift."""
    environment = "review" if stack == REVIEWS else stack
    whose = [f"environment:{environment}"] if kind == "deploy" else ["pull_request", "environment:drift"]
    return [f"repo:{repository}:{each}" for each in whose]


def of_stack(repository: str, stack: str) -> list[str]:
    """The commands that make a stack's environment, which runs of the main branch alone can take: nobody by a branch.

    https://docs.github.com/rest/deployments/branch-policies, read 2026-11-30.
    """
    environment = f"repos/{repository}/environments/{stack}"
    only = [f"-F 'deployment_branch_policy[{kind}]={given}'" for kind, given in _NAMED.items()]
    return [
        f"gh api --method PUT {environment} {' '.join(only)}",
        f"gh api --method POST {environment}/deployment-branch-policies -f name=main",
    ]


_NAMED = {"protected_branches": "false", "custom_branch_policies": "true"}


def of_reviews(repository: str, base: str, state: str) -> list[str]:
    """The commands by which review.yml and the nightly sweep learn of what is made for them, on whichever cloud."""
    return [
        f"gh variable set PULUMI_BACKEND_URL --repo {repository} --env review --body {state}",
        f"gh variable set REVIEW_FROM --repo {repository} --body {base}",
    ]
