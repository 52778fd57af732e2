"""The registry on Azure: a container registry without an admin user, and the task that removes old images from it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.image import Registry
from infra.targets.azure.raw import ask, resource
from infra.targets.raw import Resource

# The name that a token logs in under:
# https://learn.microsoft.com/azure/container-registry/container-registry-authentication, read 2026-11-23.
TOKEN_USER = "00000000-0000-0000-0000-000000000000"  # noqa: S105 - a user's name
# Only what is none of the newest and older than this goes, so that nothing goes between its push and its tag.
OLD = "7d"
# Every night, UTC.
NIGHTLY = "20 3 * * *"
# Seconds that the removal may take, and that the registry has for an answer.
LONGEST_PURGE, LONGEST_ANSWER = 3600, 30


@dataclass(frozen=True)
class ImagesArgs:
    """Where the registry lies, and how images are kept.

    Attributes:
        group: the resource group, by name.
        location: that it lies in.
        name: what it is called, in the whole of Azure: 5 to 50 letters and digits.
        tier: Basic, Standard or Premium.
        kept: so many images stay, for going back to one. What is deployed is among the last that were pushed.
        tags: of the registry.
        protect: whether it outlives what else is destroyed.
    """

    group: pulumi.Input[str]
    location: str
    name: str
    tier: str
    kept: int
    tags: Mapping[str, str]
    protect: bool = False


class Images(pulumi.ComponentResource):
    """The registry of the stack's images and of their builds' cache.

    Attributes:
        registry: where to push, with the token of whoever runs the program; it is good for three hours.
        registry_id: by which a role is given on it.
        login_server: its host.
    """

    def __init__(self, name: str, args: ImagesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Images", name, {}, opts)
        made = resource(
            "containerregistry:Registry",
            name,
            {
                "resourceGroupName": args.group,
                "registryName": args.name,
                "location": args.location,
                "sku": {"name": args.tier},
                "adminUserEnabled": False,
                "tags": args.tags,
            },
            # It has the same name in another location.
            ResourceOptions(parent=self, protect=args.protect, delete_before_replace=True),
            outputs=("loginServer", "name"),
        )
        self.registry_id: pulumi.Output[str] = made.id
        self.login_server: pulumi.Output[str] = made.output("loginServer")
        self._purge(name, args, made)
        repository = pulumi.Output.concat(self.login_server, "/", name)
        password = token(self.login_server, pulumi.InvokeOptions(parent=self))
        self.registry = Registry(repository, pulumi.Output.concat(repository, "-cache"), TOKEN_USER, password)
        self.register_outputs({"repository": repository})

    def _purge(self, name: str, args: ImagesArgs, registry: Resource) -> None:
        """Remove tags, and what no tag leads to any more; of an index that has one, its images and attestations stay.

        The task logs in to its own registry by itself, without an identity or a role.
        """
        resource(
            "containerregistry:Task",
            name,
            {
                "resourceGroupName": args.group,
                "registryName": registry.output("name"),
                "taskName": "purge",
                "location": args.location,
                "platform": {"os": "Linux", "architecture": "amd64"},
                "agentConfiguration": {"cpu": 2},
                "step": {"type": "EncodedTask", "encodedTaskContent": purge(name, args.kept)},
                "trigger": {"timerTriggers": [{"name": "nightly", "schedule": NIGHTLY}]},
                "credentials": {"sourceRegistry": {"loginMode": "Default"}},
                "status": "Enabled",
                "timeout": LONGEST_PURGE,
                "tags": args.tags,
            },
            ResourceOptions(parent=self),
        )


def purge(repository: str, kept: int) -> str:
    """What removes old images, as the task is told. Its version has no quotes: with them it would not be understood.

    https://github.com/Azure/acr-cli#readme and https://github.com/Azure/acr/issues/622, read 2026-11-30.
    """
    filters = f"--filter '{repository}:.*' --filter '{repository}-cache:.*'"
    text = (
        "version: v1.1.0\n"
        "steps:\n"
        f"  - cmd: acr purge {filters} --ago {OLD} --keep {kept} --untagged\n"
        "    disableWorkingDirectoryOverride: true\n"
        f"    timeout: {LONGEST_PURGE}\n"
    )
    return base64.b64encode(text.encode()).decode()


def token(server: pulumi.Input[str], opts: pulumi.InvokeOptions) -> pulumi.Output[str]:
    """With which whoever runs the program logs in to a registry: what it gives for their own login of Azure.

    A preview pushes nothing, and asks no registry for anything.

    Raises:
        RunError: the registry does not let them in.
    """
    if pulumi.runtime.is_dry_run():
        return pulumi.Output.secret("preview")
    login = str(ask("authorization:getClientToken", {}, opts)["token"])
    return pulumi.Output.secret(pulumi.Output.from_input(server).apply(lambda host: exchanged(host, login)))


def exchanged(server: str, login: str) -> str:
    """What a registry gives for a token of Azure: what one logs in to it with. Raises RunError where it gives none."""
    # Only here: no preview needs it.
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    told = {"grant_type": "access_token", "service": server, "access_token": login}
    with requests.Session() as session:
        # A registry that was just made may not have its name yet.
        session.mount("https://", HTTPAdapter(max_retries=Retry(total=5, backoff_factor=1)))
        try:
            answer = session.post(f"https://{server}/oauth2/exchange", data=told, timeout=LONGEST_ANSWER)
        except requests.RequestException as error:
            raise pulumi.RunError(
                f"{server} cannot be asked for a token ({error}). Fix: look at the network, and make up again"
            ) from error
    if not answer.ok:
        rule = f"{server} gives no token to whoever runs this ({answer.status_code}: {answer.text[:200].strip()})"
        name = server.partition(".")[0]
        raise pulumi.RunError(f"{rule}. Fix: give them AcrPush on it, then az acr login --name {name}")
    return str(answer.json()["refresh_token"])
