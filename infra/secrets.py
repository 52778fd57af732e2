"""Secrets that a stack does not give are made once and kept in its state; their versions name them safely."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi import dynamic

from infra.revision import canonical

if TYPE_CHECKING:
    # The process of the provider wants neither, and both take long to import.
    from infra.service import Service
    from infra.settings import Settings


class GeneratedSecretProvider(dynamic.ResourceProvider):
    """Makes the value at create and never again."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """A new random value of 256 bits, URL-safe text."""
        return dynamic.CreateResult(id_=secrets.token_hex(8), outs={"value": secrets.token_urlsafe(32)})

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        """Nothing changes it: replacing the resource is how to rotate it."""
        return dynamic.DiffResult(changes=False)


class GeneratedSecret(dynamic.Resource, module="slipway", name="GeneratedSecret"):
    """A random secret, stable for the life of the stack.

    Attributes:
        value: 43 characters of URL-safe base64, secret.
    """

    value: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        merged = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(additional_secret_outputs=["value"]))
        super().__init__(GeneratedSecretProvider(), name, {"value": None}, merged)


def service_secrets(
    service: "Service", settings: "Settings", opts: pulumi.ResourceOptions | None = None
) -> dict[str, pulumi.Output[str]]:
    """The value of every secret that the stack has itself, as secret outputs: its own, or else generated ones."""
    values = {name: pulumi.Output.secret(value) for name, value in settings.secrets.items()}
    for name, secret in service.secrets.items():
        if name not in (*values, *settings.stored_secrets) and secret.generate:
            values[name] = GeneratedSecret(f"generated-{name.lower().replace('_', '-')}", opts).value
    return values


def secret_versions(
    values: Mapping[str, pulumi.Output[str]], opts: pulumi.ResourceOptions | None = None
) -> pulumi.Output[dict[str, str]]:
    """A name for each secret's value that changes with it and tells nothing of it.

    It is a keyed hash; its key is a generated secret of the stack, so that a weak value cannot be guessed from it.
    """
    if not values:
        return pulumi.Output.from_input({})
    key = GeneratedSecret("secret-version-key", opts).value

    def versions(known: Mapping[str, Any]) -> dict[str, str]:
        return {name: version(str(known["key"]), str(value)) for name, value in known["values"].items()}

    return pulumi.Output.unsecret(pulumi.Output.all(key=key, values=dict(values)).apply(versions))


def version(key: str, value: str) -> str:
    """Twelve hex digits of HMAC-SHA-256."""
    return hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()[:12]


def deployment_identity(revision: str, configuration: object, versions: Mapping[str, str]) -> str:
    """The name of a deployment: revision + resolved configuration + secret versions, twelve hex digits."""
    content = {"revision": revision, "configuration": configuration, "secrets": dict(versions)}
    return hashlib.sha256(canonical(content)).hexdigest()[:12]
