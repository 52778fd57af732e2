"""A real registry is asked: digests, labels, tags that stay, copies that keep every digest. Its refusals are told plainly."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import pytest
from dxf import DXF
from dxf.exceptions import DXFUnauthorizedError

from infra import oci
from infra.errors import DeploymentError

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def push(repository: str, labels: dict[str, str], layer: bytes = b"layer") -> str:
    """A small index with one image and one attestation, as BuildKit makes them; its reference by digest."""
    host, _, path = repository.partition("/")
    api = DXF(host, path, insecure=True)

    def blob(content: bytes, kind: str) -> dict[str, object]:
        api.push_blob(data=iter([content]), digest=digest(content))
        return {"mediaType": kind, "digest": digest(content), "size": len(content)}

    def manifest(content: dict[str, object]) -> str:
        text = json.dumps({"schemaVersion": 2, **content})
        api.set_manifest(digest(text.encode()), text)
        return text

    def image(config: dict[str, object], layer: bytes) -> str:
        kind = "application/vnd.oci.image.config.v1+json"
        layers = [blob(layer, "application/vnd.oci.image.layer.v1.tar+gzip")]
        content = {"mediaType": MANIFEST, "config": blob(json.dumps(config).encode(), kind), "layers": layers}
        return manifest(content)

    entries = [
        {"mediaType": MANIFEST, "digest": digest(text.encode()), "size": len(text), "platform": platform}
        for text, platform in (
            (image({"config": {"Labels": labels}}, layer), {"os": "linux", "architecture": "amd64"}),
            (image({}, b"attested " + layer), {"os": "unknown", "architecture": "unknown"}),
        )
    ]
    return f"{repository}@{digest(manifest({'mediaType': INDEX, 'manifests': entries}).encode())}"


@pytest.fixture
def repository(registry: str) -> str:
    return f"{registry}/oci/{uuid4().hex[:12]}"


@pytest.mark.parametrize(
    ("text", "host", "path", "name"),
    [
        ("python:3.13-slim", "docker.io", "library/python", "3.13-slim"),
        ("acme/orders", "docker.io", "acme/orders", "latest"),
        ("ghcr.io/acme/orders:1", "ghcr.io", "acme/orders", "1"),
        ("127.0.0.1:5000/a/b@sha256:" + "a" * 64, "127.0.0.1:5000", "a/b", "sha256:" + "a" * 64),
        ("127.0.0.1:5000/a:1@sha256:" + "b" * 64, "127.0.0.1:5000", "a", "sha256:" + "b" * 64),
    ],
)
def test_a_reference_is_taken_apart_as_docker_does(text: str, host: str, path: str, name: str) -> None:
    assert oci.Reference.parse(text) == oci.Reference(host, path, name)


def test_the_labels_of_an_index_are_those_of_its_image_and_not_of_its_attestation(repository: str) -> None:
    assert oci.labels_of(push(repository, {"a": "b"})) == {"a": "b"}


def test_what_is_not_there_has_no_digest(repository: str) -> None:
    assert oci.digest_of(f"{repository}:1") is None
    assert oci.digest_of(f"{repository}@sha256:{'0' * 64}") is None


def test_a_tag_names_one_content_for_good(repository: str) -> None:
    first, second = push(repository, {}, b"first"), push(repository, {}, b"second")
    assert oci.tag_once(first, "r1", {}) == first.partition("@")[2]
    assert oci.tag_once(second, "r1", {}) == first.partition("@")[2]
    assert oci.tag_once(second, "r2", {}) == second.partition("@")[2]


def test_nothing_gets_a_tag_where_neither_it_nor_the_image_is_there(repository: str) -> None:
    push(repository, {})
    assert oci.tag_once(f"{repository}@sha256:{'0' * 64}", "r1", {}) is None


def test_a_copy_is_whole_and_keeps_every_digest(repository: str) -> None:
    source, there = push(repository, {"a": "b"}), f"{repository}-prod"
    oci.copy(source, there, "r1", {})
    wanted = source.partition("@")[2]
    assert oci.digest_of(f"{there}:r1") == wanted
    host, _, path = there.partition("/")
    api = DXF(host, path, insecure=True)
    text = api.get_manifest_and_response("r1")[0]
    assert digest(text.encode()) == wanted
    for entry in json.loads(text)["manifests"]:
        inner = json.loads(api.get_manifest_and_response(entry["digest"])[0])
        for blob in [inner["config"], *inner["layers"]]:
            assert digest(b"".join(api.pull_blob(blob["digest"]))) == blob["digest"]


def test_a_copy_under_a_tag_that_names_another_content_gets_a_longer_one(repository: str) -> None:
    first, second, there = push(repository, {}, b"first"), push(repository, {}, b"second"), f"{repository}-prod"
    for source in (first, second, second):
        oci.copy(source, there, "r1", {})
    assert oci.digest_of(f"{there}:r1") == first.partition("@")[2]
    assert oci.digest_of(f"{there}:r1-{second.partition(':sha256:')[2] or second[-64:-52]}") == second.partition("@")[2]


def test_copying_what_is_not_there_is_told(repository: str) -> None:
    push(repository, {})
    missing = f"{repository}@sha256:{'0' * 64}"
    with pytest.raises(DeploymentError) as told:
        oci.copy(missing, f"{repository}-prod", "r1", {})
    assert str(told.value) == f"{repository} (sha256:{'0' * 64}): there is no such image"


def test_a_registry_that_is_not_there_is_told_with_the_innermost_reason() -> None:
    with pytest.raises(DeploymentError) as told:
        oci.digest_of("127.0.0.1:1/a:1")
    assert str(told.value) == "127.0.0.1:1/a (1): the registry cannot be asked ([Errno 111] Connection refused)"


@contextmanager
def answering(status: int, headers: dict[str, str] | None = None) -> Iterator[str]:
    """A registry that answers everything with one status."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(status)
            for header in (headers or {}).items():
                self.send_header(*header)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_refused_login_is_told_with_the_command_that_mends_it() -> None:
    with answering(403) as host, pytest.raises(DeploymentError) as told:
        oci.digest_of(f"{host}/a:1")
    fix = f"docker login {host}, or service:registry.username and .password where it is the stack's"
    assert str(told.value) == f"{host}/a (1): the registry refuses the login (403). Fix: {fix}"


