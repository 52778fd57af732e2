"""What `make bootstrap` is to make for a stack on Azure: its names, and whom GitHub's tokens let in."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.errors import DeploymentError
from infra.naming import fixed_name
from infra.targets.azure.rights import state_of
from infra.targets.azure.rights.state import State
from infra.targets.foundation import check_repository, subjects
from infra.targets.rights import Deployer

# https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, read 2026-11-30.
LONGEST_IDENTITY = 128

# The services that every subscription has, and those that all that is made here is of.
_OF_ALL = frozenset({"Microsoft.Authorization", "Microsoft.Resources"})
_OF_THIS = frozenset({"Microsoft.KeyVault", "Microsoft.ManagedIdentity", "Microsoft.Storage"})
# Those that a service makes its own things of, for which nobody has a role.
_BENEATH = {"Microsoft.ContainerService": frozenset({"Microsoft.Compute", "Microsoft.Network"})}


@dataclass(frozen=True)
class Foundation:
    """What is to be made.

    Attributes:
        deployer: whoever deploys the stack; its account is the subscription's directory, by its id.
        policies: the roles of the identity `deploy`, which the repository's environment of the stack's name takes, and
            of `preview`, which its pull requests take: by their names, as `rights.documents` makes them.
        repository: on GitHub: `owner/name`, or `owner@1/name@2` where the subjects of its tokens have the ids.
    """

    deployer: Deployer
    policies: Mapping[str, Mapping[str, Any]]
    repository: str

    def __post_init__(self) -> None:
        check_repository(self.repository)
        if not self.state.own:
            rule = f"PULUMI_BACKEND_URL={self.state.url} is not the state's place that is made here"
            raise DeploymentError(f"{rule}. Fix: pulumi logout, and the same again")

    def here(self) -> dict[str, dict[str, Any]]:
        """The roles that are given in the subscription: one of its own is given in no other."""
        return self._of(lambda on: f"{on}/".lower().startswith(f"{self.id}/".lower()))

    def elsewhere(self) -> dict[str, dict[str, Any]]:
        """The roles that must be given in another subscription, of which the stack names something."""
        here = self.here()
        return self._of(lambda on: all(on != each["on"] for roles in here.values() for each in roles.values()))

    def _of(self, where: Callable[[str], bool]) -> dict[str, dict[str, Any]]:
        return {
            kind: {name: document for name, document in roles.items() if where(document["on"])}
            for kind, roles in self.policies.items()
        }

    @property
    def place(self) -> str:
        """Where it is made, for a person."""
        return f"the subscription {self.subscription}"

    @property
    def subscription(self) -> str:
        """The stack's."""
        return str(self.deployer.options["subscription"])

    @property
    def id(self) -> str:
        """The subscription's."""
        return f"/subscriptions/{self.subscription}"

    @property
    def location(self) -> str:
        """Where the stack is, and its state."""
        return str(self.deployer.options["location"])

    @property
    def state(self) -> State:
        """Where the state lies, and what encrypts its secrets."""
        return state_of(self.deployer)

    @property
    def group(self) -> str:
        """The id of the resource group of all that is made here."""
        return f"{self.id}/resourceGroups/{self.state.group}"

    def in_group(self, path: str) -> str:
        """The id of something in it."""
        return f"{self.group}/providers/{path}"

    def identity(self, kind: str) -> str:
        """What an identity is called."""
        return fixed_name(LONGEST_IDENTITY, self.deployer.service, self.deployer.called, kind)

    def subjects(self, kind: str) -> list[str]:
        """Whom GitHub's tokens name that may take the identity; to read alone, pull requests and the look for drift."""
        return subjects(self.repository, self.deployer.stack, kind)

    def role(self, name: str) -> str:
        """The id of a role."""
        return f"{self.id}/providers/Microsoft.Authorization/roleDefinitions/{self._uuid(name)}"

    def assignment(self, name: str, on: str) -> str:
        """The id of what gives a role to its identity."""
        return f"{on}/providers/Microsoft.Authorization/roleAssignments/{self._uuid(f'{name} on {on}')}"

    def begins(self, kind: str) -> str:
        """What the names of an identity's roles begin with."""
        return f"{self.deployer.service}-{self.deployer.called}-{kind}"

    @property
    def services(self) -> list[str]:
        """The services of Azure that the subscription must have been registered for."""
        roles = [document["role"]["permissions"][0] for each in self.here().values() for document in each.values()]
        taken = {action.partition("/")[0] for role in roles for action in (*role["actions"], *role["dataActions"])}
        beneath = {under for each in taken for under in _BENEATH.get(each, ())}
        return sorted((taken | beneath | _OF_THIS) - _OF_ALL)

    def _uuid(self, name: str) -> str:
        """One that is the same each time."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"slipway:{self.id}:{name}"))
