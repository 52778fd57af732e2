"""`python -m tools.scan.kubernetes_objects FOLDER`: every object of every stack in a cluster, and the API's schemas.

It runs in the environment of the stand-ins. Each stack is a list of objects in `<stack>.json`; the Job of the release
task, which the program hands to its own code, is among them. The schemas are those that kubernetes-validate ships, each
whole in a file of its own under `schemas/`, as kubeconform looks for them.
"""

import importlib.resources
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.targets.kubernetes.offline.schemas import VERSION
from tools.errors import ToolError
from tools.offline.values import reveal
from tools.plan.preview import Planned
from tools.saying import say
from tools.scan.cloud_plan import planned
from tools.stack import Stack, stacks

RELEASE = "pulumi-python:dynamic/slipway:ReleaseTask"
# Stacks whose objects are in a cluster: of `kubernetes`, and of what makes one.
CLUSTERS = ("kubernetes", "eks", "gke", "aks")
_SHARED = "/api/_definitions.json#"


def main(arguments: Sequence[str]) -> int:
    """Write them into the folder."""
    (folder,) = map(Path, arguments)
    kinds: set[str] = set()
    for stack in stacks():
        if Stack(stack).target().rpartition(".")[2] not in CLUSTERS:
            continue
        found = list(objects(planned(stack)))
        kinds |= {schema_of(each) for each in found}
        listed = {"apiVersion": "v1", "kind": "List", "items": found}
        (folder / f"{stack}.json").write_text(json.dumps(listed), encoding="utf-8")
    (folder / "schemas").mkdir()
    for kind, text in whole(kinds):
        (folder / "schemas" / f"{kind}.json").write_text(text, encoding="utf-8")
    return 0


def objects(resources: Sequence[Planned]) -> Iterator[dict[str, Any]]:
    """The objects of a plan, as a cluster is told of them."""
    for each in resources:
        inputs = {name: value for name, value in reveal(dict(each.inputs)).items() if not name.startswith("__")}
        if each.type == RELEASE and "manifest" in inputs:
            job = inputs["manifest"]
            yield {**job, "metadata": {**job["metadata"], "name": each.name}}
        elif each.type.startswith("kubernetes:"):
            _, group, kind = each.type.split(":")
            yield {**inputs, "apiVersion": group.removeprefix("core/"), "kind": kind}


def schema_of(told: Mapping[str, Any]) -> str:
    """What a schema is called for kubeconform: by the kind, the first word of its group, its version."""
    *group, version = str(told["apiVersion"]).split("/")
    return "-".join([str(told["kind"]), *(each.partition(".")[0] for each in group), version]).lower()


def whole(kinds: set[str]) -> Iterator[tuple[str, str]]:
    """The schemas of these kinds that are known, with all that they name within."""
    shipped = importlib.resources.files("kubernetes_validate") / "kubernetes-json-schema" / f"v{VERSION}.0-local-strict"
    shared = json.loads((shipped / "_definitions.json").read_text(encoding="utf-8").replace(_SHARED, "#"))["$defs"]
    for kind in sorted(kinds):
        file = shipped / f"{kind}.json"
        if file.is_file():
            schema = json.loads(file.read_text(encoding="utf-8").replace(_SHARED, "#"))
            yield kind, json.dumps({**schema, "$defs": shared})


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
