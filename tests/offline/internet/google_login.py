"""A service account's key, which only the played Google takes."""

import functools
import json
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

# What of the surroundings of a test would lead to another login.
OTHERS = ("GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN", "CLOUDSDK_CONFIG", "GOOGLE_CLOUD_PROJECT")


def key_file(folder: Path) -> Path:
    """The key, in a file as GOOGLE_APPLICATION_CREDENTIALS names it."""
    path = folder / "google-key.json"
    path.write_text(json.dumps(key()), encoding="utf-8")
    return path


def key() -> dict[str, str]:
    """The key, as Google hands it out."""
    return {
        "type": "service_account",
        "project_id": "acme-dev",
        "private_key_id": "1",
        "private_key": _private(),
        "client_email": "deployer@acme-dev.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": "https://oauth2.googleapis.com/token",
    }


@functools.cache
def _private() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
