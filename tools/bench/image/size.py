"""What an image weighs over its base: the layers, compressed, that whoever has the base still must fetch."""

from __future__ import annotations

import json
import platform
import urllib.request
from typing import Any

ACCEPTED = ", ".join(
    f"application/vnd.{kind}+json"
    for kind in (
        "oci.image.index.v1",
        "oci.image.manifest.v1",
        "docker.distribution.manifest.list.v2",
        "docker.distribution.manifest.v2",
    )
)
MIB = 2**20


def over_base(image: str, base: str) -> float:
    """MiB of the image's layers that are not the base's, as the registry keeps them."""
    return added(_manifest(image), _manifest(base)) / MIB


def added(image: dict[str, Any], base: dict[str, Any]) -> int:
    """Bytes of the layers of one manifest that another has not. Raises ValueError where it does not stand on it."""
    under = [layer["digest"] for layer in base["layers"]]
    layers = image["layers"]
    if [layer["digest"] for layer in layers[: len(under)]] != under:
        raise ValueError("the image's first layers are not those of the base")
    return sum(int(layer["size"]) for layer in layers[len(under) :])


def of_machine(index: dict[str, Any], architecture: str) -> str:
    """The digest of an index's image for a machine; its attestations are for none."""
    found = [
        str(entry["digest"])
        for entry in index["manifests"]
        if (entry["platform"]["os"], entry["platform"]["architecture"]) == ("linux", architecture)
    ]
    if not found:
        raise ValueError(f"there is no image for linux/{architecture} in the index")
    return found[0]


def _manifest(reference: str) -> dict[str, Any]:
    """The manifest of a reference's image for this machine: by its digest where it has one, else by its tag."""
    name, _, digest = reference.partition("@")
    host, _, rest = name.partition("/")
    path, _, tag = rest.partition(":")
    found = _get(host, path, digest or tag)
    if "manifests" in found:
        architecture = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "amd64"
        found = _get(host, path, of_machine(found, architecture))
    return found


def _get(host: str, path: str, name: str) -> dict[str, Any]:
    request = urllib.request.Request(f"http://{host}/v2/{path}/manifests/{name}", headers={"Accept": ACCEPTED})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return dict(json.load(answer))
