"""HTTPS by a certificate that a real ACME server is asked for: the first, its renewal, and one that is refused."""

from collections.abc import Iterator

import pytest

from tests.hosts.edge.authority import Authority, authority
from tests.hosts.edge.rig import DOMAIN, Host, asked, load, shown, trusting
from tests.hosts.role.rig import NAME, Deployment, brought

pytestmark = [pytest.mark.timeout(1800), pytest.mark.xdist_group("hosts")]

# The authority finds it where nobody answers.
ELSEWHERE = "elsewhere.example.test"


@pytest.fixture(scope="module")
def issuer(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """An authority that the host reaches at its own loopback address."""
    names = {DOMAIN: host.address, ELSEWHERE: "127.0.0.99"}
    folder = tmp_path_factory.mktemp("authority")
    with authority(folder, names) as found, brought(host.ssh_config, host.address, found.port):
        yield found


@pytest.fixture(scope="module")
def asking(issuer: Authority, shipped: Deployment) -> Deployment:
    """What serves with a certificate of that authority."""
    return shipped.but(domain=DOMAIN, acme_email="ops@example.test", acme_directory=issuer.directory, acme_ca=issuer.ca)


def test_a_host_asks_for_its_certificate_and_serves_with_it(host: Host, asking: Deployment, issuer: Authority) -> None:
    preview = host.site(asking, "--check")
    assert preview.code == 0, preview.said
    host.changed(asking)
    answer = asked(host.address, trusting(issuer.root))
    assert (answer.status, answer.json()["deployment"]) == (200, asking.identity)
    assert asked(host.address, None, "/where").header("location") == f"https://{DOMAIN}/where"
    assert host.shell(f"stat -c %a /opt/{NAME}/acme/config/archive/{NAME}/privkey1.pem") == "600"
    assert host.has(f"systemctl is-active {NAME}-acme.timer && systemctl is-enabled {NAME}-acme.timer")
    assert host.changed(asking) == 0
    again = host.site(asking, "--check")
    assert (again.code, again.changed) == (0, {"h1": 0}), again.said


def test_a_renewal_loses_no_request(host: Host, issuer: Authority) -> None:
    trusted = trusting(issuer.root)
    before = shown(host.address, trusted)
    with load(host.address, trusted) as seen:
        host.shell(f"systemctl start {NAME}-acme.service")
    assert shown(host.address, trusted) != before
    assert (seen.failed, set(seen.statuses)) == ({}, {200})


def test_a_certificate_that_is_refused_is_told_and_the_one_before_goes_on_to_serve(
    host: Host, asking: Deployment, issuer: Authority
) -> None:
    before = shown(host.address, trusting(issuer.root))
    ran = host.site(asking.but(domain=ELSEWHERE))
    assert ran.code != 0
    assert f"{issuer.directory} gives no certificate of {ELSEWHERE}:" in ran.said, ran.said
    assert shown(host.address, trusting(issuer.root)) == before
    host.changed(asking)
    assert asked(host.address, trusting(issuer.root)).status == 200
