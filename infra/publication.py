"""An image under its revision's tag in the stack's repository: what was built there, or another stack's, promoted."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi import dynamic

from infra.commands import rebuild_command, set_command
from infra.errors import DeploymentError
from infra.provider_process import prepare, say

if TYPE_CHECKING:
    from infra.image import Registry
    from infra.oci import Login
    from infra.settings import Settings

# Labels of every image that this project builds (app/Dockerfile).
REVISION_LABEL = "org.opencontainers.image.revision"
SERVER_LABEL = "io.slipway.server"


class PublicationProvider(dynamic.ResourceProvider):
    """Makes the tag whenever another source is asked for. Nothing ever deletes an image: it may run somewhere."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Tag or copy it."""
        outs = _publish(props)
        return dynamic.CreateResult(id_=outs["reference"], outs=outs)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """A login that was renewed is no change."""
        asked = ("source", "repository", "revision", "server")
        return dynamic.DiffResult(changes=any(olds.get(key) != news.get(key) for key in asked))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Tag or copy the new one beside the old one."""
        return dynamic.UpdateResult(outs=_publish(news))

    def read(self, id_: str, props: dict[str, Any]) -> dynamic.ReadResult:
        """Whether it is still there. A registry that cannot be asked, or refuses the login, says nothing of that."""
        from infra import oci

        try:
            host = oci.Reference.parse(props["reference"]).host
            standing = oci.digest_of(props["reference"], _logins(props).get(host))
        except DeploymentError as error:
            say(f"not compared: {error}")
            return dynamic.ReadResult(id_, props)
        return dynamic.ReadResult(id_ if standing else "", props if standing else {})


prepare()


def _publish(props: dict[str, Any]) -> dict[str, Any]:
    # Only here, as wherever a registry is asked: neither the program nor a plan asks one, and its client is large.
    from infra import oci

    logins, source, repository = _logins(props), props["source"], props.get("repository")
    tag = props.get("revision")
    if tag is not None:
        digest = oci.tag_once(source, tag, logins)
        if digest is None:
            fix = rebuild_command(props["stack"])
            raise DeploymentError(f"{source} was built and is gone from the registry. Fix: {fix}")
    else:
        labels = oci.labels_of(source, logins.get(oci.Reference.parse(source).host))
        tag = _promotable(source, labels, props["server"], props["stack"])
        digest = oci.Reference.parse(source).name
        if repository is not None:
            say(f"copying {source}")
            oci.copy(source, repository, tag, logins)
    reference = f"{repository}@{digest}" if repository else source
    return {**_plain(props), "tag": tag, "digest": digest, "reference": reference}


def _promotable(source: str, labels: Mapping[str, str], server: str, stack: str) -> str:
    """The revision in an image that is to be promoted; refuses one that cannot be run as the stack's settings say."""
    revision, built_for = labels.get(REVISION_LABEL), labels.get(SERVER_LABEL)
    if not revision:
        rule = f"has no label {REVISION_LABEL}: it was not built by a stack of this project"
        raise DeploymentError(f"service:image: {source} {rule}. Fix: name an image that a stack's output `image` shows")
    if built_for != server:
        raise DeploymentError(
            f"service:image: {source} has {built_for} inside, and this stack asks for {server}. "
            f"Fix: {set_command('server', built_for, stack)}"
        )
    return revision


def _logins(props: Mapping[str, Any]) -> "dict[str, Login]":
    from infra import oci

    # What is read back from the state has no password: then whoever docker knows logs in.
    if not props.get("password") or not props.get("repository"):
        return {}
    host = oci.Reference.parse(props["repository"]).host
    logins = {host: oci.Login(props["username"], props["password"])}
    if props.get("source_password"):
        logins.setdefault(
            oci.Reference.parse(props["source"]).host, oci.Login(props["username"], props["source_password"])
        )
    return logins


def _plain(props: Mapping[str, Any]) -> dict[str, Any]:
    """What goes back into the state: passwords stay encrypted inputs."""
    return {key: value for key, value in props.items() if key not in ("__provider", "password", "source_password")}


class Publication(dynamic.Resource, module="slipway", name="Publication"):
    """An image in a repository, under its revision.

    Attributes:
        tag: its revision, the tag it stands under.
        reference: the image by its digest: that of its source, or of a build whose tag stood there before.
    """

    tag: pulumi.Output[str]
    reference: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        source: pulumi.Input[str],
        registry: "Registry | None",
        revision: str | None,
        settings: "Settings",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        password = registry.password if registry else None
        props: dict[str, Any] = {
            "source": source,
            "repository": registry.repository if registry else None,
            "username": registry.username if registry else None,
            "password": None if password is None else pulumi.Output.secret(password),
            "revision": revision,
            "server": settings.server,
            "stack": pulumi.get_stack(),
            "tag": None,
            "digest": None,
            "reference": None,
        }
        if registry and registry.elsewhere and revision is None:
            props["source_password"] = pulumi.Output.secret(registry.elsewhere(source))
        super().__init__(PublicationProvider(), name, props, opts)
