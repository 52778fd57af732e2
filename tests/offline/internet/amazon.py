"""AWS's own APIs, played by moto."""

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from tests.offline.internet.internet import Site

HOSTS = r"([a-z0-9-]+\.)+amazonaws\.com"


def apis() -> Site:
    """Every service that moto knows, by the host that is asked."""
    return DomainDispatcherApplication(create_backend_app)
