"""What a stack may ask of `docker`, and of an image: each mistake is refused in exact words."""

import json
from typing import Any

import pytest

from infra.errors import SettingsError
from tests.infra.test_settings import load, rm, secret, set_

BAD: list[tuple[dict[str, Any], str]] = [
    ({"image": "dev"}, f"service:image: 'dev' is this stack itself; an image is promoted from another. {rm('image')}"),
    ({"image": "orders:latest"}, f"service:image: 'orders:latest' is neither a stack's name nor an image by digest (registry/name@sha256:...). {set_('image', 'dev')}"),
    ({"image": "ghcr.io/acme/orders@sha256:abc"}, f"service:image: 'ghcr.io/acme/orders@sha256:abc' is neither a stack's name nor an image by digest (registry/name@sha256:...). {set_('image', 'dev')}"),
    ({"registry": {}}, f"service:registry.repository: is required. {set_('registry.repository', 'ghcr.io/acme/orders')}"),
    ({"registry": {"repository": "orders"}}, f"service:registry.repository: 'orders' is not a repository without tag, such as ghcr.io/acme/orders. {set_('registry.repository', 'ghcr.io/acme/orders')}"),
    ({"registry": {"repository": "ghcr.io/acme/orders:1"}}, f"service:registry.repository: 'ghcr.io/acme/orders:1' is not a repository without tag, such as ghcr.io/acme/orders. {set_('registry.repository', 'ghcr.io/acme/orders')}"),
    ({"registry": {"repository": "ghcr.io/a/b", "password": 12345}}, f"service:registry.password: is not text. {secret('registry.password')}"),
    ({"registry": "ghcr.io/a/b"}, f"service:registry: is not a table. {rm('registry')}"),
    ({"build": {"secrets": "x"}}, f"service:build.secrets: is not a table. {secret('build.secrets.NAME')}"),
    ({"build": {"secrets": {"PIP_INDEX_URL": 7}}}, f"service:build.secrets.PIP_INDEX_URL: is not text. {secret('build.secrets.PIP_INDEX_URL')}"),
    ({"build": {"platforms": ["linux/arm"]}}, f"service:build.platforms[0]: 'linux/arm' is not one of linux/amd64, linux/arm64. {rm('build.platforms[0]')}"),
    ({"build": {"dockerfile": "D"}}, f"service:build.dockerfile: is not a known key (there are: base, platforms, builder, cache, provenance, sbom, scanner, secrets). {rm('build.dockerfile')}"),
    ({"options": {"engine": "server"}}, f"service:options.engine: 'server' is not the address of a Docker Engine (unix:///..., ssh://user@host, tcp://...). {set_('options.engine', 'ssh://deploy@server.example.com')}"),
    ({"options": {"host": "localhost"}}, f"service:options.host: 'localhost' is not an IPv4 address. {set_('options.host', '127.0.0.1')}"),
    ({"options": {"port": 0}}, f"service:options.port: 0 must be 1 or more. {set_('options.port', 8001)}"),
    ({"options": {"log": {"max_size": "10 MB"}}}, f"service:options.log.max_size: '10 MB' is not a size such as 10m. {set_('options.log.max_size', '10m')}"),
    ({"options": {"log": {"max_files": 0}}}, f"service:options.log.max_files: 0 must be 1 or more. {set_('options.log.max_files', 3)}"),
    ({"image": "https://ghcr.io/acme/orders@sha256:" + "a" * 64}, f"service:image: 'https://ghcr.io/acme/orders@sha256:{'a' * 64}' is neither a stack's name nor an image by digest (registry/name@sha256:...). {set_('image', 'dev')}"),
    ({"options": {"port": 9464}}, "service:options.port: 9464 is the port that metrics are told at inside the container. Fix: pulumi config set --path service:options.port 8001"),
    ({"build": {"platforms": ["linux/amd64", "linux/arm64"]}}, "service:build.platforms: an image for several platforms needs service:registry: an Engine keeps one platform's alone. Fix: pulumi config set --path service:registry.repository ghcr.io/acme/orders"),
    ({"options": {"engine": "ssh://deploy@host"}}, "service:build.platforms: is required where service:options.engine is another machine's, whose platform is not known here. Fix: pulumi config set --path service:build.platforms[0] linux/amd64"),
    ({"scale": {"max": 2}}, f"service:scale.max: 2 is more than the 1 that the target docker runs. {set_('scale.max', 1)}"),
    ({"size": {"cpu": 0.001}}, "service:size.cpu: 0.001 is less than the 0.01 of a core that Docker can give. Fix: pulumi config set --path service:size.cpu 0.25"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "message"), BAD, ids=[json.dumps(given) for given, _ in BAD])
def test_a_bad_configuration_is_refused_in_exact_words(given: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load({"target": "docker", **given})
    assert str(refused.value) == message
