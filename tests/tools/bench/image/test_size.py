"""What an image weighs over its base, from manifests as a registry gives them."""

from __future__ import annotations

from typing import Any

import pytest

from tools.bench.image.size import added, of_machine


def manifest(*layers: tuple[str, int]) -> dict[str, Any]:
    return {"schemaVersion": 2, "layers": [{"digest": f"sha256:{name}", "size": size} for name, size in layers]}


def entry(digest: str, system: str, architecture: str) -> dict[str, Any]:
    return {"digest": digest, "platform": {"os": system, "architecture": architecture}}


BASE = manifest(("27ca", 64_705_521), ("9bd1", 300))


def test_only_the_layers_above_the_base_count() -> None:
    image = manifest(("27ca", 64_705_521), ("9bd1", 300), ("e9d4", 4_000_000), ("0e21", 1_500_000))

    assert added(image, BASE) == 5_500_000


@pytest.mark.parametrize("layers", [[("27ca", 64_705_521)], [("ffff", 64_705_521), ("9bd1", 300)], []])
def test_an_image_on_another_base_has_no_size_over_this_one(layers) -> None:
    with pytest.raises(ValueError, match="the image's first layers are not those of the base"):
        added(manifest(*layers), BASE)


def test_of_an_index_the_machines_own_image_counts_and_no_attestation() -> None:
    index = {
        "manifests": [
            entry("sha256:aa", "unknown", "unknown"),
            entry("sha256:bb", "linux", "arm64"),
            entry("sha256:cc", "linux", "amd64"),
        ]
    }

    assert [of_machine(index, architecture) for architecture in ("amd64", "arm64")] == ["sha256:cc", "sha256:bb"]
    with pytest.raises(ValueError, match="there is no image for linux/riscv64 in the index"):
        of_machine(index, "riscv64")
