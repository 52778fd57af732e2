"""What a stack on Google Cloud stands on, made once and by a person: its state's bucket, a key, and accounts.

None of it is in a stack: a stack's state must have its place before there is a stack, and whoever deploys may not
change what he may do.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from infra.errors import DeploymentError
from infra.targets.foundation import Step, of_reviews, of_stack, take
from infra.targets.gcp.foundation import POOL, Foundation
from infra.targets.gcp.policies import Binding, Policy
from infra.targets.gcp.session import Refused, Session, connected
from infra.targets.rights import REVIEWS

ISSUER = "https://token.actions.githubusercontent.com"
# What a role of the project's own reaches, whatever it is named: none can be held to a part of it.
WHOLE = "project"
USER = "roles/iam.workloadIdentityUser"
IAM, STORAGE = "https://iam.googleapis.com/v1", "https://storage.googleapis.com/storage/v1"
KMS = "https://cloudkms.googleapis.com/v1"
MANAGER, USAGE = "https://cloudresourcemanager.googleapis.com/v3", "https://serviceusage.googleapis.com/v1"

# What the accounts themselves take before a stack can ask for its own APIs.
APIS = ("cloudkms", "cloudresourcemanager", "iam", "iamcredentials", "serviceusage", "storage", "sts")

_PRIVATE = {"publicAccessPrevention": "enforced", "uniformBucketLevelAccess": {"enabled": True}}
_MAPPING = {"google.subject": "assertion.sub", "attribute.repository": "assertion.repository"}
_ROLE = ("title", "description", "stage", "includedPermissions")

# So long something that was just made or switched on may not be known everywhere:
# https://cloud.google.com/iam/docs/access-change-propagation, read 2026-11-29.
PATIENCE, PAUSE = 120.0, 3.0

_FORBIDDEN = 403

# How often the key is renewed: https://cloud.google.com/kms/docs/key-rotation#recommendations, read 2026-11-30.
_RENEWED = timedelta(days=90)


def account(options: Mapping[str, Any]) -> str:
    """The number of the stack's project. Raises DeploymentError where there are no credentials that may ask for it."""
    with connected(str(options.get("project")), str(options.get("region"))) as session:
        return str(session.get(f"{MANAGER}/projects/{session.project}")["name"]).rpartition("/")[2]


def bootstrap(wanted: Foundation, *, sure: bool, say: Callable[[str], None]) -> None:
    """Make what is not there as it is wanted, and say so; where nobody is `sure`, only say what would be made.

    Raises:
        DeploymentError: Google refuses, or the bucket is somebody else's.
    """
    with connected(wanted.project, wanted.region) as session:
        take(_steps(wanted, session), sure=sure, say=say, making=_patiently)
    for on in sorted({document["on"] for each in wanted.elsewhere().values() for document in each.values()}):
        say(f"not made:   what `make rights` gives on {on}, by whoever may there")


def afterwards(wanted: Foundation) -> list[str]:
    """The commands by which a person goes on, and by which the repository's workflows learn of it."""
    stack, repository = wanted.deployer.stack, re.sub(r"@\d+", "", wanted.repository)
    suffix = re.sub(r"[^A-Z0-9]", "_", stack.upper())
    if stack == REVIEWS:
        return [
            f"pulumi login gs://{wanted.bucket}",
            # Its file gets the key by which those made from it have their secrets.
            f"pulumi stack init {wanted.deployer.base} --secrets-provider gcpkms://{wanted.key}",
            f"gh api --method PUT repos/{repository}/environments/review",
            f"gh variable set GCP_PROVIDER --repo {repository} --env review --body {wanted.provider}",
            f"gh variable set GCP_DEPLOY_ACCOUNT --repo {repository} --env review --body {wanted.email('deploy')}",
            *of_reviews(repository, wanted.deployer.base, f"gs://{wanted.bucket}"),
        ]
    return [
        f"pulumi login gs://{wanted.bucket}",
        f"pulumi stack init {stack} --secrets-provider gcpkms://{wanted.key}",
        *of_stack(repository, stack),
        f"gh variable set GCP_PROVIDER --repo {repository} --env {stack} --body {wanted.provider}",
        f"gh variable set GCP_DEPLOY_ACCOUNT --repo {repository} --env {stack} --body {wanted.email('deploy')}",
        f"gh variable set GCP_PROVIDER_{suffix} --repo {repository} --body {wanted.provider}",
        f"gh variable set GCP_PREVIEW_ACCOUNT_{suffix} --repo {repository} --body {wanted.email('preview')}",
        f"gh variable set PULUMI_BACKEND_URL --repo {repository} --body gs://{wanted.bucket}",
    ]


