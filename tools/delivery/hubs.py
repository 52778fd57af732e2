"""Which hub there is, by the variables that a job of it has."""

import os
from collections.abc import Mapping

from tools.delivery.github import github
from tools.delivery.gitlab import gitlab, in_gitlab
from tools.delivery.hub import Hub


def hub(variables: Mapping[str, str] = os.environ) -> Hub:
    """GitLab in a job of GitLab, or else GitHub. ToolError for what is missing to speak with it."""
    return gitlab(variables) if in_gitlab(variables) else github(variables)


def hub_there(variables: Mapping[str, str] = os.environ) -> Hub | None:
    """The hub where the variables name one and have a token; without it what is done is only said here."""
    named = ("GITLAB_TOKEN",) if in_gitlab(variables) else ("GITHUB_REPOSITORY", "GITHUB_TOKEN")
    return hub(variables) if all(variables.get(each) for each in named) else None
