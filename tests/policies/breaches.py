"""What breaks each rule: the rule, then the resource by its type, its name and its inputs; and what breaks none."""

import json
from typing import Any

GROUP = "aws:ec2/securityGroup:SecurityGroup"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
FIREWALL = "gcp:compute/firewall:Firewall"
SECURITY_RULE = "azure-native:network:SecurityRule"
SECURITY_GROUP = "azure-native:network:NetworkSecurityGroup"
POLICY = "aws:iam/rolePolicy:RolePolicy"
CONTAINER = "docker:index/container:Container"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
ECR = "aws:ecr/repository:Repository"
ARTIFACTS = "gcp:artifactregistry/repository:Repository"

ID = f"sha256:{'0123456789abcdef' * 4}"
HARD = {
    "image": ID,
    "readOnly": True,
    "capabilities": {"drops": ["ALL"]},
    "securityOpts": ["no-new-privileges"],
}
TAGGED = {"containers": [{"image": "web:1"}]}
POD = {"template": {"spec": TAGGED}}
SSH = {"fromPort": 22, "toPort": 22}
HTTPS = {"fromPort": 443, "toPort": 443}
INBOUND = {"access": "Allow", "direction": "Inbound"}
TCP = {"allows": [{"protocol": "tcp"}]}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"

OPEN, EVERYTHING, STAY, ADMIN, DIGESTS, TOLD, HARDENED = (
    "nothing-open-to-the-world",
    "nothing-allowed-on-everything",
    "tags-stay",
    "no-admin-login",
    "images-by-digest",
    "secrets-stay-secret",
    "hardened-containers",
)


def task(**changes: Any) -> dict[str, Any]:
    """A task definition whose container does little, but for the changes."""
    container = {"image": f"web@{ID}", "user": "10001:10001", "readonlyRootFilesystem": True, **changes}
    return {"containerDefinitions": json.dumps([container])}


TELLING = [{"name": "API_KEY", "value": "hunter2"}]


def allowing(**changes: Any) -> dict[str, Any]:
    """A policy that allows something on everything."""
    return {"policy": json.dumps({"Statement": [{"Effect": "Allow", "Resource": "*", **changes}]})}


