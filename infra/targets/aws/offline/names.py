"""How AWS names resources, and the pages that more than one table was read from."""

from tools.offline.tables import Source

READ = "2026-11-23"
# Whose prices the tables have.
PRICED = "us-east-1"
VPC_PRICE = Source("https://aws.amazon.com/vpc/pricing/", READ)


def arn(service: str, path: str) -> str:
    """A template of the names that AWS gives to everything."""
    return f"arn:aws:{service}:{{region}}:{{account}}:{path}"
