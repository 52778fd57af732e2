"""The image: named by its content, pushed once, never deleted, attested, and built without a secret left inside."""

import hashlib
import json
import re
import tarfile
import urllib.request
from io import BytesIO
from pathlib import Path
from typing import Any

import grpc
import pytest
from dxf import DXF

from infra import oci
from tests.engine.conftest import Checkout
from tests.engine.docker.conftest import DockerStack, Lab, Stacks

FACTORY = "app/service/factory.py"
ACCEPTED = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"

# The line straight up to the image and no further: what an image is has nothing to do with what runs it.
ONLY_THE_IMAGE = """
import pulumi
from infra.image import build_image
from infra.program import described
from infra.targets import load_target

service, settings, release = described()
place = load_target(settings.target).registry(service, settings)
image = build_image(service, settings, release, place)
pulumi.export("image", image.reference)
pulumi.export("revision", image.revision)
"""


@pytest.fixture(scope="module")
def images(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The same project with a program that ends at the image."""
    root = tmp_path_factory.mktemp("images") / "slipway"
    lab.checkout.git("worktree", "add", "-q", "--detach", str(root))
    (root / "__main__.py").write_text(ONLY_THE_IMAGE)
    (root / ".slipway").mkdir()
    (root / ".slipway" / "envs").symlink_to((lab.checkout.root / ".slipway" / "envs").resolve())
    return Lab(Checkout(root, lab.checkout.variables), lab.engine, lab.registry, lab.builder)


@pytest.fixture
def image_stacks(images: Lab) -> Any:
    made = Stacks(images)
    yield made
    made.end()


def manifest(reference: str) -> dict[str, Any]:
    """A manifest, straight from the registry."""
    repository, _, digest = reference.partition("@")
    host, _, path = repository.partition("/")
    request = urllib.request.Request(f"http://{host}/v2/{path}/manifests/{digest}", headers={"Accept": ACCEPTED})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return dict(json.load(answer))


def blob(reference: str, digest: str) -> bytes:
    """A blob beside a manifest."""
    host, _, path = reference.partition("@")[0].partition("/")
    with urllib.request.urlopen(f"http://{host}/v2/{path}/blobs/{digest}", timeout=10) as answer:
        return bytes(answer.read())


def forgotten(builder: str) -> int:
    """Leave a builder as it is on a machine that never built anything; how many steps it forgot."""
    told = json.loads((Path.home() / ".docker/buildx/instances" / builder).read_text())
    with grpc.insecure_channel(told["Nodes"][0]["Endpoint"]) as channel:
        prune = channel.unary_stream(
            "/moby.buildkit.v1.Control/Prune", request_serializer=None, response_deserializer=None
        )
        # PruneRequest{all: true}
        return len(list(prune(b"\x10\x01")))


def predicates(reference: str) -> dict[str, str]:
    """The attestations of an image: type -> the statement's text."""
    index = manifest(reference)
    found: dict[str, str] = {}
    repository = reference.partition("@")[0]
    for entry in index["manifests"]:
        if entry["platform"]["architecture"] == "unknown":
            for layer in manifest(f"{repository}@{entry['digest']}")["layers"]:
                kind = layer["annotations"]["in-toto.io/predicate-type"]
                found[kind] = blob(reference, layer["digest"]).decode()
    return found


def test_another_stack_with_the_same_content_takes_the_image_that_is_there(image_stacks: Stacks, lab: Lab) -> None:
    first = image_stacks()
    first.up()
    second = image_stacks()
    second.set(registry={"repository": first.repository})
    done = second.up()
    assert second.output("image") == first.output("image")
    # Its own build found every step of the Dockerfile in the cache.
    steps = re.findall(r"(#\d+) \[\S+ +\d+/\d+\] (?:COPY|RUN)", done.stdout)
    ended = dict(re.findall(r"(#\d+) (CACHED|DONE)", done.stdout))
    assert steps
    assert {ended[number] for number in steps} == {"CACHED"}


def test_neither_replacing_nor_destroying_a_stack_takes_an_image_out_of_the_registry(image_stacks: Stacks) -> None:
    stack = image_stacks()
    stack.up()
    first = stack.output("image")
    with stack.checkout.edited(FACTORY, '"""Makes the app."""', '"""Makes another app."""'):
        stack.up()
        second = stack.output("image")
    assert stack.make("destroy", YES="1").returncode == 0
    assert first != second
    assert [oci.digest_of(image) for image in (first, second)] == [image.partition("@")[2] for image in (first, second)]


def test_returning_to_earlier_content_returns_to_the_very_image(image_stacks: Stacks) -> None:
    stack = image_stacks()
    stack.up()
    first = stack.output("image")
    with stack.checkout.edited(FACTORY, '"""Makes the app."""', '"""Makes a third app."""'):
        stack.up()
    stack.up()
    assert stack.output("image") == first


def test_an_image_that_vanished_from_the_registry_is_made_again_after_a_refresh(image_stacks: Stacks) -> None:
    stack = image_stacks()
    stack.up()
    image, revision = stack.output("image"), stack.output("revision")
    host, _, path = stack.repository.partition("/")
    url = f"http://{host}/v2/{path}/manifests/{image.partition('@')[2]}"
    with urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), timeout=10) as answer:
        assert answer.status == 202
    assert stack.make("refresh", ARGS="--skip-preview").returncode == 0
    done = stack.make("up", ARGS="--skip-preview")
    told = re.search(r"is gone from the registry\. Fix: make up STACK=\S+ ARGS=\"(.+)\"", done.stdout)
    assert told, done.stdout
    stack.up(told[1])
    assert oci.digest_of(f"{stack.repository}:{revision}") == stack.output("image").partition("@")[2]


