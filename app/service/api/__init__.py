"""JSON routes, below /api."""

from collections.abc import Iterator
from typing import IO

from flask import Blueprint, Response, request

from service import scratch
from service.settings import Settings

CHUNK = 64 * 1024


def make_blueprint(settings: Settings) -> Blueprint:
    """The routes of an app with these settings."""
    blueprint = Blueprint("api", __name__)

    @blueprint.get("/hello")
    def hello() -> dict[str, str]:  # pyright: ignore[reportUnusedFunction]
        name = request.args.get("name", "world") if request.query_string else "world"
        return {"greeting": settings.greeting, "name": name}

    blueprint.post("/echo")(echo)
    return blueprint


def echo() -> Response:
    """Sends the body back. It is taken in whole first: a client that sends before it reads would wait forever."""
    file = scratch.new_file()
    try:
        size = 0
        # Reading past WEB_MAX_BODY raises 413, for bodies of unannounced length too.
        while chunk := request.stream.read(CHUNK):
            file.write(chunk)
            size += len(chunk)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    response = Response(_pieces(file), mimetype=request.mimetype or "application/octet-stream")
    response.content_length = size
    response.call_on_close(file.close)
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
