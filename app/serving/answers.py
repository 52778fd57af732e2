"""Small complete responses, and errors as JSON or HTML by what the client prefers."""

import json
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any
from wsgiref.types import WSGIEnvironment

JSON = "application/json"
HTML = "text/html; charset=utf-8"

# Looser than wsgiref's StartResponse: the wrapper's own takes a list of pairs and nothing else.
Begin = Callable[..., Callable[[bytes], object]]


def respond(
    environ: WSGIEnvironment,
    start_response: Begin,
    status: str,
    body: bytes,
    content_type: str,
    headers: Sequence[tuple[str, str]] = (),
    exc_info: Any = None,
) -> list[bytes]:
    """A whole response, without a body for HEAD, that no cache keeps."""
    sent = [("Content-Type", content_type), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"), *headers]
    if exc_info:
        start_response(status, sent, exc_info)
    else:
        start_response(status, sent)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def error(environ: WSGIEnvironment, start_response: Begin, status: str, exc_info: Any = None) -> Iterable[bytes]:
    """`status` as an error page or a JSON object, with the request's id, which its log lines carry too."""
    request_id = str(environ.get("serving.request_id", ""))
    content_type, body = error_body(environ.get("HTTP_ACCEPT", ""), status, request_id)
    return respond(environ, start_response, status, body, content_type, exc_info=exc_info)


def error_body(accept: str, status: str, request_id: str) -> tuple[str, bytes]:
    """The content type and the body for `status`."""
    code, _, reason = status.partition(" ")
    if wants_html(accept):
        page = (
            f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{code} {escape(reason)}</title>\n'
            f"<h1>{escape(reason)}</h1>\n<p>Request {escape(request_id)}</p>\n</html>\n"
        )
        return HTML, page.encode()
    entry: dict[str, object] = {"status": int(code), "message": reason}
    if request_id:
        entry["request_id"] = request_id
    return JSON, json.dumps({"error": entry}).encode() + b"\n"


def wants_html(accept: str) -> bool:
    """Browsers name text/html first; programs name JSON, anything, or nothing."""
    html = accept.find("text/html")
    json_at = accept.find("application/json")
    return html >= 0 and (json_at < 0 or html < json_at)
