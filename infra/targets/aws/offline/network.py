"""AWS's networks and who may reach whom in them: ids, what replaces, rules."""

from collections.abc import Iterator

from infra.targets.aws.offline.names import arn, ec2_page
from infra.targets.aws.offline.rules import cidr, ports
from tools.offline import forms, judges
from tools.offline.backend import Problem
from tools.offline.tables import Others, Played, Rule, replacing
from tools.offline.values import UNKNOWN, Values

GROUPS, GROUP_RULES = ec2_page("CreateSecurityGroup"), ec2_page("AuthorizeSecurityGroupIngress")
ASSOCIATIONS = ec2_page("AssociateRouteTable")

VPC = "aws:ec2/vpc:Vpc"
PEERS = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
DESCRIPTION = r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}"


def _ports_given(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a rule of a security group says its ports where its protocol has some."""
    if inputs.get("ipProtocol") in ("tcp", "udp", "6", "17"):
        for name in ("fromPort", "toPort"):
            if inputs.get(name) is None:
                yield Problem(name, f"{inputs['ipProtocol']} wants it ({GROUP_RULES})")


def _group_rule(direction: str) -> Played:
    type_ = f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule"

    def twice(inputs: Values, others: Others) -> Iterator[Problem]:
        names = ("securityGroupId", "ipProtocol", "fromPort", "toPort", *PEERS)
        own = [inputs.get(name) for name in names]
        for id_, outputs in others(type_):
            if UNKNOWN not in own and own == [outputs.get(name) for name in names]:
                yield Problem("securityGroupId", f"InvalidPermission.Duplicate: the rule is there already: {id_}")

    return Played(
        purpose="network",
        id="sgr-{hex17}",
        outputs={"arn": arn("ec2", "security-group-rule/{id}"), "securityGroupRuleId": "{id}"},
        kind=replacing("region", "securityGroupId", autonamed=None),
        rules=(Rule("description", GROUP_RULES, "be up to 255 plain characters", pattern=DESCRIPTION),),
        judges=(forms.only_one(*PEERS, source=GROUP_RULES), _ports_given),
        beside=(twice,),
        free="a rule of a security group is free",
    )


NETWORK: dict[str, Played] = {
    VPC: Played(
        purpose="network",
        id="vpc-{hex17}",
        outputs={
            "arn": arn("ec2", "vpc/{id}"),
            "ownerId": "{account}",
            "mainRouteTableId": "rtb-{hex17}",
            "defaultRouteTableId": "rtb-{hex17}",
            "defaultNetworkAclId": "acl-{hex17}",
            "defaultSecurityGroupId": "sg-{hex17}",
            "enableDnsSupport": True,
        },
        kind=replacing("cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength", "region", autonamed=None),
        judges=(cidr,),
        free="a VPC itself is free",
    ),
    "aws:ec2/subnet:Subnet": Played(
        purpose="network",
        id="subnet-{hex17}",
        outputs={"arn": arn("ec2", "subnet/{id}"), "availabilityZoneId": "use1-az1", "ownerId": "{account}"},
        kind=replacing(
            "availabilityZone",
            "availabilityZoneId",
            "cidrBlock",
            "ipv6Native",
            "outpostArn",
            "region",
            "vpcId",
            autonamed=None,
        ),
        judges=(cidr,),
        beside=(
            judges.subnets(
                "aws:ec2/subnet:Subnet",
                "cidrBlock",
                "vpcId",
                (VPC, "id", "cidrBlock"),
                ("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", "vpcId", "cidrBlock"),
            ),
        ),
        free="a subnet itself is free",
    ),
    "aws:ec2/internetGateway:InternetGateway": Played(
        purpose="network",
        id="igw-{hex17}",
        outputs={"arn": arn("ec2", "internet-gateway/{id}"), "ownerId": "{account}"},
        kind=replacing("region", autonamed=None),
        free="an internet gateway itself is free",
    ),
    "aws:ec2/routeTable:RouteTable": Played(
        purpose="network",
        id="rtb-{hex17}",
        outputs={"arn": arn("ec2", "route-table/{id}"), "ownerId": "{account}"},
        kind=replacing("region", "vpcId", autonamed=None),
        free="a route table is free",
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Played(
        purpose="network",
        id="rtbassoc-{hex17}",
        kind=replacing("gatewayId", "region", "subnetId", autonamed=None),
        judges=(forms.only_one("subnetId", "gatewayId", source=ASSOCIATIONS),),
        free="an association is free",
    ),
    "aws:ec2/securityGroup:SecurityGroup": Played(
        purpose="network",
        id="sg-{hex17}",
        outputs={"arn": arn("ec2", "security-group/{id}"), "ownerId": "{account}"},
        kind=replacing(
            "description", "name", "namePrefix", "region", "vpcId", defaults={"description": "Managed by Pulumi"}
        ),
        rules=(
            Rule("name", GROUPS, "not begin with sg-", pattern=r"(?!sg-).*"),
            Rule("name", GROUPS, "be at most 255 characters", pattern=r".{1,255}"),
            Rule("description", GROUPS, "be up to 255 plain characters", pattern=DESCRIPTION),
            Rule("ingress[*].description", GROUPS, "be up to 255 plain characters", pattern=DESCRIPTION),
            Rule("egress[*].description", GROUPS, "be up to 255 plain characters", pattern=DESCRIPTION),
        ),
        judges=(ports,),
        free="a security group is free",
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Played(
        purpose="network",
        id="sg-{hex17}",
        outputs={"arn": arn("ec2", "security-group/{id}"), "name": "default", "ownerId": "{account}"},
        kind=replacing("region", "vpcId", autonamed=None),
        judges=(ports,),
        free="a security group is free",
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _group_rule("Ingress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _group_rule("Egress"),
}
