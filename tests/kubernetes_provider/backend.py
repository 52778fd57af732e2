"""A stand-in for pulumi-kubernetes's provider that does each object for real through a cluster's API server.

It serves tests on machines where the provider's own plugin cannot be had. What it means by each act was read on 2026-11-30
from pulumi-kubernetes (provider/pkg/provider/provider.go, provider/pkg/await/). It is stricter where the provider only
warns: a field that the API server does not know is refused.
"""

import hashlib
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.kubernetes_provider import awaits
from tests.kubernetes_provider.cluster import Cluster, NoSuchKind, Refused
from tests.kubernetes_provider.kinds import UNPLAYED, kind_of
from tests.kubernetes_provider.shape import asked_for, without
from tools.offline.backend import Failure, Found, Kind, Made, NotReady, Problem, Resource
from tools.offline.values import Values, unknown

MANAGER = "__fieldManager"
ATTEMPTS = 5  # an object may come before its namespace or its definition
TIMEOUT_SECONDS = 600.0
FORCED = "pulumi.com/patchForce"
PROPAGATION = "pulumi.com/deletionPropagationPolicy"
EXISTS = (
    "the object is there already, and none of this stack's. Import it (`pulumi import`), or let the provider take it over"
    " (upsertExistingObjects)"
)


@dataclass(frozen=True)
class KubernetesBackend:
    """The package `kubernetes`; its objects go to `kubeconfig`, a file, unless a provider's configuration names another."""

    kubeconfig: str | None = None
    package: str = "kubernetes"
    config: Kind = field(default_factory=Kind)

    def configure(self, config: Values) -> "KubernetesSession":
        return KubernetesSession({"kubeconfig": self.kubeconfig, **config})


@dataclass
class KubernetesSession:
    """The package under one configuration: the kubeconfig, its context, the namespace where none is given."""

    config: Values
    stopped: threading.Event = field(default_factory=threading.Event)
    _cluster: Cluster | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def cluster(self) -> Cluster:
        """The cluster; looked for when it is first wanted."""
        with self._lock:
            if self._cluster is None:
                try:
                    self._cluster = Cluster(
                        self.config.get("kubeconfig"), self.config.get("context"), self.config.get("cluster")
                    )
                except (OSError, ValueError, KeyError) as error:
                    raise Failure(f"the kubeconfig cannot be used: {error}") from None
            return self._cluster

    def kind(self, type_: str) -> Kind:
        version, kind = _version(type_)
        namespace = self.config.get("namespace")
        if namespace and not self._namespaced(version, kind):
            namespace = None
        return kind_of(type_, namespace, self._set("enableSecretMutable"), self._set("enableConfigMapMutable"))

    def suffix(self, resource: Resource, seed: str) -> str:
        return seed

    def judge(self, resource: Resource, inputs: Values) -> Sequence[Problem]:
        name = resource.type.removeprefix("kubernetes:")
        if name in UNPLAYED or name.endswith(("Patch", "List")):
            raise Failure(f"{resource.type}: the stand-in for kubernetes does not play it")
        return []

    def meet(self, resource: Resource, inputs: Values, outputs: Values) -> None:
        """The cluster itself knows what there is."""

    def foresee(self, resource: Resource, inputs: Values) -> Made:
        wanted = _wanted(inputs)
        if unknown(wanted):
            return Made("", {})
        try:
            if self._live(wanted):
                return Made("", {})
            planned = self.cluster.apply(wanted, _manager(resource, {}), force=True, dry=True)
        except NoSuchKind:
            return Made("", {})
        except Refused as refused:
            if refused.code == httpx.codes.NOT_FOUND:  # its namespace is yet to be made
                return Made("", {})
            raise Failure(str(refused)) from None
        return Made("", without(planned, "status"))

    def foresee_change(self, resource: Resource, old: Values, new: Values, outputs: Values) -> Values:
        wanted = _wanted(new)
        if unknown(wanted):
            return {**outputs, **new}
        live = self._live(wanted)
        try:
            wanted = self._yielded(resource, wanted, live, _manager(resource, outputs))
            return self.cluster.apply(wanted, _manager(resource, outputs), force=self._forces(wanted), dry=True)
        except Refused as refused:
            raise Failure(_told(refused)) from None

    def create(self, resource: Resource, inputs: Values, timeout: float) -> Made:
        wanted = _wanted(inputs)
        manager = _manager(resource, {})
        here = f'resource "{resource.urn}" was not successfully created by the Kubernetes API server: '
        for attempt in range(1, ATTEMPTS + 1):
            try:
                if self._live(wanted) and not self._set("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"):
                    name = wanted["metadata"]["name"]
                    raise Failure(f'{here}{wanted["kind"].lower()} "{name}" already exists: {EXISTS}')
                live = self.cluster.apply(wanted, manager, force=self._forces(wanted))
                break
            except (Refused, NoSuchKind) as error:
                lacking = isinstance(error, NoSuchKind) or error.code == httpx.codes.NOT_FOUND
                if not lacking or attempt == ATTEMPTS or self.stopped.wait(2 ** (attempt - 1) / 4):
                    raise Failure(f"{here}{_told(error)}") from None
        live = self._awaited(live, timeout, manager, f'resource "{resource.urn}" was successfully created, but')
        return Made(_id(live), _outputs(live, manager))

    def read(self, resource: Resource, inputs: Values, outputs: Values) -> Found | None:
        version, kind = _version(resource.type)
        namespace, _, name = resource.id.rpartition("/")
        live = self.cluster.get(version, kind, name, namespace or None)
        if live is None:
            return None
        manager = _manager(resource, outputs)
        if not inputs:
            return Found(_id(live), _importable(live), _outputs(live, manager))
        wanted = _wanted(inputs)
        try:
            would = self.cluster.apply(wanted, manager, force=True, dry=True)
        except Refused:
            would = live
        return Found(_id(live), {**asked_for(wanted, would, live), **_own(inputs)}, _outputs(live, manager))

    def trouble(self, resource: Resource, outputs: Values) -> str | None:
        """Why an object that is there does not work as it should, at this moment."""
        said = awaits.glance(self.cluster, outputs)
        return None if said is None else "\n".join([f"Resource '{outputs['metadata']['name']}' does not work", *said])

    def update(self, resource: Resource, old: Values, new: Values, outputs: Values, timeout: float) -> Values:
        wanted = _wanted(new)
        manager = _manager(resource, outputs)
        before = self._live(wanted)
        if before is None:
            raise Failure(f"update of resource {resource.urn} failed: {resource.id} is not there")
        failed = f'the Kubernetes API server reported that "{resource.id}"'
        try:
            live = self.cluster.apply(
                self._yielded(resource, wanted, before, manager), manager, force=self._forces(wanted)
            )
        except Refused as refused:
            raise NotReady(resource.id, _outputs(before, manager), f"{failed} failed: {_told(refused)}") from None
        return _outputs(self._awaited(live, timeout, manager, failed), manager)

    def delete(self, resource: Resource, inputs: Values, outputs: Values, timeout: float) -> None:
        version, kind = _version(resource.type)
        namespace, _, name = resource.id.rpartition("/")
        live = self.cluster.get(version, kind, name, namespace or None)
        if live is None:
            return
        self.cluster.delete(live, _annotation(inputs, PROPAGATION).capitalize() or "Foreground")
        try:
            awaits.until_gone(self.cluster, live, inputs, timeout or _seconds(inputs), self.stopped)
        except awaits.Unready as unready:
            raise NotReady(resource.id, _outputs(unready.live, _manager(resource, outputs)), str(unready)) from None

    def invoke(self, token: str, arguments: Values) -> Values:
        raise Failure(f"{token}: the stand-in for kubernetes plays no functions")

    def cancel(self) -> None:
        self.stopped.set()

    def _namespaced(self, version: str, kind: str) -> bool:
        try:
            return self.cluster.namespaced(version, kind)
        except NoSuchKind:
            return True

    def _set(self, name: str, variable: str = "") -> bool:
        given = self.config.get(name, os.environ.get(variable, "") if variable else "")
        return str(given).lower() == "true"

    def _live(self, wanted: Values) -> Values | None:
        metadata = wanted["metadata"]
        return self.cluster.get(wanted["apiVersion"], wanted["kind"], metadata["name"], metadata.get("namespace"))

    def _forces(self, wanted: Values) -> bool:
        return _annotation(wanted, FORCED) == "true" or self._set("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE")

    def _yielded(self, resource: Resource, wanted: Values, live: Values | None, manager: str) -> Values:
        """What is asked for, without those ignored fields that another has come to own."""
        for path in resource.ignored if live else ():
            if not _owned(live or {}, path, manager):
                wanted = without(wanted, *path.split("."))
        return wanted

    def _awaited(self, live: Values, timeout: float, manager: str, prefix: str) -> Values:
        """The object once it works. Raises NotReady."""
        seconds = timeout or _seconds(live)
        try:
            return awaits.until_ready(self.cluster, live, seconds, self.stopped)
        except awaits.Unready as unready:
            words = f"{prefix} failed to fully initialize or become live: {unready}"
            raise NotReady(_id(live), _outputs(unready.live, manager), words) from None


