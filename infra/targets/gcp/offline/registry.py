"""Artifact Registry: ids, outputs, what replaces, what its rules for cleaning up may say, prices."""

from collections.abc import Iterator
from typing import Any

from infra.targets.gcp.offline.members import bound
from infra.targets.gcp.offline.names import PRICED, READ
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Others, Played, Price, Rule, Source, replacing
from tools.offline.values import UNKNOWN, Values

REPOSITORY = "gcp:artifactregistry/repository:Repository"

CREATE = Source("https://cloud.google.com/artifact-registry/docs/repositories/create-repos", READ)
CLEANUP = Source("https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy-overview", READ)
PRICE = Source("https://cloud.google.com/artifact-registry/pricing", READ)
SCANS = Source("https://cloud.google.com/artifact-analysis/pricing", READ)


def _cleanup(_type: str, inputs: Values) -> Iterator[Problem]:
    """Each policy has a name of its own, a condition or a number to keep, and only what is kept is counted."""
    policies = forms.objects(inputs.get("cleanupPolicies"))
    names: list[Any] = [one(policy, "id") for policy in policies]
    for name in sorted({str(name) for name in names if names.count(name) > 1 and name is not UNKNOWN}):
        yield Problem("cleanupPolicies", f"two of them have the id {name!r} ({CLEANUP})")
    for path, policy in found(inputs, "cleanupPolicies[*]"):
        if one(policy, "action") == "DELETE" and one(policy, "mostRecentVersions") is not None:
            yield Problem(f"{path}.mostRecentVersions", f"only what is kept can be counted ({CLEANUP})")


def _scanned(inputs: Values, _others: Others) -> float | None:
    return 1.0 if one(inputs, "vulnerabilityScanningConfig.enablementConfig") == "INHERITED" else None


REGISTRY: dict[str, Played] = {
    REPOSITORY: Played(
        purpose="registry",
        id="projects/{project}/locations/{location}/repositories/{repositoryId}",
        outputs={
            "name": "{repositoryId}",
            "registryUri": "{location}-docker.pkg.dev/{project}/{repositoryId}",
            "createTime": "2026-01-01T00:00:00Z",
        },
        kind=replacing("format", "kmsKeyName", "location", "mode", "project", "repositoryId", autonamed=None),
        rules=(
            Rule(
                "repositoryId",
                CREATE,
                "be up to 63 lower-case letters, digits and hyphens, from a letter on",
                pattern=r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?",
            ),
            Rule("cleanupPolicies[*].mostRecentVersions.keepCount", CLEANUP, "be 1 or more", least=1),
        ),
        judges=(
            _cleanup,
            forms.only_one("condition", "mostRecentVersions", source=CLEANUP, within="cleanupPolicies[*]"),
        ),
        prices=(
            Price(0.10, "GB stored a month", PRICE, region=PRICED),
            Price(0.26, "image that is looked through", SCANS, region=PRICED, beside=_scanned),
        ),
    ),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": bound(
        "registry", REPOSITORY, "repository", "projects/{project}/locations/{location}/repositories/{it}", "location"
    ),
}
