"""Azure, asked by its own APIs: for what no provider declares, and for looking at what runs."""

# azure-identity and requests have types for some of it alone.
# pyright: basic

import functools
import os
import random
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from infra.errors import DeploymentError

if TYPE_CHECKING:
    from requests import Response

ARM = "https://management.azure.com"
LOGS = "https://api.loganalytics.io"

# Of Microsoft.App: what azure-mgmt-appcontainers 5.1 asks for.
VERSION = "2026-07-01"

# So often a question is put; the pause between doubles, from one second, and is longer where Azure says so.
ATTEMPTS = 6
LONGEST_PAUSE = 16.0
TIMEOUT = 60

# Seconds that something which Azure does by and by may take, and between two looks at it.
DONE = 900
POLL = 3.0

WHOSE = "az account show says whose they are"
LOGIN = "az login"
AGAIN = "Fix: make up again, which goes on with what it finds"

# https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling, read 2026-11-30:
# Azure did nothing of what it throttles; what else failed for a while may have been done.
_THROTTLED = 429
_FOR_A_WHILE = frozenset({500, 502, 503, 504})
_UNKNOWN, _DENIED, _MISSING, _CONFLICT = 401, 403, 404, 409
_LEAST_ERROR = 400

# The code of a conflict with what is being done to the same thing already.
_BUSY = "OperationInProgress"


class Refused(Exception):
    """What Azure answered to a question that it did not do. `said` is its own message, `code` a word of its own."""

    def __init__(self, status: int, code: str, said: str) -> None:
        super().__init__(said)
        self.status, self.code, self.said = status, code, said

    @property
    def missing(self) -> bool:
        """Whether there is no such thing."""
        return self.status == _MISSING

    @property
    def begun(self) -> bool:
        """Whether it was taken up, and failed afterwards."""
        return self.status < _LEAST_ERROR

    @property
    def busy(self) -> bool:
        """Whether something else is being done to it, after which it can be asked again."""
        return self.status == _CONFLICT and self.code.endswith(_BUSY)


