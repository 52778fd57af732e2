"""The clouds' registries and Docker Hub, played: the OCI distribution API with each one's own login and its own rules.

A repository is there when the stack made it, on the simulated platforms; a tag of one that keeps its tags never moves.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import Flask, Response, request

from tools.offline.world import Thing, World

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
_REFUSED, _NO_ENTRY, _WRONG = 401, 404, 400


@dataclass(frozen=True)
class House:
    """How the registries of one platform behave.

    `token` is the path where one asks for a token, and none where the login itself goes with each request. `keeps` tells
    of a resource whether it is the repository of this name, and whether its tags stay; None when it is another.
    `exchange` is the path where who has a token of the platform's own gets the login for it.
    """

    hosts: str
    login: tuple[str, str] | None
    token: str | None
    keeps: Callable[[Thing, str], bool | None]
    exchange: str | None = None


def _ecr(thing: Thing, name: str) -> bool | None:
    if thing.type != "aws:ecr/repository:Repository" or thing.outputs["repositoryUrl"] != name:
        return None
    return thing.inputs.get("imageTagMutability") == "IMMUTABLE"


def _artifact_registry(thing: Thing, name: str) -> bool | None:
    if thing.type != "gcp:artifactregistry/repository:Repository":
        return None
    if not name.startswith(f"{thing.outputs['registryUri']}/"):
        return None
    return bool((thing.inputs.get("dockerConfig") or {}).get("immutableTags"))


def _acr(thing: Thing, name: str) -> bool | None:
    at_home = thing.type == "azure-native:containerregistry:Registry"
    return False if at_home and name.startswith(f"{thing.outputs['loginServer']}/") else None


# Logins: what the stand-ins answer the program with, or what `az acr login` leaves in docker's file.
HOUSES = (
    House(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com", ("AWS", "offline"), None, _ecr),
    House(r"[a-z0-9-]+-docker\.pkg\.dev", ("oauth2accesstoken", "offline"), "/v2/token", _artifact_registry),
    House(
        r"[a-z0-9]+\.azurecr\.io",
        ("00000000-0000-0000-0000-000000000000", "offline"),
        "/oauth2/token",
        _acr,
        "/oauth2/exchange",
    ),
)
# What the stand-in of Azure gives whoever asks for their own token of it.
PLATFORM_TOKEN = "offline"
HUB = House(r"registry-1\.docker\.io", None, "/token", lambda _thing, _name: None)


@dataclass
class Repository:
    """What lies in one repository."""

    blobs: dict[str, bytes] = field(default_factory=dict[str, bytes])
    manifests: dict[str, tuple[str, bytes]] = field(default_factory=dict[str, tuple[str, bytes]])
    tags: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, kind: str, manifest: Mapping[str, Any]) -> str:
        """Keep a manifest; its digest."""
        content = json.dumps(manifest).encode()
        self.manifests[digest_of(content)] = (kind, content)
        return digest_of(content)

    def keep(self, content: bytes) -> dict[str, Any]:
        """Keep a blob; its descriptor."""
        self.blobs[digest_of(content)] = content
        return {"digest": digest_of(content), "size": len(content)}


def digest_of(content: bytes) -> str:
    """What it is named by."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Registries:
    """Every registry of one world, and all that was pushed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._repositories: dict[str, Repository] = {}
        hub = self.repository("registry-1.docker.io/library/python")
        hub.tags["3.13-slim"] = hub.add(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": []})

    def repository(self, name: str) -> Repository:
        """What lies under a name, host and path; made empty when first asked for."""
        return self._repositories.setdefault(name, Repository())

    def tags_stay(self, house: House, name: str) -> bool | None:
        """Whether the repository's tags stay; nothing where no stack made such a repository."""
        if house is HUB:
            return True if name in self._repositories else None
        told = (house.keeps(thing, name) for thing in list(self._world.things.values()))
        return next((stays for stays in told if stays is not None), None)

    def site(self, house: House) -> Flask:
        """Who plays the house's hosts."""
        site = Flask(__name__, static_folder=None)
        rules = _Rules(self, house)
        site.before_request(rules.admit)
        if house.token:
            site.add_url_rule(house.token, view_func=rules.token)
        if house.exchange:
            site.add_url_rule(house.exchange, view_func=rules.exchanged, methods=["POST"])
        for path, methods, view in (
            ("/v2/<path:name>/manifests/<reference>", ["GET", "HEAD"], rules.manifest),
            ("/v2/<path:name>/manifests/<reference>", ["PUT"], rules.put_manifest),
            ("/v2/<path:name>/blobs/<digest>", ["GET", "HEAD"], rules.blob),
            ("/v2/<path:name>/blobs/uploads/", ["POST"], rules.begin),
            ("/v2/<path:name>/blobs/uploads/<_upload>", ["PUT"], rules.upload),
        ):
            site.add_url_rule(path, f"{methods[0]} {path}", view, methods=methods)
        return site


