"""How the offline plan plays AWS: ids and outputs, what replaces, the platform's rules, what a type is for and costs.

What replaces was read from the documentation of the Terraform provider's arguments ("Forces new resource"); prices are
those of us-east-1, on demand. `there.py` tells what can be looked up.
"""

import re

from infra.targets.aws.offline import api, lifecycle, policies, there, values
from infra.targets.aws.offline.balancer import BALANCER
from infra.targets.aws.offline.domain import DOMAIN
from infra.targets.aws.offline.eks import EKS
from infra.targets.aws.offline.functions import ASSUMED, FUNCTIONS
from infra.targets.aws.offline.gateways import WAYS
from infra.targets.aws.offline.identity import IDENTITY
from infra.targets.aws.offline.names import ACCOUNT, arn
from infra.targets.aws.offline.network import NETWORK
from infra.targets.aws.offline.service import SERVICE
from infra.targets.aws.offline.storage import STORAGE
from infra.targets.aws.offline.tags import default_tags
from infra.targets.aws.offline.watching import WATCHING
from tools.offline.tables import Package

_SECRET = re.escape(there.secret_arn("").partition(f":{ACCOUNT}:")[2])

PACKAGES = (
    Package(
        name="aws",
        types={**NETWORK, **WAYS, **BALANCER, **DOMAIN, **SERVICE, **EKS, **IDENTITY, **STORAGE, **WATCHING},
        place=frozenset({"allowedAccountIds", "assumeRoles", "endpoints", "profile", "region"}),
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
        adds=default_tags,
        functions=FUNCTIONS,
        assumed=ASSUMED,
        prepare=api.prepare,
        judges=(api.judge, api.judge_containers, policies.judge, lifecycle.judge, *values.JUDGES),
        # What is there before any stack is can be named too, though no plan makes it.
        references=(
            there.but(there.IDS) + r"(vpc|subnet|igw|rtb|sg|nat|eipalloc|vpce)-[0-9a-f]{8,17}",
            # Of another account, or made by AWS itself, is no plan's business.
            rf"arn:aws:iam::{ACCOUNT}:role/(?!aws-service-role/|aws-reserved/).+",
            rf"arn:aws:(acm|ecs|eks|elasticloadbalancing|kms|logs|scheduler|sns|wafv2):[a-z0-9-]+:{ACCOUNT}:.+",
            rf"arn:aws:secretsmanager:[a-z0-9-]+:{ACCOUNT}:(?!{_SECRET}$).+",
        ),
    ),
)
