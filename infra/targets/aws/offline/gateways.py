"""The ways out of AWS's networks, and the log of who takes them: ids, what replaces, rules, prices."""

from collections.abc import Iterator

from infra.targets.aws.offline.names import CLOUDWATCH_PRICE, PRICED, READ, VPC_PRICE, arn, ec2_page, names_an_arn
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.tables import Others, Played, Price, Rule, Source, replacing
from tools.offline.values import UNKNOWN, Values

ADDRESSES, NATS, ROUTES = ec2_page("AllocateAddress"), ec2_page("CreateNatGateway"), ec2_page("CreateRoute")
ENDPOINTS, FLOWS = ec2_page("CreateVpcEndpoint"), ec2_page("CreateFlowLogs")
ENDPOINT_PRICE = Source("https://aws.amazon.com/privatelink/pricing/", READ)

VPC, ENDPOINT = "aws:ec2/vpc:Vpc", "aws:ec2/vpcEndpoint:VpcEndpoint"
GATEWAYS = ("s3", "s3express", "dynamodb")
DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
HOPS = (
    "carrierGatewayId", "coreNetworkArn", "egressOnlyGatewayId", "gatewayId", "localGatewayId", "natGatewayId",
    "networkInterfaceId", "odbNetworkArn", "transitGatewayId", "vpcEndpointId", "vpcPeeringConnectionId",
)  # fmt: skip
WATCHED = ("vpcId", "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId", "regionalNatGatewayId")


def _addresses(inputs: Values, _others: Others) -> float | None:
    """In how many zones an endpoint is paid for: one of type Gateway in none."""
    if inputs.get("vpcEndpointType", "Gateway") == "Gateway":
        return 0.0
    subnets = inputs.get("subnetIds")
    return float(len(forms.listed(subnets))) if isinstance(subnets, list) else None  # pyright: ignore[reportUnknownArgumentType]


def _paid_through(inputs: Values, _others: Others) -> float | None:
    return None if inputs.get("vpcEndpointType", "Gateway") == "Gateway" else 1.0


def _to(destination: str) -> Price:
    def units(inputs: Values) -> float:
        return float(inputs.get("logDestinationType", "cloud-watch-logs") == destination)

    dollars = 0.25 if destination == "s3" else 0.50
    return Price(dollars, "GB of flow logs delivered", CLOUDWATCH_PRICE, units, PRICED)


def _gateway_endpoint(_type: str, inputs: Values) -> Iterator[Problem]:
    """What goes with which kind of endpoint."""
    kind, service = inputs.get("vpcEndpointType", "Gateway"), inputs.get("serviceName")
    if kind == "Gateway":
        if isinstance(service, str) and not service.endswith(tuple(f".{name}" for name in GATEWAYS)):
            yield Problem("serviceName", f"{service!r} has no endpoint of type Gateway, which s3 and dynamodb have")
        for name in ("subnetIds", "securityGroupIds", "privateDnsEnabled"):
            if inputs.get(name) not in (None, UNKNOWN, [], False):
                yield Problem(name, f"is not for an endpoint of type Gateway ({ENDPOINTS})")
    elif kind == "Interface" and inputs.get("routeTableIds") not in (None, UNKNOWN, []):
        yield Problem("routeTableIds", f"is not for an endpoint of type Interface ({ENDPOINTS})")


def _private_names(inputs: Values, others: Others) -> Iterator[Problem]:
    """That an endpoint's VPC resolves names, and no other endpoint of it answers to the same."""
    if inputs.get("privateDnsEnabled") is not True:
        return
    for id_, vpc in others(VPC):
        for name in ("enableDnsSupport", "enableDnsHostnames"):
            wrong = vpc.get(name, name == "enableDnsSupport") is False
            if id_ == inputs.get("vpcId") and wrong:
                yield Problem("privateDnsEnabled", f"enabling private DNS requires {name} of the VPC {id_}")
    names = ("privateDnsEnabled", "vpcId", "serviceName")
    own = [inputs.get(name) for name in names]
    for id_, endpoint in others(ENDPOINT):
        if UNKNOWN not in own and own == [endpoint.get(name) for name in names]:
            yield Problem("privateDnsEnabled", f"there is a conflicting DNS domain for {own[-1]}: {id_}")


