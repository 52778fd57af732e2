"""Google Cloud, as programs ask it themselves: its login, Cloud Run and Cloud Logging, played on loopback.

Each request, and each answer, is held to Google's own description of its APIs.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request

from tests.offline.internet.cloud_logging import Logs
from tests.offline.internet.cloud_run import CloudRun
from tests.offline.internet.discovered import Method, method, wrong
from tests.offline.internet.internet import Internet

TOKEN = "offline"
ADDRESSES = r"[a-z0-9-]+\.a\.run\.app|[a-z0-9.-]+\.run\.app"
LOGIN = r"(oauth2|iamcredentials)\.googleapis\.com"
APIS = {"run.googleapis.com": "run.v2", "logging.googleapis.com": "logging.v2"}

Answer = dict[str, Any]


class Refusal(Exception):
    """What is answered to a request that is not done."""

    def __init__(self, status: int, code: str, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.reason = status, code, message, reason

    def answer(self) -> Response:
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": self.reason, "domain": "googleapis.com"}
        error = {"code": self.status, "status": self.code, "message": self.message}
        told = {**error, "details": [info]} if self.reason else error
        return Response(json.dumps({"error": told}), self.status, mimetype="application/json")


@dataclass
class Google:
    """Google Cloud of one test.

    `refusals`: what the next requests are answered with, whatever they ask. `asked`: the methods that were asked.
    """

    run: CloudRun
    logs: Logs = field(default_factory=Logs)
    refusals: list[Refusal] = field(default_factory=list[Refusal])
    asked: list[str] = field(default_factory=list[str])

    def play(self, internet: Internet) -> None:
        """Answer for the login, the APIs, and the addresses of services."""
        internet.play(LOGIN, _token_site())
        internet.play("|".join(map(re.escape, APIS)), self._site())
        internet.play(ADDRESSES, self.service())

    def service(self) -> Flask:
        """What the address of a service answers: the deployment that the request gets to."""
        site = Flask(__name__, static_folder=None)
        site.add_url_rule("/version", view_func=self._version)
        return site

    def _version(self) -> Response:
        revision = self.run.answering(request.host)
        if revision is None:
            return Response(status=404)
        labels = revision["labels"]
        said = {"revision": labels["slipway-revision"], "deployment": labels["slipway-deployment"]}
        return Response(json.dumps(said), mimetype="application/json")

    def _site(self) -> Flask:
        site = Flask(__name__, static_folder=None)
        site.add_url_rule("/<path:_path>", view_func=self._answer, methods=["GET", "POST", "DELETE", "PATCH"])
        return site

    def _answer(self, _path: str) -> Response:
        try:
            return self._done()
        except Refusal as refusal:
            return refusal.answer()

    def _done(self) -> Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise Refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        asked = method(APIS[request.host], request.method, request.path)
        if asked is None:
            raise Refusal(404, "NOT_FOUND", f"no method is {request.method} {request.path}")
        self.asked.append(asked.id)
        if self.refusals:
            raise self.refusals.pop(0)
        body = request.get_json() if request.get_data() else None
        self._hold(asked, body)
        self.run.look()
        told = self._act(asked)(request.path, body or {}, dict(request.args))
        problems = wrong(asked.response, _without_any(told))
        assert not problems, (asked.id, problems)
        return Response(json.dumps(told), mimetype="application/json")

    def _hold(self, asked: Method, body: Any) -> None:
        unknown = [name for name in request.args if name not in asked.parameters]
        problems = [*(f"there is no parameter {name}" for name in unknown), *wrong(asked.request, body)]
        if problems:
            raise Refusal(400, "INVALID_ARGUMENT", f"{asked.id}: {'; '.join(problems)}")

    def _act(self, asked: Method) -> Callable[[str, Mapping[str, Any], Mapping[str, str]], Answer]:
        name = asked.id.removeprefix("run.projects.locations.").replace(".", "_")
        act = {"logging.entries.list": self._entries}.get(asked.id) or getattr(self.run, name, None)
        if act is None:
            raise NotImplementedError(f"{asked.id} is not played")

        def done(path: str, body: Mapping[str, Any], args: Mapping[str, str]) -> Answer:
            try:
                return act(path.removeprefix("/v2/").partition(":")[0], body, args)
            except LookupError as error:
                raise Refusal(404, "NOT_FOUND", f"Resource '{error.args[0]}' was not found.") from None

        return done

    def _entries(self, _path: str, body: Mapping[str, Any], _args: Mapping[str, str]) -> Answer:
        return self.logs.listed(body)


def _token_site() -> Flask:
    site = Flask(__name__, static_folder=None)

    def token() -> Response:
        assert request.form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        told = {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}
        return Response(json.dumps(told), mimetype="application/json")

    def everywhere(path: str) -> Response:
        assert path.endswith("/allowedLocations")
        return Response(json.dumps({"encodedLocations": "0x0"}), mimetype="application/json")

    site.add_url_rule("/token", view_func=token, methods=["POST"])
    site.add_url_rule("/<path:path>", view_func=everywhere)
    return site


def _without_any(told: Answer) -> Answer:
    """Without what the description knows no more of than that it is something, and its type by name."""
    return {name: value for name, value in told.items() if name not in ("metadata", "response")}
