"""AWS's networks and what balances load on them: ids, what replaces, rules, prices."""

from infra.targets.aws.offline.names import PRICED, READ, VPC_PRICE, arn
from infra.targets.aws.offline.rules import cidr, ports
from tools.offline import judges
from tools.offline.tables import Played, Price, Rule, Source, replacing

GROUPS = Source("https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html", READ)
BALANCER = Source(
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html", READ
)
BALANCER_PRICE = Source("https://aws.amazon.com/elasticloadbalancing/pricing/", READ)

NETWORK: dict[str, Played] = {
    "aws:ec2/vpc:Vpc": Played(
        purpose="network",
        id="vpc-{hex17}",
        outputs={
            "arn": arn("ec2", "vpc/{id}"),
            "ownerId": "{account}",
            "mainRouteTableId": "rtb-{hex17}",
            "defaultRouteTableId": "rtb-{hex17}",
            "defaultNetworkAclId": "acl-{hex17}",
            "defaultSecurityGroupId": "sg-{hex17}",
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
                ("aws:ec2/vpc:Vpc", "id", "cidrBlock"),
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
            Rule(
                "description",
                GROUPS,
                "be up to 255 plain characters",
                pattern=r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}",
            ),
        ),
        judges=(ports,),
        free="a security group is free",
    ),
    "aws:ec2/natGateway:NatGateway": Played(
        purpose="network",
        id="nat-{hex17}",
        kind=replacing("allocationId", "connectivityType", "privateIp", "region", "subnetId", "vpcId", autonamed=None),
        prices=(Price(0.045, "hour", VPC_PRICE, region=PRICED), Price(0.045, "GB processed", VPC_PRICE, region=PRICED)),
    ),
    "aws:lb/loadBalancer:LoadBalancer": Played(
        purpose="network",
        id=arn("elasticloadbalancing", "loadbalancer/app/{name}/{hex16}"),
        outputs={"arn": "{id}", "dnsName": "{name}-{digits9}.{region}.elb.amazonaws.com", "zoneId": "Z35SXDOTRQ7X7K"},
        kind=replacing("internal", "loadBalancerType", "name", "namePrefix", "region"),
        rules=(
            Rule(
                "name",
                BALANCER,
                "be at most 32 letters, digits and hyphens, and not begin or end with a hyphen",
                pattern=r"(?!internal-)[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?",
            ),
        ),
        prices=(
            Price(0.0225, "hour", BALANCER_PRICE, region=PRICED),
            Price(0.008, "LCU-hour", BALANCER_PRICE, region=PRICED),
        ),
    ),
    "aws:lb/targetGroup:TargetGroup": Played(
        purpose="network",
        id=arn("elasticloadbalancing", "targetgroup/{name}/{hex16}"),
        outputs={"arn": "{id}", "arnSuffix": "targetgroup/{name}/{hex16}"},
        kind=replacing(
            "ipAddressType",
            "name",
            "namePrefix",
            "port",
            "protocol",
            "protocolVersion",
            "region",
            "targetType",
            "vpcId",
        ),
        rules=(
            Rule(
                "name",
                BALANCER,
                "be at most 32 letters, digits and hyphens",
                pattern=r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?",
            ),
        ),
        free="a target group is part of its load balancer",
    ),
    "aws:lb/listener:Listener": Played(
        purpose="network",
        id=arn("elasticloadbalancing", "listener/app/{logical}/{hex16}/{hex16}"),
        outputs={"arn": "{id}"},
        kind=replacing("loadBalancerArn", "region", autonamed=None),
        free="a listener is part of its load balancer",
    ),
}
