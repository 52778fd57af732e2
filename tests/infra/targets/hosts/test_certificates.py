"""A certificate that a stack gives is held against its key, its domain and the day before any host is touched."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from infra.targets.hosts.certificates import wrong

DOMAIN = "api.example.com"
Files = tuple[Path, Path]


@pytest.fixture
def issue(tmp_path: Path) -> Callable[..., Files]:
    """Issues a certificate of those names, as two files."""

    def issued(*names: str, until: timedelta = timedelta(days=1), since: timedelta = timedelta(0)) -> Files:
        now = datetime.now(UTC)
        made = trustme.CA().issue_cert(*(names or (DOMAIN,)), not_after=now + until, not_before=now + since)
        certificate, key = tmp_path / f"{len(list(tmp_path.iterdir()))}.pem", tmp_path / f"{id(made)}.key"
        certificate.write_bytes(b"".join(pem.bytes() for pem in made.cert_chain_pems))
        made.private_key_pem.write_to_path(str(key))
        return certificate, key

    return issued


def test_a_pair_that_is_right_is_taken(issue: Callable[..., Files]) -> None:
    for names in ((DOMAIN,), ("www.example.com", "*.example.com"), ("API.example.com",)):
        assert list(wrong(*issue(*names), DOMAIN)) == []
    assert list(wrong(*issue("elsewhere.example.org"), None)) == []


def test_the_key_of_another_certificate_is_refused(issue: Callable[..., Files]) -> None:
    (certificate, _), (_, key) = issue(), issue()
    rule = f"{key} is not the key of the first certificate in {certificate}"
    assert list(wrong(certificate, key, DOMAIN)) == [("key", rule)]


def test_what_is_not_valid_today_is_refused(issue: Callable[..., Files]) -> None:
    yesterday, tomorrow = (datetime.now(UTC) + timedelta(days=days) for days in (-1, 1))
    old = issue(since=timedelta(days=-2), until=timedelta(days=-1))
    new = issue(since=timedelta(days=1), until=timedelta(days=2))
    assert list(wrong(*old, DOMAIN)) == [("certificate", f"{old[0]} expired on {yesterday:%Y-%m-%d}")]
    assert list(wrong(*new, DOMAIN)) == [("certificate", f"{new[0]} is not valid before {tomorrow:%Y-%m-%d}")]


@pytest.mark.parametrize("name", ["www.example.com", "*.api.example.com", "*.com", "example.com"])
def test_a_certificate_of_another_name_is_refused(issue: Callable[..., Files], name: str) -> None:
    files = issue(name)
    assert list(wrong(*files, DOMAIN)) == [("certificate", f"{files[0]} is of {name}, not of {DOMAIN}")]


def test_a_chain_that_is_out_of_order_is_refused(issue: Callable[..., Files]) -> None:
    certificate, key = issue()
    other = trustme.CA().cert_pem.bytes()
    certificate.write_bytes(certificate.read_bytes() + other)
    ((which, rule),) = wrong(certificate, key, DOMAIN)
    assert which == "certificate"
    assert rule.startswith(f"{certificate} is out of order: after ")


def test_all_that_is_wrong_is_told_at_once(issue: Callable[..., Files], tmp_path: Path) -> None:
    certificate, _ = issue("www.example.com", since=timedelta(days=-2), until=timedelta(days=-1))
    key = tmp_path / "words.key"
    key.write_text("nothing of the kind")
    told = [which for which, _ in wrong(certificate, key, DOMAIN)]
    assert told == ["key", "certificate", "certificate"]


def test_a_key_with_a_password_is_refused(issue: Callable[..., Files]) -> None:
    certificate, key = issue()
    private = load_pem_private_key(key.read_bytes(), None)
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    ((which, rule),) = wrong(certificate, key, DOMAIN)
    assert which == "key"
    assert rule.startswith(f"{key} holds no private key in PEM form that is free of a password")


def test_a_file_that_is_no_certificate_is_refused(issue: Callable[..., Files]) -> None:
    certificate, key = issue()
    certificate.write_text("nothing of the kind")
    ((which, rule),) = wrong(certificate, key, DOMAIN)
    assert (which, rule.partition(" (")[0]) == ("certificate", f"{certificate} holds no certificate in PEM form")
