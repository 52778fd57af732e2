"""How AWS names resources, and the pages that more than one table was read from."""

import re
from collections.abc import Iterator
from typing import Any

from tools.offline.backend import Problem
from tools.offline.judge import found
from tools.offline.tables import Judge, Source
from tools.offline.values import Values

READ = "2026-11-23"
# Whose prices the tables have.
PRICED = "us-east-1"
ACCOUNT = "123456789012"
ARN = re.compile(r"arn:aws[\w-]*:[\w-]+:[\w-]*:(?:\d{12}|aws)?:\S+")
VPC_PRICE = Source("https://aws.amazon.com/vpc/pricing/", READ)
CLOUDWATCH_PRICE = Source("https://aws.amazon.com/cloudwatch/pricing/", READ)
FARGATE_PRICE = Source("https://aws.amazon.com/fargate/pricing/", READ)


def arn(service: str, path: str) -> str:
    """A template of the names that AWS gives to everything."""
    return f"arn:aws:{service}:{{region}}:{{account}}:{path}"


def ec2_page(action: str) -> Source:
    """What EC2 tells of one of its actions."""
    return Source(f"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_{action}.html", READ)


def last(name: Any) -> str:
    """The last part of an ARN's path: the cluster's name in `arn:aws:ecs:...:cluster/web`."""
    return str(name).rpartition("/")[2]


def names_an_arn(path: str, says: str, source: Source) -> Judge:
    """That what is at a path is an ARN."""

    def judge(_type: str, inputs: Values) -> Iterator[Problem]:
        for at, value in found(inputs, path):
            if isinstance(value, str) and not ARN.fullmatch(value):
                yield Problem(at, f"{value!r} is not the ARN of {says} ({source})")

    return judge
