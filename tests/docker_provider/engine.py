"""The Docker Engine that a session works on: its client, its images, the names of labels and times."""

import re
from typing import Any

import docker
import docker.errors

from tools.offline.backend import Failure
from tools.offline.values import Values

SOCKET = "unix:///var/run/docker.sock"
# A stop with a long grace is one request.
TIMEOUT = 600

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_NANOSECONDS = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}


def connect(host: str | None) -> docker.APIClient:
    """The Engine's API. Raises Failure when nobody answers there."""
    try:
        return docker.APIClient(base_url=host or SOCKET, version="auto", timeout=TIMEOUT)
    except docker.errors.DockerException as error:
        raise Failure(f"the Docker Engine at {host or SOCKET} cannot be reached: {error}") from None


def find_image(api: docker.APIClient, name: str, logins: list[Values], platform: str | None = None) -> Values:
    """The image of this name in the Engine, pulled when it is not there."""
    found = local_image(api, name)
    if found is None:
        registry = name.partition("/")[0]
        login = next((entry for entry in logins if entry.get("address", "").split("://")[-1] == registry), None)
        auth = {"username": login.get("username"), "password": login.get("password")} if login else None
        try:
            for said in api.pull(name, auth_config=auth, platform=platform, stream=True, decode=True):
                if "error" in said:
                    raise Failure(f"unable to pull image {name}: {said['error']}")
        except docker.errors.APIError as error:
            raise Failure(f"unable to pull image {name}: {error.explanation}") from None
        found = local_image(api, name)
    if found is None:
        raise Failure(f"unable to find or pull image {name}")
    return found


def local_image(api: docker.APIClient, name: str) -> Values | None:
    try:
        return api.inspect_image(name)
    except docker.errors.NotFound:
        return None


def labels(listed: list[Values] | None) -> dict[str, str]:
    """The SDK's list of labels as the API has them."""
    return {entry["label"]: entry["value"] for entry in listed or []}


def nanoseconds(duration: str) -> int:
    """`1m30s` in nanoseconds. Raises ValueError for what is no duration of Go's."""
    parts = _DURATION.findall(duration)
    if duration != "0" and "".join(number + unit for number, unit in parts) != duration:
        raise ValueError(f"{duration!r} is no duration such as 30s or 1m30s")
    return round(sum(float(number) * _NANOSECONDS[unit] for number, unit in parts))


def only(known: dict[str, Any]) -> Values:
    """The entries that are set."""
    return {name: value for name, value in known.items() if value is not None}
