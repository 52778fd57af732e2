"""How AWS names resources, and the pages that more than one table was read from."""

from typing import Any

from tools.offline.tables import Source

READ = "2026-11-23"
# Whose prices the tables have.
PRICED = "us-east-1"
ACCOUNT = "123456789012"
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
