"""What a stack's processes stand on in a cluster: the namespace, the account, their variables and secrets."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.settings import RegistryLogin
from infra.targets.kubernetes.names import Scope
from infra.targets.kubernetes.raw import Object, declared

# https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted, read 2026-11-30.
ENFORCED = {
    f"pod-security.kubernetes.io/{mode}{suffix}": value
    for mode in ("enforce", "warn", "audit")
    for suffix, value in (("", "restricted"), ("-version", "latest"))
}


@dataclass(frozen=True)
class GroundArgs:
    """What is laid.

    Attributes:
        scope: whose it is.
        existing: whether the namespace is there already.
        variables: of every process.
        secrets: the values that the stack has itself.
        stored: secrets of the namespace that are there already: `<secret>/<key>` by the variable.
        login: to the registry that the images are in.
        pull_secret: what is there already to pull them with.
        annotations: of the service account.
        labels: of the namespace, beside those that every stack's has.
        protect: whether the namespace outlives what else is destroyed.
    """

    scope: Scope
    existing: bool
    variables: Mapping[str, str]
    secrets: Mapping[str, pulumi.Output[str]]
    stored: Mapping[str, str]
    login: RegistryLogin | None
    pull_secret: str | None
    annotations: Mapping[str, str]
    labels: Mapping[str, str]
    protect: bool


class Ground(pulumi.ComponentResource):
    """The namespace, and what is in it before anything runs.

    Attributes:
        account: the service account, by name.
        variables: the ConfigMap of what every process is started with, by name.
        secrets: where secrets come from: sources of a projected volume.
        ready: what must be there before anything runs.
        opts: for what else is in the namespace.
    """

    def __init__(self, name: str, args: GroundArgs, opts: ResourceOptions) -> None:
        super().__init__("slipway:kubernetes:Ground", name, {}, opts)
        self._args = args
        self.opts = ResourceOptions(parent=self)
        if not args.existing:
            namespace = self._namespace()
            self.opts = ResourceOptions(parent=self, depends_on=[namespace])
        variables = self._immutable("ConfigMap", "variables", {"data": dict(args.variables)})
        self.ready: list[pulumi.Resource] = [variables]
        self.variables: pulumi.Output[str] = name_of(variables)
        self.secrets = list(self._sources())
        self.account = args.scope.called()
        self.ready.append(self._account())
        self.register_outputs({})

    def _namespace(self) -> Object:
        args = self._args
        metadata = {"name": args.scope.namespace, "labels": {**args.scope.labels(), **ENFORCED, **args.labels}}
        opts = ResourceOptions(parent=self, protect=args.protect or None)
        return declared("v1", "Namespace", "namespace", {"metadata": metadata}, opts)

    def _sources(self) -> Sequence[Mapping[str, Any]]:
        args = self._args
        found: list[Mapping[str, Any]] = []
        if args.secrets:
            own = self._immutable(
                "Secret", "secrets", {"type": "Opaque", "stringData": dict(sorted(args.secrets.items()))}
            )
            self.ready.append(own)
            found.append({"secret": {"name": name_of(own)}})
        for variable, place in sorted(args.stored.items()):
            secret, _, key = place.partition("/")
            found.append({"secret": {"name": secret, "items": [{"key": key, "path": variable}]}})
        return found

    def _account(self) -> Object:
        args = self._args
        pulled = args.pull_secret or (name_of(self._login(args.login)) if args.login and args.login.password else None)
        body = {
            "metadata": {**self.metadata(), "name": self.account, "annotations": dict(args.annotations)},
            "automountServiceAccountToken": False,
            **({"imagePullSecrets": [{"name": pulled}]} if pulled else {}),
        }
        return declared("v1", "ServiceAccount", "account", body, self.opts)

    def _login(self, login: RegistryLogin) -> Object:
        host, user = login.repository.partition("/")[0], login.username or ""
        password = str(login.password)
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        told = {"auths": {host: {"username": user, "password": password, "auth": token}}}
        kept = pulumi.Output.secret(json.dumps(told))
        data = {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": kept}}
        return self._immutable("Secret", "pull", data)

    def _immutable(self, kind: str, name: str, body: Mapping[str, Any]) -> Object:
        """Another content is another object with another name, which what still runs does not see.

        So a pod of the old deployment that is started again, on another node or after a crash, starts with the old one.
        """
        called = f"{self._args.scope.service}-{name}"
        return declared("v1", kind, called, {"metadata": self.metadata(), "immutable": True, **body}, self.opts)

    def metadata(self) -> dict[str, Any]:
        """Of an object that is the whole stack's."""
        return {"namespace": self._args.scope.namespace, "labels": self._args.scope.labels()}


def name_of(made: Object) -> pulumi.Output[str]:
    """What the provider called it."""
    return made.output("metadata").apply(lambda metadata: str(metadata["name"]))
