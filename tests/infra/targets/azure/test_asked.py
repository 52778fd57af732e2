"""What is asked on Azure before and while the ground is laid: where a domain points, secrets, a registry's token, DNS."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
import pytest

from infra.errors import SettingsError
from infra.targets.azure import dns, domain, look_up, registry, vault
from infra.targets.azure.offline import there
from tests.offline.internet.internet import Internet
from tests.offline.internet.registry import PLATFORM_TOKEN, Registries, house_of
from tools.offline.world import World

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
FQDN = "service-prod.kindsea-0a1b2c3d.westeurope.azurecontainerapps.io"


@pytest.mark.parametrize(
    ("found", "taken", "how"),
    [
        # Proven and pointed.
        ({"customDomainVerificationTest": "Passed", "cNameRecords": [f"{FQDN}."]}, [], "CNAME"),
        ({"customDomainVerificationTest": "Passed", "aRecords": ["20.0.0.1"]}, [], "HTTP"),
        # Proven and not pointed, or pointed and not proven.
        ({"customDomainVerificationTest": "Passed"}, [], None),
        ({"customDomainVerificationTest": "Failed", "cNameRecords": [FQDN]}, ["old.example.org"], None),
        # What the app has already it keeps, whatever DNS says today.
        ({"customDomainVerificationTest": "Failed", "cNameRecords": [FQDN]}, ["www.example.org"], "CNAME"),
        (Exception('Status=404 Code="ResourceNotFound" Message="The Resource was not found."'), [], None),
    ],
)
def test_a_domain_elsewhere_is_taken_once_it_is_proven_and_points_at_the_app(
    found: Mapping[str, Any] | Exception, taken: Sequence[str], how: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = {"configuration": {"ingress": {"customDomains": [{"name": each} for each in taken]}}}
    answers = {"app:listContainerAppCustomHostNameAnalysis": found, "app:getContainerApp": app}
    monkeypatch.setattr(domain, "ask", _answering(answers))
    assert domain.pointed("www.example.org", None, "service-prod", "service-prod", _NOBODY) == how


def test_a_domain_that_cannot_be_asked_about_is_no_reason_to_take_it_from_the_app(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = Exception("Status=403\nCode=AuthorizationFailed")
    monkeypatch.setattr(domain, "ask", _answering({"app:listContainerAppCustomHostNameAnalysis": refused}))
    with pytest.raises(SettingsError) as told:
        domain.pointed("www.example.org", None, "service-prod", "service-prod", _NOBODY)
    assert str(told.value) == (
        "service:domain: Azure cannot be asked whether www.example.org points at service-prod of service-prod "
        "(Status=403 Code=AuthorizationFailed). "
        "Fix: az containerapp hostname list --resource-group service-prod --name service-prod"
    )


class NameServer:
    """A name server on loopback that holds `example.org`: each question gets the next answer, a code and records."""

    def __init__(self, *answers: tuple[int, Sequence[tuple[int, bytes]]]) -> None:
        self._socket, self._answers, self.asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), answers, 0
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        for code, values in self._answers:
            question, who = self._socket.recvfrom(512)
            self.asked += 1
            head = question[:2] + struct.pack(">HHHHH", 0x8400 | code, 1, len(values), 0, 0)
            # The name goes on where the question has it.
            told = [b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 300, len(row)) + row for kind, row in values]
            self._socket.sendto(head + question[12:] + b"".join(told), who)
        self._socket.close()


def text(*parts: str) -> tuple[int, bytes]:
    """A TXT record, of as many strings as it takes."""
    return 16, b"".join(bytes([len(part)]) + part.encode() for part in parts)


PROOF = "0123456789abcdef" * 4
SPF, PROVEN = text("v=spf1 -all"), text(PROOF[:32], PROOF[32:])
# The rest of the name is where the question has it, from its second label on.
ALIAS = (5, b"\x03App\xc0\x10")
ASKED, CALLED = ("TXT", "api.example.org", PROOF), ("CNAME", "api.example.org", "app.example.org")


@pytest.mark.parametrize(
    ("asked", "answers", "longest", "looks"),
    [
        # There is no such name, then no such record, then another one, then it.
        (ASKED, ((3, ()), (0, ()), (0, (SPF,)), (0, (SPF, PROVEN))), 60, 4),
        (CALLED, ((3, ()), (0, (ALIAS,))), 60, 2),
        # Of an alias too there is only what was asked for.
        (("A", "api.example.org", "20.0.0.1"), ((0, (ALIAS,)), (0, (ALIAS, (1, bytes([20, 0, 0, 1]))))), 60, 2),
        # The server holds another zone, or says what makes no sense.
        (ASKED, ((5, ()), (0, (PROVEN,))), 60, 1),
        *((CALLED, ((0, ((5, wrong),)), (0, (ALIAS,))), 60, 1) for wrong in (b"\xc0\xff", b"\xc0\x2d", b"\xc0")),
        # It takes too long.
        (ASKED, ((3, ()), (0, (PROVEN,))), 0, 1),
    ],
)
def test_a_record_is_waited_for_until_the_zones_servers_have_it_and_not_where_they_do_not_answer(
    asked: tuple[str, str, str],
    answers: Sequence[tuple[int, Sequence[tuple[int, bytes]]]],
    longest: int,
    looks: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dns, "PAUSE", 0.01)
    monkeypatch.setattr(dns, "LONGEST_SPREAD", longest)
    server = NameServer(*answers)
    dns.wait(*asked, ["127.0.0.1"], server.port)
    assert server.asked == looks


def _answering(answers: Mapping[str, Any]) -> Callable[..., dict[str, Any]]:
    """Functions of the provider that answer so, or fail."""

    def ask(token: str, arguments: Mapping[str, Any], _opts: pulumi.InvokeOptions) -> dict[str, Any]:
        assert "" not in arguments.values()
        answer = answers[token]
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    return ask


class _Nobody(pulumi.ProviderResource):
    """A provider that nobody asks."""

    def __init__(self) -> None: ...


_NOBODY = _Nobody()


def _there(*, rbac: bool = True, enabled: bool = True) -> dict[str, Any]:
    found = there.vault(SUBSCRIPTION, there.GROUP, there.VAULT, "tenant")
    secret = there.secret(SUBSCRIPTION, there.GROUP, there.VAULT, there.SECRET)
    found["properties"] = {**found["properties"], "enableRbacAuthorization": rbac}
    secret["properties"] = {**secret["properties"], "attributes": {"enabled": enabled}}
    return {"keyvault:getVault": found, "keyvault:getSecret": secret}


IN_NETWORK = f"--resource-group {there.GROUP} --vnet-name {there.NETWORK}"


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (
            {"delegations": [{"serviceName": "Microsoft.Web/serverFarms"}]},
            "is not delegated to Microsoft.App/environments. Fix: az network vnet subnet update "
            f"{IN_NETWORK} --name {there.SUBNET} --delegations Microsoft.App/environments",
        ),
        (
            {"addressPrefix": None, "addressPrefixes": ["10.20.0.0/28"]},
            "is 10.20.0.0/28, and an environment wants a /27 at the least. "
            f"Fix: az network vnet subnet list {IN_NETWORK}",
        ),
    ],
)
def test_a_subnet_that_no_environment_can_be_in_is_told_before_anything_is_made(
    more: Mapping[str, Any], problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = there.subnet(SUBSCRIPTION, there.GROUP, there.NETWORK, there.SUBNET)
    monkeypatch.setattr(look_up, "ask", _answering({"network:getSubnet": {**found, **more}}))
    with pytest.raises(SettingsError) as told:
        look_up.subnet(found["id"], _NOBODY)
    where = f"{there.SUBNET} of {there.NETWORK} in {there.GROUP}"
    assert str(told.value) == f"service:options.network.subnet: {where} {problem}"


NAMED = f"{there.GROUP}/{there.VAULT}/{there.SECRET}"


@pytest.mark.parametrize(
    ("text", "answers", "problem"),
    [
        (
            NAMED,
            {**_there(), "keyvault:getSecret": Exception("Code=SecretNotFound")},
            f"{NAMED} cannot be looked up (Code=SecretNotFound). Fix: az keyvault secret list --vault-name {there.VAULT}",
        ),
        (
            NAMED,
            _there(rbac=False),
            f"{there.VAULT} does not ask Azure's roles who may read its secrets. "
            f"Fix: az keyvault update --name {there.VAULT} --enable-rbac-authorization true",
        ),
        (
            NAMED,
            _there(enabled=False),
            f"the newest version of {NAMED} is off. Fix: az keyvault secret set-attributes "
            f"--vault-name {there.VAULT} --name {there.SECRET} --enabled true",
        ),
    ],
)
def test_a_secret_that_cannot_be_read_is_told_before_anything_is_made(
    text: str, answers: Mapping[str, Any], problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "ask", _answering(answers))
    with pytest.raises(SettingsError) as told:
        vault.stored({"API_KEY": text}, SUBSCRIPTION, _NOBODY)
    assert str(told.value) == f"service:stored_secrets.API_KEY: {problem}"


def test_a_stored_secret_is_meant_by_the_version_that_is_named_or_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "ask", _answering(_there()))
    found = vault.stored({"NEW": NAMED, "OLD": f"{NAMED}:{'f' * 32}"}, SUBSCRIPTION, _NOBODY)
    address = f"https://{there.VAULT}.vault.azure.net/secrets/{there.SECRET}"
    assert {name: each.url for name, each in found.items()} == {
        "NEW": f"{address}/{there.VERSION}",
        "OLD": f"{address}/{'f' * 32}",
    }


@pytest.fixture
def azurecr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A registry's host, played."""
    host = "serviceprod0a1b2c3d.azurecr.io"
    house = house_of(host)
    assert house is not None
    internet = Internet(tmp_path)
    internet.play(house.hosts, Registries(World()).site(house))
    for name, value in internet.variables().items():
        monkeypatch.setenv(name, value)
    yield host
    internet.close()


def test_a_registry_gives_its_own_token_for_the_deployers_and_none_to_a_stranger(azurecr: str) -> None:
    assert registry.exchanged(azurecr, PLATFORM_TOKEN) == "offline"
    with pytest.raises(pulumi.RunError) as told:
        registry.exchanged(azurecr, "a stranger's")
    assert str(told.value) == (
        f'{azurecr} gives no token to whoever runs this (401: {{"errors": [{{"code": "UNAUTHORIZED"}}]}}). '
        "Fix: give them AcrPush on it, then az acr login --name serviceprod0a1b2c3d"
    )
