"""What things on Azure are called: within its limits, the same of the same words, and never two alike."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.naming import fixed_name
from infra.targets.azure.names import registry_name, stack_name

ONE, OTHER = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
# As the contract and Pulumi have them.
SERVICES = st.from_regex(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)
STACKS = st.from_regex(r"[A-Za-z0-9_.-]{1,100}", fullmatch=True)


@pytest.mark.parametrize(
    ("longest", "words", "expected"),
    [
        (32, ("slipway", "prod"), "slipway-prod"),
        (32, ("slipway", "Prod_EU.1", "job", "tidy"), "slipway-prod-eu-1-job-tidy"),
        (32, ("slipway", "azure--prod"), "slipway-azure-prod"),
        (24, ("slipway", "production", "heartbeat"), "slipway-production-f4587"),
        (24, ("slipway", "production", "heartbeats"), "slipway-production-938e1"),
    ],
)
def test_a_name_is_cut_to_what_there_is_room_for(longest: int, words: tuple[str, ...], expected: str) -> None:
    assert fixed_name(longest, *words) == expected


@given(SERVICES, STACKS, st.sampled_from([(), ("release",), ("worker", "heartbeat"), ("job", "tidy")]))
def test_an_app_is_called_what_container_apps_takes(service: str, stack: str, words: tuple[str, ...]) -> None:
    name = stack_name(service, stack, *words)
    assert re.fullmatch(r"[a-z](-?[a-z0-9])*", name)
    assert len(name) <= 32


@given(SERVICES, STACKS)
def test_a_registry_is_called_what_the_whole_of_azure_takes(service: str, stack: str) -> None:
    name = registry_name(ONE, service, stack)
    assert re.fullmatch(r"[a-z][a-z0-9]{4,49}", name)
    assert name == registry_name(ONE.upper(), service, stack)
    assert name != registry_name(OTHER, service, stack)
    # Without its hyphens `a-b` would be `ab`.
    assert name != registry_name(ONE, service, f"{stack}-")
