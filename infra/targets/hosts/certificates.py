"""A certificate and its key as a stack gives them: whether browsers would take them for the domain."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def wrong(certificate: Path, key: Path, domain: str | None) -> Iterator[tuple[str, str]]:
    """What is wrong with a pair of PEM files: which of the two, `certificate` or `key`, and the rule it breaks.

    Args:
        certificate: the service's own certificate, then the chain that leads to an authority.
        key: its private key, with no password.
        domain: the name that it must be of; any where there is none.
    """
    # Only here: it is slow to import, and most stacks have none of their own.
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificates

    try:
        chain = load_pem_x509_certificates(certificate.read_bytes())
    except (OSError, ValueError) as error:
        yield "certificate", f"{certificate} holds no certificate in PEM form ({_first_line(error)})"
        chain = []
    try:
        private = load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        # TypeError: it wants a password, which nginx could not be given.
        yield "key", f"{key} holds no private key in PEM form that is free of a password ({_first_line(error)})"
        private = None
    if not chain:
        return
    if private:
        form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        if private.public_key().public_bytes(*form) != chain[0].public_key().public_bytes(*form):
            yield "key", f"{key} is not the key of the first certificate in {certificate}"
    yield from (("certificate", f"{certificate} {rule}") for rule in _refused(chain, domain))


def _refused(chain: "list[Certificate]", domain: str | None) -> Iterator[str]:
    own, now = chain[0], datetime.now(UTC)
    if own.not_valid_after_utc <= now:
        yield f"expired on {own.not_valid_after_utc:%Y-%m-%d}"
    if own.not_valid_before_utc > now:
        yield f"is not valid before {own.not_valid_before_utc:%Y-%m-%d}"
    names = _names(own)
    if domain and not any(_is_of(name, domain) for name in names):
        yield f"is of {', '.join(names) or 'no name'}, not of {domain}"
    for issued, issuer in pairwise(chain):
        if issued.issuer != issuer.subject:
            yield f"is out of order: after {issued.subject.rfc4514_string()} comes another than its issuer"


def _names(certificate: "Certificate") -> list[str]:
    from cryptography.x509 import DNSName, ExtensionNotFound, SubjectAlternativeName

    try:
        names = certificate.extensions.get_extension_for_class(SubjectAlternativeName)
    except ExtensionNotFound:
        return []
    return names.value.get_values_for_type(DNSName)


def _is_of(name: str, domain: str) -> bool:
    """A star stands for one label (RFC 9525, section 6.3)."""
    name, domain = name.lower(), domain.lower()
    return name == domain or (name.startswith("*.") and name[2:] == domain.partition(".")[2])


def _first_line(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).partition("\n")[0].rstrip(".")