BREACHES: list[tuple[str, str, str, dict[str, Any]]] = [
    (OPEN, GROUP, "web", {"ingress": [SSH | {"cidrBlocks": ["0.0.0.0/0"]}]}),
    (OPEN, GROUP, "web", {"ingress": [SSH | {"ipv6CidrBlocks": ["::/0"]}]}),
    (OPEN, GROUP, "rebalancer-db", {"ingress": [HTTPS | {"cidrBlocks": ["0.0.0.0/0"]}]}),
    (OPEN, GROUP, "rebalancer", {"ingress": [HTTPS | {"cidrBlocks": ["0.0.0.0/0"]}]}),
    (OPEN, GROUP, "web-balancer", {"ingress": [SSH | {"cidrBlocks": ["0.0.0.0/0"]}]}),
    (OPEN, GROUP, "web-balancer", {"ingress": [{"fromPort": 80, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}]}),
    (OPEN, GROUP_RULE, "web", SSH | {"type": "ingress", "cidrBlocks": ["0.0.0.0/0"]}),
    (OPEN, GROUP_RULE, "web", SSH | {"type": "ingress", "ipv6CidrBlocks": ["::/0"]}),
    (OPEN, INGRESS_RULE, "web", SSH | {"cidrIpv4": "0.0.0.0/0"}),
    (OPEN, INGRESS_RULE, "web", SSH | {"cidrIpv6": "::/0"}),
    (OPEN, FIREWALL, "ssh", TCP | {"sourceRanges": ["0.0.0.0/0"]}),
    (OPEN, FIREWALL, "ssh", TCP | {"sourceRanges": ["0.0.0.0/0"], "sourceTags": ["web"]}),
    (OPEN, FIREWALL, "ssh", TCP),
    (OPEN, SECURITY_RULE, "ssh", INBOUND | {"sourceAddressPrefix": "*"}),
    (OPEN, SECURITY_RULE, "ssh", INBOUND | {"sourceAddressPrefix": "Internet"}),
    (OPEN, SECURITY_RULE, "ssh", INBOUND | {"sourceAddressPrefixes": ["10.0.0.0/8", "0.0.0.0/0"]}),
    (OPEN, SECURITY_GROUP, "web", {"securityRules": [INBOUND | {"sourceAddressPrefix": "*"}]}),
    (OPEN, CONTAINER, "web", HARD | {"ports": [{"internal": 8000}]}),
    (EVERYTHING, POLICY, "web", allowing(Action="*")),
    (EVERYTHING, POLICY, "web", allowing(Action=["logs:PutLogEvents", "iam:*"])),
    (EVERYTHING, POLICY, "web", allowing(NotAction="iam:*")),
    (EVERYTHING, POLICY, "web", allowing(Action="*", Resource=["arn:aws:*:*:*:*"])),
    (EVERYTHING, "aws:iam/role:Role", "web", {"inlinePolicies": [allowing(Action="*")]}),
    (EVERYTHING, "aws:iam/role:Role", "web", {"managedPolicyArns": [ADMINISTRATOR]}),
    (EVERYTHING, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "web", {"policyArn": ADMINISTRATOR}),
    (STAY, ECR, "web", {"imageTagMutability": "MUTABLE"}),
    (STAY, ARTIFACTS, "web", {"format": "DOCKER"}),
    (STAY, ARTIFACTS, "web", {"dockerConfig": {"immutableTags": False}}),
    (ADMIN, "azure-native:containerregistry:Registry", "web", {"adminUserEnabled": True}),
    (DIGESTS, CONTAINER, "web", HARD | {"image": "web:latest"}),
    (DIGESTS, CONTAINER, "web", HARD | {"image": "sha256:00000000:latest"}),
    (DIGESTS, CONTAINER, "web", HARD | {"image": f"web@{ID}:latest"}),
    (DIGESTS, "gcp:cloudrunv2/service:Service", "web", {"template": TAGGED}),
    (DIGESTS, "gcp:cloudrunv2/job:Job", "web", {"template": {"template": TAGGED}}),
    (DIGESTS, "azure-native:app:ContainerApp", "web", {"template": TAGGED}),
    (DIGESTS, TASK, "web", task(image="web:1")),
    (DIGESTS, "kubernetes:core/v1:Pod", "web", {"spec": TAGGED}),
    *((DIGESTS, f"kubernetes:apps/v1:{kind}", "web", {"spec": POD}) for kind in ("Deployment", "StatefulSet", "DaemonSet")),
    (DIGESTS, "kubernetes:apps/v1:Deployment", "web", {"spec": {"template": {"spec": {"initContainers": TAGGED["containers"]}}}}),
    (DIGESTS, "kubernetes:batch/v1:Job", "web", {"spec": POD}),
    (DIGESTS, "kubernetes:batch/v1:CronJob", "web", {"spec": {"jobTemplate": {"spec": POD}}}),
    (TOLD, TASK, "web", task(environment=TELLING)),
    (TOLD, "gcp:cloudrunv2/service:Service", "web", {"template": {"containers": [{"envs": [{"name": "DB_PASSWORD", "value": "x"}]}]}}),
    (TOLD, "azure-native:app:ContainerApp", "web", {"template": {"containers": [{"env": TELLING}]}}),
    (TOLD, "kubernetes:core/v1:Pod", "web", {"spec": {"containers": [{"env": TELLING}]}}),
    (TOLD, CONTAINER, "web", HARD | {"envs": ["GITHUB_TOKEN=x"]}),
    (HARDENED, TASK, "web", task(privileged=True)),
    (HARDENED, TASK, "web", task(readonlyRootFilesystem=False)),
    (HARDENED, TASK, "web", task(user="root")),
    (HARDENED, TASK, "web", task(user="0:0")),
    (HARDENED, TASK, "web", task(user=None)),
    (HARDENED, CONTAINER, "web", HARD | {"privileged": True}),
    (HARDENED, CONTAINER, "web", HARD | {"readOnly": False}),
    (HARDENED, CONTAINER, "web", HARD | {"capabilities": {}}),
    (HARDENED, CONTAINER, "web", HARD | {"securityOpts": []}),
]  # fmt: skip

