"""What the targets on AWS want: credentials that AWS takes, a builder, and for a cluster AWS's own program."""

# boto3 has no types of its own.
# pyright: basic

import shutil
from collections.abc import Iterator

from infra.errors import DeploymentError
from infra.targets.aws.session import connected
from tools.doctor import building, runner
from tools.doctor.check import PATIENCE, Asked, Check, clock, missing, ok, refused


def checks(of: Asked) -> Iterator[Check]:
    """Who the credentials are, and where they are from; the clock by which AWS holds a signature; the builder."""
    yield from runner.identity()
    region = str(of.options.get("region") or "us-east-1")
    try:
        yield from _who(region)
    except DeploymentError as error:
        yield refused("credentials", error)
    if of.config.get("service:target") == "aws.eks":
        yield _program()
    yield from building.checks(of, pushes=True)


def _program() -> Check:
    """By which a kubeconfig logs in."""
    found = shutil.which("aws")
    if found:
        return ok("aws", found)
    fix = "install it: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
    return missing("aws", "there is no aws on PATH, by which a cluster of EKS is logged in to", fix)


def _who(region: str) -> Iterator[Check]:
    with connected(region):
        import boto3
        from botocore.config import Config

        quick = Config(connect_timeout=PATIENCE, read_timeout=PATIENCE, retries={"total_max_attempts": 2})
        session = boto3.Session(region_name=region)
        found = session.get_credentials()
        answer = session.client("sts", config=quick).get_caller_identity()
    source = found.method if found else "nowhere"
    yield ok("credentials", f"{answer['Arn']}, in the account {answer['Account']} (from: {source})")
    yield from clock(answer["ResponseMetadata"]["HTTPHeaders"].get("date"))
