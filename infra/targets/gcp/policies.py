"""Who has which role on something of Google Cloud's, as its policy says: read, and changed where it is ours to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from infra.targets.gcp.session import Refused, Session

# Only such a policy can have conditions: https://cloud.google.com/iam/docs/policies#versions, read 2026-11-29.
_VERSION = 3
# Somebody else changed the policy meanwhile.
_CONFLICTS = (409, 412)
_TRIES = 5


@dataclass(frozen=True, order=True)
class Binding:
    """A role that a member has, and the condition under which he has it."""

    role: str
    member: str
    title: str = ""
    expression: str = ""

    @property
    def whole(self) -> dict[str, Any]:
        """As a policy has it."""
        bound: dict[str, Any] = {"role": self.role, "members": [self.member]}
        condition = {"title": self.title, "expression": self.expression}
        return {**bound, "condition": condition} if self.expression else bound


@dataclass(frozen=True)
class Policy:
    """The policy of what a URL names. Cloud Storage reads and writes its own by other verbs than the other APIs."""

    session: Session
    url: str
    name: str = field(default="", compare=False)

    @classmethod
    def of(cls, session: Session, full: str) -> "Policy":
        """The policy of something by its full resource name."""
        service, _, path = full.removeprefix("//").partition("/")
        what, name = path.split("/")[-2:]
        versions = {
            "cloudkms.googleapis.com": "v1/",
            "cloudresourcemanager.googleapis.com": "v3/",
            "dns.googleapis.com": "dns/v1/",
        }
        url = (
            f"https://{service}/storage/v1/b/{name}"
            if what == "buckets"
            else f"https://{service}/{versions[service]}{path}"
        )
        called = {"cryptoKeys": "key", "managedZones": "zone"}.get(what, what[:-1])
        return cls(session, url, f"the {called} {name}")

    def bindings(self, of_role: str, of_member: str = "") -> list[Binding]:
        """The bindings of roles that begin so, and of the member where one is named."""
        return sorted(
            Binding(each["role"], member, condition.get("title", ""), condition.get("expression", ""))
            for each in self._read().get("bindings", [])
            for condition in [each.get("condition", {})]
            for member in each["members"]
            if each["role"].startswith(of_role) and of_member in ("", member)
        )

    def set(self, wanted: list[Binding], of_role: str, of_member: str = "") -> None:
        """Have these bindings instead of those; every other stays as it is. Raises Refused."""
        for last in range(_TRIES):
            policy = self._read()
            kept = [_without(each, of_role, of_member) for each in policy.get("bindings", [])]
            changed = [*(each for each in kept if each["members"]), *(binding.whole for binding in wanted)]
            try:
                self._write({**policy, "bindings": changed, "version": _VERSION})
                return
            except Refused as error:
                if error.status not in _CONFLICTS or last == _TRIES - 1:
                    raise

    def _read(self) -> dict[str, Any]:
        try:
            if self._stored:
                return self.session.get(f"{self.url}/iam?optionsRequestedPolicyVersion={_VERSION}")
            asked = {"options.requestedPolicyVersion": str(_VERSION)}
            if "cryptoKeys" in self.url:
                return self.session.get(f"{self.url}:getIamPolicy?{urlencode(asked)}")
            if "serviceAccounts" in self.url:
                return self.session.post(f"{self.url}:getIamPolicy", None, again=True, **asked)
            body = {"options": {"requestedPolicyVersion": _VERSION}}
            return self.session.post(f"{self.url}:getIamPolicy", body, again=True)
        except Refused as error:
            if error.missing or error.reason == "SERVICE_DISABLED":
                return {}
            raise

    def _write(self, policy: Mapping[str, Any]) -> None:
        if self._stored:
            self.session.put(f"{self.url}/iam", policy)
        else:
            self.session.post(f"{self.url}:setIamPolicy", {"policy": policy})

    @property
    def _stored(self) -> bool:
        return self.url.startswith("https://storage.")


def _without(binding: Mapping[str, Any], of_role: str, of_member: str) -> dict[str, Any]:
    """A binding less the members that are ours to say."""
    ours = binding["role"].startswith(of_role)
    return {**binding, "members": [each for each in binding["members"] if not ours or of_member not in ("", each)]}
