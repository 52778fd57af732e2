"""A domain of one's own on Azure: what proves whose it is, what points it at the app, and the certificate for it.

An app takes a domain that is proven, and a certificate is made for one that an app has taken and that points at it; an
app that asks for one by itself (`Auto`) is then bound to it.
https://learn.microsoft.com/azure/container-apps/custom-domains-managed-certificates and
https://github.com/microsoft/azure-container-apps/issues/796, read 2026-11-30.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.commands import key_of
from infra.errors import Problem, SettingsError
from infra.targets.azure import dns
from infra.targets.azure.environment import Environment
from infra.targets.azure.raw import ask, resource
from infra.targets.raw import Resource, reason

# Seconds that a record may be remembered.
TTL = 300
# How Azure sees that a domain points at the app: by its CNAME, or by a request where it has an A record instead, as a
# zone's own name must.
CNAME, HTTP = "CNAME", "HTTP"
# What ends every name that Azure gives an app.
OURS = ".azurecontainerapps.io"


@dataclass(frozen=True)
class DnsZone:
    """A zone of Azure DNS that is there already, and its resource group."""

    name: str
    group: str


@dataclass(frozen=True)
class RecordsArgs:
    """What is pointed where.

    Attributes:
        domain: that the app answers for.
        zone: that holds the domain; none where its DNS is elsewhere.
        app: the app's name.
        environment: that the app is in.
    """

    domain: str
    zone: DnsZone | None
    app: str
    environment: Environment


class Records(pulumi.ComponentResource):
    """What the DNS of a domain says, as far as it is Azure's.

    Attributes:
        args: what it was made of.
        ready: what proves whose the domain is, which has to be there before the app takes it.
        domain: the same, once the world can see the proof.
        wanted: the type, the name and the value of each record, wherever the DNS is. Where that is not known, there are
            both for the domain: a zone's own name has an A record, and any other a CNAME.
    """

    def __init__(self, name: str, args: RecordsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Records", name, {}, opts)
        self._name, self.args = name, args
        made, proof = args.environment, f"asuid.{args.domain}"
        fqdn = pulumi.Output.concat(args.app, ".", made.default_domain)
        to_app: dict[str, pulumi.Output[str]] = {"CNAME": fqdn, "A": made.static_ip}
        if args.zone:
            to_app.pop("CNAME" if _is_apex(args.domain, args.zone) else "A")
        self._to_app = to_app
        rows = [pulumi.Output.all("TXT", proof, made.verification_id)]
        rows += [pulumi.Output.all(kind, args.domain, value) for kind, value in to_app.items()]
        self.wanted: pulumi.Output[list[list[str]]] = pulumi.Output.all(*rows)
        self.ready: list[pulumi.Resource] = []
        self.domain: pulumi.Output[str] = pulumi.Output.from_input(args.domain)
        self._servers: list[str] = []
        if args.zone:
            # Nothing is there to be seen in a preview.
            if not pulumi.runtime.is_dry_run():
                asked = {"resourceGroupName": args.zone.group, "zoneName": args.zone.name}
                self._servers = ask("dns:getZone", asked, pulumi.InvokeOptions(parent=self))["nameServers"]
            told = {"txtRecords": [{"value": [made.verification_id]}]}
            record = self._record("proof", "TXT", proof, told, ())
            self.ready, self.domain = [record], self._once_seen("TXT", proof, made.verification_id, record)
        self.register_outputs({"wanted": self.wanted})

    def point(self, app_ready: Sequence[pulumi.Resource]) -> tuple[list[pulumi.Resource], pulumi.Output[str]]:
        """Point the domain at the app, which has taken it: where it was elsewhere before, it moves to what answers.

        The answer is the record, none where the DNS is not Azure's; and the domain, once the world sees it pointed.
        """
        if not self.args.zone:
            return [], self.domain
        ((kind, value),) = self._to_app.items()
        told: dict[str, Any] = (
            {"cnameRecord": {"cname": value}} if kind == "CNAME" else {"aRecords": [{"ipv4Address": value}]}
        )
        record = self._record("app", kind, self.args.domain, told, app_ready)
        return [record], self._once_seen(kind, self.args.domain, value, record)

    def _once_seen(self, kind: str, name: str, value: pulumi.Output[str], record: Resource) -> pulumi.Output[str]:
        if not self._servers:
            return pulumi.Output.from_input(self.args.domain)

        async def seen(known: Sequence[Any]) -> str:
            await asyncio.to_thread(dns.wait, kind, name, str(known[0]), self._servers)
            return self.args.domain

        return pulumi.Output.all(value, record.id).apply(seen)

    def _record(
        self, word: str, kind: str, fqdn: str, told: Mapping[str, Any], after: Sequence[pulumi.Resource]
    ) -> Resource:
        zone = self.args.zone
        assert zone is not None
        opts = ResourceOptions(parent=self, depends_on=[*after])
        return record(f"{self._name}-{word}", zone, kind, fqdn, told, opts)


def record(name: str, zone: DnsZone, kind: str, fqdn: str, told: Mapping[str, Any], opts: ResourceOptions) -> Resource:
    """A record of a zone: its `kind`, the whole name that it is of, and what it says, as Azure DNS has it."""
    props = {
        "resourceGroupName": zone.group,
        "zoneName": zone.name,
        "recordType": kind,
        "relativeRecordSetName": fqdn.removesuffix(zone.name).rstrip(".") or "@",
        "ttl": TTL,
        **told,
    }
    # A CNAME stands alone under its name, so another kind is made when it is gone.
    kept = ResourceOptions.merge(opts, ResourceOptions(delete_before_replace=True))
    return resource("dns:RecordSet", name, props, kept)


@dataclass(frozen=True)
class CertificateArgs:
    """What the certificate is for.

    Attributes:
        group: the resource group, by name.
        location: of the environment.
        records: of the domain.
        validation: how Azure sees that the domain points at the app, as `pointed` says.
        app_ready: the app, which has taken the domain.
        tags: of the certificate.
    """

    group: pulumi.Input[str]
    location: str
    records: Records
    validation: str
    app_ready: Sequence[pulumi.Resource]
    tags: Mapping[str, str]


class Certificate(pulumi.ComponentResource):
    """The record that points the domain at the app, and a certificate that Azure makes and renews.

    Attributes:
        ready: what must be there before the domain is served.
    """

    def __init__(self, name: str, args: CertificateArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Certificate", name, {}, opts)
        of = args.records.args
        pointing, domain = args.records.point(args.app_ready)
        made = resource(
            "app:ManagedCertificate",
            name,
            {
                "resourceGroupName": args.group,
                "environmentName": of.environment.name,
                "location": args.location,
                "properties": {"subjectName": domain, "domainControlValidation": args.validation},
                "tags": args.tags,
            },
            ResourceOptions(
                parent=self,
                depends_on=[*args.app_ready, *pointing],
                # One that is there was validated, however the domain is pointed by now.
                ignore_changes=["properties.domainControlValidation"],
                # It cannot be deleted while an app has the domain, and goes with its environment.
                deleted_with=of.environment.resource,
            ),
        )
        self.ready: list[pulumi.Resource] = [*pointing, made]
        self.register_outputs({})


def pointed(domain: str, zone: DnsZone | None, group: str, app: str, provider: pulumi.ProviderResource) -> str | None:
    """How Azure sees that a domain points at the app; nothing where it does not, and the app cannot have it yet.

    In a zone of Azure DNS the stack sees to it. Where the DNS is elsewhere the app of a first `up` is made without the
    domain, and an `up` after the records are there gives it to it. What the app has it keeps.

    Raises:
        SettingsError: Azure cannot be asked.
    """
    if zone:
        return HTTP if _is_apex(domain, zone) else CNAME
    opts, named = pulumi.InvokeOptions(provider=provider), {"resourceGroupName": group, "containerAppName": app}
    try:
        found = ask("app:listContainerAppCustomHostNameAnalysis", {**named, "customHostname": domain}, opts)
        by_name = any(str(each).rstrip(".").lower().endswith(OURS) for each in found.get("cNameRecords") or ())
        proven = str(found.get("customDomainVerificationTest")) == "Passed"
        may_have = proven and (by_name or bool(found.get("aRecords")))
        if not may_have and not _has(domain, ask("app:getContainerApp", named, opts)):
            return None
    except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
        if "NotFound" in str(error):
            return None
        rule = f"Azure cannot be asked whether {domain} points at {app} of {group} ({reason(error)})"
        fix = f"az containerapp hostname list --resource-group {group} --name {app}"
        raise SettingsError([Problem(key_of("domain"), rule, fix)]) from None
    return CNAME if by_name else HTTP


def _has(domain: str, app: Mapping[str, Any]) -> bool:
    configuration: dict[str, Any] = app.get("configuration") or {}
    ingress: dict[str, Any] = configuration.get("ingress") or {}
    taken: list[dict[str, Any]] = ingress.get("customDomains") or []
    return domain in [each["name"] for each in taken]


def _is_apex(domain: str, zone: DnsZone) -> bool:
    return domain == zone.name
