"""How docker's types are played: what replaces, what is put in, which lists are sets, what each is for.

Read on 2026-11-23 from pulumi-docker 5.1 (provider/cmd/pulumi-resource-docker/schema.json, provider/resources.go) and
terraform-provider-docker 4.5 (internal/provider/resource_docker_*.go).
"""

from tools.offline.backend import Kind
from tools.offline.tables import Package, Played


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Everything else of a container replaces it. These plan an update; many of them change nothing in the container.
CONTAINER_IN_PLACE = _names(
    "attach containerReadRefreshTimeoutMilliseconds cpuPeriod cpuQuota cpuSet cpuShares destroyGraceSeconds"
    " deviceReadBps deviceReadIops deviceWriteBps deviceWriteIops healthcheck init logs maxRetryCount memory"
    " memoryReservation memorySwap mustRun removeVolumes restart rm start tmpfs wait waitTimeout"
)

CONTAINER_REPLACES = _names(
    "capabilities cgroupParent cgroupnsMode command cpus deviceCgroupRules deviceRequests devices dns dnsOpts"
    " dnsSearches domainname entrypoints envs gpus groupAdds hostname hosts image ipcMode labels logDriver"
    " logOpts mounts name networkMode networksAdvanced pidMode platform ports privileged publishAllPorts"
    " readOnly runtime securityOpts shmSize stdinOpen stopSignal stopTimeout storageOpts sysctls tty ulimits"
    " uploads user usernsMode volumes workingDir"
)

# Inputs that the SDK has and the stand-in that tests run containers with does not play: they need hardware.
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

HERE = "it runs on an Engine of one's own"

PACKAGES = (
    Package(
        name="docker",
        place=frozenset({"context", "host"}),
        types={
            "docker:index/container:Container": Played(
                "service", "{hex64}", {"hostname": "{hex12}"}, CONTAINER, free=HERE
            ),
            "docker:index/network:Network": Played(
                "network", "{hex64}", {"driver": "bridge", "scope": "local"}, NETWORK, free=HERE
            ),
            "docker:index/volume:Volume": Played("data", "{name}", {"driver": "local"}, VOLUME, free=HERE),
            "docker:index/remoteImage:RemoteImage": Played(
                "registry", "{sha256}{name}", {"imageId": "{sha256}", "repoDigest": "{name}"}, REMOTE_IMAGE, free=HERE
            ),
        },
    ),
)