def _version(type_: str) -> tuple[str, str]:
    _, group, kind = type_.split(":")
    return group.removeprefix("core/"), kind


def _wanted(inputs: Values) -> Values:
    return {name: value for name, value in inputs.items() if not name.startswith("__")}


def _own(inputs: Values) -> Values:
    """What is not Kubernetes's in the inputs: which of them were put in."""
    return {name: value for name, value in inputs.items() if name.startswith("__")}


def _importable(live: Values) -> Values:
    """What would make an object as it is."""
    kept = without(live, "status")
    for name in ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid"):
        kept = without(kept, "metadata", name)
    return kept


def _outputs(live: Values, manager: str) -> Values:
    return {**without(live, "metadata", "managedFields"), MANAGER: manager}


def _manager(resource: Resource, outputs: Values) -> str:
    made = f"pulumi-kubernetes-{hashlib.sha256(resource.urn.encode()).hexdigest()[:8]}"
    return str(outputs.get(MANAGER, made))


def _id(live: Values) -> str:
    metadata = live["metadata"]
    return f"{metadata['namespace']}/{metadata['name']}" if metadata.get("namespace") else str(metadata["name"])


def _annotation(wanted: Values, name: str) -> str:
    return str((wanted.get("metadata", {}).get("annotations") or {}).get(name, ""))


def _seconds(wanted: Values) -> float:
    told = _annotation(wanted, "pulumi.com/timeoutSeconds")
    return float(told) if told.isdigit() else TIMEOUT_SECONDS


def _told(error: Exception) -> str:
    if isinstance(error, Refused) and error.code == httpx.codes.CONFLICT:
        return (
            "server-side apply field conflict detected, see"
            " https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/"
            f": {error}"
        )
    return str(error)


def _owned(live: Values, path: str, manager: str) -> bool:
    """Whether the manager owns a field, or nobody does who says so."""
    owners: list[str] = []
    for entry in live["metadata"].get("managedFields") or ():
        at: Any = entry.get("fieldsV1")
        for step in path.split("."):
            at = at.get(f"f:{step}") if isinstance(at, dict) else None
        if at is not None:
            owners.append(entry["manager"])
    return not owners or manager in owners
