"""What every container of a stack has in common: how little it may do, and how much it may use."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

from infra.image import USER
from infra.settings import Settings
from infra.targets.docker.spec import MIB, DockerOptions

SECRETS = "/run/secrets"
TMPFS = {"/tmp": "rw,noexec,nosuid,nodev,size=64m"}  # noqa: S108 -- a memory file system of the container's own
SECURITY = ("no-new-privileges:true",)


def options(settings: Settings) -> DockerOptions:
    """The target's own options."""
    return cast("DockerOptions", settings.options)


@dataclass(frozen=True)
class Shape:
    """Limits of one container: `memory` in MiB, `cpus` in cores, and how much of its log is kept."""

    memory: int
    cpus: float
    log_max_size: str
    log_max_files: int

    @classmethod
    def of(cls, settings: Settings) -> "Shape":
        """What a stack's settings give every process."""
        log = options(settings).log
        return cls(settings.size.memory // MIB, settings.size.cpu, log.max_size, log.max_files)

    @classmethod
    def plain_of(cls, values: Mapping[str, Any]) -> "Shape":
        """From what the engine hands over, where every number is a float."""
        log = str(values["log_max_size"])
        return cls(int(values["memory"]), float(values["cpus"]), log, int(values["log_max_files"]))

    def plain(self) -> dict[str, Any]:
        """For the deployment's identity: a change of it must reach what runs."""
        return {**asdict(self), "user": USER, "tmpfs": TMPFS, "security": SECURITY}

    def declared(self) -> dict[str, Any]:
        """As arguments of pulumi_docker.Container. No swap: what outgrows its memory is ended, not slowed down."""
        import pulumi_docker as docker

        return {
            "memory": self.memory,
            "memory_swap": self.memory,
            "cpus": f"{self.cpus:g}",
            "read_only": True,
            "capabilities": docker.ContainerCapabilitiesArgs(drops=["ALL"]),
            "security_opts": list(SECURITY),
            "tmpfs": TMPFS,
            "user": USER,
            "init": True,
            "log_driver": "json-file",
            "log_opts": {"max-size": self.log_max_size, "max-file": str(self.log_max_files)},
        }

    def run(self) -> dict[str, Any]:
        """As arguments of `containers.run` of Docker's SDK."""
        return {
            "mem_limit": self.memory * MIB,
            "memswap_limit": self.memory * MIB,
            "nano_cpus": round(self.cpus * 1e9),
            "read_only": True,
            "cap_drop": ["ALL"],
            "security_opt": list(SECURITY),
            "tmpfs": TMPFS,
            "user": USER,
            "init": True,
            "log_config": {
                "Type": "json-file",
                "Config": {"max-size": self.log_max_size, "max-file": str(self.log_max_files)},
            },
            "healthcheck": {"test": ["NONE"]},
        }
