"""Azure Resource Manager, asked for what a stack stands on: things of many services, each by the version of its API."""

import time
from collections.abc import Mapping
from typing import Any, cast

from infra.targets.azure.session import ARM, Refused, Session

# The versions of the APIs by which `make bootstrap`, and whoever has a cluster, asks, by what is asked for:
# https://learn.microsoft.com/azure/templates, read 2026-11-30.
VERSIONS = {
    "Microsoft.Authorization": "2022-04-01",
    "Microsoft.ContainerService": "2026-08-01",
    "Microsoft.KeyVault": "2023-07-01",
    "Microsoft.ManagedIdentity": "2023-01-31",
    "Microsoft.Storage": "2023-05-01",
}
OF_SUBSCRIPTIONS = "2021-04-01"


class Ground(Session):
    """A subscription, of which anything is asked for by its id."""

    def found(self, id_: str) -> dict[str, Any]:
        """What is there; nothing where there is none, or its group or service is not there yet. Raises Refused."""
        try:
            return self.get(id_, version(id_))
        except Refused as refused:
            if refused.missing:
                return {}
            raise

    def every(self, id_: str, only: str = "") -> list[dict[str, Any]]:
        """All that is there of a kind, of every page; nothing where what they would be of is not there."""
        asked = {"api-version": version(id_), **({"$filter": only} if only else {})}
        found: list[dict[str, Any]] = []
        url, params = ARM + id_, asked
        while url:
            try:
                page = self._asked("GET", url, again=True, params=params).json()
            except Refused as refused:
                if refused.missing:
                    return found
                raise
            found += page.get("value", [])
            url, params = page.get("nextLink") or "", {}
        return found

    def put(self, id_: str, body: Mapping[str, Any]) -> None:
        """Have it there as it is wanted, to its end. Raises Refused."""
        answer = self._asked("PUT", ARM + id_, again=True, json=body, params={"api-version": version(id_)})
        self._finished(answer, time.monotonic())

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, again: bool = False) -> dict[str, Any]:
        """Have something done."""
        return self._asked("POST", ARM + path, again=again, json=body, params={"api-version": version(path)}).json()

    def delete(self, id_: str) -> None:
        """Take it away."""
        self._asked("DELETE", ARM + id_, again=True, params={"api-version": version(id_)})


def version(id_: str) -> str:
    """Of the API that knows what an id names; a service itself is the subscription's to know."""
    service, *kinds = id_.rpartition("/providers/")[2].split("/")
    return VERSIONS.get(service, OF_SUBSCRIPTIONS) if kinds and kinds != ["register"] else OF_SUBSCRIPTIONS


def differs(found: Any, wanted: Any) -> bool:
    """Whether something is not as it is wanted, where that says anything. Of a list of words the order is no matter."""
    if isinstance(wanted, Mapping):
        there: Mapping[str, Any] = found or {}
        return any(differs(there.get(name), value) for name, value in cast("Mapping[str, Any]", wanted).items())
    if isinstance(wanted, list):
        few, many = cast("list[Any]", wanted), cast("list[Any]", found or [])
        if few and isinstance(few[0], Mapping):
            return len(few) != len(many) or any(differs(*pair) for pair in zip(many, few, strict=True))
        return sorted(few) != sorted(many)
    return found != wanted
