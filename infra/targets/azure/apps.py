"""What Container Apps keeps running: the app that answers requests, and those of workers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.targets.azure import limits
from infra.targets.azure.arm import PROCESS
from infra.targets.azure.raw import resource
from infra.targets.azure.spec import ContainerAppsOptions
from infra.targets.azure.vault import Reference
from infra.targets.raw import Resource

WEB = "web"
# What is another one's with each deployment.
SHIPPED = ("template", "configuration.secrets", "configuration.registries")


@dataclass(frozen=True)
class Login:
    """Who pulls images where: the app's identity, or whoever has a name and a password, which is one of its secrets."""

    server: pulumi.Input[str]
    username: str | None = None
    password: Reference | None = None


@dataclass(frozen=True)
class AppsArgs:
    """What all that runs in an environment has in common.

    Attributes:
        group: the resource group, by name.
        options: the stack's.
        environment_id: that they run in.
        identity_id: who they are.
        login: to the registry that has the image; none where everybody may pull.
        secrets: that a process finds, by variable.
        tags: of each.
        ready: what must be there before one of them.
        held: whether templates stay as they are, since an earlier revision gets all requests.
        protect: whether the app that answers outlives what else is destroyed.
    """

    group: pulumi.Input[str]
    options: ContainerAppsOptions
    environment_id: pulumi.Input[str]
    identity_id: pulumi.Input[str]
    login: Login | None
    secrets: Mapping[str, Reference]
    tags: Mapping[str, str]
    ready: Sequence[pulumi.Resource] = ()
    held: bool = False
    protect: bool = False


@dataclass(frozen=True)
class Ingress:
    """How the web process is reached.

    Attributes:
        port: that it listens on.
        traffics: how requests are shared.
        domain: that the app answers for beside its own name; none where it must not have it yet.
    """

    port: int
    traffics: pulumi.Input[Any]
    domain: pulumi.Input[str] | None = None


@dataclass(frozen=True)
class Shared:
    """What the revisions of an app that are active have in common.

    Attributes:
        mode: `Single` or `Multiple` of them.
        secrets: that the app must have beside its own, since one of them names them; all, where it ships nothing.
    """

    mode: pulumi.Input[str]
    secrets: pulumi.Output[Any]


class Apps:
    """Makes the apps of a stack, and knows what a job has in common with them."""

    def __init__(self, name: str, args: AppsArgs, opts: ResourceOptions) -> None:
        self._name, self._args, self._opts = name, args, opts

    def web(
        self,
        name: str,
        template: pulumi.Input[Mapping[str, Any]],
        shared: Shared,
        ingress: Ingress,
        after: Sequence[pulumi.Resource],
    ) -> Resource:
        """The app that answers requests."""
        own = self.configuration()
        configuration = {
            **own,
            "secrets": shared.secrets if self._args.held else beside(own["secrets"], shared.secrets),
            "activeRevisionsMode": shared.mode,
            # One whose image is gone is none to go back to.
            "maxInactiveRevisions": min(self._args.options.images_kept, limits.MOST_INACTIVE),
            "ingress": self._ingress(ingress),
        }
        opts = self.kept(after, protect=self._args.protect, given=("configuration.registries",))
        return self._app(name, WEB, configuration, template, opts)

    def worker(
        self, name: str, process: str, template: Mapping[str, Any], after: Sequence[pulumi.Resource]
    ) -> Resource:
        """A worker, which nobody can ask."""
        configuration = {**self.configuration(), "activeRevisionsMode": "Single"}
        return self._app(name, process, configuration, template, self.kept(after))

    def configuration(self) -> dict[str, Any]:
        """Where images and secrets come from. No secret has a value of its own here: Key Vault has them."""
        args, login = self._args, self._args.login
        references = [*args.secrets.values()]
        registries: list[dict[str, Any]] = []
        if login and login.password:
            references.append(login.password)
            registries = [
                {"server": login.server, "username": login.username, "passwordSecretRef": login.password.name}
            ]
        elif login:
            registries = [{"server": login.server, "identity": args.identity_id}]
        secrets = [{"name": each.name, "keyVaultUrl": each.url, "identity": args.identity_id} for each in references]
        return {"registries": registries, "secrets": secrets}

    def common(self, process: str) -> dict[str, Any]:
        """What an app and a job have."""
        args = self._args
        return {
            "resourceGroupName": args.group,
            "location": args.options.location,
            "environmentId": args.environment_id,
            "workloadProfileName": args.options.workload_profile,
            "identity": {"type": "UserAssigned", "userAssignedIdentities": [args.identity_id]},
            "tags": {**args.tags, PROCESS: process},
        }

    def kept(
        self, after: Sequence[pulumi.Resource], *, protect: bool = False, given: Sequence[str] = SHIPPED
    ) -> ResourceOptions:
        """What comes before one of them, and what was `given` to it that stays as it is."""
        opts = ResourceOptions(
            depends_on=[*self._args.ready, *after],
            ignore_changes=[*given] if self._args.held else None,
            protect=protect or None,
            # It has the same name in another environment.
            delete_before_replace=True,
        )
        return ResourceOptions.merge(self._opts, opts)

    def logical(self, process: str) -> str:
        """What it is called in the plan."""
        return f"{self._name}-{process.replace('.', '-')}"

    def _app(
        self,
        name: str,
        process: str,
        configuration: Mapping[str, Any],
        template: pulumi.Input[Mapping[str, Any]],
        opts: ResourceOptions,
    ) -> Resource:
        props = {
            **self.common(process),
            "containerAppName": name,
            "configuration": configuration,
            "template": template,
        }
        return resource("app:ContainerApp", self.logical(process), props, opts, ["name"])

    def _ingress(self, ingress: Ingress) -> dict[str, Any]:
        options = self._args.options
        # https://learn.microsoft.com/azure/container-apps/sticky-sessions, read 2026-11-30: where one revision answers.
        alone = options.traffic.canary is None and options.traffic.revision is None
        made: dict[str, Any] = {
            "external": options.ingress == "all",
            "targetPort": ingress.port,
            "transport": "auto",
            "allowInsecure": False,
            "traffic": ingress.traffics,
            "stickySessions": {"affinity": "sticky" if options.session_affinity and alone else "none"},
            "ipSecurityRestrictions": [
                {"name": f"allowed-{number}", "ipAddressRange": block, "action": "Allow"}
                for number, block in enumerate(options.allowed_ips, 1)
            ],
        }
        if ingress.domain is not None:
            # Bound to its certificate once that is there, without being told so a second time.
            made["customDomains"] = [{"name": ingress.domain, "bindingType": "Auto"}]
        return made


def beside(own: Sequence[Mapping[str, Any]], others: pulumi.Output[Any]) -> Any:
    """An app's own secrets, and those others that it must have. A plan knows of its own alone."""
    if pulumi.runtime.is_dry_run():
        return own
    names = {each["name"] for each in own}
    return others.apply(lambda known: [*own, *(each for each in known or () if each["name"] not in names)])
