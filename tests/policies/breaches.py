"""What breaks each rule: the rule, then the resource by its type, its name and its inputs."""

import json
from typing import Any

GROUP = "aws:ec2/securityGroup:SecurityGroup"
CONTAINER = "docker:index/container:Container"
HARD = {
    "image": "sha256:0123456789ab",
    "readOnly": True,
    "capabilities": {"drops": ["ALL"]},
    "securityOpts": ["no-new-privileges"],
}
EVERYTHING = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})

BREACHES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("nothing-open-to-the-world", GROUP, "web", {"ingress": [{"fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}]}),
    ("nothing-open-to-the-world", GROUP, "web", {"ingress": [{"fromPort": 22, "toPort": 22, "ipv6CidrBlocks": ["::/0"]}]}),
    ("nothing-open-to-the-world", "gcp:compute/firewall:Firewall", "ssh", {"allows": [{"protocol": "tcp"}], "sourceRanges": ["0.0.0.0/0"]}),
    ("nothing-open-to-the-world", CONTAINER, "web", HARD | {"ports": [{"internal": 8000}]}),
    ("nothing-allowed-on-everything", "aws:iam/rolePolicy:RolePolicy", "web", {"policy": EVERYTHING}),
    ("tags-stay", "aws:ecr/repository:Repository", "web", {"imageTagMutability": "MUTABLE"}),
    ("tags-stay", "gcp:artifactregistry/repository:Repository", "web", {"format": "DOCKER"}),
    ("no-admin-login", "azure-native:containerregistry:Registry", "web", {"adminUserEnabled": True}),
    ("images-by-digest", CONTAINER, "web", HARD | {"image": "web:latest"}),
    ("images-by-digest", "gcp:cloudrunv2/service:Service", "web", {"template": {"containers": [{"image": "web:1"}]}}),
    ("images-by-digest", "azure-native:app:ContainerApp", "web", {"template": {"containers": [{"image": "web:1"}]}}),
    ("images-by-digest", "aws:ecs/taskDefinition:TaskDefinition", "web", {"containerDefinitions": '[{"image": "web:1"}]'}),
    ("images-by-digest", "kubernetes:apps/v1:Deployment", "web", {"spec": {"template": {"spec": {"containers": [{"image": "web:1"}]}}}}),
    ("hardened-containers", CONTAINER, "web", HARD | {"privileged": True}),
    ("hardened-containers", CONTAINER, "web", HARD | {"readOnly": False}),
    ("hardened-containers", CONTAINER, "web", HARD | {"capabilities": {}}),
    ("hardened-containers", CONTAINER, "web", HARD | {"securityOpts": []}),
]  # fmt: skip
