"""Who may do what on Google Cloud: the forms of members and roles, and the tables of what binds one to the other."""

from collections.abc import Callable, Iterator
from typing import Any

from infra.targets.gcp.offline.names import READ, last, place
from tools.offline.backend import Problem
from tools.offline.forms import given
from tools.offline.judge import one
from tools.offline.tables import Beside, Others, Played, Purpose, Rule, Source, replacing
from tools.offline.values import Values

MEMBERS = Source("https://cloud.google.com/iam/docs/principal-identifiers", READ)
CONDITIONS = Source("https://cloud.google.com/iam/docs/conditions-overview#limitations", READ)

MEMBER = Rule(
    "member",
    MEMBERS,
    "be a principal such as serviceAccount:name@project.iam.gserviceaccount.com",
    pattern=r"(allUsers|allAuthenticatedUsers|(user|group|serviceAccount|domain):[^\s:]+|principal(Set)?://\S+)",
)
BASIC = ("roles/owner", "roles/editor", "roles/viewer")
EVERYBODY = ("allUsers", "allAuthenticatedUsers")


def bound(purpose: Purpose, type_: str, whose: str, path: str, *inputs: str, planned: bool = True) -> Played:
    """The table of a type that gives a member a role on a resource of the type, which is named at `whose`.

    `planned`: whether that resource is always one of the plan.
    """
    return Played(
        purpose=purpose,
        id=_id(path, whose),
        kind=replacing("condition", "member", "project", "role", whose, *inputs, autonamed=None),
        rules=(MEMBER,),
        judges=(_condition,),
        beside=(named(type_, whose),) if planned else (),
        additive=True,
        free="IAM is free",
    )


def named(type_: str, path: str) -> Beside:
    """That a resource of this type is in the plan whose id, or the last part of it, stands at the path."""

    def beside(inputs: Values, others: Others) -> Iterator[Problem]:
        value = one(inputs, path)
        if isinstance(value, str) and last(value) not in [last(id_) for id_, _ in others(type_)]:
            yield Problem(path, f"{value!r}: there is no {type_} of this name in the plan")

    return beside


def _id(path: str, whose: str) -> Callable[[Any], str]:
    def id_(words: Any) -> str:
        filled = path.format(project=words["project"], location=place(words), it=last(words[whose]))
        return f"{filled}/{words['role']}/{words['member']}"

    return id_


def _condition(_type: str, inputs: Values) -> Iterator[Problem]:
    """That no condition is on what it does not go with."""
    if given(inputs, "condition") and (one(inputs, "member") in EVERYBODY or one(inputs, "role") in BASIC):
        yield Problem("condition", f"does not go with a basic role, or with everybody ({CONDITIONS})")


def project_member() -> Played:
    """The table of what gives a member a role in the project."""
    return Played(
        purpose="identity",
        id="{project}/{role}/{member}",
        kind=replacing("condition", "member", "project", "role", autonamed=None),
        rules=(MEMBER,),
        judges=(_condition,),
        additive=True,
        free="IAM is free",
    )
