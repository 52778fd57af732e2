"""The dynamic provider of the target `azure.aks`: thin and stable, as a change of its form is a planned change."""

from typing import Any

from pulumi import dynamic

from infra.provider_process import prepare, say
from infra.targets.azure import aks_routing


class RoutingProvider(dynamic.ResourceProvider):
    """A cluster that serves Gateways.

    In: `subscription`, `group` and `cluster` (names); `options`: of the cluster, as each change of them is written to
    it. Out: the same. It is not taken back: what else is in the cluster may have Gateways too.
    """

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Have it so."""
        return dynamic.CreateResult(id_=props["cluster"], outs=_enabled(props))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Another cluster, or a change of it."""
        replaces = [key for key in ("subscription", "group", "cluster") if olds.get(key) != news.get(key)]
        return dynamic.DiffResult(changes=bool(replaces) or olds["options"] != news["options"], replaces=replaces)

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Have it so after a change."""
        return dynamic.UpdateResult(outs=_enabled(news))


prepare()


def _enabled(props: dict[str, Any]) -> dict[str, Any]:
    aks_routing.enable(props["subscription"], props["group"], props["cluster"], say)
    return {key: value for key, value in props.items() if key != "__provider"}
