"""AWS, reached by its own SDK: for what no provider declares, and for looking at what runs."""

# botocore and boto3 have no types of their own.
# pyright: basic

import functools
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from infra.errors import DeploymentError

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

# So often a call is tried; botocore waits between, longer each time, and throttling is one of its reasons to.
ATTEMPTS = 8
CONNECT_TIMEOUT = 10
READ_TIMEOUT = 60

WHOSE = "aws sts get-caller-identity says whose they are"

# As https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html and the services' common errors name them, read
# 2026-11-23.
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_UNKNOWN = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_THROTTLED = frozenset(
    {"RequestLimitExceeded", "Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException"}
)


class Clients:
    """The clients of one region, each made when it is first wanted."""

    def __init__(self, region: str) -> None:
        self.region = region
        self._session = _session(region)

    @functools.cached_property
    def ecs(self) -> Any:
        return self._client("ecs")

    @functools.cached_property
    def logs(self) -> Any:
        return self._client("logs")

    @functools.cached_property
    def clusters(self) -> Any:
        return self._client("eks")

    @functools.cached_property
    def balancers(self) -> Any:
        return self._client("elbv2")

    def _client(self, service: str) -> Any:
        from botocore.config import Config

        patient = Config(
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
        )
        return self._session.client(service, config=patient)


def _session(region: str) -> Any:
    # Half a second, which nobody but who speaks with AWS must wait for.
    import boto3

    return boto3.Session(region_name=region)


# Of a region's clients there is one set in a process: what is asked once a second must not begin anew each time.
clients = functools.cache(Clients)


@contextmanager
def connected(region: str) -> Generator[Clients]:
    """The clients of a region, with the credentials that boto3 finds; AWS_ENDPOINT_URL sends them elsewhere.

    Raises:
        DeploymentError: there are no credentials, AWS does not take them, or it refuses what is asked of it.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield clients(region)
    except ClientError as error:
        raise DeploymentError(_refused(error, region)) from error
    except BotoCoreError as error:
        raise DeploymentError(_unasked(error, region)) from error


def code_of(error: "ClientError") -> str:
    """The code of an error that AWS answered with: `ClusterNotFoundException`."""
    return str(_details(error).get("Code", ""))


def _details(error: "ClientError") -> dict[str, Any]:
    response: dict[str, Any] = dict(error.response)
    return dict(response.get("Error", {}))


def _refused(error: "ClientError", region: str) -> str:
    code, act = code_of(error), error.operation_name
    said = _line(_details(error).get("Message") or code)
    if code in _EXPIRED:
        return f"the credentials of AWS have expired ({said}). Fix: aws sso login, or get new ones; {WHOSE}"
    if code in _UNKNOWN:
        enabled = f"aws account get-region-opt-status --region-name {region}"
        return f"AWS in {region} does not take the credentials ({said}). Fix: {WHOSE}; {enabled}, if the region is new"
    if code in _DENIED:
        return f"the credentials of AWS may not {act} in {region} ({said}). Fix: {WHOSE}; give them that right"
    if code in _THROTTLED:
        return f"AWS in {region} throttles {act}, {ATTEMPTS} times in a row ({said}). Fix: the same again in a minute"
    return f"AWS in {region} refuses {act}: {said} ({code})"


def _unasked(error: "BotoCoreError", region: str) -> str:
    from botocore import exceptions as known

    said = _line(error)
    if isinstance(error, known.HTTPClientError | known.ConnectionError):
        return (
            f"AWS in {region} does not answer ({said}). Fix: look at the network, and at AWS_ENDPOINT_URL if it is set"
        )
    if isinstance(
        error,
        known.NoCredentialsError
        | known.PartialCredentialsError
        | known.CredentialRetrievalError
        | known.NoAuthTokenError
        | known.TokenRetrievalError
        | known.ProfileNotFound
        | known.ConfigNotFound
        | known.ConfigParseError
        | known.InvalidConfigError
        | known.MetadataRetrievalError
        | known.SSOError
        | known.LoginError,
    ):
        how = "aws sso login, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        return f"AWS cannot be asked without credentials ({said}). Fix: {how}; {WHOSE}"
    return f"AWS in {region} cannot be asked: {said}"


def _line(said: object) -> str:
    return " ".join(str(said).split()).rstrip(".")
