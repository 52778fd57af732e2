"""HTTPS by a certificate that is given: what is served, how it is renewed, and what is not taken."""

import ssl

import pytest

from tests.hosts.edge.rig import DOMAIN, Host, Pair, asked, load, shown, trusting
from tests.hosts.role.rig import Deployment

pytestmark = [pytest.mark.timeout(1800), pytest.mark.xdist_group("hosts")]

# Of the headers of an answer, those that nginx adds.
HEADERS = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
}


@pytest.fixture(scope="module")
def pair(host: Host, shipped: Deployment) -> Pair:
    """What the host serves with."""
    made = Pair.made()
    host.changed(made.of(shipped))
    return made


def test_the_service_is_served_over_https_and_http_leads_there(host: Host, pair: Pair, shipped: Deployment) -> None:
    answer = asked(host.address, trusting(pair.ca))
    assert answer.json()["deployment"] == shipped.identity
    assert {name: answer.header(name) for name in HEADERS} == HEADERS
    plain = asked(host.address, None, "/some/path?and=more")
    assert (plain.status, plain.header("location")) == (301, f"https://{DOMAIN}/some/path?and=more")
    assert plain.header("strict-transport-security") is None


@pytest.mark.parametrize(
    ("version", "ciphers", "taken"),
    [
        (ssl.TLSVersion.TLSv1_3, None, True),
        (ssl.TLSVersion.TLSv1_2, None, True),
        (ssl.TLSVersion.TLSv1_2, "ECDHE+AESGCM", True),
        (ssl.TLSVersion.TLSv1_2, "ECDHE+SHA384:!AESGCM:!AESCCM", False),
        (ssl.TLSVersion.TLSv1_1, None, False),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_only_what_is_safe_today_is_spoken(
    host: Host, pair: Pair, version: ssl.TLSVersion, ciphers: str | None, *, taken: bool
) -> None:
    client = trusting(pair.ca)
    client.maximum_version = client.minimum_version = version
    # Else this machine's own OpenSSL does not even ask for what is old.
    client.set_ciphers(f"{ciphers or 'ALL'}:@SECLEVEL=0")
    if taken:
        assert asked(host.address, client).status == 200
    else:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            asked(host.address, client)


def test_the_key_is_roots_alone_and_a_second_run_changes_nothing(host: Host, pair: Pair, shipped: Deployment) -> None:
    assert host.shell("stat -c '%U %a' /opt/role-test/tls /opt/role-test/tls/key.pem") == "root 700\nroot 600"
    assert host.changed(pair.of(shipped)) == 0


def test_a_pair_that_does_not_match_is_refused_and_the_one_before_goes_on_to_serve(
    host: Host, pair: Pair, shipped: Deployment
) -> None:
    other = Pair.made()
    ran = host.site(Pair(pair.certificate, other.key, "").of(shipped))
    assert ran.code != 0
    assert "key values mismatch" in ran.said
    assert other.key not in ran.said
    assert asked(host.address, trusting(pair.ca)).status == 200
    assert host.has("nginx -t")


def test_another_certificate_comes_to_serve_without_a_lost_request(host: Host, pair: Pair, shipped: Deployment) -> None:
    other = Pair.made()
    before = shown(host.address, trusting(pair.ca))
    with load(host.address, trusting(pair.ca, other.ca)) as seen:
        host.changed(other.of(shipped))
    assert (seen.failed, set(seen.statuses)) == ({}, {200})
    assert shown(host.address, trusting(other.ca)) != before
