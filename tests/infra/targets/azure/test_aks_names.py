"""What a cluster of AKS makes by itself is called what a cluster takes."""

import re

from hypothesis import given

from infra.targets.azure import aks_gateway
from infra.targets.kubernetes.names import scope_of
from tests.infra.targets.azure.test_names import SERVICES, STACKS


@given(SERVICES, STACKS)
def test_what_serves_a_gateway_is_called_what_a_cluster_takes(service: str, stack: str) -> None:
    name = f"{aks_gateway.called(scope_of(service, stack, None))}-{aks_gateway.CLASS}"
    assert re.fullmatch(r"[a-z](-?[a-z0-9])*", name)
    assert len(name) < 63