def test_a_login_that_is_wrong_is_told_with_the_command_that_mends_it() -> None:
    # As dxf tells of a 401 of a registry that it may log in to, which is one with a certificate.
    with pytest.raises(DeploymentError) as told, oci._Told(oci.Reference.parse("ghcr.io/acme/orders:1")):
        raise DXFUnauthorizedError
    fix = "docker login ghcr.io, or service:registry.username and .password where it is the stack's"
    assert str(told.value) == f"ghcr.io/acme/orders (1): the registry refuses the login (401). Fix: {fix}"


def test_a_registry_that_wants_a_login_over_plain_http_is_told_apart() -> None:
    with answering(401, {"WWW-Authenticate": 'Basic realm="here"'}) as host, pytest.raises(DeploymentError) as told:
        oci.digest_of(f"{host}/a:1", oci.Login("ann", "hunter2"))
    rule = "the registry wants a login, and none is sent over plain HTTP"
    assert str(told.value) == f"{host}/a (1): {rule}. Fix: give the registry a certificate"


def test_an_identity_token_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = {"auths": {"registry.acme.com": {"auth": "MDAwOg==", "identitytoken": "ey"}}}
    (tmp_path / "config.json").write_text(json.dumps(kept))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    with pytest.raises(DeploymentError) as told:
        oci._kept_login("registry.acme.com")
    assert str(told.value) == (
        "docker keeps an identity token for registry.acme.com, which no build can log in with. "
        "Fix: docker login registry.acme.com with a user's name and a password or token"
    )


def test_the_token_that_az_acr_login_leaves_is_a_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = {"auths": {"acme.azurecr.io": {"auth": "MDAwOg==", "identitytoken": "ey"}}}
    (tmp_path / "config.json").write_text(json.dumps(kept))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    assert oci._kept_login("acme.azurecr.io") == oci.Login("00000000-0000-0000-0000-000000000000", "ey")


def test_an_answer_that_makes_no_sense_is_told_by_its_number() -> None:
    with answering(503) as host, pytest.raises(DeploymentError) as told:
        oci.digest_of(f"{host}/a:1")
    assert str(told.value) == f"{host}/a (1): the registry answered 503"


def test_a_login_that_docker_keeps_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = {"auths": {"ghcr.io": {"auth": "YW5uOmh1bnRlcjI="}, "https://index.docker.io/v1/": {"auth": "Ym9iOng="}}}
    (tmp_path / "config.json").write_text(json.dumps(kept))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    assert oci._kept_login("ghcr.io") == oci.Login("ann", "hunter2")
    assert oci._kept_login("docker.io") == oci.Login("bob", "x")
    assert oci._kept_login("quay.io") is None
