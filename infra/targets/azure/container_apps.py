"""The target `azure.container_apps`: the registry and the network. It does not run the image yet."""

from pulumi import ResourceOptions

from infra.image import Image, Registry
from infra.service import Service
from infra.settings import Settings
from infra.targets.azure.account import group, group_name, options, tags
from infra.targets.azure.network import Network, NetworkArgs
from infra.targets.azure.registry import Images, ImagesArgs


def registry(service: Service, settings: Settings) -> Registry:
    """The stack's repository in its container registry."""
    asked = options(settings)
    group(service.name, asked.location, protect=settings.protect, opts=ResourceOptions())
    owner = group_name(service.name)
    return Images(service.name, ImagesArgs(owner, asked.location, asked.registry, tags(service.name))).registry


def run(service: Service, settings: Settings, _image: Image) -> None:
    """Declare the network that the service is going to run in."""
    asked = options(settings)
    Network(service.name, NetworkArgs(group_name(service.name), asked.location, tags(service.name)))