def _steps(wanted: Foundation, session: Session) -> Iterator[Step]:
    yield _apis(wanted, session)
    yield from _Bucket(wanted, session).steps()
    yield from _key(wanted, session)
    yield _pool(wanted, session)
    yield _provider(wanted, session)
    for kind, roles in wanted.here().items():
        for name, document in roles.items():
            yield _role(wanted, session, name, document["role"])
        yield from _Account(wanted, session, kind).steps()


def _apis(wanted: Foundation, session: Session) -> Step:
    parent = f"{USAGE}/projects/{wanted.project}"
    places = {document["on"] for roles in wanted.here().values() for document in roles.values()}
    apis = sorted({*APIS, *(place.removeprefix("//").partition(".")[0] for place in places)})
    names = [f"{api}.googleapis.com" for api in apis]

    def there() -> bool:
        asked = "&".join(f"names=projects/{wanted.project}/services/{name}" for name in names)
        found = _found(session, f"{parent}/services:batchGet?{asked}").get("services", [])
        return [each["state"] for each in found] == ["ENABLED"] * len(names)

    def make() -> None:
        _wait(session, USAGE, session.post(f"{parent}/services:batchEnable", {"serviceIds": names}))

    return Step(f"the APIs {', '.join(apis)}", there, make)


class _Bucket:
    """The bucket that the state of all the service's stacks in the project is kept in, encrypted as every bucket is."""

    def __init__(self, wanted: Foundation, session: Session) -> None:
        self._wanted, self._session = wanted, session
        self._url = f"{STORAGE}/b/{wanted.bucket}"

    def steps(self) -> Iterator[Step]:
        name, change = self._wanted.bucket, self._session.patch
        yield Step(f"the bucket {name}", self._is_there, self._make)
        yield Step(
            f"{name}: every version of the state is kept",
            lambda: self._told("versioning").get("enabled") is True,
            lambda: change(self._url, {"versioning": {"enabled": True}}),
        )
        yield Step(
            f"{name}: never public, and read by the rules of IAM alone",
            lambda: (
                self._told("iamConfiguration", "publicAccessPrevention") == "enforced"
                and self._told("iamConfiguration", "uniformBucketLevelAccess").get("enabled") is True
            ),
            lambda: change(self._url, {"iamConfiguration": _PRIVATE}),
        )

    def _told(self, *path: str) -> Any:
        found: Any = _found(self._session, self._url)
        for key in path:
            found = found.get(key, {})
        return found

    def _is_there(self) -> bool:
        try:
            found = _found(self._session, self._url)
        except Refused as error:
            if error.status != _FORBIDDEN:
                raise
            raise self._anothers() from error
        # A name is one bucket's in all of Google Cloud.
        if found and found["projectNumber"] != self._wanted.deployer.account:
            raise self._anothers()
        return bool(found)

    def _anothers(self) -> DeploymentError:
        rule = f"the bucket {self._wanted.bucket} is another project's, or may not be looked at"
        return DeploymentError(f"{rule}. Fix: PULUMI_BACKEND_URL=gs://<another name>, and the same again")

    def _make(self) -> None:
        made = {"name": self._wanted.bucket, "location": self._wanted.region, "iamConfiguration": _PRIVATE}
        self._session.post(f"{STORAGE}/b", {**made, "labels": _labels(self._wanted)}, project=self._wanted.project)


