"""How the offline plan plays AWS: ids and outputs, what replaces, the platform's rules, what a type is for and costs.

What replaces was read from the documentation of the Terraform provider's arguments ("Forces new resource"); prices are
those of us-east-1, on demand.
"""

from infra.targets.aws.offline import api, lifecycle, policies, values
from infra.targets.aws.offline.names import arn
from infra.targets.aws.offline.network import NETWORK
from infra.targets.aws.offline.service import SERVICE
from tools.offline.tables import Package
from tools.offline.values import Secret

ACCOUNT = "123456789012"

PACKAGES = (
    Package(
        name="aws",
        types={**NETWORK, **SERVICE},
        facts={"account": ACCOUNT, "region": "us-east-1"},
        outputs={
            "arn": arn("{module}", "{id}"),
            "domainName": "{id}.{module}.{region}.amazonaws.com",
            "dnsName": "{id}.{module}.{region}.amazonaws.com",
            "endpoint": "{id}.{module}.{region}.amazonaws.com",
            "ownerId": "{account}",
            "privateIp": "10.0.0.{digits2}",
            "publicIp": "203.0.113.{digits2}",
            "region": "{region}",
            "url": "https://{module}.{region}.amazonaws.com/{account}/{id}",
        },
        functions={
            "aws:ecr/getAuthorizationToken:getAuthorizationToken": lambda _arguments, facts: {
                "id": facts["account"],
                "authorizationToken": Secret("QVdTOm9mZmxpbmU="),
                "expiresAt": "2026-01-01T12:00:00Z",
                "password": Secret("offline"),
                "proxyEndpoint": f"https://{facts['account']}.dkr.ecr.{facts['region']}.amazonaws.com",
                "region": facts["region"],
                "userName": "AWS",
            },
            "aws:index/getCallerIdentity:getCallerIdentity": lambda _arguments, facts: {
                "accountId": facts["account"],
                "arn": f"arn:aws:iam::{facts['account']}:user/offline",
                "id": facts["account"],
                "userId": "AIDAOFFLINE",
            },
            "aws:index/getRegion:getRegion": lambda _arguments, facts: {
                "id": facts["region"],
                "name": facts["region"],
                "region": facts["region"],
                "description": facts["region"],
                "endpoint": f"ec2.{facts['region']}.amazonaws.com",
            },
            "aws:index/getAvailabilityZones:getAvailabilityZones": lambda _arguments, facts: {
                "id": facts["region"],
                "region": facts["region"],
                "groupNames": [facts["region"]],
                "names": [f"{facts['region']}{letter}" for letter in "abc"],
                "zoneIds": [f"use1-az{number}" for number in (1, 2, 3)],
            },
        },
        prepare=api.prepare,
        judges=(api.judge, api.judge_containers, policies.judge, lifecycle.judge, *values.JUDGES),
        references=(
            r"(vpc|subnet|igw|rtb|sg|nat)-[0-9a-f]{8,17}",
            # Of another account, or made by AWS itself, is no plan's business.
            rf"arn:aws:iam::{ACCOUNT}:role/(?!aws-service-role/|aws-reserved/).+",
            rf"arn:aws:(ecs|elasticloadbalancing|secretsmanager):[a-z0-9-]+:{ACCOUNT}:.+",
        ),
    ),
)
