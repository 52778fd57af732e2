"""A revision that is made, or started again, without any request, and is well before it may get one."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from infra.errors import DeploymentError
from infra.targets.azure import arm, log_lines, traffic
from infra.targets.azure.arm import CANARY, App, Revision, Share, part, parts
from infra.targets.azure.session import Refused, Session, connected
from infra.targets.azure.stopped import gave_up, why_not

# Seconds that a revision may take until it is well, and between two looks at it.
START = 600
POLL = 3.0

LOG_LINES = 20


@dataclass(frozen=True)
class Trial:
    """What is tried: the revision with `suffix`, made by `template` and `configuration`; or `back_to`, by its name.

    Both mappings are as Azure has them; of the configuration no more than what the template names.
    """

    subscription: str
    group: str
    app: str
    suffix: str
    back_to: str
    template: Mapping[str, Any]
    configuration: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The app's."""
        return traffic.app_id(self.subscription, self.group, self.app)

    @property
    def name(self) -> str:
        """The revision's."""
        return self.back_to or f"{self.app}--{self.suffix}"


def ready(trial: Trial, say: Callable[[str], None]) -> None:
    """Have it run without requests, and wait until it is well. Where nothing serves yet, there is nobody to spare.

    Raises:
        DeploymentError: it did not come to be well. What served goes on, and gets what it got.
    """
    with connected(trial.subscription, trial.group) as session:
        app = arm.app(session, trial.id)
        if app is None or not (trial.back_to or app.shares):
            return
        say(f"waiting until {trial.name} is well, before it gets requests")
        if trial.back_to and parts(app.configuration, "secrets"):
            # https://learn.microsoft.com/azure/container-apps/manage-secrets, read 2026-11-30: they are the app's.
            say(f"{trial.name} gets its secrets' values as they are now, not as they were when it was made")
        try:
            _begin(session, trial, app)
            failure = _wait(session, trial)
        except Refused as refused:
            # What Azure began to do is undone; of what it did not take up there is nothing.
            if not refused.begun:
                raise
            failure = refused.said
        if failure:
            lines = _last_lines(session, trial)
            _undo(session, trial, app)
            told = f"{trial.name} is not well: {failure}; nothing was switched, and what served goes on"
            raise DeploymentError("\n".join([f"{told}. Its last lines:", *lines]) if lines else told)
        _retire(session, trial)


def whole(value: Any) -> Any:
    """The same, where a number without a fraction is one without a point: the engine knows no other, and Azure does."""
    match value:
        case float():
            return int(value) if value.is_integer() else value
        case dict():
            given = cast("dict[str, Any]", value)
            return {name: whole(each) for name, each in given.items()}
        case list():
            return [whole(each) for each in cast("list[Any]", value)]
        case _:
            return value


def _begin(session: Session, trial: Trial, app: App) -> None:
    there = arm.revision(session, trial.name, trial.id)
    if there is None and not trial.back_to:
        _make(session, trial, app)
        return
    # What serves is held where it is first: an app in the mode `Single` lets nothing run but its newest.
    if app.mode == "Single":
        _share(session, trial, app.shares or (Share("", traffic.ALL),))
    if there is not None and not there.active:
        session.post(f"{trial.id}/revisions/{trial.name}/activate", again=True)


def _make(session: Session, trial: Trial, app: App) -> None:
    # There is one label of a name.
    kept = [replace(share, label="") for share in app.shares if share.percent]
    ingress = {"traffic": _inputs([*kept, Share(trial.name, 0, CANARY)])}
    configuration = {
        **{name: value for name, value in trial.configuration.items() if name != "secrets"},
        # What served may name secrets that the new one does not.
        "secrets": _with_others(parts(trial.configuration, "secrets"), parts(app.configuration, "secrets")),
        "activeRevisionsMode": "Multiple",
        "ingress": ingress,
    }
    template = _replacing(app.template, trial.template)
    session.patch(trial.id, {"properties": {"configuration": configuration, "template": template}})


def _wait(session: Session, trial: Trial) -> str:
    """Why it is not well; nothing when it is."""
    begun = time.monotonic()
    while True:
        now = arm.revision(session, trial.name, trial.id)
        if now is not None and now.well:
            return ""
        replicas = arm.replicas(session, trial.id, trial.name) if now else []
        late = time.monotonic() - begun > START
        if late or (now is not None and (now.failed or gave_up(replicas))):
            return why_not(now, replicas) if now else "Azure knows nothing of it"
        time.sleep(POLL)


def _last_lines(session: Session, trial: Trial) -> list[str]:
    """What it writes: nobody reads that any more when it has ended, until Log Analytics has it."""
    if arm.revision(session, trial.name, trial.id) is None:
        return []
    replicas = arm.replicas(session, trial.id, trial.name)
    streamed = [line for each in replicas for line in log_lines.streamed(session, trial.id, each, LOG_LINES)]
    return streamed[-LOG_LINES:]


def _undo(session: Session, trial: Trial, app: App) -> None:
    """It runs no longer, and an app that was to let nothing run but its newest is so again where that one serves."""
    kept = [share for share in app.shares if share.percent and share.revision != trial.name]
    if kept:
        _share(session, trial, kept)
        _end(session, trial, arm.revision(session, trial.name, trial.id))
    if trial.back_to and app.mode == "Single":
        configuration = {"activeRevisionsMode": "Single", "ingress": {"traffic": _inputs([Share("", traffic.ALL)])}}
        session.patch(trial.id, {"properties": {"configuration": configuration}})


def _retire(session: Session, trial: Trial) -> None:
    """An earlier canary gives its requests back, and what gets none runs no longer."""
    app, known = arm.app(session, trial.id), arm.revisions(session, trial.id)
    stable = traffic.stable(app, known) if app else ""
    if app is None or not stable:
        return
    serving = [share for share in app.shares if share.percent]
    if not trial.back_to and {share.revision for share in serving} - {stable, trial.name}:
        own = [share for share in serving if share.revision == trial.name]
        rest = traffic.ALL - sum(share.percent for share in own)
        serving = [*(own or [Share(trial.name, 0, CANARY)]), Share(stable, rest)]
        _share(session, trial, serving)
    kept = {trial.name, *(share.revision for share in serving)}
    for each in known:
        if each.name not in kept:
            _end(session, trial, each)


def _end(session: Session, trial: Trial, revision: Revision | None) -> None:
    if revision is not None and revision.active:
        session.post(f"{trial.id}/revisions/{revision.name}/deactivate", again=True)


def _share(session: Session, trial: Trial, shares: Sequence[Share]) -> None:
    configuration = {"activeRevisionsMode": "Multiple", "ingress": {"traffic": _inputs(shares)}}
    session.patch(trial.id, {"properties": {"configuration": configuration}})


def _inputs(shares: Sequence[Share]) -> list[dict[str, Any]]:
    return [share.as_input() for share in shares]


def _with_others(own: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    by_name = {each["name"]: dict(each) for each in (*others, *own)}
    return [by_name[name] for name in sorted(by_name)]


def _replacing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """A change by which the one becomes the other: https://www.rfc-editor.org/rfc/rfc7396, read 2026-11-30.

    A single value that the other does not have stays: it is one that Azure has by itself.
    """
    gone = dict.fromkeys(name for name in before.keys() - after.keys() if isinstance(before[name], list | Mapping))
    inner = [name for name, value in after.items() if isinstance(value, Mapping)]
    return {**gone, **after, **{name: _replacing(part(before, name), part(after, name)) for name in inner}}