WAYS: dict[str, Played] = {
    "aws:ec2/route:Route": Played(
        purpose="network",
        id="r-{routeTableId}{digits10}",
        outputs={"origin": "CreateRoute", "state": "active"},
        kind=replacing("region", "routeTableId", *DESTINATIONS, autonamed=None),
        judges=(forms.only_one(*DESTINATIONS, source=ROUTES), forms.only_one(*HOPS, source=ROUTES)),
        beside=(
            forms.distinct(
                "aws:ec2/route:Route", ("routeTableId", "destinationCidrBlock"), "RouteAlreadyExists, in the same table"
            ),
        ),
        free="a route is free",
    ),
    "aws:ec2/eip:Eip": Played(
        purpose="network",
        id="eipalloc-{hex17}",
        outputs={
            "allocationId": "{id}",
            "arn": arn("ec2", "elastic-ip/{id}"),
            "domain": "vpc",
            "publicDns": "ec2-203-0-113-{digits2}.compute-1.amazonaws.com",
        },
        kind=replacing(
            "address",
            "domain",
            "ipamPoolId",
            "networkBorderGroup",
            "publicIpv4Pool",
            "region",
            autonamed=None,
        ),
        judges=(forms.only_one("instance", "networkInterface", source=ADDRESSES, wanted=False),),
        prices=(Price(0.005, "hour", VPC_PRICE, region=PRICED),),
    ),
    "aws:ec2/natGateway:NatGateway": Played(
        purpose="network",
        id="nat-{hex17}",
        kind=replacing(
            "allocationId",
            "availabilityMode",
            "connectivityType",
            "privateIp",
            "region",
            "subnetId",
            "vpcId",
            autonamed=None,
        ),
        judges=(
            forms.required(
                lambda inputs: (
                    inputs.get("connectivityType", "public") == "public"
                    and inputs.get("availabilityMode", "zonal") == "zonal"
                ),
                "allocationId",
                "a public NAT gateway wants the address of an Eip",
                NATS,
            ),
            forms.required(
                forms.is_("availabilityMode", None, "zonal"), "subnetId", "a NAT gateway of a zone wants a subnet", NATS
            ),
            forms.required(
                forms.is_("availabilityMode", "regional"), "vpcId", "a regional NAT gateway wants a VPC", NATS
            ),
            forms.when(
                forms.is_("connectivityType", "private"), "allocationId", "is not for a private NAT gateway", NATS
            ),
        ),
        beside=(
            forms.distinct(
                "aws:ec2/natGateway:NatGateway", ("allocationId",), "the address is another NAT gateway's already"
            ),
        ),
        prices=(Price(0.045, "hour", VPC_PRICE, region=PRICED), Price(0.045, "GB processed", VPC_PRICE, region=PRICED)),
    ),
    ENDPOINT: Played(
        purpose="network",
        id="vpce-{hex17}",
        outputs={
            "arn": arn("ec2", "vpc-endpoint/{id}"),
            "ownerId": "{account}",
            "prefixListId": "pl-{hex8}",
            "state": "available",
        },
        kind=replacing(
            "region",
            "resourceConfigurationArn",
            "serviceName",
            "serviceNetworkArn",
            "serviceRegion",
            "vpcEndpointType",
            "vpcId",
            autonamed=None,
        ),
        rules=(
            Rule(
                "serviceName",
                ENDPOINTS,
                "be the name of a service such as com.amazonaws.eu-central-1.s3",
                pattern=r"(com|cn\.com|eu|gov|aws)\.[\w.-]+",
            ),
        ),
        judges=(
            _gateway_endpoint,
            forms.only_one("serviceName", "resourceConfigurationArn", "serviceNetworkArn", source=ENDPOINTS),
        ),
        beside=(_private_names,),
        prices=(
            Price(0.01, "hour", ENDPOINT_PRICE, region=PRICED, beside=_addresses),
            Price(0.01, "GB through an endpoint", ENDPOINT_PRICE, region=PRICED, beside=_paid_through),
        ),
    ),
    "aws:ec2/flowLog:FlowLog": Played(
        purpose="watching",
        id="fl-{hex17}",
        outputs={"arn": arn("ec2", "vpc-flow-log/{id}")},
        kind=replacing(
            "deliverCrossAccountRole",
            "destinationOptions",
            "iamRoleArn",
            "logDestination",
            "logDestinationType",
            "logFormat",
            "maxAggregationInterval",
            "region",
            "tagFieldSpecifications",
            "trafficType",
            *WATCHED,
            autonamed=None,
        ),
        rules=(Rule("maxAggregationInterval", FLOWS, "be 60 or 600 seconds", choices=(60, 600)),),
        judges=(
            forms.only_one(*WATCHED, source=FLOWS),
            names_an_arn("logDestination", "a log group, a bucket or a stream", FLOWS),
            forms.required(lambda _inputs: True, "logDestination", "where they are written must be said", FLOWS),
            forms.required(
                forms.is_("logDestinationType", None, "cloud-watch-logs"),
                "iamRoleArn",
                "a log group is written to with a role",
                FLOWS,
            ),
            forms.when(
                forms.is_("logDestinationType", "s3"), "iamRoleArn", "is for log groups; a bucket has a policy", FLOWS
            ),
            forms.required(
                lambda inputs: any(forms.given(inputs, name) for name in WATCHED[:3]),
                "trafficType",
                "ACCEPT, REJECT or ALL must be said",
                FLOWS,
            ),
        ),
        prices=(_to("cloud-watch-logs"), _to("s3"), _to("kinesis-data-firehose")),
    ),
}
