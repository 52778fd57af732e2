"""The certificate of a domain, which ACM renews by itself as long as the record that proves the domain stays."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.commands import key_of
from infra.errors import Problem, SettingsError
from infra.targets.raw import reason

# Seconds that the record of the proof may be remembered.
TTL = 300
# ACM needs minutes. A zone that the world does not ask, as nobody delegated to it, is never proven.
LONGEST = "15m"


@dataclass(frozen=True)
class CertificateArgs:
    """A domain, and the id of the public hosted zone in Route 53 that it is in."""

    domain: str
    zone_id: str


class Certificate(pulumi.ComponentResource):
    """A certificate that is proven by a record in Route 53.

    Attributes:
        arn: known when it is issued.
    """

    def __init__(self, name: str, args: CertificateArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Certificate", name, {}, opts)
        child = ResourceOptions(parent=self)
        certificate = aws.acm.Certificate(name, domain_name=args.domain, validation_method="DNS", opts=child)
        proof = certificate.domain_validation_options[0]
        record = aws.route53.Record(
            f"{name}-proof",
            zone_id=args.zone_id,
            name=proof.resource_record_name.apply(str),
            type=proof.resource_record_type.apply(str),
            records=[proof.resource_record_value.apply(str)],
            ttl=TTL,
            # The same domain in another stack has the same proof.
            allow_overwrite=True,
            opts=child,
        )
        issued = aws.acm.CertificateValidation(
            name,
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            opts=ResourceOptions(parent=self, custom_timeouts=pulumi.CustomTimeouts(create=LONGEST)),
        )
        self.arn = issued.certificate_arn
        self.register_outputs({"arn": self.arn})


def zone_id(name: str, provider: aws.Provider) -> str:
    """The id of a public hosted zone. Raises SettingsError when there is none of that name."""
    try:
        return aws.route53.get_zone(name=name, private_zone=False, opts=pulumi.InvokeOptions(provider=provider)).zone_id
    except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
        rule = f"{name}: no such public hosted zone ({reason(error)})"
        fix = f"aws route53 create-hosted-zone --name {name} --caller-reference 1, or name another zone"
        raise SettingsError([Problem(key_of("options.hosted_zone"), rule, fix)]) from None
