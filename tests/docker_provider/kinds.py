"""What the real provider says of its types beyond the SDK: what replaces, what is put in, which lists are sets.

Read on 2026-11-23 from pulumi-docker 5.1 (provider/cmd/pulumi-resource-docker/schema.json, provider/resources.go) and
terraform-provider-docker 4.5 (internal/provider/resource_docker_*.go).
"""

from tools.offline.backend import Kind


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Everything else of a container replaces it. These plan an update; what that update then does is in container.py.
CONTAINER_IN_PLACE = _names(
    "attach containerReadRefreshTimeoutMilliseconds cpuPeriod cpuQuota cpuSet cpuShares destroyGraceSeconds"
    " deviceReadBps deviceReadIops deviceWriteBps deviceWriteIops healthcheck init logs maxRetryCount memory"
    " memoryReservation memorySwap mustRun removeVolumes restart rm start tmpfs wait waitTimeout"
)

CONTAINER_REPLACES = _names(
    "capabilities cgroupParent cgroupnsMode command cpus deviceCgroupRules deviceRequests devices dns dnsOpts dnsSearches"
    " domainname entrypoints envs gpus groupAdds hostname hosts image ipcMode labels logDriver logOpts mounts name networkMode"
    " networksAdvanced pidMode platform ports privileged publishAllPorts readOnly runtime securityOpts shmSize"
    " stdinOpen stopSignal stopTimeout storageOpts sysctls tty ulimits uploads user usernsMode volumes"
    " workingDir"
)

# Inputs that the SDK has and this stand-in does not play: they need hardware, or another Engine than a test's.
CONTAINER_UNPLAYED = _names(
    "deviceReadBps deviceReadIops deviceRequests deviceWriteBps deviceWriteIops devices gpus"
    " containerReadRefreshTimeoutMilliseconds deviceCgroupRules"
)

CONTAINER = Kind(
    replaces=CONTAINER_REPLACES,
    defaults={
        "attach": False,
        "logs": False,
        "memoryReservation": 0,
        "mustRun": True,
        "networkMode": "bridge",
        "readOnly": False,
        "removeVolumes": True,
        "restart": "no",
        "rm": False,
        "start": True,
        "stdinOpen": False,
        "tty": False,
        "wait": False,
        "waitTimeout": 60,
    },
    autonamed="name",
    unordered=_names(
        "dns dnsOpts dnsSearches envs groupAdds hosts labels mounts networksAdvanced securityOpts ulimits uploads"
        " volumes"
    ),
    observed=frozenset({"mustRun"}),
    delete_before_replace=True,
)

NETWORK = Kind(
    replaces=_names("attachable driver ingress internal ipamConfigs ipamDriver ipamOptions ipv6 labels name options"),
    defaults={"ipamDriver": "default"},
    autonamed="name",
    unordered=frozenset({"ipamConfigs", "labels"}),
)

VOLUME = Kind(
    replaces=frozenset({"driver", "driverOpts", "labels", "name"}), autonamed="name", unordered=frozenset({"labels"})
)

REMOTE_IMAGE = Kind(
    replaces=frozenset({"name", "platform", "pullTriggers", "triggers"}), unordered=frozenset({"pullTriggers"})
)
