"""The dynamic providers of the targets on Azure: thin and stable, as a change of form is a planned change."""

from collections.abc import Mapping
from typing import Any

from pulumi import dynamic

from infra.provider_process import prepare, say
from infra.targets.azure import release_task, settled, traffic, trial

# What a share of the requests is decided by.
ASKED = ("subscription", "group", "app", "base", "deployment", "release", "canary", "back_to")


class ReleaseTaskProvider(dynamic.ResourceProvider):
    """The release task, once per revision: before a revision with that code starts, and after the roles are settled.

    In: `subscription`, `group` and `job` (names), `revision` (the project's own), `command`, `timeout` (seconds).
    Out: the same, and `execution`: the name of what ran last.
    """

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Run it."""
        return dynamic.CreateResult(id_=props["job"], outs=_released(props, ""))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Only another revision or command runs it again; not another setting or job."""
        return dynamic.DiffResult(changes=any(olds.get(key) != news.get(key) for key in ("revision", "command")))

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Run it for the new revision."""
        return dynamic.UpdateResult(outs=_released(news, olds.get("execution", "")))

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """What a killed run left of it."""
        release_task.clear(props["subscription"], props["group"], props["job"])


class RevisionProvider(dynamic.ResourceProvider):
    """What the app's revision is called, and how requests are shared: by what Azure itself has at that moment.

    It only asks; `TrialProvider` acts.

    In: `subscription`, `group` and `app` (names); `base`: the hash of the template; `canary`: the
    percent of the requests that it gets, 0 for all; `back_to`: the name of an earlier revision (`<app>--<suffix>`)
    that gets them all instead, or nothing. `deployment`, `release` (the project's own revision) and `image` come in as
    those of what is shipped, and go out as those of what will serve. `template`: of what is shipped, without its
    suffix. `suffix`, `traffics`, `mode`, `secrets`, `newest`: None.
    Out: `suffix` for `template.revisionSuffix`; `traffics` for `configuration.ingress.traffic`; `mode` for
    `configuration.activeRevisionsMode`: `Single` where the newest gets everything, `Multiple` otherwise; `secrets` for
    `configuration.secrets`: those of what has the rest of the requests, or all that the app has where it goes back;
    `newest` for `template`, where it goes back: what the newest revision was made of, whatever came of it. `made`: that
    by suffix, and of the revision that is to be.
    """

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """For the first time."""
        return dynamic.CreateResult(id_=props["app"], outs=_shared(props, {}))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Another template or share; or the same again, where the revision that it was to be did not come to serve."""
        asked = olds["asked"]
        changed = any(asked.get(key) != news.get(key) for key in ASKED)
        return dynamic.DiffResult(changes=changed or traffic.is_spent(_wanted(asked), olds["suffix"]))

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """For the new template or share."""
        return dynamic.UpdateResult(outs=_shared(news, olds.get("made") or {}))


class TrialProvider(dynamic.ResourceProvider):
    """A revision that runs and is well before it gets any request: declared where there is a canary or a `back_to`.

    It comes after the release task, and before the app, which then changes no more than the weights.

    In: `subscription`, `group` and `app` (names); the revision's `suffix`; `back_to` as for `RevisionProvider`;
    `template` with `revisionSuffix`, and of the `configuration` what that needs (`secrets`, `registries`), both as the
    app has them, in camelCase.
    Out: the same.
    """

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Try it."""
        return dynamic.CreateResult(id_=props["app"], outs=_tried(props))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Only another revision is tried; a share that grows is none."""
        return dynamic.DiffResult(changes=any(olds.get(key) != news.get(key) for key in ("app", "suffix", "back_to")))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Try the new one."""
        return dynamic.UpdateResult(outs=_tried(news))


class SettledProvider(dynamic.ResourceProvider):
    """Role assignments that are old enough to be known everywhere.

    In: `created`: when each was made, as Azure writes it (`RoleAssignment.created_on`); perhaps `longest`: seconds
    until whoever asks for them knows of each. Out: the same.
    """

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Wait for them."""
        settled.wait(props["created"], say, props.get("longest"))
        return dynamic.CreateResult(id_="settled", outs=_kept(props))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Where one is new."""
        return dynamic.DiffResult(changes=sorted(olds["created"]) != sorted(news["created"]))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Wait for the new ones."""
        settled.wait(news["created"], say, news.get("longest"))
        return dynamic.UpdateResult(outs=_kept(news))


prepare()


def _kept(props: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in props.items() if key != "__provider"}


def _released(props: dict[str, Any], before: str) -> dict[str, Any]:
    task = release_task.ReleaseTask(
        subscription=props["subscription"],
        group=props["group"],
        job=props["job"],
        revision=props["revision"],
        command=tuple(props["command"]),
        timeout=int(props["timeout"]),
        before=before,
    )
    return {**_kept(props), "execution": release_task.run_once(task, say)}


def _shared(props: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    decided = traffic.decide(_wanted(props))
    own = {} if props["back_to"] else {decided.suffix: {**props["template"], "revisionSuffix": decided.suffix}}
    made = {suffix: of for suffix, of in {**before, **own}.items() if suffix in (decided.newest, decided.suffix)}
    return {
        **_kept(props),
        "suffix": decided.suffix,
        "traffics": [share.as_input() for share in decided.shares],
        "mode": decided.mode,
        "secrets": [dict(each) for each in decided.secrets],
        "made": made,
        # As Azure was told it; or as it has it, where somebody else did.
        "newest": made.get(decided.newest) or trial.whole(dict(decided.template)),
        "deployment": decided.deployment,
        "release": decided.release,
        "image": decided.image or props["image"],
        "asked": {key: props[key] for key in ASKED},
    }


def _wanted(props: Mapping[str, Any]) -> traffic.Wanted:
    return traffic.Wanted(
        subscription=props["subscription"],
        group=props["group"],
        app=props["app"],
        base=props["base"],
        deployment=props["deployment"],
        release=props["release"],
        canary=int(props["canary"]),
        back_to=props["back_to"],
    )


def _tried(props: dict[str, Any]) -> dict[str, Any]:
    asked = trial.Trial(
        subscription=props["subscription"],
        group=props["group"],
        app=props["app"],
        suffix=props["suffix"],
        back_to=props["back_to"],
        template=trial.whole(props["template"]),
        configuration=trial.whole(props["configuration"]),
    )
    trial.ready(asked, say)
    return _kept(props)
