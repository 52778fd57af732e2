"""A container's inputs as the Engine's API wants them, and what of them it or the provider refuses."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from infra.targets.docker.offline import CONTAINER_UNPLAYED
from tests.docker_provider.engine import labels, nanoseconds, only
from tools.offline.backend import Problem
from tools.offline.values import UNKNOWN, Values

MEBIBYTE = 2**20

_PATTERNS = {
    "restart": r"no|on-failure|always|unless-stopped",
    "cpuSet": r"\d+([,-]\d+)*",
    "cpus": r"\d*\.?\d+",
    "cgroupnsMode": r"private|host",
}
_AT_LEAST = {"memory": 0, "memoryReservation": 0, "memorySwap": -1, "shmSize": 0, "cpuShares": 0, "cpuPeriod": 0, "cpuQuota": 0}  # fmt: skip
_HEALTH_TIMES = {"interval": "Interval", "timeout": "Timeout", "startPeriod": "StartPeriod", "startInterval": "StartInterval"}  # fmt: skip


def judge(inputs: Values) -> Iterator[Problem]:
    """What the provider's schema refuses, and what this stand-in does not play."""
    for name in sorted(CONTAINER_UNPLAYED & inputs.keys()):
        yield Problem(name, "the stand-in for docker does not play it")
    for name, pattern in _PATTERNS.items():
        value = inputs.get(name)
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            yield Problem(name, f"{value!r} does not match {pattern}")
    for name, least in _AT_LEAST.items():
        value = inputs.get(name)
        if isinstance(value, int) and value < least:
            yield Problem(name, f"must be at least {least}, not {value}")
    if "" in (inputs.get("command") or []):
        yield Problem("command", "its words must not be empty")
    for name in _HEALTH_TIMES.keys() & (_known(inputs.get("healthcheck")) or {}).keys():
        try:
            nanoseconds(inputs["healthcheck"][name])
        except ValueError as error:
            yield Problem(f"healthcheck.{name}", str(error))
    for index, mount in enumerate(_known(inputs.get("mounts")) or []):
        yield from _judge_mount(mount, f"mounts[{index}]")
    for index, upload in enumerate(_known(inputs.get("uploads")) or []):
        yield from _judge_upload(upload, f"uploads[{index}]")


def specification(inputs: Values) -> Values:
    """The body of the API's `POST /containers/create`."""
    config = {
        "Image": inputs["image"],
        "Hostname": inputs.get("hostname"),
        "Domainname": inputs.get("domainname"),
        "Tty": inputs["tty"],
        "OpenStdin": inputs["stdinOpen"],
        "StopSignal": inputs.get("stopSignal"),
        "StopTimeout": inputs.get("stopTimeout"),
        "Env": inputs.get("envs"),
        "Cmd": inputs.get("command"),
        "Entrypoint": inputs.get("entrypoints"),
        "User": inputs.get("user"),
        "WorkingDir": inputs.get("workingDir"),
        "Labels": labels(inputs.get("labels")),
        "Healthcheck": _healthcheck(inputs.get("healthcheck")),
        "ExposedPorts": {_port(port): {} for port in inputs.get("ports", [])} or None,
        "Volumes": {v["containerPath"]: {} for v in inputs.get("volumes", []) if _anonymous(v)} or None,
        "HostConfig": _host(inputs),
    }
    return only(config)


def endpoint(entry: Values) -> Values:
    """A network's settings as the API's `EndpointConfig`."""
    addresses = {
        "IPv4Address": entry.get("ipv4Address"),
        "IPv6Address": entry.get("ipv6Address"),
        "LinkLocalIPs": entry.get("linkLocalIps"),
    }
    options = dict(option.split("=", 1) for option in entry.get("driverOpts", []))
    settings = {
        "Aliases": entry.get("aliases"),
        "IPAMConfig": only(addresses) or None,
        "MacAddress": entry.get("macAddress"),
        "DriverOpts": options or None,
        "GwPriority": entry.get("gwPriority"),
    }
    return only(settings)


