"""A cluster's API, asked through Kubernetes' own client: what no provider declares, and a look at what runs."""

# The client has types for some of it alone.
# pyright: basic

import json
import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from infra.errors import DeploymentError

TIMEOUT = 30
# So often a question that changes nothing is put anew where the API server could not be reached.
ATTEMPTS = 4

_MISSING, _CONFLICT, _LEAST_ERROR = 404, 409, 400


class Refused(Exception):
    """What the API server did not do. `said` is its own message."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said

    @property
    def missing(self) -> bool:
        """Whether there is no such thing."""
        return self.status == _MISSING

    @property
    def there(self) -> bool:
        """Whether there is one already, or it is not what it was."""
        return self.status == _CONFLICT


@dataclass(frozen=True)
class Cluster:
    """How a cluster is reached: a kubeconfig, which is a file's name or its content, and a context of it."""

    context: str | None = None
    kubeconfig: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Cluster":
        """From what a dynamic resource was given."""
        return cls(given.get("context"), given.get("kubeconfig"))

    @classmethod
    def by_file(cls, given: Mapping[str, Any]) -> "Cluster":
        """By the kubeconfig that a stack's options name, as a person writes it."""
        context, kubeconfig = given.get("context"), given.get("kubeconfig")
        return cls(str(context) if context else None, str(Path(kubeconfig).expanduser()) if kubeconfig else None)

    def __str__(self) -> str:
        return f"the context {self.context}" if self.context else "the cluster"


class Session:
    """Questions to one cluster."""

    def __init__(self, client: Any, cluster: Cluster) -> None:
        self._client, self._configuration, self._cluster = client, client.configuration, cluster

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """What is there. Raises Refused."""
        return json.loads(self._asked("GET", _with(path, query)))

    def every(self, path: str, labels: Mapping[str, str]) -> list[dict[str, Any]]:
        """All of a kind that have these labels."""
        selector = ",".join(f"{name}={value}" for name, value in sorted(labels.items()))
        return self.get(path, labelSelector=selector).get("items") or []

    def find(self, path: str) -> dict[str, Any] | None:
        """What is there; None where there is no such thing. Raises Refused for all else."""
        try:
            return self.get(path)
        except Refused as refused:
            if refused.missing:
                return None
            raise

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make something. Raises Refused."""
        return json.loads(self._asked("POST", path, body))

    def delete(self, path: str) -> None:
        """Take something away with all that it made; what is not there is gone already."""
        try:
            self._asked("DELETE", path, {"propagationPolicy": "Foreground"})
        except Refused as refused:
            if not refused.missing:
                raise

    def text(self, path: str, **query: str) -> str:
        """An answer that is no JSON, such as a log."""
        return self._asked("GET", _with(path, query)).decode(errors="replace")

    def lines(self, path: str, **query: str) -> Iterator[str]:
        """The lines of an answer that goes on, as they come."""
        answer = self._send("GET", _with(path, query), None, timeout=None, stream=True)
        if answer.status >= _LEAST_ERROR:
            raise _refused(answer.status, answer.read())
        begun = b""
        for chunk in answer.stream(65536):
            *whole, begun = (begun + chunk).split(b"\n")
            yield from (line.decode(errors="replace") for line in whole)
        if begun:
            yield begun.decode(errors="replace")

    def websocket(self, path: str, query: list[tuple[str, str]], protocol: str) -> tuple[Any, str, dict[str, str]]:
        """What Kubernetes' client opens a websocket with: its configuration, the address, the headers."""
        headers = {**self._headers(), "sec-websocket-protocol": protocol}
        host = str(self._configuration.host).replace("http", "ws", 1)
        return self._configuration, f"{host}{path}?{urlencode(query)}", headers

    def _asked(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> bytes:
        answer = self._send(method, path, body, timeout=TIMEOUT, stream=False)
        if answer.status >= _LEAST_ERROR:
            raise _refused(answer.status, answer.data)
        return answer.data

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None, *, timeout: Any, stream: bool) -> Any:
        from urllib3 import Retry
        from urllib3.exceptions import HTTPError

        headers = {**self._headers(), "accept": "application/json, */*"}
        again = Retry(total=ATTEMPTS if method == "GET" else 0, backoff_factor=0.3, redirect=False)
        try:
            return self._client.rest_client.pool_manager.request(
                method,
                self._configuration.host + path,
                body=None if body is None else json.dumps(body).encode(),
                headers={**headers, **({"content-type": "application/json"} if body is not None else {})},
                timeout=timeout,
                retries=again,
                preload_content=not stream,
            )
        except (HTTPError, OSError) as error:
            rule = f"{self._cluster} does not answer at {self._configuration.host} ({_reason(error)})"
            raise DeploymentError(
                f"{rule}. Fix: see that the cluster runs and is reached: {_look(self._cluster)}"
            ) from error

    def _headers(self) -> dict[str, str]:
        # Some logins are good for minutes: the kubeconfig says which program renews them.
        if self._configuration.refresh_api_key_hook:
            self._configuration.refresh_api_key_hook(self._configuration)
        told = self._configuration.auth_settings().get("BearerToken")
        return {"authorization": told["value"]} if told and told["value"] else {}


