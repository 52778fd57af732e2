"""Cloud Storage and Azure Blob Storage, played on this machine as far as Pulumi's engine asks them for a state."""

import hashlib
import json
import re
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

DATE = "Mon, 30 Nov 2026 00:00:00 GMT"


@dataclass
class Store:
    """The objects by name, and what is asked that nobody plays."""

    objects: dict[str, bytes] = field(default_factory=dict[str, bytes])
    unplayed: list[str] = field(default_factory=list[str])

    def listed(self, prefix: str, delimiter: str) -> tuple[list[str], list[str]]:
        """The names that begin so, and those that go on beyond the delimiter, cut after it."""
        names = sorted(name for name in self.objects if name.startswith(prefix))
        beyond = {name for name in names if delimiter and delimiter in name[len(prefix) :]}
        cut = {prefix + name[len(prefix) :].partition(delimiter)[0] + delimiter for name in beyond}
        return [name for name in names if name not in beyond], sorted(cut)


class Handler(BaseHTTPRequestHandler):
    """What both have in common: a request's parts, and an answer."""

    protocol_version = "HTTP/1.1"
    store: Store

    def _do(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self._chunked() if self.headers.get("Transfer-Encoding") == "chunked" else self.rfile.read(length)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if not self.act(unquote(parts.path), query, body):
            self.store.unplayed.append(f"{self.command} {self.path}")
            self.say(501)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _do  # noqa: N815 -- http.server's names

    def act(self, path: str, query: dict[str, str], body: bytes) -> bool:
        """Answer; False for what is not played."""
        raise NotImplementedError

    def say(self, status: int, body: bytes = b"", **headers: str) -> bool:
        """Answer. Always true."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        return True

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def _chunked(self) -> bytes:
        whole = b""
        while size := int(self.rfile.readline(), 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole


class CloudStorage(Handler):
    """https://cloud.google.com/storage/docs/json_api/v1/objects, and reading by the XML API."""

    def act(self, path: str, query: dict[str, str], body: bytes) -> bool:
        objects = self.store.objects
        if found := re.fullmatch(r"/upload/storage/v1/b/[^/]+/o", path):
            whole = message_from_bytes(f"Content-Type: {self.headers['Content-Type']}\n\n".encode() + body)
            told, media = (
                cast("bytes", each.get_payload(decode=True)) for each in whole.walk() if not each.is_multipart()
            )
            name = json.loads(told)["name"]
            objects[name] = media
            return self._tell(self._attributes(name))
        if re.fullmatch(r"/storage/v1/b/[^/]+/o", path):
            names, cut = self.store.listed(query.get("prefix", ""), query.get("delimiter", ""))
            return self._tell({"items": [self._attributes(name) for name in names], "prefixes": cut})
        if found := re.fullmatch(r"/storage/v1/b/[^/]+/o/(.+)/rewriteTo/b/[^/]+/o/(.+)", path):
            objects[found[2]] = objects[found[1]]
            return self._tell({"done": True, "resource": self._attributes(found[2])})
        found = re.fullmatch(r"/storage/v1/b/[^/]+/o/(.+)", path) or re.fullmatch(r"/[^/]+/(.+)", path)
        if found is None:
            return False
        if found[1] not in objects:
            return self.say(404, json.dumps({"error": {"code": 404, "message": "No such object"}}).encode())
        if self.command == "DELETE":
            del objects[found[1]]
            return self.say(204)
        if path.startswith("/storage/") and query.get("alt") != "media":
            return self._tell(self._attributes(found[1]))
        return self.say(200, objects[found[1]], Last_Modified=DATE, X_Goog_Generation="1")

    def _attributes(self, name: str) -> dict[str, str]:
        content = self.store.objects[name]
        md5 = b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        return {"name": name, "bucket": "states", "size": str(len(content)), "md5Hash": md5, "updated": "2026-11-30T00:00:00Z", "generation": "1", "etag": "e"}  # fmt: skip

    def _tell(self, told: dict[str, Any]) -> bool:
        return self.say(200, json.dumps(told).encode(), Content_Type="application/json")


class BlobStorage(Handler):
    """https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api."""

    def act(self, path: str, query: dict[str, str], body: bytes) -> bool:
        objects, name = self.store.objects, path.split("/", 3)[3] if path.count("/") > 2 else ""
        if query.get("comp") == "list":
            names, cut = self.store.listed(query.get("prefix", ""), query.get("delimiter", ""))
            blobs = "".join(f"<Blob><Name>{escape(each)}</Name><Properties><Last-Modified>{DATE}</Last-Modified><Etag>e</Etag><Content-Length>{len(objects[each])}</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>" for each in names)  # fmt: skip
            blobs += "".join(f"<BlobPrefix><Name>{escape(each)}</Name></BlobPrefix>" for each in cut)
            text = f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="states"><Blobs>{blobs}</Blobs><NextMarker/></EnumerationResults>'
            return self.say(200, text.encode(), Content_Type="application/xml")
        if self.command == "PUT" and "comp" not in query:
            copied = self.headers.get("x-ms-copy-source")
            objects[name] = objects[unquote(urlsplit(copied).path).split("/", 3)[3]] if copied else body
            done = {"x_ms_copy_id": "1", "x_ms_copy_status": "success"} if copied else {}
            return self.say(202 if copied else 201, ETag="e", Last_Modified=DATE, **done)
        if name not in objects:
            text = b'<?xml version="1.0"?><Error><Code>BlobNotFound</Code><Message>gone</Message></Error>'
            return self.say(404, text, x_ms_error_code="BlobNotFound", Content_Type="application/xml")
        if self.command == "DELETE":
            del objects[name]
            return self.say(202)
        told = {"ETag": "e", "Last_Modified": DATE, "x_ms_blob_type": "BlockBlob", "x_ms_creation_time": DATE}
        return self.say(200, objects[name], Content_Type="application/json", **told)


@contextmanager
def played(kind: type[Handler]) -> Iterator[tuple[str, Store]]:
    """A store of a kind: `host:port`, and what is in it."""
    store = Store()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Playing", (kind,), {"store": store}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}", store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
