"""What the engine is told of a resource, message by message."""

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from tests.offline.client import Client
from tools.offline.values import UNKNOWN, Secret, decode, encode

Clients = Callable[[str], Client]

HUSH = "aHVzaC00Mg=="


@pytest.mark.parametrize(
    ("type_", "inputs", "name", "secret"),
    [
        ("aws:secretsmanager/secretVersion:SecretVersion", {"secretId": "s", "secretString": HUSH}, "secretString", Secret(HUSH)),
        ("gcp:secretmanager/secretVersion:SecretVersion", {"secret": "projects/p/secrets/prod-api-key", "secretData": HUSH}, "secretData", Secret(HUSH)),
        ("kubernetes:core/v1:Secret", {"metadata": {"name": "s"}, "data": {"key": HUSH}}, "data", Secret({"key": HUSH})),
        ("azure-native:keyvault:Secret", {"resourceGroupName": "g", "vaultName": "existing-vault", "secretName": "s", "properties": {"value": HUSH}}, "properties", {"value": Secret(HUSH)}),
    ],
)  # fmt: skip
def test_what_is_secret_by_nature_is_secret_when_it_is_imported(
    client: Clients, type_: str, inputs: dict[str, Any], name: str, secret: Any
) -> None:
    provider = client(type_.partition(":")[0])
    id_ = provider.create(type_, inputs)
    read = provider.stub.Read(provider_pb2.ReadRequest(id=id_, urn=f"urn:pulumi:dev::program::{type_}::imported"))
    told = decode(read.properties)[name]
    # Azure tells more of the object that has the value.
    told = {inner: told[inner] for inner in secret} if isinstance(secret, dict) else told
    assert (decode(read.inputs)[name], told) == (secret, secret)


@pytest.mark.parametrize(
    ("token", "name"),
    [
        ("aws:ecr/getAuthorizationToken:getAuthorizationToken", "password"),
        ("gcp:organizations/getClientConfig:getClientConfig", "accessToken"),
    ],
)
def test_a_login_that_is_asked_for_is_secret(client: Clients, token: str, name: str) -> None:
    answer = client(token.partition(":")[0]).stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=encode({})))
    assert decode(getattr(answer, "return"))[name] == Secret("offline")


def test_a_secret_that_is_refused_is_told_by_its_rule_and_not_by_a_part_of_it(client: Clients) -> None:
    group = "aws:ec2/securityGroup:SecurityGroup"
    (said,) = client("aws").problems(group, {"name": Secret(f"sg-{HUSH}")})
    assert said.startswith("name: must not begin with sg- (https://docs.aws.amazon.com/")
    refused = [
        ("aws:ecs/taskDefinition:TaskDefinition", {"family": "web", "containerDefinitions": Secret(f'[{{"{HUSH}": 1}}]')}),
        ("aws:iam/role:Role", {"assumeRolePolicy": Secret(f'{{"Version": "{HUSH}", "Statement": []}}')}),
        (group, {"name": Secret([HUSH])}),
    ]  # fmt: skip
    for type_, inputs in refused:
        said = client("aws").problems(type_, inputs)
        assert said != []
        assert HUSH not in " ".join(said)


MODES = provider_pb2.CheckRequest.AutonamingOptions


@pytest.mark.parametrize(
    ("mode", "proposed", "olds", "name", "said"),
    [
        (MODES.ENFORCE, "it", {}, "it", []),
        (MODES.PROPOSE, "it-dev", {}, "it-dev", []),
        (MODES.ENFORCE, "it", {"name": "it-0000000", "__defaults": ["name"]}, "it-0000000", []),
        (MODES.DISABLE, "", {}, None, ["name: required, since automatic naming is disabled"]),
    ],
)
def test_a_name_is_made_as_the_project_tells_the_engine(
    client: Clients, mode: Any, proposed: str, olds: dict[str, Any], name: str | None, said: list[str]
) -> None:
    request = provider_pb2.CheckRequest(
        urn="urn:pulumi:dev::program::aws:cloudwatch/logGroup:LogGroup::it",
        olds=encode(olds),
        news=encode({}),
        autonaming=MODES(mode=mode, proposed_name=proposed),
    )
    answer = client("aws").stub.Check(request)
    assert decode(answer.inputs).get("name") == name
    assert [failure.reason for failure in answer.failures] == said


def test_no_name_is_put_into_what_is_not_known_yet(client: Clients) -> None:
    request = provider_pb2.CheckRequest(
        urn="urn:pulumi:dev::program::kubernetes:core/v1:ConfigMap::it", news=encode({"metadata": UNKNOWN})
    )
    answer = client("kubernetes").stub.Check(request)
    assert (decode(answer.inputs), list(answer.failures)) == ({"metadata": UNKNOWN, "__defaults": []}, [])


def test_a_kind_of_a_clusters_own_is_taken_as_it_is_and_a_mistyped_one_is_refused(client: Clients) -> None:
    route = {"metadata": {"name": "web"}, "spec": {"parentRefs": [{"name": "edge"}]}}
    provider = client("kubernetes")
    assert provider.problems("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", route) == []
    with pytest.raises(
        grpc.RpcError, match=r"kubernetes:policy/v1:PodDisruption: pulumi-kubernetes \S+ has no such type"
    ):
        provider.problems("kubernetes:policy/v1:PodDisruption", route)
