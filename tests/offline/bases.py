"""Right inputs for a resource of each type, in which mistakes are planted."""

import json
from typing import Any

from tests.offline import azure_bases, gcp_bases

DIGEST = gcp_bases.DIGEST
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
    "environment": [{"name": "PORT", "value": "8000"}],
    "secrets": [
        {
            "name": "API_KEY",
            "valueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/api-key-AbCdEf:key::",
        }
    ],
    "linuxParameters": {
        "initProcessEnabled": True,
        "capabilities": {"drop": ["ALL"]},
        "tmpfs": [{"containerPath": "/tmp", "size": 64, "mountOptions": ["noexec", "nosuid"]}],
    },
    "healthCheck": {"command": ["CMD", "true"], "interval": 10, "timeout": 5, "retries": 3, "startPeriod": 60},
    "stopTimeout": 120,
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {"awslogs-group": "web", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web"},
    },
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
    **{name: value for name, value in CONTAINER.items() if name != "secrets"},
    "name": "proxy",
    "portMappings": [{"containerPort": 8080}],
    "dependsOn": [{"containerName": "web", "condition": "START"}],
}
LIFECYCLE = {
    "rulePriority": 1,
    "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 30},
    "action": {"type": "expire"},
}  # fmt: skip

SCALED = {"resourceId": "service/there/web", "scalableDimension": "ecs:service:DesiredCount", "serviceNamespace": "ecs"}
FORWARD = [{"type": "forward", "targetGroupArn": "{targets}"}]
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Account",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "Logs",
            "Effect": "Allow",
            "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",
        },
    ],
}
WRITING = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::there-logs/AWSLogs/*",
        }
    ],
}
TOLD = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "arn:aws:logs:us-east-1:123456789012:log-group:/there:*",
        }
    ],
}
WIDGET = {
    "type": "metric",
    "x": 0,
    "y": 0,
    "width": 12,
    "height": 6,
    "properties": {"region": "us-east-1", "metrics": [["AWS/ECS", "CPUUtilization", "ClusterName", "web"]]},
}
WATCHED = {"cloudwatchMetricsEnabled": True, "sampledRequestsEnabled": True, "metricName": "web"}

# What right inputs name: by the words that stand for it, its type, its inputs, and by which output it is named.
THERE: dict[str, tuple[str, dict[str, Any], str]] = {
    **gcp_bases.THERE,
    **azure_bases.THERE,
    "{vpc}": ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True}, "id"),
    "{subnet}": ("aws:ec2/subnet:Subnet", {"vpcId": "{vpc}", "cidrBlock": "10.0.0.0/24"}, "id"),
    "{group}": ("aws:ec2/securityGroup:SecurityGroup", {"vpcId": "{vpc}"}, "id"),
    "{gateway}": ("aws:ec2/internetGateway:InternetGateway", {"vpcId": "{vpc}"}, "id"),
    "{table}": ("aws:ec2/routeTable:RouteTable", {"vpcId": "{vpc}"}, "id"),
    "{address}": ("aws:ec2/eip:Eip", {"domain": "vpc"}, "id"),
    "{role}": ("aws:iam/role:Role", {"name": "there", "assumeRolePolicy": json.dumps(TRUST)}, "arn"),
    "{log}": ("aws:cloudwatch/logGroup:LogGroup", {"name": "/there"}, "arn"),
    "{bucket}": ("aws:s3/bucket:Bucket", {"bucket": "there-logs"}, "id"),
    "{key}": ("aws:kms/key:Key", {"policy": json.dumps(KEY_POLICY)}, "id"),
    "{rule}": ("aws:cloudwatch/eventRule:EventRule", {"name": "there", "eventPattern": "{}"}, "id"),
    "{topic}": ("aws:sns/topic:Topic", {"name": "there"}, "id"),
    "{secret}": ("aws:secretsmanager/secret:Secret", {"name": "there"}, "id"),
    "{balancer}": (
        "aws:lb/loadBalancer:LoadBalancer",
        {"name": "there", "subnets": ["subnet-0123456789abcdea0", "subnet-0123456789abcdeb0"]},
        "id",
    ),
    "{targets}": (
        "aws:lb/targetGroup:TargetGroup",
        {"name": "there", "port": 8000, "protocol": "HTTP", "targetType": "ip", "vpcId": "{vpc}"},
        "id",
    ),
    "{listener}": (
        "aws:lb/listener:Listener",
        {"loadBalancerArn": "{balancer}", "port": 80, "protocol": "HTTP", "defaultActions": FORWARD},
        "id",
    ),
    "{certificate}": (
        "aws:acm/certificate:Certificate",
        {"domainName": "www.example.com", "validationMethod": "DNS"},
        "id",
    ),
    "{firewall}": (
        "aws:wafv2/webAcl:WebAcl",
        {"name": "there", "scope": "REGIONAL", "defaultAction": {"allow": {}}, "visibilityConfig": WATCHED},
        "arn",
    ),
    "{cluster}": ("aws:ecs/cluster:Cluster", {"name": "there"}, "id"),
    "{task}": (
        "aws:ecs/taskDefinition:TaskDefinition",
        {"family": "there", "containerDefinitions": json.dumps([CONTAINER])},
        "arn",
    ),
    "{scaled}": ("aws:appautoscaling/target:Target", {**SCALED, "minCapacity": 1, "maxCapacity": 4}, "id"),
}

BASES: dict[str, dict[str, Any]] = {
    **gcp_bases.BASES,
    **azure_bases.BASES,
    "aws:acm/certificate:Certificate": {
        "domainName": "example.com",
        "subjectAlternativeNames": ["*.example.com"],
        "validationMethod": "DNS",
    },
    "aws:acm/certificateValidation:CertificateValidation": {"certificateArn": "{certificate}"},
    "aws:appautoscaling/policy:Policy": {
        **SCALED,
        "policyType": "TargetTrackingScaling",
        "targetTrackingScalingPolicyConfiguration": {
            "targetValue": 60.5,
            "scaleInCooldown": 300,
            "predefinedMetricSpecification": {
                "predefinedMetricType": "ALBRequestCountPerTarget",
                "resourceLabel": "app/web/0123456789abcdef/targetgroup/web/0123456789abcdef",
            },
        },
    },
    "aws:appautoscaling/scheduledAction:ScheduledAction": {
        **SCALED,
        "schedule": "cron(0 7 ? * MON-FRI *)",
        "timezone": "Europe/Berlin",
        "scalableTargetAction": {"minCapacity": 2, "maxCapacity": 8},
    },
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
        "dimensions": {"LoadBalancer": "app/web/0123456789abcdef"},
        "treatMissingData": "notBreaching",
        "alarmActions": ["{topic}"],
    },
    "aws:cloudwatch/dashboard:Dashboard": {
        "dashboardName": "web",
        "dashboardBody": json.dumps({"widgets": [WIDGET]}),
    },
    "aws:cloudwatch/eventRule:EventRule": {"scheduleExpression": "rate(5 minutes)"},
    "aws:cloudwatch/eventTarget:EventTarget": {"rule": "{rule}", "arn": "{log}", "input": "{}"},
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": {"policyName": "web", "policyDocument": json.dumps(TOLD)},
    "aws:ec2/eip:Eip": {"domain": "vpc", "tags": {"Name": "web"}},
    "aws:ec2/flowLog:FlowLog": {
        "vpcId": "{vpc}",
        "trafficType": "ALL",
        "logDestinationType": "cloud-watch-logs",
        "logDestination": "{log}",
        "iamRoleArn": "{role}",
        "maxAggregationInterval": 600,
    },
    "aws:ec2/natGateway:NatGateway": {"allocationId": "{address}", "subnetId": "{subnet}"},
    "aws:ec2/route:Route": {
        "routeTableId": "{table}",
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": "{gateway}",
    },
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {"routeTableId": "{table}", "subnetId": "{subnet}"},
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
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        "vpcId": "{vpc}",
        "serviceName": "com.amazonaws.us-east-1.logs",
        "vpcEndpointType": "Interface",
        "subnetIds": ["{subnet}"],
        "securityGroupIds": ["{group}"],
        "privateDnsEnabled": True,
    },
    "aws:ec2/subnet:Subnet": {"vpcId": "{vpc}", "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1a"},
    "aws:ec2/vpc:Vpc": {"cidrBlock": "10.0.0.0/16", "region": "eu-central-1", "tags": {"Name": "web"}},
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": {"repository": "web", "policy": json.dumps({"rules": [LIFECYCLE]})},
    "aws:ecr/repository:Repository": {"imageTagMutability": "IMMUTABLE", "name": "team/web"},
    "aws:eks/accessEntry:AccessEntry": {
        "clusterName": "web",
        "principalArn": "arn:aws:iam::123456789012:role/preview",
        "type": "STANDARD",
    },
    "aws:eks/addon:Addon": {"clusterName": "web", "addonName": "metrics-server"},
    "aws:eks/cluster:Cluster": {
        "name": "web",
        "roleArn": "{role}",
        "version": "1.34",
        "bootstrapSelfManagedAddons": False,
        "computeConfig": {"enabled": True, "nodePools": ["general-purpose"], "nodeRoleArn": "{role}"},
        "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
        "storageConfig": {"blockStorage": {"enabled": True}},
        "accessConfig": {"authenticationMode": "API"},
        "vpcConfig": {
            "subnetIds": ["subnet-0123456789abcdea1", "subnet-0123456789abcdeb1"],
            "endpointPrivateAccess": True,
            "endpointPublicAccess": False,
        },
        "enabledClusterLogTypes": ["api", "audit"],
        "upgradePolicy": {"supportType": "STANDARD"},
    },
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
        "clusterName": "web",
        "namespace": "web",
        "serviceAccount": "web",
        "roleArn": "{role}",
    },
    "aws:ecs/cluster:Cluster": {"name": "web", "settings": [{"name": "containerInsights", "value": "enabled"}]},
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": {
        "clusterName": "web",
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "defaultCapacityProviderStrategies": [
            {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
            {"capacityProvider": "FARGATE_SPOT", "weight": 3},
        ],
    },
    "aws:ecs/service:Service": {
        "cluster": "{cluster}",
        "taskDefinition": "{task}",
        "launchType": "FARGATE",
        "desiredCount": 2,
        "networkConfiguration": {"subnets": ["{subnet}"], "securityGroups": ["{group}"], "assignPublicIp": True},
        "loadBalancers": [{"containerName": "web", "containerPort": 8000, "targetGroupArn": "{targets}"}],
        "healthCheckGracePeriodSeconds": 60,
        "deploymentMinimumHealthyPercent": 100,
        "deploymentMaximumPercent": 200,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "deploymentConfiguration": {"strategy": "ROLLING"},
    },
    "aws:ecs/taskDefinition:TaskDefinition": {
        "family": "web",
        "cpu": "512",
        "memory": "1024",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "executionRoleArn": "{role}",
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "ephemeralStorage": {"sizeInGib": 30},
        "volumes": [{"name": "data"}],
        "containerDefinitions": json.dumps([CONTAINER]),
    },
    "aws:iam/role:Role": {"assumeRolePolicy": json.dumps(TRUST)},
    "aws:iam/rolePolicy:RolePolicy": {"role": "web", "policy": json.dumps(POLICY)},
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
        "role": "web",
        "policyArn": "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
    },
    "aws:kms/alias:Alias": {"name": "alias/web", "targetKeyId": "{key}"},
    "aws:kms/key:Key": {
        "deletionWindowInDays": 7,
        "enableKeyRotation": True,
        "rotationPeriodInDays": 365,
        "policy": json.dumps(KEY_POLICY),
    },
    "aws:lb/listener:Listener": {
        "loadBalancerArn": "{balancer}",
        "port": 443,
        "protocol": "HTTPS",
        "certificateArn": "{certificate}",
        "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "defaultActions": FORWARD,
    },
    "aws:lb/listenerRule:ListenerRule": {
        "listenerArn": "{listener}",
        "priority": 10,
        "actions": [{"type": "forward", "forward": {"targetGroups": [{"arn": "{targets}", "weight": 100}]}}],
        "conditions": [{"pathPattern": {"values": ["/*"]}}],
    },
    "aws:lb/loadBalancer:LoadBalancer": {
        "loadBalancerType": "application",
        "name": "web",
        "subnets": ["subnet-0123456789abcdea0", "subnet-0123456789abcdeb0"],
        "idleTimeout": 60,
    },
    "aws:route53/record:Record": {
        "zoneId": "Z0123456789EXAMPLE0Z",
        "name": "www.example.com",
        "type": "CNAME",
        "records": ["web.example.net"],
        "ttl": 300,
    },
    "aws:s3/bucket:Bucket": {"bucket": "web-logs"},
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
        "bucket": "{bucket}",
        "rules": [{"id": "old", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": 90}}],
    },
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
        "bucket": "{bucket}",
        "rule": {"objectOwnership": "BucketOwnerEnforced"},
    },
    "aws:s3/bucketPolicy:BucketPolicy": {"bucket": "{bucket}", "policy": json.dumps(WRITING)},
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {"bucket": "{bucket}", "blockPublicAcls": True},
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        "bucket": "{bucket}",
        "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
    },
    "aws:s3/bucketVersioning:BucketVersioning": {
        "bucket": "{bucket}",
        "versioningConfiguration": {"status": "Enabled"},
    },
    "aws:scheduler/schedule:Schedule": {
        "scheduleExpression": "cron(0 3 ? * MON-FRI *)",
        "scheduleExpressionTimezone": "UTC",
        "flexibleTimeWindow": {"mode": "OFF"},
        "target": {
            "arn": "{cluster}",
            "roleArn": "{role}",
            "ecsParameters": {
                "taskDefinitionArn": "{task}",
                "launchType": "FARGATE",
                "networkConfiguration": {"subnets": ["{subnet}"], "assignPublicIp": True},
            },
            "retryPolicy": {"maximumRetryAttempts": 2},
        },
    },
    "aws:scheduler/scheduleGroup:ScheduleGroup": {"name": "web"},
    "aws:secretsmanager/secret:Secret": {"name": "prod/web", "recoveryWindowInDays": 7},
    "aws:secretsmanager/secretVersion:SecretVersion": {"secretId": "{secret}", "secretString": "hush"},
    "aws:sns/topic:Topic": {"name": "web", "displayName": "Web"},
    "aws:sns/topicPolicy:TopicPolicy": {
        "arn": "{topic}",
        "policy": json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "cloudwatch.amazonaws.com"},
                        "Action": "sns:Publish",
                        "Resource": "arn:aws:sns:us-east-1:123456789012:there",
                    }
                ],
            }
        ),
    },
    "aws:sns/topicSubscription:TopicSubscription": {
        "topic": "{topic}",
        "protocol": "email",
        "endpoint": "oncall@example.com",
    },
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
        "securityGroupId": "{group}",
        "ipProtocol": "-1",
        "cidrIpv4": "0.0.0.0/0",
    },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
        "securityGroupId": "{group}",
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "10.0.0.0/16",
    },
    "aws:lb/targetGroup:TargetGroup": {
        "name": "web",
        "port": 8000,
        "protocol": "HTTP",
        "targetType": "ip",
        "vpcId": "{vpc}",
        "deregistrationDelay": 65,
        "loadBalancingAlgorithmType": "least_outstanding_requests",
        "healthCheck": {
            "path": "/readyz",
            "interval": 10,
            "timeout": 5,
            "healthyThreshold": 2,
            "unhealthyThreshold": 3,
            "matcher": "200,204-299",
            "port": "traffic-port",
        },
    },
    "aws:wafv2/webAcl:WebAcl": {
        "scope": "REGIONAL",
        "defaultAction": {"allow": {}},
        "visibilityConfig": WATCHED,
        "rules": [
            {
                "name": "common",
                "priority": 0,
                "overrideAction": {"none": {}},
                "statement": {
                    "managedRuleGroupStatement": {"vendorName": "AWS", "name": "AWSManagedRulesCommonRuleSet"}
                },
                "visibilityConfig": WATCHED,
            },
            {
                "name": "rate",
                "priority": 1,
                "action": {"block": {}},
                "statement": {"rateBasedStatement": {"limit": 2000, "aggregateKeyType": "IP"}},
                "visibilityConfig": WATCHED,
            },
        ],
    },
    "aws:wafv2/webAclAssociation:WebAclAssociation": {"resourceArn": "{balancer}", "webAclArn": "{firewall}"},
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