KEPT: list[tuple[str, str, dict[str, Any]]] = [
    (CONTAINER, "web", HARD | {"ports": [{"internal": 8000, "ip": "127.0.0.1"}]}),
    (GROUP, "balancer", {"ingress": [HTTPS | {"cidrBlocks": ["0.0.0.0/0"]}]}),
    (GROUP, "web-balancer", {"ingress": [HTTPS | {"cidrBlocks": ["0.0.0.0/0"]}, SSH | {"cidrBlocks": ["10.0.0.0/8"]}]}),
    (INGRESS_RULE, "web-balancer", {"fromPort": 80, "toPort": 80, "cidrIpv4": "0.0.0.0/0"}),
    (GROUP_RULE, "web", SSH | {"type": "egress", "cidrBlocks": ["0.0.0.0/0"]}),
    (FIREWALL, "web", TCP | {"sourceTags": ["balancer"]}),
    (FIREWALL, "web", TCP | {"direction": "EGRESS"}),
    (SECURITY_RULE, "web", {"access": "Allow", "direction": "Outbound", "sourceAddressPrefix": "*"}),
    (SECURITY_RULE, "web", {"access": "Deny", "direction": "Inbound", "sourceAddressPrefix": "*"}),
    (POLICY, "web", allowing(Action=["ecr:GetAuthorizationToken", "logs:Put*"])),
    (POLICY, "web", allowing(Effect="Deny", Action="*")),
    (POLICY, "web", allowing(Action="s3:*", Resource="arn:aws:s3:::web/*")),
    (POLICY, "web", {"policy": "{"}),
    (POLICY, "web", {"policy": "[]"}),
    (TASK, "web", {"containerDefinitions": "["}),
    (TASK, "web", task(environment=[{"name": "TOKEN_URL", "value": "x"}, {"name": "API_KEY", "value": ""}])),
    (
        TASK,
        "web",
        task(secrets=[{"name": "API_KEY", "valueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:x"}]),
    ),
    (CONTAINER, "web", HARD | {"envs": ["API_KEY_FILE=/run/secrets/API_KEY"]}),
]
"""What is right, or is refused by others."""

HIDES: list[tuple[str, dict[str, Any]]] = [
    (GROUP, {"ingress": ...}),
    (GROUP, {"ingress": [...]}),
    (GROUP, {"ingress": [SSH | {"cidrBlocks": ...}]}),
    (GROUP, {"ingress": [SSH | {"cidrBlocks": [...]}]}),
    (FIREWALL, TCP | {"sourceRanges": ...}),
    (FIREWALL, {"allows": ..., "sourceRanges": [...]}),
    (SECURITY_GROUP, {"securityRules": ...}),
    (SECURITY_RULE, INBOUND | {"sourceAddressPrefix": ...}),
    (POLICY, {"policy": ...}),
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"policyArn": ...}),
    (ECR, {"imageTagMutability": ...}),
    (ARTIFACTS, {"dockerConfig": ...}),
    (ARTIFACTS, {"dockerConfig": {"immutableTags": ...}}),
    ("azure-native:containerregistry:Registry", {"adminUserEnabled": ...}),
    (TASK, {"containerDefinitions": ...}),
    (TASK, {"containerDefinitions": [...]}),
    (TASK, {"containerDefinitions": [{"image": ..., "user": ..., "readonlyRootFilesystem": ..., "environment": ...}]}),
    ("kubernetes:apps/v1:Deployment", {"spec": ...}),
    ("kubernetes:apps/v1:Deployment", {"spec": {"template": {"spec": {"containers": [{"image": ...}]}}}}),
    (CONTAINER, {"image": ..., "readOnly": ..., "privileged": ..., "capabilities": ..., "securityOpts": ..., "ports": ...}),
    (CONTAINER, HARD | {"capabilities": {"drops": ...}, "securityOpts": [...], "ports": [{"internal": 80, "ip": ...}]}),
]  # fmt: skip
"""What may break a rule, and may not: `...` is not known yet."""


def hidden(value: Any, mark: Any) -> Any:
    """The same with a mark where something is not known yet."""
    match value:
        case dict():
            return {name: hidden(item, mark) for name, item in value.items()}
        case list():
            return [hidden(item, mark) for item in value]
        case _:
            return mark if value is ... else value
