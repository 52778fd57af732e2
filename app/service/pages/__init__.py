"""The page that a person sees at the service's address."""

from flask import Blueprint, current_app, render_template, request

from service.requests import SERVED
from service.settings import Settings


def make_blueprint(settings: Settings) -> Blueprint:
    """The page of an app with these settings, and what belongs to it."""
    blueprint = Blueprint("pages", __name__, template_folder="templates", static_folder="static")

    @blueprint.get("/")
    def index() -> str:  # pyright: ignore[reportUnusedFunction]
        return render_template("index.html", greeting=settings.greeting, identity=identity())

    return blueprint


def identity() -> dict[str, str]:
    """What runs: service, revision, deployment, server, target, stack. Guesses where nobody says, as in development."""
    told = request.environ.get(SERVED)
    if told is not None:
        return dict(told)
    return {
        "service": current_app.name,
        "revision": "unreleased",
        "server": request.environ.get("SERVER_SOFTWARE", "unknown").partition("/")[0].lower(),
    }
