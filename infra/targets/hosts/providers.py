"""The dynamic providers of the target `hosts`: thin and stable, as the engine plans a change when their form changes.

The work is done in ordinary modules. The engine hands a provider plain values, numbers as floats.
"""

from collections.abc import Mapping
from typing import Any, cast

from pulumi import dynamic

from infra.provider_process import prepare, say, unchecked
from infra.targets.hosts import rollout
from infra.targets.hosts.connection import Connection
from infra.targets.hosts.rollout import Wanted

# What is asked for. All else in the state is what was found.
_ASKED = ("connection", "variables", "revision", "deployment", "secrets", "private")


class HostsProvider(dynamic.ResourceProvider):
    """The hosts, before anything is made on them: so that what a failed first `up` made is removed too."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Nothing is made yet."""
        return dynamic.CreateResult(id_=props["name"], outs=_plain(props))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Other hosts, or another way to them. What has another name is another thing: the one before goes first."""
        renamed = olds["name"] != news["name"]
        changes = renamed or any(olds.get(key) != news.get(key) for key in ("connection", "hosts"))
        replaces = ["name"] if renamed else []
        return dynamic.DiffResult(changes=changes, replaces=replaces, delete_before_replace=True)

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """It is written down."""
        return dynamic.UpdateResult(outs=_plain(news))

    def delete(self, id_: str, props: dict[str, Any]) -> None:
        """Take away what was made on them, and nothing else."""
        rollout.take_away(Connection.plain_of(props["connection"]), id_, say)


class DeploymentProvider(dynamic.ResourceProvider):
    """What Ansible brings about on the hosts."""

    serialize_as_secret_always = False

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """The first preview says what there is to do, and what cannot be done, before anything is made."""
        if not olds and news["preview"] and not unchecked("what the hosts are like"):
            rollout.drift(Wanted.of(news), say)
        return dynamic.CheckResult(news, [])

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Set up every host."""
        return dynamic.CreateResult(id_=props["name"], outs=_brought_about(props))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """What is asked for differs, or the hosts differ from it; a preview says what is to be done on them."""
        changed = any(olds.get(key) != news.get(key) for key in _ASKED)
        looked_at = news["preview"] or not changed
        return dynamic.DiffResult(changes=changed or bool(looked_at and rollout.drift(Wanted.of(news), say)))

    def update(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Host by host, without a lost request; then clear those that are none of the stack's any more."""
        outs = _brought_about(news)
        gone = [host for host in cast("list[str]", olds.get("hosts") or []) if host not in outs["hosts"]]
        if gone:
            before, now = (Connection.plain_of(props["connection"]) for props in (olds, news))
            rollout.leave(before, id_, gone, now, say)
        return dynamic.UpdateResult(outs=outs)

    def read(self, id_: str, props: dict[str, Any]) -> dynamic.ReadResult:
        """What of the hosts is no longer as it was made."""
        return dynamic.ReadResult(id_, {**_plain(props), "drift": rollout.drift(Wanted.of(props), say)})


prepare()


def _brought_about(props: dict[str, Any]) -> dict[str, Any]:
    return {**_plain(props), **rollout.bring_about(Wanted.of(props), say)}


def _plain(props: Mapping[str, Any]) -> dict[str, Any]:
    """What goes into the state, where the secrets are encrypted: a comparison with the hosts needs them."""
    return {key: value for key, value in props.items() if key != "__provider"}