def test_how_it_was_built_is_attested_beside_it(image_stacks: Stacks) -> None:
    stack = image_stacks()
    stack.up()
    found = predicates(stack.output("image"))
    assert list(found) == ["https://slsa.dev/provenance/v1"] or list(found) == ["https://slsa.dev/provenance/v0.2"]
    assert stack.output("revision") in next(iter(found.values()))


# A scanner as BuildKit runs one (its docs/attestations/sbom-protocol.md): it is given a root file system and writes a
# statement of what is in it.
SCANNER = """
import json, os, pathlib
source = pathlib.Path(os.environ["BUILDKIT_SCAN_SOURCE"])
names = sorted(path.name.split("-")[0] for path in source.rglob("*.dist-info"))
document = {"spdxVersion": "SPDX-2.3", "packages": [{"name": name, "SPDXID": f"SPDXRef-{name}"} for name in names]}
statement = {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://spdx.dev/Document", "predicate": document}
pathlib.Path(os.environ["BUILDKIT_SCAN_DESTINATION"], "packages.spdx.json").write_text(json.dumps(statement))
"""


def test_what_is_inside_is_attested_by_the_scanner_that_the_stack_names(
    image_stacks: Stacks, lab: Lab, tmp_path: Path
) -> None:
    (tmp_path / "scan.py").write_text(SCANNER)
    base = lab.build["base"]
    (tmp_path / "Dockerfile").write_text(f'FROM {base}\nCOPY scan.py /\nENTRYPOINT ["python", "/scan.py"]\n')
    scanner = f"{lab.registry}/scanner:1"
    lab.engine.images.build(path=str(tmp_path), tag=scanner)
    lab.engine.images.push(scanner)
    stack = image_stacks()
    stack.set(build={**lab.build, "sbom": True, "scanner": scanner})
    stack.up()
    listed = json.loads(predicates(stack.output("image"))["https://spdx.dev/Document"])
    names = {package["name"] for package in listed["predicate"]["packages"]}
    assert {"flask", "gunicorn", "werkzeug"} <= names


def test_the_labels_tell_revision_server_and_base(image_stacks: Stacks) -> None:
    stack = image_stacks(server="waitress")
    stack.up()
    labels = oci.labels_of(stack.output("image"))
    base = labels.pop("org.opencontainers.image.base.name")
    assert base.startswith(f"{stack.config['service:build']['base']}@sha256:")
    assert labels["org.opencontainers.image.revision"] == stack.output("revision")
    assert labels["io.slipway.server"] == "waitress"


def test_the_cache_is_kept_whole_in_a_repository_of_its_own(image_stacks: Stacks) -> None:
    stack = image_stacks()
    stack.up()
    kept = manifest(f"{stack.repository}-cache@gunicorn")
    image = next(e for e in manifest(stack.output("image"))["manifests"] if e["platform"]["architecture"] != "unknown")
    layers = manifest(f"{stack.repository}@{image['digest']}")["layers"]
    # Mode max: the layers of the stages before the last one are in it as well.
    assert len(kept["layers"]) > len(layers)


def test_a_builder_that_has_nothing_of_its_own_takes_the_dependencies_from_the_cache(
    image_stacks: Stacks, lab: Lab
) -> None:
    stack = image_stacks()
    stack.up()
    assert forgotten(lab.builder) > 0
    with stack.checkout.edited(FACTORY, '"""Makes the app."""', '"""Makes the app on a new machine."""'):
        said = stack.up().stdout
    installed = re.search(r"#(\d+) \[requirements 2/2\] RUN .*pip", said)
    assert installed
    assert f"#{installed[1]} CACHED" in said


