"""A program with one dynamic resource that takes as long, and fails as, the environment says."""

import os

import pulumi
from thing import Thing

if os.environ.get("PROGRAM_FAILS"):
    raise pulumi.RunError("service:size.cpu: 0.3 is not a size")

thing = Thing("thing", secret=pulumi.Output.secret("hush-hush"), turn=os.environ.get("TURN", "1"))
given = pulumi.Config("service").get_secret("token")
pulumi.export("url", "http://127.0.0.1:8000")
pulumi.export("turn", thing.turn)
pulumi.export("token", given)
