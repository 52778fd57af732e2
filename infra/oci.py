"""What is asked of an OCI registry: digests, labels, and copying a manifest with all that hangs on it."""

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, cast

import requests
from docker import auth
from docker.errors import DockerException
from docker.utils import parse_repository_tag
from dxf import DXF, DXFBase
from dxf.exceptions import DXFAuthInsecureError, DXFError, DXFUnauthorizedError

from infra.errors import DeploymentError

_HUB, _HUB_API = "docker.io", "registry-1.docker.io"
# `az acr login` leaves a token alone, which is a password for this user:
# https://learn.microsoft.com/azure/container-registry/container-registry-authentication, read on 2026-11-23.
_AZURE, _AZURE_TOKEN_USER = ".azurecr.io", "00000000-0000-0000-0000-000000000000"
_TIMEOUT = 60.0
_CHUNK = 1024 * 1024
_GONE = (requests.codes.not_found, requests.codes.bad_request)


@dataclass(frozen=True)
class Login:
    """Who logs in to a registry."""

    username: str
    password: str


@dataclass(frozen=True)
class Reference:
    """`host/path:tag` or `host/path@digest`, taken apart. Without a host it is on Docker Hub."""

    host: str
    path: str
    name: str

    @classmethod
    def parse(cls, text: str) -> "Reference":
        """Raises ValueError where it is no reference."""
        name, _, digest = text.partition("@")
        repository, tag = parse_repository_tag(name)
        try:
            host, path = auth.resolve_repository_name(repository)
        except DockerException as error:
            raise ValueError(f"{text!r} is not an image ({error})") from error
        if host == _HUB and "/" not in path:
            path = f"library/{path}"
        return cls(host, path, digest or tag or "latest")

    @property
    def repository(self) -> str:
        """Without the tag or digest."""
        return f"{self.host}/{self.path}"


def digest_of(reference: str, login: Login | None = None) -> str | None:
    """The digest that a reference stands for now; nothing where there is none.

    Raises:
        DeploymentError: the registry cannot be asked, or does not let us.
    """
    with _Repository(reference, login) as repository:
        return repository.digest(repository.reference.name)


def labels_of(reference: str, login: Login | None = None) -> dict[str, str]:
    """The labels of an image; of an index those of its first image, as they are alike in all.

    Raises:
        DeploymentError: there is no such image, or the registry cannot be asked.
    """
    with _Repository(reference, login) as repository:
        manifest = json.loads(repository.manifest(repository.reference.name))
        if "manifests" in manifest:
            images = [entry for entry in manifest["manifests"] if not _is_attestation(entry)]
            manifest = json.loads(repository.manifest(images[0]["digest"]))
        content = repository.blob(manifest["config"]["digest"])
        return dict(json.loads(content).get("config", {}).get("Labels") or {})


def tag_once(source: str, tag: str, logins: Mapping[str, Login]) -> str | None:
    """Give an image, named by its digest, a tag in its own repository.

    The answer is the digest that has the tag; nothing where neither the tag nor the image is there.

    Where the tag stands already it stays as it is: a tag names one content for good, and of two builds of the same
    content, which differ in their attestations, the first is what runs.

    Args:
        logins: by the registry's host; others log in as `docker login` says.

    Raises:
        DeploymentError: the registry cannot be asked, or refuses.
    """
    here = Reference.parse(source)
    with _Repository(source, logins.get(here.host)) as repository:
        standing = repository.digest(tag)
        if standing or not repository.digest(here.name):
            return standing
        repository.put(tag, repository.manifest(here.name))
        return here.name


def copy(source: str, repository: str, tag: str, logins: Mapping[str, Login]) -> None:
    """Copy an image, named by its digest, with everything below it: platforms and attestations keep their digests.

    It gets the tag; where that names something else there already, a longer one with its digest, so that it is never an
    untagged image, which registries clean away.

    Raises:
        DeploymentError: there is no such image, a registry refuses, or what arrived has another digest.
    """
    here = Reference.parse(source)
    there = Reference.parse(repository)
    with _Repository(repository, logins.get(there.host)) as destination:
        standing = destination.digest(tag)
        if standing == here.name:
            return
        if standing:
            tag = f"{tag}-{here.name.partition(':')[2][:12]}"
        with _Repository(source, logins.get(here.host)) as origin:
            manifest = origin.manifest(here.name)
            if here.repository != there.repository:
                _copy_below(origin, destination, manifest)
            destination.put(tag, manifest)
        arrived = destination.digest(tag)
    if arrived != here.name:
        raise DeploymentError(f"{repository}:{tag} has the digest {arrived} after {source} was copied to it")


def _copy_below(origin: "_Repository", destination: "_Repository", manifest: str) -> None:
    """What a manifest refers to: of an index its manifests, attestations among them; of an image its blobs."""
    content: dict[str, Any] = json.loads(manifest)
    for entry in content.get("manifests", ()):
        inner = origin.manifest(entry["digest"])
        _copy_below(origin, destination, inner)
        destination.put(entry["digest"], inner)
    for blob in [content[key] for key in ("config",) if key in content] + content.get("layers", []):
        destination.take(origin, blob["digest"])


