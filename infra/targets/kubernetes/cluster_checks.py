"""What is wrong with what a stack says of its cluster, whichever cloud it is of: the keys are the same on each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from infra.commands import key_of, remove_key, set_key
from infra.errors import Problem
from infra.settings import Settings
from infra.targets.kubernetes.spec import WorkloadOptions
from infra.targets.spec import Options


class ClusterOptions(Protocol):
    """How a cluster is reached."""

    @property
    def kubeconfig(self) -> str | None: ...
    @property
    def context(self) -> str | None: ...
    @property
    def private(self) -> bool: ...
    @property
    def reached_from(self) -> tuple[str, ...]: ...


def given(cluster: ClusterOptions, own: Mapping[str, tuple[Options, Sequence[str]]]) -> Iterator[Problem]:
    """Of a cluster that is there already nothing is made. `own`: by path, options and which of their keys say how."""
    for path, (options, keys) in own.items():
        for key in keys:
            if key in options.model_fields_set:
                rule = "is a matter of the cluster that is there already"
                yield Problem(key_of(f"{path}.{key}"), rule, remove_key(f"{path}.{key}"))
    if cluster.context and not cluster.kubeconfig:
        rule = "is of a kubeconfig, and none is named"
        yield Problem(key_of("options.cluster.context"), rule, set_key("options.cluster.kubeconfig", "~/.kube/config"))


def unnamed(cluster: ClusterOptions, example: str, *more: str) -> Iterator[Problem]:
    """Of one that the stack makes everything is known. `more`: keys beside a kubeconfig's that are of a named one."""
    for key in (*more, "kubeconfig", "context"):
        if getattr(cluster, key):
            rule = "is of a cluster that is there already, and none is named"
            yield Problem(key_of(f"options.cluster.{key}"), rule, set_key("options.cluster.name", example))


def reached(cluster: ClusterOptions) -> Iterator[Problem]:
    """Where only the network reaches the API server, nobody else is named."""
    if cluster.private and cluster.reached_from:
        rule = "is of no use where only the network reaches the API server"
        yield Problem(key_of("options.cluster.reached_from"), rule, set_key("options.cluster.private", "false"))


def processor(settings: Settings, platform: str, nodes: str) -> Iterator[Problem]:
    """An image that is built is for the nodes too."""
    if not settings.image and platform not in (settings.build.platforms or (platform,)):
        rule = f"{', '.join(settings.build.platforms)}: {nodes} run {platform}"
        yield Problem(key_of("build.platforms"), rule, set_key("build.platforms[0]", platform))


def one_way_in(options: WorkloadOptions, balancer: str) -> Iterator[Problem]:
    """One thing leads to the service: a cloud's balancer, or what the options say."""
    leading = {"ingress": options.ingress is not None, "expose.kind": options.expose.kind != "cluster"}
    for key, led in leading.items():
        if led and balancer != "none":
            rule = f"a {balancer} balancer leads to the service already"
            yield Problem(key_of(f"options.{key}"), rule, set_key("options.balancer", "none"))


def undirected(options: WorkloadOptions, balancer: str, *keys: str) -> Iterator[Problem]:
    """What a balancer is told has no use without it."""
    for key in keys:
        if getattr(options, key):
            rule = f"is of no use without {balancer}"
            yield Problem(key_of(f"options.{key}"), rule, set_key("options.balancer", "public"))
