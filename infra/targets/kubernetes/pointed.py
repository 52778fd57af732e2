"""How a domain leads to the balancer that a cloud has before a cluster."""

from dataclasses import replace

import pulumi

from infra.targets import Endpoint


def by_hand(endpoint: Endpoint, domain: str, address: pulumi.Output[str], dns: str) -> Endpoint:
    """By whoever keeps its DNS, which is not that of the cloud: until then nobody can ask it."""
    address.apply(lambda known: pulumi.log.info(f"point {domain} at {known}: its DNS is not in {dns}"))
    return replace(endpoint, reachable=False)


def by_record(endpoint: Endpoint, record: pulumi.Resource) -> Endpoint:
    """By a record that is declared, and there before the address is asked."""
    url = pulumi.Output.all(endpoint.url, record.urn).apply(lambda known: str(known[0]))
    return replace(endpoint, url=url)