def _host(inputs: Values) -> Values:
    capabilities = inputs.get("capabilities") or {}
    security = [option for option in inputs.get("securityOpts", []) if option != "systempaths=unconfined"]
    open_paths = [] if security != inputs.get("securityOpts", []) else None
    swap = inputs.get("memorySwap")
    volumes = inputs.get("volumes", [])
    settings: dict[str, Any] = {
        "Privileged": inputs.get("privileged"),
        "PublishAllPorts": inputs.get("publishAllPorts"),
        "RestartPolicy": {"Name": inputs["restart"], "MaximumRetryCount": inputs.get("maxRetryCount", 0)},
        "Runtime": inputs.get("runtime"),
        "Mounts": [_mount(mount) for mount in inputs.get("mounts", [])] or None,
        "AutoRemove": inputs["rm"],
        "ReadonlyRootfs": inputs["readOnly"],
        "LogConfig": only({"Type": inputs.get("logDriver", ""), "Config": inputs.get("logOpts")}),
        "Tmpfs": inputs.get("tmpfs"),
        "PortBindings": _bindings(inputs.get("ports", [])),
        "ExtraHosts": [f"{entry['host']}:{entry['ip']}" for entry in inputs.get("hosts", [])] or None,
        "Binds": [_bind(volume) for volume in volumes if not _anonymous(volume) and "fromContainer" not in volume],
        "VolumesFrom": [volume["fromContainer"] for volume in volumes if "fromContainer" in volume] or None,
        "Ulimits": [{k.title(): entry[k] for k in ("name", "soft", "hard")} for entry in inputs.get("ulimits", [])],
        "CapAdd": capabilities.get("adds"),
        "CapDrop": capabilities.get("drops"),
        "Dns": inputs.get("dns"),
        "DnsOptions": inputs.get("dnsOpts"),
        "DnsSearch": inputs.get("dnsSearches"),
        "SecurityOpt": security or None,
        "MaskedPaths": open_paths,
        "ReadonlyPaths": open_paths,
        "Memory": _mebibytes(inputs.get("memory")),
        "MemoryReservation": _mebibytes(inputs.get("memoryReservation")),
        "MemorySwap": swap if swap is None or swap <= 0 else swap * MEBIBYTE,
        "ShmSize": _mebibytes(inputs.get("shmSize")),
        "NanoCpus": round(float(inputs["cpus"]) * 10**9) if "cpus" in inputs else None,
        "CpuPeriod": inputs.get("cpuPeriod") if "cpus" not in inputs else None,
        "CpuQuota": inputs.get("cpuQuota") if "cpus" not in inputs else None,
        "CpuShares": inputs.get("cpuShares"),
        "CpusetCpus": inputs.get("cpuSet"),
        "NetworkMode": inputs["networkMode"],
        "UsernsMode": inputs.get("usernsMode"),
        "PidMode": inputs.get("pidMode"),
        "Sysctls": inputs.get("sysctls"),
        "IpcMode": inputs.get("ipcMode"),
        "GroupAdd": inputs.get("groupAdds"),
        "CgroupnsMode": inputs.get("cgroupnsMode"),
        "CgroupParent": inputs.get("cgroupParent"),
        "StorageOpt": inputs.get("storageOpts"),
        # The provider never leaves this to the Engine's own default.
        "Init": inputs.get("init", False),
    }
    return only(settings)


def _mount(mount: Values) -> Values:
    bind, volume, tmpfs = mount.get("bindOptions"), mount.get("volumeOptions"), mount.get("tmpfsOptions")
    driver = only({"Name": (volume or {}).get("driverName"), "Options": (volume or {}).get("driverOptions")})
    settings = {
        "Type": mount["type"],
        "Target": mount["target"],
        "Source": mount.get("source"),
        "ReadOnly": mount.get("readOnly"),
        "BindOptions": only({"Propagation": bind.get("propagation")}) if bind else None,
        "VolumeOptions": only({
            "NoCopy": volume.get("noCopy"),
            "Labels": labels(volume.get("labels")),
            "DriverConfig": driver or None,
        }) if volume else None,
        "TmpfsOptions": only({"SizeBytes": tmpfs.get("sizeBytes"), "Mode": tmpfs.get("mode")}) if tmpfs else None,
    }  # fmt: skip
    return only(settings)


def _healthcheck(check: Values | None) -> Values | None:
    if check is None:
        return None
    times = {theirs: nanoseconds(check[ours]) for ours, theirs in _HEALTH_TIMES.items() if ours in check}
    return only({"Test": check.get("tests"), "Retries": check.get("retries"), **times})


def _port(port: Values) -> str:
    return f"{port['internal']}/{port.get('protocol', 'tcp')}"


def _bindings(ports: list[Values]) -> dict[str, list[Values]] | None:
    bindings: dict[str, list[Values]] = {}
    for port in ports:
        external = port.get("external")
        at = {"HostIp": port.get("ip", "0.0.0.0"), "HostPort": str(external) if external else ""}
        bindings.setdefault(_port(port), []).append(at)
    return bindings or None


def _anonymous(volume: Values) -> bool:
    return not {"hostPath", "volumeName", "fromContainer"} & volume.keys()


def _bind(volume: Values) -> str:
    modes = ["ro" if volume.get("readOnly") else "rw", *filter(None, [volume.get("selinuxRelabel")])]
    return f"{volume.get('hostPath') or volume['volumeName']}:{volume['containerPath']}:{','.join(modes)}"


def _mebibytes(value: int | None) -> int | None:
    return None if value is None else value * MEBIBYTE


def _known(value: Any) -> Any:
    return None if value is UNKNOWN else value


def _judge_mount(mount: Values, path: str) -> Iterator[Problem]:
    if mount["type"] not in ("bind", "volume", "tmpfs", UNKNOWN):
        yield Problem(f"{path}.type", f"{mount['type']!r} is none of bind, volume, tmpfs")
    if "subpath" in (_known(mount.get("volumeOptions")) or {}):
        yield Problem(f"{path}.volumeOptions.subpath", "the stand-in for docker does not play it")


def _judge_upload(upload: Values, path: str) -> Iterator[Problem]:
    given = sorted({"content", "contentBase64", "source"} & upload.keys())
    if len(given) != 1:
        yield Problem(path, f"wants one of content, contentBase64 and source, not {', '.join(given) or 'none'}")
    permissions = upload.get("permissions")
    if isinstance(permissions, str) and not re.fullmatch("0[0-7]{3}", permissions):
        yield Problem(f"{path}.permissions", f"{permissions!r} is no octal mode such as 0644")
    encoded = upload.get("contentBase64")
    if isinstance(encoded, str):
        try:
            base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            yield Problem(f"{path}.contentBase64", f"is not Base64: {error}")
