"""The target `aws.fargate`: the registry and the network. It does not run the image yet."""

from pulumi import ResourceOptions

from infra.image import Image, Registry
from infra.service import Service
from infra.settings import Settings
from infra.targets.aws.account import options, provider
from infra.targets.aws.network import Network, NetworkArgs
from infra.targets.aws.registry import Images


def registry(service: Service, settings: Settings) -> Registry:
    """The stack's repository in ECR."""
    return Images(service.name, _made_in(service, settings)).registry


def run(service: Service, settings: Settings, _image: Image) -> None:
    """Declare the network that the service is going to run in."""
    Network(service.name, NetworkArgs(options(settings).zones), _made_in(service, settings))


def _made_in(service: Service, settings: Settings) -> ResourceOptions:
    return ResourceOptions(provider=provider(options(settings).region, service.name))
