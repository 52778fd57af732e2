"""Which revision a service of Cloud Run is to have, and how its requests are shared, by what it has now."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from infra.commands import key_of
from infra.errors import DeploymentError
from infra.targets.gcp import limits, run_api
from infra.targets.gcp.run_api import CANARY, Revision, Service, Share
from infra.targets.gcp.session import connected

ALL = 100
SHOWN = 5


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    `base`: what the revision is called by what it is made of. `deployment`, `release`: what it runs. `canary`: the
    percent of the requests that it gets; 0 for all. `back_to`: an earlier revision that gets them all instead.
    """

    project: str
    region: str
    service: str
    base: str
    deployment: str
    release: str
    canary: int
    back_to: str

    @property
    def whole_name(self) -> str:
        """The service's."""
        return f"projects/{self.project}/locations/{self.region}/services/{self.service}"


@dataclass(frozen=True)
class Decided:
    """The revision's name, how requests are shared, and what the revision of interest runs.

    `image`: of an earlier revision that is gone back to.
    """

    name: str
    shares: tuple[Share, ...]
    deployment: str
    release: str
    image: str = field(default="", compare=False)


def decide(wanted: Wanted) -> Decided:
    """Ask Cloud Run what it has, and decide.

    Raises:
        DeploymentError: the revision to go back to is not there, or never served.
    """
    with connected(wanted.project, wanted.region) as session:
        service = run_api.service(session, wanted.whole_name)
        known = run_api.revisions(session, wanted.whole_name) if service else []
    return _back(wanted, known) if wanted.back_to else _forth(wanted, service, known)


def is_spent(wanted: Wanted, name: str) -> bool:
    """Whether a revision's name is used up by one that did not come to serve: its configuration wants another."""
    with connected(wanted.project, wanted.region) as session:
        known = run_api.revision(session, name, wanted.whole_name)
    return known is not None and known.condition.failed


def _forth(wanted: Wanted, service: Service | None, known: Sequence[Revision]) -> Decided:
    name = _free(wanted, service, known)
    return Decided(name, _shared(wanted, service, known, name), wanted.deployment, wanted.release)


def _free(wanted: Wanted, service: Service | None, known: Sequence[Revision]) -> str:
    """The first name that is nobody's; or that of the newest revision, where that is this one and did not fail.

    An older one's is not taken again: Cloud Run makes a revision of a template only under a new name.
    """
    taken = {each.name: each for each in known}
    attempt = 1
    while True:
        name = wanted.base if attempt == 1 else f"{wanted.base}-{attempt}"
        there = taken.get(name)
        if there is None or (service and service.latest == name and not there.condition.failed):
            break
        attempt += 1
    if len(name) > limits.LONGEST_REVISION:
        raise DeploymentError(f"the revision {name} has more than {limits.LONGEST_REVISION} characters in its name")
    return name


def _shared(wanted: Wanted, service: Service | None, known: Sequence[Revision], name: str) -> tuple[Share, ...]:
    stable = _stable(service, known) if service and wanted.canary else ""
    if not stable or stable == name:
        return (Share(name, ALL),)
    return (Share(name, wanted.canary, CANARY), Share(stable, ALL - wanted.canary))


def _stable(service: Service, known: Sequence[Revision]) -> str:
    """What serves now and is no canary; of several, that with the most requests."""
    well = {each.name for each in known if not each.condition.failed}
    serving = [share for share in service.shares if share.percent and share.revision in well]
    proven = [share for share in serving if share.tag != CANARY] or serving
    return max(proven, key=lambda share: share.percent).revision if proven else ""


def _back(wanted: Wanted, known: Sequence[Revision]) -> Decided:
    there = next((each for each in known if each.name == wanted.back_to), None)
    if there is not None and not there.condition.failed:
        return Decided(there.name, (Share(there.name, ALL),), there.deployment, there.release, there.image)
    why = "never came to serve" if there else f"is no revision of {wanted.service}"
    others = [each.name for each in known if not each.condition.failed][:SHOWN]
    told = f" (there are: {', '.join(others)})" if others else ""
    key = key_of("options.traffic.revision")
    raise DeploymentError(
        f"{key}: {wanted.back_to!r} {why}{told}. Fix: pulumi config set --path {key} {(others or ['<one>'])[0]}"
    )
