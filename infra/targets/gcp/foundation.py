"""What `make bootstrap` is to make for a stack on Google Cloud: its names, and whom GitHub's tokens let in."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.errors import DeploymentError
from infra.targets.foundation import REPOSITORY, check_repository, subjects
from infra.targets.gcp import limits
from infra.targets.gcp.rights import key, state_bucket
from infra.targets.rights import Deployer

POOL = "github"

# Bytes: https://cloud.google.com/iam/docs/workload-identity-federation#mapping, read 2026-11-29.
LONGEST_SUBJECT = 127


@dataclass(frozen=True)
class Foundation:
    """What is to be made.

    Attributes:
        deployer: whoever deploys the stack; its account is the project's number.
        policies: the roles of the account `deploy`, which the repository's environment of the stack's name takes, and
            of `preview`, which its pull requests take: by their ids, as `rights.documents` makes them.
        repository: on GitHub: `owner/name`, or `owner@1/name@2` where the subjects of its tokens have the ids.
    """

    deployer: Deployer
    policies: Mapping[str, Mapping[str, Any]]
    repository: str

    def __post_init__(self) -> None:
        check_repository(self.repository)
        for kind in self.policies:
            if len(self.account(kind)) > limits.LONGEST_ACCOUNT:
                rule = f"the service account {self.account(kind)} has more than the {limits.LONGEST_ACCOUNT} characters"
                raise DeploymentError(f"{rule} that IAM allows. Fix: give the stack a shorter name")
            longest = max(self.subjects(kind), key=len)
            if len(longest.encode()) > LONGEST_SUBJECT:
                rule = f"{longest} has more than the {LONGEST_SUBJECT} bytes that a subject may have"
                raise DeploymentError(f"{rule}. Fix: give the stack a shorter name")

    def here(self) -> dict[str, dict[str, Any]]:
        """The roles that the project can have: one of its own is given in no other."""
        return self._of(lambda on: on.startswith("//storage.") or f"{on}/".find(f"/projects/{self.project}/") > 0)

    def elsewhere(self) -> dict[str, dict[str, Any]]:
        """The roles that another project must have, of which the stack names something."""
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
        return f"the project {self.project}"

    @property
    def project(self) -> str:
        """The id of the stack's project."""
        return str(self.deployer.options["project"])

    @property
    def region(self) -> str:
        """Where the stack is, and the bucket of its state."""
        return str(self.deployer.options["region"])

    @property
    def ring(self) -> str:
        """The ring of the service's keys, whole: none can be taken away again."""
        return f"projects/{self.project}/{key(self.deployer)[0]}"

    @property
    def key(self) -> str:
        """The key of the stack's secrets, or of those of the stack that others are made from, whole."""
        return f"projects/{self.project}/{key(self.deployer)[1]}"

    @property
    def bucket(self) -> str:
        """The bucket of the state."""
        return self.deployer.state or state_bucket(self.deployer.keeps, self.project)

    def account(self, kind: str) -> str:
        """The id of a service account."""
        return re.sub(r"[^a-z0-9]", "-", f"{self.deployer.service}-{self.deployer.called}-{kind}".lower())

    def email(self, kind: str) -> str:
        """A service account's whole name."""
        return f"{self.account(kind)}@{self.project}.iam.gserviceaccount.com"

    def subjects(self, kind: str) -> list[str]:
        """Whom GitHub's tokens name that may take the account; to read alone, pull requests and the look for drift."""
        return subjects(self.repository, self.deployer.stack, kind)

    @property
    def pool(self) -> str:
        """The pool of identities, by the project's number, as Google has it in principals."""
        return f"projects/{self.deployer.account}/locations/global/workloadIdentityPools/{POOL}"

    @property
    def provider(self) -> str:
        """The provider of the repository's identities: its id is made of the repository's name, which may be longer."""
        slug = re.sub(r"[^a-z0-9]+", "-", re.sub(r"@\d+", "", self.repository).lower())[:22].strip("-")
        # Nothing of Google's own begins like this.
        return f"{self.pool}/providers/r-{slug}-{hashlib.sha256(self.repository.encode()).hexdigest()[:6]}"

    @property
    def whose(self) -> str:
        """The condition that a token of the repository meets, and no other."""
        named = REPOSITORY.fullmatch(self.repository)
        assert named
        if named["id"]:
            return (
                f"assertion.repository_owner_id == '{named['owner_id']}' && assertion.repository_id == '{named['id']}'"
            )
        return f"assertion.repository == '{self.repository}'"
