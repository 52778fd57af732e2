"""What a stack's things are called on a host is legal there and its own."""

import re

import pytest

from infra.targets.hosts.naming import LONGEST, name_of


@pytest.mark.parametrize(
    ("service", "stack", "name"),
    [
        ("orders", "prod", "orders-prod"),
        ("orders", "eu_west.2", "orders-eu-west-2-658502"),
        ("orders", "Prod", "orders-prod-b74193"),
        ("a" * 40, "prod", "aaaaaaaaaaaaaaaaaaaaaaaaa-69bd78"),
    ],
)
def test_the_name_is_both_words_and_a_hash_where_they_do_not_fit(service: str, stack: str, name: str) -> None:
    assert name_of(service, stack) == name
    assert len(name) <= LONGEST
    assert re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", name)


def test_no_two_stacks_have_the_same_name() -> None:
    stacks = ["prod", "Prod", "PROD", "prod.", "prod_", "p" * 60, "p" * 61]
    assert len({name_of("orders", stack) for stack in stacks}) == len(stacks)
