"""A dynamic resource that notes what is done to it in the file THING_LOG, and is as slow as THING_SECONDS says."""

import os
import time
from pathlib import Path

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult


def _act(name: str) -> None:
    log = os.environ.get("THING_LOG")
    if log:
        with Path(log).open("a") as file:
            file.write(f"{name}\n")
    time.sleep(float(os.environ.get("THING_SECONDS", "0")))


class _Provider(ResourceProvider):
    def diff(self, _id, _olds, _news):
        return DiffResult(changes=_olds["turn"] != _news["turn"])

    def create(self, props):
        _act("create")
        return CreateResult("one", dict(props))

    def update(self, _id, _olds, _news):
        _act("update")
        return UpdateResult(dict(_news))

    def delete(self, _id, _props):
        _act("delete")


class Thing(Resource):
    turn: pulumi.Output[str]
    secret: pulumi.Output[str]

    def __init__(self, name: str, secret: pulumi.Input[str], turn: str) -> None:
        super().__init__(_Provider(), name, {"secret": secret, "turn": turn})