def test_a_secret_of_the_build_is_in_nothing_that_remains(image_stacks: Stacks) -> None:
    secret = "file:///hunter2-index"
    stack = image_stacks()
    stack.set_secret("PIP_EXTRA_INDEX_URL", secret, table="build.secrets")
    done = stack.up()
    assert "hunter2" not in done.stdout + done.stderr
    image = stack.output("image")
    texts = [json.dumps(manifest(image)), *predicates(image).values()]
    entry = next(e for e in manifest(image)["manifests"] if e["platform"]["architecture"] != "unknown")
    inner = manifest(f"{stack.repository}@{entry['digest']}")
    texts.append(blob(image, inner["config"]["digest"]).decode())
    texts.append(stack.checkout.pulumi("stack", "export", "--stack", stack.name).stdout)
    assert [text for text in texts if "hunter2" in text] == []
    assert "PIP_EXTRA_INDEX_URL" in texts[-1]


def test_a_preview_needs_no_docker_and_no_builder_and_says_what_it_could_not_check(image_stacks: Stacks) -> None:
    build = {**image_stacks.lab.build, "base": "127.0.0.1:1/python:3.13-slim", "builder": "not-there"}
    stack = image_stacks()
    stack.set(build=build)
    without = {**stack.checkout.variables, "DOCKER_HOST": "unix:///not/there.sock"}
    elsewhere = DockerStack(Checkout(stack.checkout.root, without), stack.name, stack.port)
    done = elsewhere.make("preview")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "planned without the base image's digest, which could not be looked up: " in done.stdout
    up = stack.make("up")
    assert up.returncode != 0
    assert "service:build.base: its digest cannot be looked up (" in up.stdout


def test_an_image_for_both_platforms_has_each_machines_own_libraries(image_stacks: Stacks, lab: Lab) -> None:
    base = _base_for_both(lab.registry)
    stack = image_stacks()
    stack.set(build={**lab.build, "base": base, "platforms": ["linux/amd64", "linux/arm64"]})
    stack.up()
    image = stack.output("image")
    entries = [e for e in manifest(image)["manifests"] if e["platform"]["architecture"] != "unknown"]
    assert [(e["platform"]["os"], e["platform"]["architecture"]) for e in entries] == [
        ("linux", "amd64"),
        ("linux", "arm64"),
    ]
    compiled = {e["platform"]["architecture"]: machines_of_libraries(stack.repository, e["digest"]) for e in entries}
    assert compiled == {"amd64": {X86_64}, "arm64": {AARCH64}}


# e_machine of an ELF file, as elf(5) lists them.
X86_64, AARCH64 = 62, 183


def machines_of_libraries(repository: str, digest: str) -> set[int]:
    """What the compiled modules of the service's environment were compiled for."""
    found: set[int] = set()
    for layer in manifest(f"{repository}@{digest}")["layers"]:
        with tarfile.open(fileobj=BytesIO(blob(repository, layer["digest"]))) as archive:
            for member in archive:
                if member.name.startswith("srv/env/") and member.name.endswith(".so"):
                    opened = archive.extractfile(member)
                    assert opened is not None
                    found.add(int.from_bytes(opened.read(20)[18:20], "little"))
    return found


def _base_for_both(registry: str) -> str:
    """The base image as an index of two platforms. The second is the first under another name: no step runs on it."""
    api = DXF(registry, "library/python", insecure=True)
    amd64, response = api.get_manifest_and_response("3.13-slim")
    inner = json.loads(amd64)
    config = json.loads(b"".join(api.pull_blob(inner["config"]["digest"])))
    config["architecture"] = "arm64"
    content = json.dumps(config).encode()
    renamed = {**inner["config"], "digest": _digest(content), "size": len(content)}
    api.push_blob(data=iter([content]), digest=renamed["digest"])
    arm64 = json.dumps({**inner, "config": renamed})
    api.set_manifest(_digest(arm64.encode()), arm64)
    kind = response.headers["Content-Type"]
    entries = [
        {"mediaType": kind, "digest": _digest(text.encode()), "size": len(text), "platform": platform}
        for text, platform in (
            (amd64, {"os": "linux", "architecture": "amd64"}),
            (arm64, {"os": "linux", "architecture": "arm64"}),
        )
    ]
    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": entries}
    api.set_manifest("both", json.dumps(index))
    return f"{registry}/library/python:both"


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
