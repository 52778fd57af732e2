"""The page that a person sees at the service's address."""

from flask import Blueprint, render_template

from service.current import identity, settings

blueprint = Blueprint("pages", __name__, template_folder="templates", static_folder="static")


@blueprint.get("/")
def index() -> str:
    """The greeting, and what runs here."""
    return render_template("index.html", greeting=settings().greeting, identity=identity())
