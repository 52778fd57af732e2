"""Holds objects against the OpenAPI schemas of Kubernetes, as kubernetes-validate ships them."""

# kubernetes-validate has no types of its own.
# pyright: basic

from collections.abc import Iterator

from tools.offline.backend import Problem
from tools.offline.values import Values, unknown

VERSION = "1.33"


def judge(type_: str, inputs: Values) -> Iterator[Problem]:
    """The first thing that the schema of the object's kind refuses. Kinds of no schema are custom resources."""
    _, group, kind = type_.split(":")
    if unknown(inputs):
        return
    import kubernetes_validate

    manifest = {**inputs, "apiVersion": group.removeprefix("core/"), "kind": kind}
    try:
        kubernetes_validate.validate(manifest, VERSION, strict=True)
    except kubernetes_validate.ValidationError as error:
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.path).lstrip(".")
        yield Problem(path or "apiVersion", f"{error.message} (OpenAPI of Kubernetes {VERSION})")
    except kubernetes_validate.SchemaNotFoundError:
        return
