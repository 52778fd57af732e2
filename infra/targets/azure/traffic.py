"""Which revision an app on Container Apps is to have, and how its requests are shared, by what it has now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from infra.commands import key_of
from infra.errors import DeploymentError
from infra.targets.azure import arm
from infra.targets.azure.arm import CANARY, App, Mode, Revision, Share, parts
from infra.targets.azure.session import connected

ALL = 100

# A suffix is of lower-case letters, digits and single hyphens, from a letter on, and with the app's name no longer than
# 54 characters: https://github.com/microsoft/azure-container-apps/issues/1443, read 2026-11-30.
LETTER = "r"

SHOWN = 5


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    `base`: what the revision is made of, as a hash. `deployment`, `release`: what it runs. `canary`: the
    percent of the requests that it gets; 0 for all. `back_to`: an earlier revision that gets them all instead.
    """

    subscription: str
    group: str
    app: str
    base: str
    deployment: str
    release: str
    canary: int
    back_to: str

    @property
    def id(self) -> str:
        """The app's."""
        return app_id(self.subscription, self.group, self.app)

    def named(self, suffix: str) -> str:
        """What the revision with a suffix is called."""
        return f"{self.app}--{suffix}"


@dataclass(frozen=True)
class Decided:
    """The revision's suffix, how requests are shared, and what the revision of interest runs.

    `image`: of an earlier revision that is gone back to. `newest`: the suffix of the newest that there is, whatever
    came of it, and `template`: what that is made of. `secrets`: those that the other one has which gets requests; all
    that the app has, where it goes back.
    """

    suffix: str
    mode: Mode
    shares: tuple[Share, ...]
    deployment: str
    release: str
    image: str = field(default="", compare=False)
    newest: str = field(default="", compare=False)
    template: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False)
    secrets: tuple[Mapping[str, Any], ...] = field(default=(), compare=False)


def app_id(subscription: str, group: str, app: str) -> str:
    """What Azure calls an app."""
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.App/containerApps/{app}"


def decide(wanted: Wanted) -> Decided:
    """Ask Azure what it has, and decide.

    Raises:
        DeploymentError: the revision to go back to is not there, or never served.
    """
    with connected(wanted.subscription, wanted.group) as session:
        app = arm.app(session, wanted.id)
        known = arm.revisions(session, wanted.id) if app else []
    decided = _back(wanted, known) if wanted.back_to else _forth(wanted, app, known)
    if app is None:
        return decided
    newest, secrets = app.latest.rpartition("--")[2], _secrets(wanted, decided, app, known)
    return replace(decided, newest=newest, template=app.template, secrets=tuple(secrets))


def is_spent(wanted: Wanted, suffix: str) -> bool:
    """Whether a suffix is used up by a revision that did not come to serve: its configuration wants another."""
    if wanted.back_to:
        return False
    with connected(wanted.subscription, wanted.group) as session:
        known = arm.revision(session, wanted.named(suffix), wanted.id)
        if known is None or (known.active and not known.unwell):
            return False
        app = arm.app(session, wanted.id)
    return _spent(app, known)


def stable(app: App, known: Sequence[Revision]) -> str:
    """What serves now and is no canary; of several, that with the most requests. Nothing where nothing serves."""
    failed = {each.name for each in known if each.failed}
    serving = [share for share in app.shares if share.percent and share.revision not in failed]
    proven = [share for share in serving if share.label != CANARY] or serving
    return max(proven, key=lambda share: share.percent).revision if proven else ""


def _forth(wanted: Wanted, app: App | None, known: Sequence[Revision]) -> Decided:
    suffix = _free(wanted, app, known)
    if not wanted.canary:
        return Decided(suffix, "Single", (Share("", ALL),), wanted.deployment, wanted.release)
    shares = _shared(wanted, app, known, wanted.named(suffix))
    return Decided(suffix, "Multiple", shares, wanted.deployment, wanted.release)


def _free(wanted: Wanted, app: App | None, known: Sequence[Revision]) -> str:
    """The first suffix that is nobody's; or that of the newest revision, where that is this one and did not fail.

    An older one's is not taken again: Azure makes a revision of a template only under a new name.
    """
    taken = {each.name: each for each in known}
    attempt = 1
    while True:
        suffix = f"{LETTER}{wanted.base}" if attempt == 1 else f"{LETTER}{wanted.base}-{attempt}"
        name = wanted.named(suffix)
        there = taken.get(name)
        if there is None or (app and app.latest == name and not _spent(app, there)):
            return suffix
        attempt += 1


def _spent(app: App | None, there: Revision) -> bool:
    """One that once came to serve may be unwell for now: that takes no other."""
    return (there.unwell or not there.active) and (app is None or app.ready != there.name)


def _shared(wanted: Wanted, app: App | None, known: Sequence[Revision], name: str) -> tuple[Share, ...]:
    before = stable(app, known) if app else ""
    if not before or before == name:
        return (Share(name, ALL),)
    return (Share(name, wanted.canary, CANARY), Share(before, ALL - wanted.canary))


def _secrets(wanted: Wanted, decided: Decided, app: App, known: Sequence[Revision]) -> Iterator[Mapping[str, Any]]:
    """Those of the app's that another revision names which gets requests: of these Azure lets none go."""
    others = {share.revision for share in decided.shares} - {wanted.named(decided.suffix)}
    containers = [each for of in known if of.name in others for each in parts(of.template, "containers")]
    named = {each.get("secretRef") for container in containers for each in parts(container, "env")}
    for each in parts(app.configuration, "secrets"):
        if wanted.back_to or each["name"] in named:
            yield {name: each[name] for name in ("name", "keyVaultUrl", "identity") if each.get(name)}


def _back(wanted: Wanted, known: Sequence[Revision]) -> Decided:
    there = next((each for each in known if each.name == wanted.back_to), None)
    if there is not None and there.provisioning != "Failed":
        shares = (Share(there.name, ALL),)
        return Decided(there.suffix, "Multiple", shares, there.deployment, there.release, there.image)
    why = "never came to serve" if there else f"is no revision of {wanted.app}"
    others = [each.name for each in known if not each.unwell][:SHOWN]
    told = f" (there are: {', '.join(others)})" if others else ""
    key = key_of("options.traffic.revision")
    raise DeploymentError(
        f"{key}: {wanted.back_to!r} {why}{told}. Fix: pulumi config set --path {key} {(others or ['<one>'])[0]}"
    )
