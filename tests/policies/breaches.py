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
RUN = "gcp:cloudrunv2/service:Service"
RUN_JOB = "gcp:cloudrunv2/job:Job"
WORKERS = "gcp:cloudrunv2/workerPool:WorkerPool"
MEMBER = "gcp:projects/iAMMember:IAMMember"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
DEFINED = "/subscriptions/00000000-0000-4000-8000-000000000001/providers/Microsoft.Authorization/roleDefinitions"
APP, APP_JOB = "azure-native:app:ContainerApp", "azure-native:app:Job"

ID = f"sha256:{'0123456789abcdef' * 4}"
HARD = {
    "image": ID,
    "readOnly": True,
    "capabilities": {"drops": ["ALL"]},
    "securityOpts": ["no-new-privileges"],
}
TAGGED = {"containers": [{"image": "web:1"}]}
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
LITTLE = {
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
    }
}
NO_TOKEN = {"automountServiceAccountToken": False}
HARD_TAGGED = {"containers": [LITTLE | {"image": "web:1"}]} | NO_TOKEN
POD = {"template": {"spec": HARD_TAGGED}}


def pod(changes: dict[str, Any], **context: Any) -> dict[str, Any]:
    """A Deployment whose pods may do little, but for the changes of the pod and of its container's context."""
    container = {"image": f"web@{ID}", "securityContext": {**LITTLE["securityContext"], **context}}
    return {"spec": {"template": {"spec": {"containers": [container]} | NO_TOKEN | changes}}}


SSH = {"fromPort": 22, "toPort": 22}
HTTPS = {"fromPort": 443, "toPort": 443}
INBOUND = {"access": "Allow", "direction": "Inbound"}
TCP = {"allows": [{"protocol": "tcp"}]}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"

