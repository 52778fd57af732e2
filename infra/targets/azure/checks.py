"""What Azure cannot do of what a stack asks: told before anything is created, each with the mending command."""

from infra.errors import Problem
from infra.service import Service
from infra.settings import Settings


def problems(_service: Service, _settings: Settings) -> list[Problem]:
    """Everything wrong with a stack's settings for `azure.container_apps`."""
    return []
