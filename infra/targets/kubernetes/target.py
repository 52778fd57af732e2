"""The target `kubernetes`: the service in the cluster that a context of a kubeconfig leads to."""

from typing import cast

import pulumi

from infra.image import Engine, Image, Registry
from infra.service import Service
from infra.settings import Settings
from infra.targets import Endpoint
from infra.targets.kubernetes.names import scope_of
from infra.targets.kubernetes.reached import reached
from infra.targets.kubernetes.spec import KubernetesOptions
from infra.targets.kubernetes.workload import Workload, WorkloadArgs


def registry(service: Service, settings: Settings) -> Registry | Engine:
    """The repository that the stack names; without one it runs another stack's image, or one by its digest."""
    login = settings.registry
    if login is None:
        return Engine(service.name)
    return Registry(login.repository, f"{login.repository}-cache", login.username, login.password)


def run(service: Service, settings: Settings, image: Image) -> Endpoint:
    """Declare the service in the cluster."""
    options = cast("KubernetesOptions", settings.options)
    scope = scope_of(service.name, pulumi.get_stack(), options.namespace.name)
    cluster = reached(scope, options.kubeconfig, options.context)
    return Workload(service.name, WorkloadArgs(service, settings, image, options, cluster)).endpoint