class Session:
    """A resource group, asked with the login of whoever runs the program."""

    def __init__(self, subscription: str, group: str) -> None:
        self.subscription, self.group = subscription, group

    @property
    def place(self) -> str:
        """What the ids of everything of Microsoft.App in the group begin with."""
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}/providers/Microsoft.App"

    @functools.cached_property
    def _http(self) -> Any:
        import requests

        return requests.Session()

    @functools.cached_property
    def _login(self) -> Any:
        return _login()

    def _token(self, host: str) -> str:
        """For a place that is asked; kept by azure-identity as long as it holds."""
        from azure.core.exceptions import ClientAuthenticationError

        try:
            return str(self._login.get_token(f"{host}/.default").token)
        except (ValueError, OSError) as error:
            raise ClientAuthenticationError(message=str(error)) from error

    def token_of(self, app: str) -> str:
        """What the replicas of an app, by its id, take for a login: for their lines, and for commands in them."""
        return str(self.post(f"{app}/getAuthtoken", again=True)["properties"]["token"])

    def text(self, url: str, token: str, asked: Mapping[str, str]) -> str:
        """What is there as plain text, by a token of its own."""
        return self._asked("GET", url, again=True, params=asked, headers={"Authorization": f"Bearer {token}"}).text

    def get(self, path: str, version: str = VERSION) -> dict[str, Any]:
        """What is there by an id. Raises Refused."""
        return _body(self._asked("GET", ARM + path, again=True, params={"api-version": version}))

    def listed(self, path: str) -> Iterator[dict[str, Any]]:
        """All that is there, of every page."""
        url, params = ARM + path, {"api-version": VERSION}
        while url:
            page = _body(self._asked("GET", url, again=True, params=params))
            yield from page.get("value", ())
            # It carries the version itself.
            url, params = page.get("nextLink") or "", {}

    def query(self, workspace: str, kql: str) -> dict[str, Any]:
        """What a workspace of Log Analytics, by its customer id, answers."""
        return _body(self._asked("POST", f"{LOGS}/v1/workspaces/{workspace}/query", again=True, json={"query": kql}))

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, again: bool = False) -> dict[str, Any]:
        """Have something done, to its end. `again`: it may be asked twice without harm."""
        return self._done("POST", path, again=again, body=body)

    def patch(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change what is there, to its end: twice does no harm."""
        return self._done("PATCH", path, again=True, body=body)

    def _done(self, method: str, path: str, *, again: bool, body: Mapping[str, Any] | None) -> dict[str, Any]:
        begun = time.monotonic()
        while True:
            try:
                response = self._asked(method, ARM + path, again=again, json=body, params={"api-version": VERSION})
                break
            except Refused as refused:
                if not refused.busy or time.monotonic() - begun > DONE:
                    raise
                time.sleep(POLL)
        return self._finished(response, begun)

    def _finished(self, response: "Response", begun: float) -> dict[str, Any]:
        """https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations, read 2026-11-30."""
        status = response.headers.get("Azure-AsyncOperation")
        where = status or response.headers.get("Location")
        answer = _body(response)
        while where:
            if time.monotonic() - begun > DONE:
                raise DeploymentError(f"Azure is not done after {DONE} s with what was asked of {self.group}. {AGAIN}")
            time.sleep(min(_after(response) or POLL, POLL))
            response = self._asked("GET", where, again=True)
            told = _body(response)
            if status is None:
                if response.status_code != 202:
                    return answer or told
            elif told.get("status") in ("Failed", "Canceled"):
                error: Mapping[str, Any] = told.get("error") or {}
                said = error.get("message") or "Azure does not say why"
                raise Refused(response.status_code, error.get("code", ""), _line(said))
            elif told.get("status") == "Succeeded":
                return answer
        return answer

    def _asked(self, method: str, url: str, *, again: bool, **more: Any) -> "Response":
        host = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        pause = 1.0
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(min(pause, LONGEST_PAUSE) * random.uniform(0.8, 1.2))  # noqa: S311 -- a pause
            login = {} if "headers" in more else {"headers": {"Authorization": f"Bearer {self._token(host)}"}}
            response: Response = self._http.request(method, url, timeout=TIMEOUT, **login, **more)
            if response.ok:
                return response
            if response.status_code != _THROTTLED and not (again and response.status_code in _FOR_A_WHILE):
                break
            pause = max(2.0**attempt, _after(response))
        raise _refusal(response)


# One in a process: what is asked once a second must not log in each time.
session = functools.cache(Session)


@contextmanager
def connected(subscription: str, group: str) -> Generator[Session]:
    """A session, with the credentials that Pulumi's own provider would take.

    Raises:
        DeploymentError: there are no credentials, Azure does not take them, or it refuses what is asked of it.
    """
    from azure.core.exceptions import AzureError
    from requests import RequestException

    try:
        yield session(subscription, group)
    except Refused as error:
        raise DeploymentError(_told(error, subscription, group)) from error
    except RequestException as error:
        raise DeploymentError(f"Azure does not answer ({_line(error)}). Fix: look at the network") from error
    except AzureError as error:
        raise DeploymentError(
            f"Azure cannot be asked without credentials that it takes ({_line(error)}). Fix: {LOGIN}; {WHOSE}"
        ) from error


def _login() -> Any:
    """By the variables, and in the order, of https://github.com/pulumi/pulumi-azure-native, read 2026-11-30."""
    from azure import identity

    def given(name: str) -> str:
        return os.environ.get(f"ARM_{name}", "")

    if given("USE_DEFAULT_AZURE_CREDENTIAL") == "true":
        return identity.DefaultAzureCredential()
    tenant, client = given("TENANT_ID"), given("CLIENT_ID")
    if given("CLIENT_CERTIFICATE_PATH"):
        password = given("CLIENT_CERTIFICATE_PASSWORD") or None
        return identity.CertificateCredential(tenant, client, given("CLIENT_CERTIFICATE_PATH"), password=password)
    if given("CLIENT_SECRET"):
        return identity.ClientSecretCredential(tenant, client, given("CLIENT_SECRET"))
    if given("USE_OIDC") == "true":
        return identity.ClientAssertionCredential(tenant, client, _assertion)
    if given("USE_MSI") == "true":
        return identity.ManagedIdentityCredential(client_id=client or None)
    return identity.AzureCliCredential(tenant_id=tenant)


def _assertion() -> str:
    """The token that tells Azure who asks: given, in a file, or had from GitHub."""
    import requests

    if os.environ.get("ARM_OIDC_TOKEN"):
        return os.environ["ARM_OIDC_TOKEN"]
    if os.environ.get("ARM_OIDC_TOKEN_FILE_PATH"):
        return Path(os.environ["ARM_OIDC_TOKEN_FILE_PATH"]).read_text(encoding="utf-8")
    url, token = (
        os.environ.get(f"ARM_OIDC_REQUEST_{name}") or os.environ.get(f"ACTIONS_ID_TOKEN_REQUEST_{name}")
        for name in ("URL", "TOKEN")
    )
    if not url:
        raise ValueError("ARM_USE_OIDC is set, and no variable says where the token is")
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.get(url, {"audience": "api://AzureADTokenExchange"}, headers=headers, timeout=TIMEOUT)
    answer.raise_for_status()
    return str(answer.json()["value"])


def _after(response: "Response") -> float:
    """Seconds after which Azure wants to be asked again; none where it does not say, or says a date."""
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isdigit() else 0.0


def _body(response: "Response") -> dict[str, Any]:
    return dict(response.json()) if response.content else {}


def _refusal(response: "Response") -> Refused:
    try:
        told = response.json()
        error = told.get("error", told)
        return Refused(response.status_code, error.get("code", ""), _line(error["message"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        said = _line(response.reason or response.text[:200])
        return Refused(response.status_code, "", said or f"status {response.status_code}")


def _told(error: Refused, subscription: str, group: str) -> str:
    said = error.said
    if error.code == "MissingSubscriptionRegistration":
        fix = f"az provider register --namespace Microsoft.App --subscription {subscription}"
        return f"the subscription {subscription} is not registered for Container Apps ({said}). Fix: {fix}"
    if error.status == _UNKNOWN:
        return f"Azure does not take the credentials ({said}). Fix: {LOGIN}; {WHOSE}"
    if error.status == _DENIED:
        return f"the credentials of Azure may not do that in {group} ({said}). Fix: {WHOSE}; give that right"
    if error.status == _THROTTLED:
        return f"Azure throttles {subscription}, {ATTEMPTS} times in a row ({said}). Fix: the same again in a minute"
    return f"Azure refuses what is asked of {group}: {said} ({error.code or error.status})"


def _line(said: object) -> str:
    return " ".join(str(said).split()).rstrip(".")
