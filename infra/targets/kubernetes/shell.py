"""What is done inside a pod: a command, and a question to its own port, whatever the network lets through."""

# Kubernetes' client has no types for its streams.
# pyright: basic

import http.client
import json
from collections.abc import Callable
from typing import Any

from infra import probe
from infra.errors import DeploymentError
from infra.targets.kubernetes.names import CONTAINER
from infra.targets.kubernetes.session import Session, of_namespace

# https://kubernetes.io/docs/reference/using-api/api-concepts/#websockets and
# https://github.com/kubernetes/kubernetes/blob/v1.33.4/staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go
PROTOCOLS = "v5.channel.k8s.io, v4.channel.k8s.io"
OUT, ERR, STATUS = 1, 2, 3
ANSWER_TIMEOUT = 5
LONGEST_REFUSAL = 300
_NOT_FOUND = 127


def run(session: Session, namespace: str, pod: str, command: list[str], write: Callable[[int, bytes], None]) -> int:
    """Run a command in a pod, with its files, environment and secrets: its exit code.

    What it says goes to `write`, with 1 for its output and 2 for its errors, as it comes.

    Raises:
        DeploymentError: the cluster does not let it be run.
    """
    from kubernetes.client.exceptions import ApiException
    from kubernetes.stream import ws_client
    from websocket import WebSocketException

    path = of_namespace("v1", namespace, "pods", pod, "exec")
    asked = [("container", CONTAINER), ("stdout", "true"), ("stderr", "true"), *(("command", word) for word in command)]
    try:
        stream = ws_client.WSClient(*session.websocket(path, asked, PROTOCOLS), capture_all=False, binary=True)
    except (ApiException, WebSocketException, OSError) as error:
        raise DeploymentError(f"{pod} cannot be entered: {_reason(error)}") from error
    try:
        said = b""
        while stream.is_open():
            stream.update(timeout=ANSWER_TIMEOUT)
            for channel in (OUT, ERR):
                text = stream.read_channel(channel)
                if text:
                    write(channel, text)
            said += stream.read_channel(STATUS) or b""
    finally:
        stream.close()
    return _code(said)


def _code(said: bytes) -> int:
    """The exit code in what the cluster says in the end."""
    try:
        told = json.loads(said)
    except ValueError:
        raise DeploymentError("the connection ended before the command did") from None
    if told.get("status") == "Success":
        return 0
    causes = (told.get("details") or {}).get("causes") or ()
    for cause in causes:
        if cause.get("reason") == "ExitCode":
            return int(cause["message"])
    message = str(told.get("message", ""))
    if "not found" in message or "no such file" in message:
        raise DeploymentError(f"there is no such command in the pod ({message.rpartition(': exec: ')[2] or message})")
    raise DeploymentError(message or "the command could not be run")


def ask(session: Session, namespace: str, pod: str, port: int, path: str) -> str:
    """What a pod itself answers, in words; why it could not be asked, where it could not."""
    try:
        status, body = _answered(session, namespace, pod, port, path)
        if status != http.client.OK:
            return f"status {status}"
        content: Any = json.loads(body)
        return probe.told(content["revision"], content["deployment"])
    except _Unasked as error:
        return f"no answer ({error})"
    except (ValueError, KeyError, TypeError):
        return "an answer that is not the service's"


def refusal(session: Session, namespace: str, pod: str, port: int, path: str) -> str:
    """With what a pod itself says that it is not well, in one line; nothing where it says no such thing."""
    try:
        status, body = _answered(session, namespace, pod, port, path)
    except _Unasked:
        return ""
    said = " ".join(body.decode(errors="replace").split())[:LONGEST_REFUSAL]
    return "" if status == http.client.OK else f"{path} answers {status}: {said}"


class _Unasked(Exception):
    """A pod could not be asked, or did not answer."""


def _answered(session: Session, namespace: str, pod: str, port: int, path: str) -> tuple[int, bytes]:
    from kubernetes.client.exceptions import ApiException
    from kubernetes.stream import ws_client
    from websocket import WebSocketException

    try:
        tunnel = of_namespace("v1", namespace, "pods", pod, "portforward")
        configuration, url, headers = session.websocket(tunnel, [("ports", str(port))], "v4.channel.k8s.io")
        forward = ws_client.portforward_call(configuration, "GET", url, headers=headers)
    except (ApiException, WebSocketException, OSError) as error:
        raise _Unasked(_reason(error)) from error
    connection = http.client.HTTPConnection("localhost", timeout=ANSWER_TIMEOUT)
    try:
        connection.sock = forward.socket(port)
        connection.sock.settimeout(ANSWER_TIMEOUT)
        connection.request("GET", path, headers={"Accept": "application/json", "Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.read(65536)
    except (OSError, http.client.HTTPException) as error:
        raise _Unasked(str(error)) from error
    finally:
        connection.close()
        forward.close()


def unasked(answer: str) -> bool:
    """Whether an answer is none, since the pod could not be asked."""
    return answer.startswith("no answer")


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
