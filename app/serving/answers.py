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
    code, _, reason = status.partition(" ")
    if wants_html(environ.get("HTTP_ACCEPT", "")):
        page = (
            f'<!doctype html><html lang="en"><title>{code} {escape(reason)}</title>'
            f"<h1>{escape(reason)}</h1><p>Request {escape(request_id)}</p></html>\n"
        )
        return respond(environ, start_response, status, page.encode(), HTML, exc_info=exc_info)
    body = json.dumps({"error": {"status": int(code), "message": reason, "request_id": request_id}}).encode() + b"\n"
    return respond(environ, start_response, status, body, JSON, exc_info=exc_info)


def wants_html(accept: str) -> bool:
    """Browsers name text/html first; programs name JSON, anything, or nothing."""
    html = accept.find("text/html")
    json_at = accept.find("application/json")
    return html >= 0 and (json_at < 0 or html < json_at)
