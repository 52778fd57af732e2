"""An API server over HTTP that answers with what a test put there, and lets a test say what happens next."""

import http.server
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from infra.targets.kubernetes.session import Cluster

Objects = dict[str, Any]


@dataclass
class Api:
    """What is there, by its path; the log of each pod, by its name; what was asked."""

    objects: dict[str, Objects] = field(default_factory=dict[str, Objects])
    logs: dict[str, str] = field(default_factory=dict[str, str])
    asked: list[str] = field(default_factory=list[str])
    made: Callable[[str, Objects], None] = lambda _path, _object: None
    """What happens when something is made."""
    refusal: tuple[int, str] | None = None

    def put(self, path: str, **told: Any) -> None:
        """Have something there, named by the end of its path."""
        metadata = {
            "creationTimestamp": "2026-11-30T00:00:00Z",
            "labels": {},
            "generation": 1,
            **told.pop("metadata", {}),
        }
        self.objects[path] = {"metadata": {**metadata, "name": path.rpartition("/")[2]}, **told}

    def answer(self, method: str, url: str, body: Objects | None) -> tuple[int, Any]:
        path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
        self.asked.append(f"{method} {path}")
        if self.refusal:
            return self.refusal[0], {"message": self.refusal[1]}
        if path.endswith("/log"):
            pod = path.split("/")[-2]
            return (200, self.logs[pod]) if pod in self.logs else (400, {"message": "is waiting to start"})
        match method:
            case "POST" if body:
                made = f"{path}/{body['metadata']['name']}"
                self.put(made, **body)
                self.made(made, self.objects[made])
                return 201, body
            case "DELETE":
                return (200, {}) if self.objects.pop(path, None) else (404, {"message": "not found"})
            case _ if path in self.objects:
                return 200, self.objects[path]
        wanted = dict(pair.split("=", 1) for pair in ",".join(query.get("labelSelector", [])).split(",") if pair)
        found = [each for there, each in self.objects.items() if there.rpartition("/")[0] == path]
        listed = [each for each in found if wanted.items() <= each["metadata"]["labels"].items()]
        plural = path.rpartition("/")[2] in ("pods", "jobs", "events")
        return (200, {"items": listed}) if plural else (404, {"message": f"{path} not found"})


@dataclass
class Served:
    """The server, and how it is reached."""

    api: Api
    cluster: Cluster
    url: str


def serve(api: Api, folder: Path) -> tuple[Served, Callable[[], None]]:
    """Serve it on loopback, under the context `dev` of a kubeconfig; and what ends it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, told = api.answer(self.command, self.path, body)
            said = told.encode() if isinstance(told, str) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_DELETE = handle_one  # noqa: N815 -- the names of http.server

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    file = folder / "kubeconfig"
    file.write_text(
        yaml.safe_dump(
            {
                "current-context": "prod",
                "contexts": [{"name": "dev", "context": {"cluster": "c", "user": "u"}}],
                "clusters": [{"name": "c", "cluster": {"server": url}}],
                "users": [{"name": "u", "user": {"token": "of-a-test"}}],
            }
        ),
        encoding="utf-8",
    )

    def end() -> None:
        server.shutdown()
        server.server_close()

    return Served(api, Cluster("dev", str(file)), url), end
