"""What the rights of whoever deploys a stack are made from, and the face of a platform's `rights`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from infra.errors import DeploymentError

T = TypeVar("T")

# Instead of a stack's name: all the stacks that `make review` makes, which are called review-7 by their numbers.
REVIEWS = "review-*"


@dataclass(frozen=True)
class Made:
    """A resource of a plan. In its inputs `?` stands for each character, and `*` for all, that no plan can know."""

    type: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Deployer:
    """Whose rights are asked for: what a stack's plan makes and asks, and where.

    Attributes:
        options: the stack's `service:options`.
        made: every resource of the plan.
        asked: every function that the plan asks of the platform, with its arguments.
        reads: only what a preview and a refresh need, which change nothing.
        account: the platform's account; empty where it is not known.
        state: the bucket that keeps the state; empty where nobody said, and it is the one that `make bootstrap` makes.
        base: of REVIEWS, the stack that they are made from.
    """

    service: str
    stack: str
    options: Mapping[str, Any]
    made: Sequence[Made]
    asked: Sequence[tuple[str, Mapping[str, Any]]]
    reads: bool
    account: str = ""
    state: str = ""
    base: str = ""

    @property
    def called(self) -> str:
        """What its roles are called by. No right on what is called `review-*` is one on them."""
        return "reviews" if self.stack == REVIEWS else self.stack

    @property
    def keeps(self) -> str:
        """What the place of the state is called by: who ships any pull request's code can reach no other stack's."""
        return f"{self.service}-reviews" if self.stack == REVIEWS else self.service

    @property
    def key(self) -> str:
        """What the key is called by that encrypts the stack's secrets, or those of the stack that it is based on."""
        return f"{self.service}-{self.base or self.stack}"


class Rights(Protocol):
    """The face of infra.targets.<platform>.rights."""

    def documents(self, deployer: Deployer) -> dict[str, Any]:
        """The deployer's rights as the platform has them written, by the name that each document has.

        Raises:
            DeploymentError: the plan makes something whose rights are not known.
        """
        ...


def listed(table: Mapping[str, T], name: str, file: str) -> T:
    """What a table of rights, in `file`, has of a type or a function. Raises DeploymentError where it has nothing."""
    if name not in table:
        raise DeploymentError(f"the rights that {name} takes are not known. Fix: add it to {file}")
    return table[name]
