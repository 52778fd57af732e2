"""What the view that is running needs to know."""

from typing import cast

from flask import current_app, request

from service.requests import SERVED
from service.settings import Settings


def settings() -> Settings:
    """Of the app that answers."""
    return cast(Settings, current_app.config["SERVICE"])


def identity() -> dict[str, str]:
    """What runs: service, revision, deployment, server, target, stack. Guesses where nobody says, as in development."""
    told = request.environ.get(SERVED)
    if told is not None:
        return dict(told)
    return {
        "service": current_app.name,
        "revision": "unreleased",
        "deployment": "",
        "server": request.environ.get("SERVER_SOFTWARE", "unknown").partition("/")[0].lower(),
        "target": "",
        "stack": "",
    }
