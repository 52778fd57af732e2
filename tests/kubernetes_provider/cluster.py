"""A cluster's API by the context of a kubeconfig: objects of any kind, as plain structures."""

import base64
import os
import ssl
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from tools.offline.backend import Failure
from tools.offline.values import Values

APPLY = "application/apply-patch+yaml"
PATIENCE = 60.0


class Refused(Exception):
    """The API server's own words on why it does not do what it is asked."""

    def __init__(self, answer: httpx.Response) -> None:
        try:
            self.status: Values = answer.json()
        except ValueError:
            self.status = {"message": answer.text}
        self.code = answer.status_code
        self.reason = str(self.status.get("reason", ""))
        super().__init__(str(self.status.get("message", "")))


class NoSuchKind(Exception):
    """The API server has no such kind: its CustomResourceDefinition is not installed."""


class Cluster:
    """The API server that a kubeconfig's context names. `kubeconfig` is a file's path or its text; KUBECONFIG otherwise."""

    def __init__(self, kubeconfig: str | None = None, context: str | None = None, cluster: str | None = None) -> None:
        told = _told(kubeconfig)
        current = _entry(told, "contexts", context or told.get("current-context", ""), "context")
        server = _entry(told, "clusters", cluster or current["cluster"], "cluster")
        user = _entry(told, "users", current["user"], "user")
        self.namespace = str(current.get("namespace") or "default")
        given = server.get("certificate-authority-data")
        secure = ssl.create_default_context(
            cafile=server.get("certificate-authority"), cadata=base64.b64decode(given).decode() if given else None
        )
        with _file(user, "client-certificate") as certificate, _file(user, "client-key") as key:
            if certificate:
                secure.load_cert_chain(certificate, key)
        headers = {"Authorization": f"Bearer {user['token']}"} if user.get("token") else {}
        self.api = httpx.Client(base_url=server["server"], verify=secure, headers=headers, timeout=PATIENCE)
        weakref.finalize(self, self.api.close)
        self._kinds: dict[tuple[str, str], tuple[str, bool]] = {}

    def ask(self, method: str, path: str, **arguments: Any) -> Values:
        """The answer's body. Raises Refused, and Failure where nobody answers."""
        try:
            answer = self.api.request(method, path, **arguments)
        except httpx.HTTPError as error:
            raise Failure(f"the API server does not answer at {self.api.base_url}: {error}") from None
        if answer.is_error:
            raise Refused(answer)
        return dict(answer.json())

    def namespaced(self, version: str, kind: str) -> bool:
        """Whether objects of the kind live in namespaces. Raises NoSuchKind."""
        return self._kind(version, kind)[1]

    def place(self, version: str, kind: str, namespace: str | None = None, name: str = "") -> str:
        """The path of an object, or of all of its kind. Raises NoSuchKind."""
        plural, namespaced = self._kind(version, kind)
        within = f"/namespaces/{namespace or self.namespace}" if namespaced else ""
        return f"{_root(version)}{within}/{plural}{f'/{name}' if name else ''}"

    def get(self, version: str, kind: str, name: str, namespace: str | None = None) -> Values | None:
        """The object, or None where there is none."""
        try:
            return self.ask("GET", self.place(version, kind, namespace, name))
        except (Refused, NoSuchKind) as error:
            if isinstance(error, Refused) and error.code != httpx.codes.NOT_FOUND:
                raise
            return None

    def list(self, version: str, kind: str, namespace: str | None = None, **query: str) -> list[Values]:
        """All of a kind in a namespace, or in the cluster where the kind has none."""
        return list(self.ask("GET", self.place(version, kind, namespace), params=query)["items"])

    def apply(self, wanted: Values, manager: str, *, force: bool = False, dry: bool = False) -> Values:
        """Server-side apply, with strict validation of fields; the object as it then is, or would be."""
        query = {"fieldManager": manager, "fieldValidation": "Strict", "force": str(force).lower()}
        if dry:
            query["dryRun"] = "All"
        metadata = wanted["metadata"]
        path = self.place(wanted["apiVersion"], wanted["kind"], metadata.get("namespace"), metadata["name"])
        return self.ask("PATCH", path, params=query, json=wanted, headers={"Content-Type": APPLY})

    def patch(self, path: str, change: Values) -> Values:
        """Merge a change into what is at a path."""
        return self.ask("PATCH", path, json=change, headers={"Content-Type": "application/merge-patch+json"})

    def delete(self, found: Values, propagation: str = "Foreground") -> None:
        """Ask for an object's end; it may take its time. No failure where it is gone already."""
        metadata = found["metadata"]
        path = self.place(found["apiVersion"], found["kind"], metadata.get("namespace"), metadata["name"])
        try:
            self.ask("DELETE", path, json={"propagationPolicy": propagation})
        except Refused as refused:
            if refused.code != httpx.codes.NOT_FOUND:
                raise

    def _kind(self, version: str, kind: str) -> tuple[str, bool]:
        if (version, kind) not in self._kinds:
            try:
                listed = self.ask("GET", _root(version))["resources"]
            except Refused as refused:
                if refused.code != httpx.codes.NOT_FOUND:
                    raise
                listed = []
            for each in listed:
                if "/" not in each["name"]:
                    self._kinds[version, each["kind"]] = (each["name"], each["namespaced"])
        if (version, kind) not in self._kinds:
            raise NoSuchKind(f'no matches for kind "{kind}" in version "{version}"')
        return self._kinds[version, kind]


def _root(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _told(kubeconfig: str | None) -> Values:
    if kubeconfig and "\n" in kubeconfig:
        return dict(yaml.safe_load(kubeconfig))
    named = kubeconfig or os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
    return dict(yaml.safe_load(Path(named).read_text(encoding="utf-8")))


def _entry(told: Values, table: str, name: str, what: str) -> Values:
    found = [each[what] for each in told.get(table) or () if each.get("name") == name]
    if not found:
        raise ValueError(f"the kubeconfig has no {what} {name!r}")
    return dict(found[0])


@contextmanager
def _file(user: Values, name: str) -> Iterator[str | None]:
    """The path of what a user's entry names, or holds."""
    held = user.get(f"{name}-data")
    if not held:
        yield user.get(name)
        return
    with tempfile.NamedTemporaryFile() as file:
        file.write(base64.b64decode(held))
        file.flush()
        yield file.name