OPEN, EVERYTHING, STAY, ADMIN, DIGESTS, TOLD, ANYBODY, ACCOUNT, PATIENT, HARDENED = (
    "nothing-open-to-the-world",
    "nothing-allowed-on-everything",
    "tags-stay",
    "no-admin-login",
    "images-by-digest",
    "secrets-stay-secret",
    "no-role-for-anybody",
    "own-account",
    "patient-servers",
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


SOMEBODY = "serviceAccount:web@a-project.iam.gserviceaccount.com"
OWN = {"serviceAccount": SOMEBODY.partition(":")[2]}


def binding(**given: Any) -> dict[str, Any]:
    """A whole policy of Google Cloud with one binding."""
    return {"policyData": json.dumps({"bindings": [given]})}


def waiting(seconds: Any) -> dict[str, Any]:
    """A container whose server waits so long for a request."""
    return {"containers": [{"envs": [{"name": "PORT", "value": "8000"}, {"name": "WEB_TIMEOUT", "value": seconds}]}]}


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
    (EVERYTHING, MEMBER, "web", {"role": "roles/editor", "member": SOMEBODY}),
    (EVERYTHING, MEMBER, "web", {"role": "roles/owner", "member": SOMEBODY}),
    (EVERYTHING, "gcp:projects/iAMPolicy:IAMPolicy", "web", binding(role="roles/owner", members=[SOMEBODY])),
    (EVERYTHING, ASSIGNMENT, "web", {"roleDefinitionId": f"{DEFINED}/b24988ac-6180-42a0-ab88-20f7382dd24c"}),
    (STAY, ECR, "web", {"imageTagMutability": "MUTABLE"}),
    (STAY, ARTIFACTS, "web", {"format": "DOCKER"}),
    (STAY, ARTIFACTS, "web", {"dockerConfig": {"immutableTags": False}}),
    (ADMIN, "azure-native:containerregistry:Registry", "web", {"adminUserEnabled": True}),
    (DIGESTS, CONTAINER, "web", HARD | {"image": "web:latest"}),
    (DIGESTS, CONTAINER, "web", HARD | {"image": "sha256:00000000:latest"}),
    (DIGESTS, CONTAINER, "web", HARD | {"image": f"web@{ID}:latest"}),
    (DIGESTS, RUN, "web", {"template": TAGGED | OWN}),
    (DIGESTS, RUN_JOB, "web", {"template": {"template": TAGGED | OWN}}),
    (DIGESTS, WORKERS, "web", {"template": TAGGED | OWN}),
    (DIGESTS, "azure-native:app:ContainerApp", "web", {"template": TAGGED}),
    (DIGESTS, TASK, "web", task(image="web:1")),
    (DIGESTS, "kubernetes:core/v1:Pod", "web", {"spec": HARD_TAGGED}),
    *((DIGESTS, f"kubernetes:apps/v1:{kind}", "web", {"spec": POD}) for kind in ("Deployment", "StatefulSet", "DaemonSet")),
    (DIGESTS, "kubernetes:apps/v1:Deployment", "web", {"spec": {"template": {"spec": {"initContainers": HARD_TAGGED["containers"]} | NO_TOKEN}}}),
    (DIGESTS, "kubernetes:batch/v1:Job", "web", {"spec": POD}),
    (DIGESTS, "kubernetes:batch/v1:CronJob", "web", {"spec": {"jobTemplate": {"spec": POD}}}),
    (TOLD, TASK, "web", task(environment=TELLING)),
    (TOLD, RUN, "web", {"template": OWN | {"containers": [{"envs": [{"name": "DB_PASSWORD", "value": "x"}]}]}}),
    (TOLD, WORKERS, "web", {"template": OWN | {"containers": [{"envs": TELLING}]}}),
    (TOLD, "azure-native:app:ContainerApp", "web", {"template": {"containers": [{"env": TELLING}]}}),
    (TOLD, "kubernetes:core/v1:Pod", "web", {"spec": {"containers": [LITTLE | {"env": TELLING}]} | NO_TOKEN}),
    (TOLD, CONTAINER, "web", HARD | {"envs": ["GITHUB_TOKEN=x"]}),
    (TOLD, APP, "web", {"configuration": {"secrets": [{"name": "api-key", "value": "hunter2"}]}}),
    (TOLD, APP_JOB, "web", {"configuration": {"secrets": [{"name": "api-key", "value": "hunter2"}]}}),
    (ANYBODY, "gcp:cloudrunv2/serviceIamMember:ServiceIamMember", "web", {"role": "roles/run.invoker", "member": "allUsers"}),
    (ANYBODY, "gcp:projects/iAMBinding:IAMBinding", "web", {"role": "roles/run.invoker", "members": ["allAuthenticatedUsers"]}),
    (ANYBODY, "gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy", "web", binding(role="roles/run.invoker", members=["allUsers"])),
    (ACCOUNT, RUN, "web", {"template": {"containers": []}}),
    (ACCOUNT, RUN, "web", {"template": {"serviceAccount": "123456789012-compute@developer.gserviceaccount.com"}}),
    (ACCOUNT, RUN_JOB, "web", {"template": {"template": {"serviceAccount": "a-project@appspot.gserviceaccount.com"}}}),
    (ACCOUNT, WORKERS, "web", {}),
    (ACCOUNT, "gcp:container/cluster:Cluster", "web", {"enableAutopilot": True}),
    (PATIENT, RUN, "web", {"template": OWN | waiting("30") | {"timeout": "60s"}}),
    (PATIENT, RUN, "web", {"template": OWN | waiting("60")}),
    (HARDENED, TASK, "web", task(privileged=True)),
    (HARDENED, TASK, "web", task(readonlyRootFilesystem=False)),
    (HARDENED, TASK, "web", task(user="root")),
    (HARDENED, TASK, "web", task(user="0:0")),
    (HARDENED, TASK, "web", task(user=None)),
    (HARDENED, CONTAINER, "web", HARD | {"privileged": True}),
    (HARDENED, CONTAINER, "web", HARD | {"readOnly": False}),
    (HARDENED, CONTAINER, "web", HARD | {"capabilities": {}}),
    (HARDENED, CONTAINER, "web", HARD | {"securityOpts": []}),
    (HARDENED, DEPLOYMENT, "web", pod({}, privileged=True)),
    (HARDENED, DEPLOYMENT, "web", pod({}, readOnlyRootFilesystem=False)),
    (HARDENED, DEPLOYMENT, "web", pod({}, capabilities={"drop": ["NET_RAW"]})),
    (HARDENED, DEPLOYMENT, "web", pod({}, allowPrivilegeEscalation=None)),
    (HARDENED, DEPLOYMENT, "web", pod({}, runAsNonRoot=None)),
    (HARDENED, DEPLOYMENT, "web", pod({"automountServiceAccountToken": None})),
    (HARDENED, DEPLOYMENT, "web", pod({"hostNetwork": True})),
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
    (DEPLOYMENT, "web", pod({})),
    (DEPLOYMENT, "web", pod({"securityContext": {"runAsNonRoot": True}}, runAsNonRoot=None)),
    (MEMBER, "web", {"role": "roles/cloudsql.client", "member": SOMEBODY}),
    (ASSIGNMENT, "web", {"roleDefinitionId": f"{DEFINED}/7f951dda-4ed3-4680-a7ca-43fe172d538d"}),
    (APP, "web", {"configuration": {"secrets": [{"name": "api-key", "keyVaultUrl": "https://v.vault.azure.net/x"}]}}),
    (RUN, "web", {"template": OWN | waiting("60") | {"timeout": "60s"}}),
    (RUN, "web", {"template": OWN | waiting("300")}),
    (RUN_JOB, "web", {"template": {"template": OWN}}),
    (WORKERS, "web", {"template": OWN | waiting("30")}),
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
    (MEMBER, {"role": ..., "member": ...}),
    ("gcp:projects/iAMBinding:IAMBinding", {"role": "roles/run.invoker", "members": [...]}),
    ("gcp:projects/iAMPolicy:IAMPolicy", {"policyData": ...}),
    (RUN, {"template": ...}),
    (RUN, {"template": {"serviceAccount": ...} | waiting(...) | {"timeout": "60s"}}),
    (RUN, {"template": {"serviceAccount": ...} | waiting("60") | {"timeout": ...}}),
    (RUN_JOB, {"template": ...}),
    (RUN_JOB, {"template": {"template": ...}}),
    ("azure-native:containerregistry:Registry", {"adminUserEnabled": ...}),
    (ASSIGNMENT, {"roleDefinitionId": ...}),
    (APP, {"configuration": ...}),
    (APP, {"configuration": {"secrets": [{"name": ..., "value": ...}]}}),
    (TASK, {"containerDefinitions": ...}),
    (TASK, {"containerDefinitions": [...]}),
    (TASK, {"containerDefinitions": [{"image": ..., "user": ..., "readonlyRootFilesystem": ..., "environment": ...}]}),
    (DEPLOYMENT, {"spec": ...}),
    (DEPLOYMENT, {"spec": {"template": {"spec": ...}}}),
    (DEPLOYMENT, {"spec": {"template": {"spec": {"containers": ..., "automountServiceAccountToken": ...}}}}),
    (DEPLOYMENT, pod({"containers": [{"image": ..., "securityContext": ...}]})),
    (DEPLOYMENT, pod({"automountServiceAccountToken": ...}, capabilities=..., runAsNonRoot=..., readOnlyRootFilesystem=..., allowPrivilegeEscalation=..., privileged=...)),
    (DEPLOYMENT, pod({"securityContext": ...}, capabilities={"drop": ...}, runAsNonRoot=None)),
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