def _key(wanted: Foundation, session: Session) -> Iterator[Step]:
    """The key that encrypts the stack's secrets, in a ring of the service's. Renewed, it goes on to decrypt the old."""
    (place, _, ring), key = wanted.ring.rpartition("/keyRings/"), f"{KMS}/{wanted.key}"
    yield Step(
        f"the ring {ring} of keys",
        lambda: bool(_found(session, f"{KMS}/{wanted.ring}")),
        lambda: session.post(f"{KMS}/{place}/keyRings", {}, keyRingId=ring),
    )

    def there() -> bool:
        found = _found(session, key)
        state = found.get("primary", {}).get("state", "ENABLED")
        if state != "ENABLED":
            version = found["primary"]["name"]
            mend = "restore" if state == "DESTROY_SCHEDULED" else "enable"
            rule = f"the key {wanted.key}, which decrypts the stack's secrets, is {state}"
            raise DeploymentError(f"{rule}. Fix: gcloud kms keys versions {mend} {version}")
        return bool(found)

    def make() -> None:
        due = (datetime.now(UTC) + _RENEWED).strftime("%Y-%m-%dT%H:%M:%SZ")
        told = {"rotationPeriod": f"{int(_RENEWED.total_seconds())}s", "nextRotationTime": due}
        made = {"purpose": "ENCRYPT_DECRYPT", **told, "labels": _labels(wanted)}
        session.post(f"{KMS}/{wanted.ring}/cryptoKeys", made, cryptoKeyId=wanted.key.rpartition("/")[2])

    yield Step(f"the key {wanted.key.rpartition('/')[2]} in it", there, make)


def _pool(wanted: Foundation, session: Session) -> Step:
    """Whose tokens the project takes. There is one pool for all repositories."""
    parent = f"{IAM}/{wanted.pool.rpartition('/')[0]}"
    return _revivable(
        session,
        f"the pool {POOL} of identities",
        f"{IAM}/{wanted.pool}",
        parent,
        {"displayName": "GitHub"},
        "workloadIdentityPoolId",
    )


def _provider(wanted: Foundation, session: Session) -> Step:
    """The tokens of the one repository."""
    body = {
        "displayName": wanted.provider.rpartition("/")[2],
        "attributeMapping": _MAPPING,
        "attributeCondition": wanted.whose,
        "oidc": {"issuerUri": ISSUER},
    }
    url = f"{IAM}/{wanted.provider}"
    what = f"the tokens of {ISSUER} where {wanted.whose}"
    return _revivable(session, what, url, url.rpartition("/")[0], body, "workloadIdentityPoolProviderId")


def _revivable(session: Session, what: str, url: str, parent: str, body: Mapping[str, Any], id_: str) -> Step:
    """A pool or a provider, which is there again when it is wanted within 30 days of having been taken away."""

    def there() -> bool:
        found = _found(session, url)
        return found.get("state") == "ACTIVE" and not found.get("disabled") and _differing(found, body) == {}

    def make() -> None:
        found = _found(session, url)
        if not found:
            _wait(session, IAM, session.post(f"{parent}?{id_}={url.rpartition('/')[2]}", body))
            return
        if found.get("state") == "DELETED":
            _wait(session, IAM, session.post(f"{url}:undelete", {}))
        changed = {**body, "disabled": False}
        _wait(session, IAM, session.patch(url, changed, updateMask=",".join(changed)))

    return Step(what, there, make)


def _role(wanted: Foundation, session: Session, name: str, role: Mapping[str, Any]) -> Step:
    """A role of the project's own that is as it is wanted."""
    parent = f"{IAM}/projects/{wanted.project}/roles"

    def there() -> bool:
        found = _found(session, f"{parent}/{name}")
        return bool(found) and not found.get("deleted") and _differing(found, role) == {}

    def make() -> None:
        found = _found(session, f"{parent}/{name}")
        if not found:
            session.post(parent, {"roleId": name, "role": role})
            return
        if found.get("deleted"):
            session.post(f"{parent}/{name}:undelete", {})
        session.patch(f"{parent}/{name}", role, updateMask=",".join(_ROLE))

    return Step(f"the role {name}", there, make)


