"""Secrets in Secret Manager: those that the stack gives, and those that are there already, each by its version."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.commands import key_of
from infra.errors import Problem, SettingsError
from infra.naming import fixed_name
from infra.targets.gcp.raw import ask, resource
from infra.targets.raw import reason

# Characters of a secret's name: https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create,
# read 2026-11-29.
LONGEST_SECRET = 255


@dataclass(frozen=True)
class Reference:
    """A version of a secret, as a container names it: `secret` with its project where that is another."""

    secret: pulumi.Input[str]
    version: pulumi.Input[str]


@dataclass(frozen=True)
class Stored:
    """A secret that is there already.

    Attributes:
        project: that it is in.
        secret: its name.
        version: the one that is meant, or the newest; it is part of the deployment's identity.
        elsewhere: whether that is another project than the stack's.
    """

    project: str
    secret: str
    version: str
    elsewhere: bool = False

    @property
    def reference(self) -> Reference:
        """As a container names it."""
        name = f"projects/{self.project}/secrets/{self.secret}" if self.elsewhere else self.secret
        return Reference(name, self.version)


@dataclass(frozen=True)
class VaultArgs:
    """Which secrets there are, and who reads them.

    Attributes:
        stack: what begins their names.
        region: that they are kept in, and nowhere else.
        reader: who may read them, as a member of IAM.
        values: of those that the stack has itself, by name, as secret outputs.
        stored: those that are there already, by name.
        protect: whether they outlive what else is destroyed.
    """

    stack: str
    region: str
    reader: pulumi.Input[str]
    values: Mapping[str, pulumi.Output[str]]
    stored: Mapping[str, Stored]
    protect: bool = False


class Vault(pulumi.ComponentResource):
    """The secrets of a stack, of which its service may read each by a binding of its own, and no other.

    Attributes:
        references: how a container names each, by the variable that the process finds it in.
        ready: what must be there before one is read.
    """

    def __init__(self, name: str, args: VaultArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:Vault", name, {}, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        self.references: dict[str, Reference] = {}
        self.ready: list[pulumi.Resource] = []
        for variable, value in args.values.items():
            self._own(variable, value)
        for variable, stored in args.stored.items():
            self._readable(variable, stored.secret, stored.project)
            self.references[variable] = stored.reference
        self.register_outputs({})

    def _own(self, variable: str, value: pulumi.Output[str]) -> None:
        made = resource(
            "secretmanager/secret:Secret",
            self._logical(variable),
            {
                "secretId": fixed_name(LONGEST_SECRET, self._args.stack, variable),
                "replication": {"userManaged": {"replicas": [{"location": self._args.region}]}},
            },
            # It has the same name in another region.
            ResourceOptions(parent=self, protect=self._args.protect, delete_before_replace=True),
        )
        version = resource(
            "secretmanager/secretVersion:SecretVersion",
            self._logical(variable),
            {
                "secret": made.id,
                "secretData": pulumi.Output.secret(value),
                # An earlier revision names the version that it began with, and gets no instance without it.
                "deletionPolicy": "ABANDON",
            },
            self._child,
            ("version",),
        )
        self._readable(variable, made.output("secretId"), None)
        self.ready.append(version)
        self.references[variable] = Reference(made.output("secretId"), version.output("version"))

    def _readable(self, variable: str, secret: pulumi.Input[str], project: str | None) -> None:
        binding = resource(
            "secretmanager/secretIamMember:SecretIamMember",
            self._logical(variable),
            {
                "project": project,
                "secretId": secret,
                "role": "roles/secretmanager.secretAccessor",
                "member": self._args.reader,
            },
            self._child,
        )
        self.ready.append(binding)

    def _logical(self, variable: str) -> str:
        return f"{self._name}-{variable.lower().replace('_', '-')}"


def stored(names: Mapping[str, str], project: str, provider: pulumi.ProviderResource) -> dict[str, Stored]:
    """Look up secrets that are there already, without reading any: names, with `:version` unless the newest is meant.

    Raises:
        SettingsError: one is not there, has no such version, or that is switched off.
    """
    asked = pulumi.InvokeOptions(provider=provider)
    found: dict[str, Stored] = {}
    problems: list[Problem] = []
    for variable, text in names.items():
        name, _, wanted = text.partition(":")
        within, secret = _place(name, project)
        try:
            named = {"project": within, "secret": secret, **({"version": wanted} if wanted else {})}
            version = ask("secretmanager/getSecretVersion", {**named, "fetchSecretData": False}, asked)
        except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
            problems.append(_missing(variable, f"{text} cannot be looked up ({reason(error)})", secret, within))
            continue
        if not version["enabled"]:
            problems.append(_missing(variable, f"the version {version['version']} of {name} is off", secret, within))
        found[variable] = Stored(within, secret, version["version"], within != project)
    if problems:
        raise SettingsError(problems)
    return found


def _place(name: str, project: str) -> tuple[str, str]:
    """The project and the name of a secret that is named with or without one."""
    parts = name.split("/")
    return (parts[1], parts[3]) if len(parts) == 4 else (project, name)


def _missing(variable: str, rule: str, secret: str, project: str) -> Problem:
    return Problem(
        key_of(f"stored_secrets.{variable}"), rule, f"gcloud secrets versions list {secret} --project {project}"
    )