def _is_attestation(entry: Mapping[str, Any]) -> bool:
    return entry.get("platform", {}).get("architecture") == "unknown"


class _Repository:
    """One repository of a registry, on one connection; its failures are told as what they mean to a person."""

    def __init__(self, reference: str, login: Login | None) -> None:
        self.reference = Reference.parse(reference)
        self._login = login or _kept_login(self.reference.host)
        host = _HUB_API if self.reference.host == _HUB else self.reference.host
        insecure = is_loopback(host)
        self._api = DXF(host, self.reference.path, self._authenticate, insecure=insecure, timeout=_TIMEOUT)

    def __enter__(self) -> "_Repository":
        self._api.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._api.__exit__(None, None, None)  # pyright: ignore[reportUnknownMemberType]

    def _authenticate(self, api: DXFBase, response: requests.Response) -> None:
        username, password = (self._login.username, self._login.password) if self._login else (None, None)
        api.authenticate(username, password, response=response)

    def digest(self, name: str) -> str | None:
        """What a tag or digest stands for; nothing where there is none."""
        with self._told():
            try:
                return self._api.head_manifest_and_response(name)[0]
            except requests.HTTPError as error:
                if _status(error) in _GONE:
                    return None
                raise

    def manifest(self, name: str) -> str:
        """The manifest of a tag or digest, as it stands."""
        with self._told():
            return self._api.get_manifest_and_response(name)[0]

    def put(self, name: str, manifest: str) -> None:
        """Make a manifest stand under a tag, or under its digest."""
        with self._told():
            self._api.set_manifest(name, manifest)

    def blob(self, digest: str) -> bytes:
        """A blob's content."""
        with self._told():
            return b"".join(cast("list[bytes]", self._api.pull_blob(digest, chunk_size=_CHUNK)))

    def take(self, origin: "_Repository", digest: str) -> None:
        """Copy a blob from another repository, unless it is here; within one registry it is only linked."""
        with self._told():
            try:
                self._api.blob_size(digest)
                return
            except requests.HTTPError as error:
                if _status(error) not in _GONE:
                    raise
            if origin.reference.host == self.reference.host:
                try:
                    self._api.mount_blob(origin.reference.path, digest)
                    return
                except (requests.HTTPError, DXFError):
                    pass  # A registry may refuse, and then it is copied.
            with tempfile.NamedTemporaryFile(prefix="slipway-") as file:
                for chunk in cast("list[bytes]", origin._api.pull_blob(digest, chunk_size=_CHUNK)):  # noqa: SLF001
                    file.write(chunk)
                file.flush()
                self._api.push_blob(file.name)

    def _told(self) -> "_Told":
        return _Told(self.reference)


class _Told:
    """Turns a registry's failures into a DeploymentError that says what may mend it."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        where = f"{self.reference.repository} ({self.reference.name})"
        if isinstance(error, DXFUnauthorizedError):
            raise self._refused(where, requests.codes.unauthorized) from error
        if isinstance(error, DXFAuthInsecureError):
            rule = "the registry wants a login, and none is sent over plain HTTP"
            raise DeploymentError(f"{where}: {rule}. Fix: give the registry a certificate") from error
        if isinstance(error, requests.HTTPError):
            status = _status(error)
            if status == requests.codes.forbidden:
                raise self._refused(where, status) from error
            if status in _GONE:
                raise DeploymentError(f"{where}: there is no such image") from error
            raise DeploymentError(f"{where}: the registry answered {status}") from error
        if isinstance(error, requests.RequestException | DXFError):
            raise DeploymentError(f"{where}: the registry cannot be asked ({_reason(error)})") from error

    def _refused(self, where: str, status: int | None) -> DeploymentError:
        fix = f"docker login {self.reference.host}, or service:registry.username and .password where it is the stack's"
        return DeploymentError(f"{where}: the registry refuses the login ({status}). Fix: {fix}")


def _status(error: requests.HTTPError) -> int:
    return error.response.status_code if error.response is not None else 0


def _reason(error: BaseException) -> str:
    """The innermost reason, without the layers of the libraries above it."""
    while error.__context__ is not None:
        error = error.__context__
    return str(error) or type(error).__name__


def _kept_login(host: str) -> Login | None:
    """What `docker login` keeps for a registry, in its file or in a credential helper."""
    try:
        find = cast("Callable[..., Mapping[str, str] | None]", auth.load_config().resolve_authconfig)  # pyright: ignore[reportUnknownMemberType]
        kept = find(None if host == _HUB else host)
    except DockerException:
        return None
    token = (kept.get("identitytoken") or kept.get("IdentityToken")) if kept else None
    if token and host.endswith(_AZURE):
        return Login(_AZURE_TOKEN_USER, token)
    if token:
        rule = f"docker keeps an identity token for {host}, which no build can log in with"
        raise DeploymentError(f"{rule}. Fix: docker login {host} with a user's name and a password or token")
    if not kept or not kept.get("Username", kept.get("username")):
        return None
    return Login(kept.get("Username", kept.get("username", "")), kept.get("Password", kept.get("password", "")))


def is_loopback(host: str) -> bool:
    """Whether a host, with or without a port, is this machine: Docker speaks plain HTTP with a registry there alone."""
    name = host.rpartition(":")[0] or host
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
