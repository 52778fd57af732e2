"""Right inputs for a resource of each type, in which mistakes are planted."""

import json
from typing import Any

DIGEST = f"sha256:{'0' * 64}"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}],
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken", "logs:Put*"], "Resource": "*"},
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": ["arn:aws:secretsmanager:us-east-1:123456789012:secret:x"]},
    ],
}  # fmt: skip
CONTAINER = {
    "name": "web",
    "image": f"123456789012.dkr.ecr.us-east-1.amazonaws.com/web@{DIGEST}",
    "essential": True,
    "portMappings": [{"containerPort": 8000, "protocol": "tcp"}],
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "web"}},
}
POD = {
    "containers": [
        {
            "name": "web",
            "image": f"registry.example.com/web@{DIGEST}",
            "ports": [{"containerPort": 8000, "name": "http"}],
            "env": [{"name": "PORT", "value": "8000"}],
            "readinessProbe": {"httpGet": {"path": "/readyz", "port": "http"}},
            "resources": {"requests": {"cpu": "500m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}},
            "volumeMounts": [{"name": "scratch", "mountPath": "/tmp"}],
        }
    ],
    "volumes": [{"name": "scratch", "emptyDir": {}}],
}

SIDECAR = {
    **CONTAINER,
    "name": "proxy",
    "portMappings": [{"containerPort": 8080}],
    "dependsOn": [{"containerName": "web", "condition": "START"}],
}
LIFECYCLE = {
    "rulePriority": 1,
    "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 30},
    "action": {"type": "expire"},
}  # fmt: skip

BASES: dict[str, dict[str, Any]] = {
    "aws:appautoscaling/target:Target": {
        "minCapacity": 1,
        "maxCapacity": 4,
        "resourceId": "service/web/web",
        "scalableDimension": "ecs:service:DesiredCount",
        "serviceNamespace": "ecs",
    },
    "aws:cloudwatch/logGroup:LogGroup": {"retentionInDays": 30},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 1,
        "statistic": "Sum",
        "threshold": 5,
        "period": 60,
        "metricName": "HTTPCode_Target_5XX_Count",
        "namespace": "AWS/ApplicationELB",
    },
    "aws:cloudwatch/eventRule:EventRule": {"scheduleExpression": "rate(5 minutes)"},
    "aws:ec2/securityGroup:SecurityGroup": {
        "ingress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}]
    },
    "aws:ec2/securityGroupRule:SecurityGroupRule": {
        "type": "ingress",
        "securityGroupId": "{group}",
        "protocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrBlocks": ["10.0.0.0/16"],
    },
    "aws:ec2/subnet:Subnet": {"vpcId": "{vpc}", "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1a"},
    "aws:ec2/vpc:Vpc": {"cidrBlock": "10.0.0.0/16", "region": "eu-central-1", "tags": {"Name": "web"}},
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": {"repository": "web", "policy": json.dumps({"rules": [LIFECYCLE]})},
    "aws:ecr/repository:Repository": {"imageTagMutability": "IMMUTABLE", "name": "team/web"},
    "aws:ecs/service:Service": {
        "launchType": "FARGATE",
        "desiredCount": 2,
        "networkConfiguration": {"subnets": ["{subnet}"]},
    },
    "aws:ecs/taskDefinition:TaskDefinition": {
        "family": "web",
        "cpu": "512",
        "memory": "1024",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": json.dumps([CONTAINER]),
    },
    "aws:iam/role:Role": {"assumeRolePolicy": json.dumps(TRUST)},
    "aws:iam/rolePolicy:RolePolicy": {"role": "web", "policy": json.dumps(POLICY)},
    "aws:lb/loadBalancer:LoadBalancer": {"loadBalancerType": "application", "name": "web", "subnets": ["{subnet}"]},
    "aws:scheduler/schedule:Schedule": {
        "scheduleExpression": "cron(0 3 ? * MON-FRI *)",
        "flexibleTimeWindow": {"mode": "OFF"},
        "target": {"arn": "arn:aws:sqs:us-east-1:123456789012:web", "roleArn": "{role}"},
    },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
        "securityGroupId": "{group}",
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "10.0.0.0/16",
    },
    "aws:lb/targetGroup:TargetGroup": {"name": "web", "port": 8000, "protocol": "HTTP", "targetType": "ip"},
    "gcp:artifactregistry/repository:Repository": {"repositoryId": "web", "format": "DOCKER", "location": "us-east1"},
    "gcp:cloudrunv2/service:Service": {
        "location": "us-east1",
        "name": "web",
        "ingress": "INGRESS_TRAFFIC_ALL",
        "template": {
            "timeout": "60s",
            "maxInstanceRequestConcurrency": 80,
            "scaling": {"minInstanceCount": 0, "maxInstanceCount": 4},
            "containers": [
                {
                    "image": f"us-east1-docker.pkg.dev/p/web/web@{DIGEST}",
                    "resources": {"limits": {"cpu": "1", "memory": "512Mi"}},
                    "ports": {"containerPort": 8000},
                    "envs": [{"name": "PORT", "value": "8000"}],
                }
            ],
        },
        "traffics": [{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}],
    },
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": {
        "name": "web",
        "role": "roles/run.invoker",
        "member": "allUsers",
    },
    "gcp:cloudscheduler/job:Job": {"name": "nightly", "region": "us-east1", "schedule": "0 3 * * *"},
    "gcp:compute/firewall:Firewall": {
        "name": "web",
        "network": "{network}",
        "allows": [{"protocol": "tcp", "ports": ["443", "8000-8080"]}],
        "sourceRanges": ["10.0.0.0/8"],
    },
    "gcp:compute/network:Network": {"name": "web", "autoCreateSubnetworks": False, "routingMode": "REGIONAL"},
    "gcp:compute/subnetwork:Subnetwork": {
        "name": "web",
        "network": "{network}",
        "ipCidrRange": "10.0.0.0/24",
        "stackType": "IPV4_ONLY",
    },
    "gcp:secretmanager/secret:Secret": {"secretId": "API_KEY", "replication": {"auto": {}}},
    "gcp:serviceaccount/account:Account": {"accountId": "web-runner"},
    "azure-native:app:ContainerApp": {
        "resourceGroupName": "web",
        "containerAppName": "web",
        "configuration": {
            "ingress": {"external": True, "targetPort": 8000, "traffic": [{"latestRevision": True, "weight": 100}]},
            "secrets": [{"name": "api-key", "value": "x"}],
        },
        "template": {
            "containers": [
                {
                    "name": "web",
                    "image": f"web.azurecr.io/web@{DIGEST}",
                    "resources": {"cpu": 0.5, "memory": "1Gi"},
                    "env": [{"name": "API_KEY", "secretRef": "api-key"}],
                }
            ],
            "scale": {"minReplicas": 0, "maxReplicas": 4},
        },
    },
    "azure-native:containerregistry:Registry": {
        "resourceGroupName": "web",
        "registryName": "webimages",
        "sku": {"name": "Basic"},
    },
    "azure-native:network:NetworkSecurityGroup": {
        "resourceGroupName": "web",
        "location": "East US",
        "securityRules": [
            {
                "name": "https",
                "access": "Allow",
                "direction": "Inbound",
                "protocol": "Tcp",
                "priority": 100,
                "sourceAddressPrefix": "VirtualNetwork",
                "sourcePortRange": "*",
                "destinationAddressPrefix": "10.0.0.0/24",
                "destinationPortRange": "8000-8080",
            }
        ],
    },
    "azure-native:network:VirtualNetwork": {
        "resourceGroupName": "web",
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
        "subnets": [{"name": "apps", "addressPrefix": "10.0.0.0/23"}],
    },
    "azure-native:operationalinsights:Workspace": {"resourceGroupName": "web", "retentionInDays": 30},
    "azure-native:resources:ResourceGroup": {"resourceGroupName": "web", "location": "eastus"},
    "kubernetes:apps/v1:Deployment": {
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": POD},
        },
    },
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": {
        "spec": {
            "minReplicas": 1,
            "maxReplicas": 4,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        }
    },
    "kubernetes:batch/v1:CronJob": {
        "spec": {
            "schedule": "0 3 * * *",
            "jobTemplate": {"spec": {"template": {"spec": {**POD, "restartPolicy": "Never"}}}},
        }
    },
    "kubernetes:batch/v1:Job": {"spec": {"template": {"spec": {**POD, "restartPolicy": "OnFailure"}}}},
    "kubernetes:core/v1:Secret": {"metadata": {"name": "web"}, "data": {"API_KEY": "aHVzaA=="}},
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": {
        "metadata": {"name": "web"},
        "spec": {"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]},
    },
    "kubernetes:core/v1:Service": {
        "metadata": {"name": "web"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8000}]},
    },
}
