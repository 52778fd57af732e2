"""The target `gcp.cloud_run`: the registry and the network. It does not run the image yet."""

from pulumi import ResourceOptions

from infra.image import Image, Registry
from infra.service import Service
from infra.settings import Settings
from infra.targets.gcp.account import options, provider
from infra.targets.gcp.network import Network, NetworkArgs
from infra.targets.gcp.registry import Images, ImagesArgs


def registry(service: Service, settings: Settings) -> Registry:
    """The stack's repository in Artifact Registry."""
    return Images(service.name, ImagesArgs(options(settings).region), _made_in(service, settings)).registry


def run(service: Service, settings: Settings, _image: Image) -> None:
    """Declare the network that the service is going to run in."""
    Network(service.name, NetworkArgs(options(settings).region), _made_in(service, settings))


def _made_in(service: Service, settings: Settings) -> ResourceOptions:
    asked = options(settings)
    return ResourceOptions(provider=provider(asked.project, asked.region, service.name))
