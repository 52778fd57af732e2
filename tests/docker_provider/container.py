"""docker.Container, for real: created, filled, started, waited for; updated in place; stopped and removed."""

import base64
import grp
import io
import pwd
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docker.errors

from infra.targets.docker.offline import CONTAINER as KIND
from tests.docker_provider.container_spec import MEBIBYTE, endpoint, judge, specification
from tests.docker_provider.engine import find_image, only
from tools.offline.backend import Failure, Found, Made, NotReady
from tools.offline.values import Values

if TYPE_CHECKING:
    from tests.docker_provider.backend import DockerSession

POLL_SECONDS = 0.2
UPDATED = ("restart", "maxRetryCount", "cpuShares", "memory", "memoryReservation", "cpuSet", "memorySwap")


def create(session: "DockerSession", inputs: Values) -> Made:
    api = session.api
    find_image(api, inputs["image"], session.logins)
    try:
        made = api.create_container_from_config(specification(inputs), inputs["name"], inputs.get("platform"))
    except docker.errors.APIError as error:
        raise Failure(f"unable to create container {inputs['name']}: {error.explanation}") from None
    id_ = made["Id"]
    logs: str | None = None
    try:
        _join(api, id_, inputs.get("networksAdvanced"))
        for upload in inputs.get("uploads", []):
            api.put_archive(id_, "/", _archive(upload))
        if inputs["start"]:
            api.start(id_)
            if inputs["wait"]:
                _wait_until_healthy(session, id_, inputs["waitTimeout"])
        if inputs["attach"]:
            api.wait(id_)
            logs = api.logs(id_).decode() if inputs["logs"] else None
    except (docker.errors.APIError, Failure) as error:
        reason = error.explanation if isinstance(error, docker.errors.APIError) else str(error)
        raise NotReady(id_, dict(inputs), f"container {inputs['name']} was created, but: {reason}") from None
    return Made(id_, _outputs(inputs, api.inspect_container(id_), logs))


def read(session: "DockerSession", id_: str, inputs: Values, outputs: Values) -> Found:
    found = session.api.inspect_container(id_)
    was = inputs or {"name": found["Name"].lstrip("/"), "image": found["Config"]["Image"]}
    seen = _seen(found, was)
    kept = {name: seen.get(name, value) for name, value in was.items()}
    return Found(found["Id"], kept, _outputs(kept, found, outputs.get("containerLogs")))


def update(session: "DockerSession", id_: str, old: Values, new: Values, outputs: Values) -> Values:
    api = session.api
    try:
        if outputs.get("mustRun") is False and new["mustRun"] and new["start"]:
            api.start(id_)
        if any(old.get(name) != new.get(name) for name in UPDATED):
            # Raw, because the SDK's own call leaves out what it takes for empty.
            limits = {
                "CpuShares": new.get("cpuShares", 0),
                "Memory": new.get("memory", 0) * MEBIBYTE,
                "MemoryReservation": new.get("memoryReservation", 0) * MEBIBYTE,
                "CpusetCpus": new.get("cpuSet", ""),
                "RestartPolicy": {"Name": new["restart"], "MaximumRetryCount": new.get("maxRetryCount", 0)},
            }
            swap = new.get("memorySwap")
            if swap:
                limits["MemorySwap"] = swap * MEBIBYTE if swap > 0 else swap
            api._raise_for_status(api._post_json(api._url("/containers/{0}/update", id_), data=limits))
    except docker.errors.APIError as error:
        raise Failure(f"unable to update container {new['name']}: {error.explanation}") from None
    return _outputs(new, api.inspect_container(id_), outputs.get("containerLogs"))


def delete(session: "DockerSession", id_: str, inputs: Values) -> None:
    api = session.api
    try:
        if not inputs.get("attach"):
            api.stop(id_, timeout=inputs.get("destroyGraceSeconds") or 0)
        api.remove_container(id_, v=inputs.get("removeVolumes", True), force=True)
    except docker.errors.NotFound:
        return
    except docker.errors.APIError as error:
        if "is already in progress" not in str(error.explanation):
            raise Failure(f"unable to remove container {inputs.get('name', id_)}: {error.explanation}") from None
    while _exists(api, id_):
        if session.stopped.wait(POLL_SECONDS):
            raise Failure(f"removing container {inputs.get('name', id_)} was cancelled")