@dataclass(frozen=True)
class _Rules:
    """The API of one house."""

    registries: Registries
    house: House

    def admit(self) -> Response | None:
        """Nobody without the login, or the token that it buys."""
        if request.path in (self.house.token, self.house.exchange):
            return None
        if self.house.token is None:
            return None if _basic() == self.house.login else _error(_REFUSED, "UNAUTHORIZED", 'Basic realm="registry"')
        if request.headers.get("Authorization") == f"Bearer {self._bought()}":
            return None
        wanted = f'Bearer realm="https://{request.host}{self.house.token}",service="{request.host}",scope="repository"'
        return _error(_REFUSED, "UNAUTHORIZED", wanted)

    def token(self) -> Response:
        if self.house.login is not None and _basic() != self.house.login:
            return _error(_REFUSED, "UNAUTHORIZED")
        return Response(json.dumps({"token": self._bought()}), mimetype="application/json")

    def exchanged(self) -> Response:
        assert self.house.login is not None
        told = {"grant_type": "access_token", "service": request.host, "access_token": PLATFORM_TOKEN}
        if request.form.to_dict() != told:
            return _error(_REFUSED, "UNAUTHORIZED")
        return Response(json.dumps({"refresh_token": self.house.login[1]}), mimetype="application/json")

    def manifest(self, name: str, reference: str) -> Response:
        there = self._there(name)
        if isinstance(there, Response):
            return there
        kept = there.manifests.get(there.tags.get(reference, reference))
        if kept is None:
            return _error(_NO_ENTRY, "MANIFEST_UNKNOWN")
        kind, content = kept
        return Response(content, content_type=kind, headers={"Docker-Content-Digest": digest_of(content)})

    def put_manifest(self, name: str, reference: str) -> Response:
        there = self._there(name)
        if isinstance(there, Response):
            return there
        content = request.get_data()
        digest, told = digest_of(content), json.loads(content)
        below = [*told.get("layers", []), *([told["config"]] if "config" in told else [])]
        known = {*there.blobs, *there.manifests}
        if any(each["digest"] not in known for each in [*below, *told.get("manifests", [])]):
            return _error(_WRONG, "MANIFEST_BLOB_UNKNOWN")
        if ":" in reference and reference != digest:
            return _error(_WRONG, "DIGEST_INVALID")
        if ":" not in reference:
            stays = self.registries.tags_stay(self.house, f"{request.host}/{name}")
            if stays and there.tags.get(reference, digest) != digest:
                return _error(_WRONG, "TAG_INVALID")
            there.tags[reference] = digest
        there.manifests[digest] = (str(request.content_type), content)
        return Response(status=201, headers={"Docker-Content-Digest": digest})

    def blob(self, name: str, digest: str) -> Response:
        there = self._there(name)
        if isinstance(there, Response):
            return there
        if digest not in there.blobs:
            return _error(_NO_ENTRY, "BLOB_UNKNOWN")
        return Response(there.blobs[digest], headers={"Docker-Content-Digest": digest})

    def begin(self, name: str) -> Response:
        there = self._there(name)
        if isinstance(there, Response):
            return there
        asked, origin = request.args.get("mount", ""), request.args.get("from", "")
        source = self.registries.repository(f"{request.host}/{origin}")
        if asked in source.blobs:
            there.blobs[asked] = source.blobs[asked]
            return Response(status=201, headers={"Docker-Content-Digest": asked})
        return Response(status=202, headers={"Location": f"https://{request.host}/v2/{name}/blobs/uploads/{uuid4()}"})

    def upload(self, name: str, _upload: str) -> Response:
        there = self._there(name)
        if isinstance(there, Response):
            return there
        if there.keep(request.get_data())["digest"] != request.args.get("digest"):
            return _error(_WRONG, "DIGEST_INVALID")
        return Response(status=201)

    def _there(self, name: str) -> Repository | Response:
        whole = f"{request.host}/{name}"
        if self.registries.tags_stay(self.house, whole) is None:
            return _error(_NO_ENTRY, "NAME_UNKNOWN")
        return self.registries.repository(whole)

    def _bought(self) -> str:
        return base64.urlsafe_b64encode(request.host.encode()).decode()


def _basic() -> tuple[str, str] | None:
    given = request.authorization
    return (given.username or "", given.password or "") if given and given.type == "basic" else None


def _error(status: int, code: str, challenge: str | None = None) -> Response:
    headers = {"WWW-Authenticate": challenge} if challenge else {}
    return Response(json.dumps({"errors": [{"code": code}]}), status, headers, mimetype="application/json")


def house_of(host: str) -> House | None:
    """Whose host it is."""
    return next((house for house in HOUSES if re.fullmatch(house.hosts, host)), None)
