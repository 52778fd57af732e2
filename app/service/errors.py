"""Errors as JSON or as a page, by what was asked for, each with the request's id."""

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from service.requests import request_id


def register(app: Flask) -> None:
    """Answer every HTTP error in this way; an unexpected exception is logged by Flask and comes as a 500."""
    app.register_error_handler(HTTPException, answer)


def answer(error: HTTPException) -> Response:
    """The response for `error`, with the headers that belong to it, such as Allow."""
    if error.response is not None or error.code is None:
        # An abort() with a response of its own, or a redirect, is not an error to be shown.
        return error.get_response(request.environ)  # pyright: ignore[reportReturnType]
    response = _page(error) if wants_html() else _object(error)
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def wants_html() -> bool:
    """Whether a page is preferred: `*/*`, as sent by programs, is answered with JSON."""
    accepted = request.accept_mimetypes
    best = accepted.best_match(("application/json", "text/html"))
    return best == "text/html" and accepted[best] > accepted["application/json"]


def _page(error: HTTPException) -> Response:
    page = render_template("error.html", error=error, request_id=request_id(request.environ))
    return Response(page, status=error.code, mimetype="text/html")


def _object(error: HTTPException) -> Response:
    from flask import jsonify

    response = jsonify(
        error={
            "status": error.code,
            "message": error.name,
            "detail": error.description,
            "request_id": request_id(request.environ),
        }
    )
    response.status_code = error.code or 500
    return response