def _join(api: docker.APIClient, id_: str, networks: list[Values] | None) -> None:
    if not networks:
        return
    try:
        api.disconnect_container_from_network(id_, "bridge")
    except docker.errors.APIError as error:
        if "is not connected to" not in str(error.explanation):
            raise
    for entry in networks:
        body = {"Container": id_, "EndpointConfig": endpoint(entry)}
        api._raise_for_status(api._post_json(api._url("/networks/{0}/connect", entry["name"]), data=body))


def _archive(upload: Values) -> bytes:
    match upload:
        case {"content": content}:
            data = content.encode()
        case {"contentBase64": content}:
            data = base64.b64decode(content)
        case _:
            data = Path(upload["source"]).read_bytes()
    header = tarfile.TarInfo(upload["file"])
    header.size = len(data)
    header.mode = int(upload.get("permissions") or ("744" if upload.get("executable") else "644"), 8)
    header.mtime = int(time.time())
    header.uid = _number(upload.get("owner"), lambda name: pwd.getpwnam(name).pw_uid)
    header.gid = _number(upload.get("group"), lambda name: grp.getgrnam(name).gr_gid)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(header, io.BytesIO(data))
    return archive.getvalue()


def _number(owner: str | None, look_up: Callable[[str], int]) -> int:
    """Numbers are taken as they are, names from this machine: so does the provider."""
    if not owner:
        return 0
    return int(owner) if owner.isdigit() else look_up(owner)


def _wait_until_healthy(session: "DockerSession", id_: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        health = session.api.inspect_container(id_)["State"].get("Health")
        if health is None:
            raise Failure("`wait` is given, but there is no health check")
        if health["Status"] == "healthy":
            return
        if time.monotonic() > deadline:
            said = (health.get("Log") or [{}])[-1].get("Output", "").strip()
            raise Failure(f"it was not healthy within {seconds} s{f'; its last check said: {said}' if said else ''}")
        if session.stopped.wait(POLL_SECONDS):
            raise Failure("waiting for it was cancelled")


def _exists(api: docker.APIClient, id_: str) -> bool:
    try:
        api.inspect_container(id_)
    except docker.errors.NotFound:
        return False
    return True


def _seen(found: Values, inputs: Values) -> Values:
    """What the Engine says of those inputs that it can tell truly."""
    config, host = found["Config"], found["HostConfig"]
    seen: dict[str, Any] = {
        "name": found["Name"].lstrip("/"),
        "image": found["Image"] if inputs["image"].startswith("sha256:") else config["Image"],
        "rm": host["AutoRemove"],
        "readOnly": host["ReadonlyRootfs"],
        "restart": host["RestartPolicy"]["Name"] or "no",
        "maxRetryCount": host["RestartPolicy"]["MaximumRetryCount"],
        "memory": host["Memory"] // MEBIBYTE,
        "memoryReservation": host["MemoryReservation"] // MEBIBYTE,
        "cpuShares": host["CpuShares"],
        "cpuSet": host["CpusetCpus"],
        "mustRun": inputs.get("mustRun", True) and found["State"]["Running"],
    }
    return seen


def _outputs(inputs: Values, found: Values, logs: str | None) -> Values:
    state, settings = found["State"], found["NetworkSettings"]
    networks = [
        {
            "networkName": name,
            "ipAddress": entry["IPAddress"],
            "ipPrefixLength": entry["IPPrefixLen"],
            "gateway": entry["Gateway"],
            "macAddress": entry["MacAddress"],
        }
        for name, entry in (settings.get("Networks") or {}).items()
    ]
    computed = {
        "hostname": found["Config"]["Hostname"],
        "bridge": settings.get("Bridge", ""),
        "runtime": found["HostConfig"]["Runtime"],
        "networkDatas": networks,
        "exitCode": None if state["Running"] else state["ExitCode"],
        "containerLogs": logs,
        "ports": _ports(inputs, settings),
    }
    return {
        **only(computed),
        **{k: v for k, v in inputs.items() if k != "ports"},
        "mustRun": _seen(found, inputs)["mustRun"],
    }


def _ports(inputs: Values, settings: Values) -> list[Values] | None:
    """The inputs' ports, with those that the Engine chose."""
    if "ports" not in inputs:
        return None
    bound = settings.get("Ports") or {}
    ports: list[Values] = []
    for port in inputs["ports"]:
        at = bound.get(f"{port['internal']}/{port.get('protocol', 'tcp')}") or [{}]
        external = port.get("external") or (int(at[0]["HostPort"]) if at[0].get("HostPort") else None)
        ports.append(only({"ip": "0.0.0.0", "protocol": "tcp", **port, "external": external}))
    return ports


__all__ = ["KIND", "create", "delete", "judge", "read", "update"]
