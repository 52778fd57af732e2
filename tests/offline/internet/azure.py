"""Azure, as programs ask it themselves: its login, Resource Manager, Log Analytics and consoles, played on loopback.

Each request, and each answer, is held to Microsoft's own description of Container Apps' API.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request

from tests.offline.internet import console
from tests.offline.internet.container_apps import ContainerApps, Given, Refusal
from tests.offline.internet.internet import Internet, Site
from tests.offline.internet.microsoft import Operation, operation, version, wrong

TOKEN = "offline"
TENANT, CLIENT = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
# What of the surroundings of a test would lead to another login, and what leads to this one.
OTHERS = [
    "ARM_USE_OIDC",
    "ARM_USE_MSI",
    "ARM_USE_DEFAULT_AZURE_CREDENTIAL",
    "ARM_CLIENT_CERTIFICATE_PATH",
    "ARM_OIDC_TOKEN",
    "ARM_OIDC_TOKEN_FILE_PATH",
    "ARM_OIDC_REQUEST_URL",
    "ARM_OIDC_REQUEST_TOKEN",
    "ARM_CLIENT_SECRET",
    "ARM_TENANT_ID",
    "ARM_CLIENT_ID",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "AZURE_CONFIG_DIR",
]
LOGIN = {"ARM_TENANT_ID": TENANT, "ARM_CLIENT_ID": CLIENT, "ARM_CLIENT_SECRET": "offline-too"}

ADDRESSES = r"[a-z0-9.-]+\.azurecontainerapps\.io"
RUNNING = "/subscriptions/s/providers/Microsoft.App/locations/westeurope/operations"

# The models of requests and answers, by what operations end with.
_SENT = {"container_apps_update": "ContainerApp", "jobs_start": "JobExecutionTemplate"}
_TOLD = {
    "container_apps_get": "ContainerApp",
    "container_apps_list_by_resource_group": "ContainerApp",
    "container_apps_update": "ContainerApp",
    "container_apps_get_auth_token": "ContainerAppAuthToken",
    "container_apps_revisions_list_revisions": "Revision",
    "container_apps_revisions_get_revision": "Revision",
    "container_apps_revision_replicas_list_replicas": "Replica",
    "managed_environments_get": "ManagedEnvironment",
    "jobs_list_by_resource_group": "Job",
    "jobs_get": "Job",
    "jobs_start": "JobExecutionBase",
    "jobs_executions_list": "JobExecution",
    "container_apps_api_job_execution": "JobExecution",
}


@dataclass
class Azure:
    """Azure of one test.

    `refusals`: what the next requests are answered with, whatever they ask. `asked`: the operations that were asked.
    `said`: what a command writes in a console, and how it ends; a shell of this machine's runs it otherwise. `streams`: lines, by the replica that writes them.
    """

    apps: ContainerApps
    refusals: list[Refusal] = field(default_factory=list[Refusal])
    asked: list[str] = field(default_factory=list[str])
    said: console.Said | None = None
    streams: dict[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    page: int = 100
    _doing: dict[str, tuple[int, Given]] = field(default_factory=dict[str, tuple[int, Given]])

    def play(self, internet: Internet) -> None:
        """Answer for the login, the APIs, and the addresses of apps."""
        internet.play(r"login\.microsoftonline\.com", _login_site())
        internet.play(r"management\.azure\.com", self._site(self._arm))
        internet.play(r"api\.loganalytics\.io", self._site(self._lines))
        internet.play(r"[a-z]+\.azurecontainerapps\.dev", _unasked(self._site(self._replica)))
        internet.play(ADDRESSES, self.service())

    def service(self) -> Flask:
        """What the address of an app answers: the deployment that the request gets to."""
        site = Flask(__name__, static_folder=None)
        site.add_url_rule("/version", view_func=self._version)
        return site

    def _version(self) -> Response:
        revision = self.apps.answering(request.host)
        if revision is None:
            return Response(status=404)
        env = {each["name"]: each.get("value") for each in revision["properties"]["template"]["containers"][0]["env"]}
        return _json({"revision": env["SERVICE_REVISION"], "deployment": env["SERVICE_DEPLOYMENT"]})

    def _site(self, answer: Callable[[], Response]) -> Flask:
        site = Flask(__name__, static_folder=None)

        def answered(_path: str) -> Response:
            try:
                return answer()
            except (Refusal, AssertionError) as error:
                # What is asked wrongly, or answered so, is told to whoever asked.
                refusal = error if isinstance(error, Refusal) else Refusal(501, "NotPlayed", str(error))
                after = {"Retry-After": refusal.after} if refusal.after else {}
                said = {"error": {"code": refusal.code, "message": refusal.message}}
                return Response(json.dumps(said), refusal.status, after, mimetype="application/json")

        site.add_url_rule("/<path:_path>", view_func=answered, methods=["GET", "POST", "DELETE", "PATCH"])
        return site

    def _arm(self) -> Response:
        self._logged_in()
        if request.path.startswith(RUNNING):
            return self._done(request.path.rpartition("/")[2])
        asked = operation(request.method, request.path)
        if asked is None:
            raise Refusal(404, "InvalidResourceType", f"no operation is {request.method} {request.path}")
        self._refused(asked.id)
        body = request.get_json() if request.get_data() else None
        self._hold(asked, body)
        self.apps.look()
        return self._answer(asked, self._act(asked, body or {}))

    def _logged_in(self) -> None:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise Refusal(401, "InvalidAuthenticationToken", "The access token is invalid.")

    def _refused(self, id_: str) -> None:
        self.asked.append(id_)
        if self.refusals:
            raise self.refusals.pop(0)

    def _hold(self, asked: Operation, body: Any) -> None:
        problems = [f"there is no parameter {name}" for name in request.args if name not in asked.parameters | {"skip"}]
        if request.args.get("api-version") != version():
            problems.append(f"the API's version is {version()}")
        if (body is not None) != (asked.id in _SENT):
            problems.append("a body where there is none, or none where there is one")
        elif body is not None:
            problems += wrong(_SENT[asked.id], body)
        if problems:
            raise Refusal(400, "InvalidRequestContent", f"{asked.id}: {'; '.join(problems)}")

    def _act(self, asked: Operation, body: Mapping[str, Any]) -> Given:
        act = getattr(self.apps, asked.id, None)
        if act is None:
            raise NotImplementedError(f"{asked.id} is not played")
        try:
            return act(request.path, body)
        except LookupError as error:
            raise Refusal(404, "ResourceNotFound", f"The Resource '{error.args[0]}' was not found.") from None

    def _answer(self, asked: Operation, told: Given) -> Response:
        if asked.id in _TOLD:
            for each in told.get("value", [told]):
                problems = wrong(_TOLD[asked.id], each, told=True)
                assert not problems, (asked.id, problems)
        if asked.id in _SENT:
            return self._by_and_by(asked, told)
        if "value" in told:
            told = self._paged(told["value"])
        return _json(told) if told else Response(status=200)

    def _by_and_by(self, asked: Operation, told: Given) -> Response:
        """What takes its time is told of elsewhere: how it is, or what came of it."""
        key = str(len(self._doing))
        where = f"https://{request.host}{RUNNING}/{key}?api-version={version()}"
        starts = asked.id == "jobs_start"
        self._doing[key] = (self.apps.slow, told if starts else {"status": "Succeeded"})
        headers = {"Location" if starts else "Azure-AsyncOperation": where, "Retry-After": "0"}
        return Response("" if starts else json.dumps(told), 202, headers, mimetype="application/json")

    def _done(self, key: str) -> Response:
        left, told = self._doing[key]
        self._doing[key] = (left - 1, told)
        if left > 0:
            running = {} if "name" in told else {"status": "InProgress"}
            return Response(json.dumps(running), 202 if "name" in told else 200, {"Retry-After": "0"})
        return _json(told)

    def _paged(self, found: list[Given]) -> Given:
        first = int(request.args.get("skip", 0))
        end = first + self.page
        more = f"https://{request.host}{request.path}?api-version={version()}&skip={end}"
        return {"value": found[first:end], **({"nextLink": more} if end < len(found) else {})}

    def _lines(self) -> Response:
        self._logged_in()
        workspace = re.fullmatch(r"/v1/workspaces/([0-9a-f-]+)/query", request.path)
        assert workspace, request.path
        self._refused("query")
        return _json(self.apps.lines.answer(request.get_json()["query"]))

    def _replica(self) -> Response:
        read = re.fullmatch(
            r"/subscriptions/[^/]+/resourceGroups/[^/]+/containerApps/(?P<app>[^/]+)/revisions/[^/]+"
            r"/replicas/(?P<replica>[^/]+)/containers/app/(?P<what>logstream|exec)",
            request.path,
        )
        assert read, request.path
        if request.headers.get("Authorization") != f"Bearer of {read['app']}":
            raise Refusal(401, "Unauthorized", "The token is invalid.")
        if read["what"] == "exec":
            assert dict(request.args) == {"command": "sh"}
            return console.serve(request.environ, self.said)
        assert dict(request.args) == {"follow": "false", "output": "text", "tailLines": "20"}
        return Response("\n".join(self.streams.get(read["replica"], ())), mimetype="text/plain")


def _unasked(site: Flask) -> Site:
    """A site that is not asked by Flask whether it speaks otherwise than HTTP: it does so by itself."""

    def answered(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        return site({**environ, "HTTP_UPGRADE": ""}, start)

    return answered


def _login_site() -> Flask:
    site = Flask(__name__, static_folder=None)
    place = f"https://login.microsoftonline.com/{TENANT}"

    def token(tenant: str) -> Response:
        assert (tenant, request.form["client_id"]) == (TENANT, CLIENT)
        assert request.form["scope"] in (
            "https://management.azure.com/.default",
            "https://api.loganalytics.io/.default",
        )
        return _json({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})

    def described(tenant: str) -> Response:
        assert tenant == TENANT
        of = {name: f"{place}/oauth2/v2.0/{name}" for name in ("authorize", "token", "devicecode")}
        ends = {f"{'device_authorization' if name == 'devicecode' else name}_endpoint": url for name, url in of.items()}
        ends["authorization_endpoint"] = ends.pop("authorize_endpoint")
        return _json({**ends, "issuer": f"{place}/v2.0"})

    def known() -> Response:
        hosts = {"preferred_network": "login.microsoftonline.com", "preferred_cache": "login.windows.net"}
        metadata = [{**hosts, "aliases": ["login.microsoftonline.com"]}]
        url = f"{place}/v2.0/.well-known/openid-configuration"
        return _json({"tenant_discovery_endpoint": url, "metadata": metadata})

    site.add_url_rule("/<tenant>/oauth2/v2.0/token", view_func=token, methods=["POST"])
    site.add_url_rule("/<tenant>/v2.0/.well-known/openid-configuration", view_func=described)
    site.add_url_rule("/common/discovery/instance", view_func=known)
    return site


def _json(told: Any) -> Response:
    return Response(json.dumps(told), mimetype="application/json")
