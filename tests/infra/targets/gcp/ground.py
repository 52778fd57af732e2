"""A project of Google Cloud in which nothing is made yet, as its APIs answer: roles, accounts, policies, buckets, pools.

Each request, and each answer, is held to Google's own description of its APIs.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request

from tests.offline.internet.discovered import method, wrong
from tests.offline.internet.google import TOKEN, Refusal
from tests.offline.internet.internet import Internet

HOSTS = {
    "cloudkms.googleapis.com": "cloudkms.v1",
    "cloudresourcemanager.googleapis.com": "cloudresourcemanager.v3",
    "dns.googleapis.com": "dns.v1",
    "iam.googleapis.com": "iam.v1",
    "serviceusage.googleapis.com": "serviceusage.v1",
    "storage.googleapis.com": "storage.v1",
}
ALWAYS = ("cloudresourcemanager.googleapis.com", "serviceusage.googleapis.com")

Thing = dict[str, Any]


@dataclass
class Project:
    """Everything by its path, and the policy of each.

    `late`: so often what was just made is not known yet where a policy names it. `changed`: the methods that changed
    something, in order.
    """

    id: str
    number: str
    things: dict[str, Thing] = field(default_factory=dict[str, Thing])
    policies: dict[str, Thing] = field(default_factory=dict[str, Thing])
    enabled: set[str] = field(default_factory=lambda: set(ALWAYS))
    refusals: dict[str, list[Refusal]] = field(default_factory=dict[str, list[Refusal]])
    changed: list[str] = field(default_factory=list[str])

    def play(self, internet: Internet) -> None:
        """Answer for the APIs' hosts."""
        site = Flask(__name__, static_folder=None)
        verbs = ["GET", "POST", "PATCH", "PUT"]
        site.add_url_rule("/<path:_path>", view_func=self._answer, methods=verbs)
        internet.play("|".join(host.replace(".", r"\.") for host in HOSTS), site)

    def _answer(self, _path: str) -> Response:
        try:
            return Response(json.dumps(self._done()), mimetype="application/json")
        except Refusal as refusal:
            return refusal.answer()

    def _done(self) -> Thing:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        asked = method(HOSTS[request.host], request.method, request.path.removeprefix("/storage/v1"))
        assert asked, f"no method is {request.method} {request.path}"
        body = request.get_json() if request.get_data() else None
        problems = [*wrong(asked.request, body), *(set(request.args) - asked.parameters)]
        if problems:
            raise Refusal(400, "INVALID_ARGUMENT", f"{asked.id}: {problems}")
        if self.refusals.get(asked.id):
            raise self.refusals[asked.id].pop(0)
        if request.host not in self.enabled:
            raise Refusal(403, "PERMISSION_DENIED", f"{request.host} has not been used", "SERVICE_DISABLED")
        if request.method != "GET" and "getIamPolicy" not in asked.id:
            self.changed.append(asked.id)
        told = getattr(self, f"_{asked.id.rpartition('.')[2]}")(asked.id, self._path(), body)
        assert not wrong(asked.response, {name: each for name, each in told.items() if name != "response"}), asked.id
        return told

    def _path(self) -> str:
        """What is asked for, by its name: the project by its id, whichever way it is named."""
        path = request.path.lstrip("/").removeprefix("storage/").removeprefix("dns/").partition("/")[2]
        return path.partition(":")[0].removesuffix("/iam").replace(f"projects/{self.number}", f"projects/{self.id}")

    def _get(self, id_: str, path: str, _body: Any) -> Thing:
        if id_ == "cloudresourcemanager.projects.get":
            return {"name": f"projects/{self.number}", "projectId": self.id, "state": "ACTIVE"}
        if path not in self.things:
            raise Refusal(404, "NOT_FOUND", f"{path} was not found")
        return self.things[path]

    def _batchGet(self, _id: str, path: str, _body: Any) -> Thing:  # noqa: N802 - Google's own name
        return {"services": [self._service(name) for name in request.args.getlist("names")]}

    def _service(self, name: str) -> Thing:
        return {"name": name, "state": "ENABLED" if name.rpartition("/")[2] in self.enabled else "DISABLED"}

    def _batchEnable(self, _id: str, path: str, body: Any) -> Thing:  # noqa: N802 - Google's own name
        self.enabled |= set(body["serviceIds"])
        return {"name": "operations/enable", "done": True}

    def _insert(self, _id: str, path: str, body: Any) -> Thing:
        assert request.args["project"] == self.id
        made = {**body, "projectNumber": self.number}
        self.things[f"b/{body['name']}"] = made
        return made

    def _create(self, id_: str, path: str, body: Any) -> Thing:
        match id_.rpartition(".")[0].rpartition(".")[2]:
            case "roles":
                self.things[f"{path}/{body['roleId']}"] = body["role"]
                return body["role"]
            case "serviceAccounts":
                email = f"{body['accountId']}@{self.id}.iam.gserviceaccount.com"
                self.things[f"{path}/{email}"] = {**body["serviceAccount"], "email": email}
                return self.things[f"{path}/{email}"]
            case "keyRings":
                name = f"{path}/{request.args['keyRingId']}"
                self.things[name] = {"name": name}
                return self.things[name]
            case "cryptoKeys":
                assert path.removesuffix("/cryptoKeys") in self.things
                name = f"{path}/{request.args['cryptoKeyId']}"
                primary = {"name": f"{name}/cryptoKeyVersions/1", "state": "ENABLED"}
                self.things[name] = {**body, "name": name, "primary": primary}
                return self.things[name]
            case kind:
                (name,) = (value for key, value in request.args.items() if key.endswith("Id"))
                assert kind in ("workloadIdentityPools", "providers")
                self.things[f"{path}/{name}"] = {**body, "state": "ACTIVE"}
                return {"name": f"{path}/{name}/operations/make", "done": True}

    def _patch(self, id_: str, path: str, body: Any) -> Thing:
        thing = self._get("", path, None)
        if "updateMask" in request.args:
            assert set(request.args["updateMask"].split(",")) == set(body)
        thing.update(body)
        return {"name": f"{path}/operations/change", "done": True} if "Pools" in id_ else thing

    def _undelete(self, id_: str, path: str, _body: Any) -> Thing:
        thing = self._get("", path, None)
        if "Pools" in id_:
            thing["state"] = "ACTIVE"
            return {"name": f"{path}/operations/revive", "done": True}
        del thing["deleted"]
        return thing

    def _getIamPolicy(self, _id: str, path: str, body: Any) -> Thing:  # noqa: N802 - Google's own name
        version = request.args.get("optionsRequestedPolicyVersion") or request.args.get(
            "options.requestedPolicyVersion"
        )
        assert int(version or body["options"]["requestedPolicyVersion"]) == 3
        return self.policies.get(path, {"etag": "BwA=", "version": 1})

    def _setIamPolicy(self, _id: str, path: str, body: Any) -> Thing:  # noqa: N802 - Google's own name
        policy = body.get("policy", body)
        if policy.get("etag") != self.policies.get(path, {"etag": "BwA="})["etag"]:
            raise Refusal(409, "ABORTED", "There were concurrent policy changes.")
        for binding in policy["bindings"]:
            self._known(binding)
        self.policies[path] = {**policy, "etag": f"Bw{len(self.changed)}="}
        return self.policies[path]

    def _known(self, binding: Thing) -> None:
        """A policy names roles and accounts that are there, and a condition has a title."""
        role, members = binding["role"], [each.partition(":")[2] for each in binding["members"]]
        accounts = [
            f"projects/{self.id}/serviceAccounts/{each}" for each in members if each.endswith("iam.gserviceaccount.com")
        ]
        missing = [each for each in (role, *accounts) if not each.startswith("roles/") and each not in self.things]
        if missing or not binding.get("condition", {"title": "-"})["title"]:
            raise Refusal(400, "INVALID_ARGUMENT", f"{missing} does not exist.")