@contextmanager
def connected(cluster: Cluster) -> Generator[Session]:
    """A session with a cluster.

    Raises:
        DeploymentError: there is no such kubeconfig or context, the cluster does not answer, or it refuses what is
            asked of it.
    """
    session = Session(_client(cluster), cluster)
    try:
        yield session
    except Refused as refused:
        raise DeploymentError(f"{cluster} answered {refused.status}: {refused.said}") from refused


def contexts(kubeconfig: str | None) -> list[str]:
    """The names of a kubeconfig's contexts, whichever is current. Raises DeploymentError where none can be read."""
    import yaml

    files = [Path(each) for each in where(kubeconfig).split(os.pathsep) if each]
    try:
        told = [yaml.safe_load(file.read_text(encoding="utf-8")) or {} for file in files if file.is_file()]
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise _unread(kubeconfig, error) from error
    if not told:
        raise _unread(kubeconfig, FileNotFoundError("there is no such file"))
    return sorted(str(each.get("name")) for one in told for each in one.get("contexts") or ())


def _client(cluster: Cluster) -> Any:
    # Only here: no plan needs it, and it takes half a second.
    import yaml
    from kubernetes.config import ConfigException, new_client_from_config, new_client_from_config_dict

    given = cluster.kubeconfig
    try:
        if given and "\n" in given:
            return new_client_from_config_dict(yaml.safe_load(given), context=cluster.context, persist_config=False)
        known = contexts(given)
        if cluster.context and cluster.context not in known:
            rule = f"{where(given)} has no context {cluster.context} (there are: {', '.join(known) or 'none'})"
            fix = f"pulumi config set --path service:options.context {known[0] if known else '...'}"
            raise DeploymentError(f"service:options.context: {rule}. Fix: {fix}")
        return new_client_from_config(given, context=cluster.context, persist_config=False)
    except (ConfigException, OSError, yaml.YAMLError) as error:
        raise _unread(given, error) from error


def _unread(kubeconfig: str | None, error: Exception) -> DeploymentError:
    rule = f"{where(kubeconfig)} cannot be read ({_reason(error)})"
    fix = "export KUBECONFIG=<the file that your cluster gave you>, or set service:options.kubeconfig"
    return DeploymentError(f"{rule}. Fix: {fix}")


def where(kubeconfig: str | None) -> str:
    """The kubeconfig, by the name of its file."""
    return kubeconfig or os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")


def _look(cluster: Cluster) -> str:
    return f"kubectl --context {cluster.context} cluster-info" if cluster.context else "kubectl cluster-info"


def _with(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _refused(status: int, body: bytes) -> Refused:
    try:
        said = json.loads(body)["message"]
    except (ValueError, KeyError, TypeError):
        said = body.decode(errors="replace").strip()[:300]
    return Refused(status, str(said))


def _reason(error: Exception) -> str:
    return " ".join(str(getattr(error, "reason", None) or error).split())[:300]


def of_namespace(version: str, namespace: str, plural: str, *names: str) -> str:
    """The path of objects in a namespace, or of one of them."""
    root = "/apis" if "/" in version else "/api"
    return "/".join([root, version, "namespaces", quote(namespace), plural, *map(quote, names)])