class _Account:
    """A service account that GitHub's tokens can take, with its roles, and no key."""

    def __init__(self, wanted: Foundation, session: Session, kind: str) -> None:
        self._wanted, self._session, self._kind = wanted, session, kind
        self._parent = f"{IAM}/projects/{wanted.project}/serviceAccounts"
        self._url = f"{self._parent}/{wanted.email(kind)}"

    def steps(self) -> Iterator[Step]:
        name = self._wanted.account(self._kind)
        yield Step(f"the service account {name}", lambda: bool(_found(self._session, self._url)), self._make)
        subjects = self._wanted.subjects(self._kind)
        pool = f"principal://iam.googleapis.com/{self._wanted.pool}"
        trusted = [Binding(USER, f"{pool}/subject/{subject}") for subject in sorted(subjects)]
        policy = Policy(self._session, self._url)
        # It is the account's own policy: whoever else may take it, may deploy.
        yield Step(
            f"{name}: taken by {' and '.join(subjects)} alone",
            lambda: policy.bindings(of_role=USER) == trusted,
            lambda: policy.set(trusted, of_role=USER),
        )
        for on, bindings in self._bindings().items():
            yield self._given(Policy.of(self._session, on), bindings)

    def _given(self, policy: Policy, bindings: list[Binding]) -> Step:
        return Step(
            f"{self._wanted.account(self._kind)}: its roles on {policy.name}",
            lambda: policy.bindings(of_role=self._own, of_member=self._member) == bindings,
            lambda: policy.set(bindings, of_role=self._own, of_member=self._member),
        )

    @property
    def _member(self) -> str:
        return f"serviceAccount:{self._wanted.email(self._kind)}"

    @property
    def _own(self) -> str:
        """What the names of its own roles begin with."""
        return f"projects/{self._wanted.project}/roles/{min(self._wanted.policies[self._kind], key=len)}"

    def _bindings(self) -> dict[str, list[Binding]]:
        """What it is given, by where it is given."""
        given: dict[str, list[Binding]] = {}
        for name, document in self._wanted.here()[self._kind].items():
            role = f"projects/{self._wanted.project}/roles/{name}"
            given.setdefault(document["on"], []).append(Binding(role, self._member, **document.get("condition", {})))
        return {on: sorted(bindings) for on, bindings in given.items()}

    def _make(self) -> None:
        told = {"displayName": f"To {self._kind} the stack {self._wanted.deployer.stack} from GitHub"}
        self._session.post(self._parent, {"accountId": self._wanted.account(self._kind), "serviceAccount": told})


def _found(session: Session, url: str) -> dict[str, Any]:
    """What Google says of something; nothing where it is not there, or the API that knows it is not switched on yet."""
    try:
        return session.get(url)
    except Refused as error:
        if error.missing or error.reason == "SERVICE_DISABLED":
            return {}
        raise


def _patiently(make: Callable[[], object]) -> None:
    """Make something that rests on what may not be known everywhere yet."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            make()
            return
        except Refused as error:
            fresh = error.reason == "SERVICE_DISABLED" or re.search(
                r"does not exist|not found", error.said, re.IGNORECASE
            )
            if not fresh or time.monotonic() > until:
                raise
        time.sleep(PAUSE)


def _wait(session: Session, api: str, operation: dict[str, Any]) -> None:
    """Wait until Google has done what it began. Raises DeploymentError where it could not."""
    until = time.monotonic() + PATIENCE
    while not operation.get("done"):
        if time.monotonic() > until:
            raise DeploymentError(f"Google Cloud has not ended {operation['name']}. Fix: the same again in a minute")
        time.sleep(PAUSE)
        operation = session.get(f"{api}/{operation['name']}")
    if "error" in operation:
        raise DeploymentError(f"Google Cloud could not: {operation['error'].get('message', operation['error'])}")


def _differing(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What is wanted and not so. Of a list the order says nothing."""

    def plain(value: Any) -> Any:
        return sorted(cast("list[str]", value)) if isinstance(value, list) else value

    return {name: value for name, value in wanted.items() if plain(found.get(name)) != plain(value)}


def _labels(wanted: Foundation) -> dict[str, str]:
    return {"slipway-service": wanted.deployer.service, "slipway-bootstrap": wanted.account("x")[: -len("-x")][:63]}
