"""Mistakes to plant in right inputs: the type, the path, what stands there, and what is said of it; and what is legal."""

import json
from typing import Any

from tests.offline import azure_mistakes, gcp_mistakes
from tests.offline.bases import CONTAINER, KEY_POLICY, LIFECYCLE, POLICY, SIDECAR, TOLD, TRUST, WIDGET, WRITING

TASK = "aws:ecs/taskDefinition:TaskDefinition"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
VPC = "aws:ec2/vpc:Vpc"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGETS = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
LISTENER_RULE = "aws:lb/listenerRule:ListenerRule"
WEB_ACL = "aws:wafv2/webAcl:WebAcl"
CERTIFICATE = "aws:acm/certificate:Certificate"
RECORD = "aws:route53/record:Record"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
FLOWS = "aws:ec2/flowLog:FlowLog"
NAT = "aws:ec2/natGateway:NatGateway"
ROUTE = "aws:ec2/route:Route"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ECS_SERVICE = "aws:ecs/service:Service"
ECS_CLUSTER = "aws:ecs/cluster:Cluster"
EKS_CLUSTER, ENTRY = "aws:eks/cluster:Cluster", "aws:eks/accessEntry:AccessEntry"
PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
SCALED = "aws:appautoscaling/target:Target"
SCALING = "aws:appautoscaling/policy:Policy"
SCALE_AT = "aws:appautoscaling/scheduledAction:ScheduledAction"
TRACKING = "targetTrackingScalingPolicyConfiguration"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget"
LOG_POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
TOPIC = "aws:sns/topic:Topic"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
SECRET = "aws:secretsmanager/secret:Secret"
SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
BUCKET = "aws:s3/bucket:Bucket"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
BUCKET_KEYS = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
BUCKET_LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LIFECYCLES = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
EVENTS = "aws:cloudwatch/eventRule:EventRule"
SCHEDULE = "aws:scheduler/schedule:Schedule"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
POD = "spec.template.spec.containers[0]"

GONE = gcp_mistakes.GONE


def containers(**changes: Any) -> str:
    return json.dumps([CONTAINER | changes])


def logged(**options: Any) -> str:
    """The container with other options of its log."""
    kept = {k: v for k, v in {**CONTAINER["logConfiguration"]["options"], **options}.items() if v is not GONE}
    return containers(logConfiguration={"logDriver": "awslogs", "options": kept})


def health(**changes: Any) -> str:
    return containers(healthCheck=CONTAINER["healthCheck"] | changes)


def linux(**changes: Any) -> str:
    return containers(linuxParameters=CONTAINER["linuxParameters"] | changes)


def board(**changes: Any) -> str:
    return json.dumps({"widgets": [WIDGET | changes]})


def holding(document: dict[str, Any], **changes: Any) -> str:
    """A policy whose last statement is another."""
    *others, statement = document["Statement"]
    changed = {k: v for k, v in {**statement, **changes}.items() if v is not GONE}
    return json.dumps({**document, "Statement": [*others, changed]})


def query(id_: str, **changes: Any) -> dict[str, Any]:
    metric = {"metricName": "RequestCount", "namespace": "AWS/ApplicationELB", "period": 60, "stat": "Sum"}
    return {"id": id_, "metric": metric, **changes}


def policy(**changes: Any) -> str:
    statement = {**POLICY["Statement"][0], **changes}
    return json.dumps({**POLICY, "Statement": [{k: v for k, v in statement.items() if v is not GONE}]})


def trusting(**changes: Any) -> str:
    return json.dumps({**TRUST, "Statement": [{**TRUST["Statement"][0], **changes}]})


def lifecycle(**changes: Any) -> str:
    return json.dumps({"rules": [LIFECYCLE | changes]})


MISTAKES: list[tuple[str, str, Any, str]] = [
    (EKS_CLUSTER, "name", "web.prod", "must be up to 100 letters"),
    (EKS_CLUSTER, "bootstrapSelfManagedAddons", GONE, "must be false with Auto Mode"),
    (EKS_CLUSTER, "storageConfig", GONE, "must be true with the rest of Auto Mode"),
    (EKS_CLUSTER, "computeConfig.nodePools[0]", "default", "must be general-purpose or system"),
    (EKS_CLUSTER, "computeConfig.nodeRoleArn", GONE, "is wanted by the node pools"),
    (EKS_CLUSTER, "accessConfig.authenticationMode", "CONFIG_MAP", "must be by the API"),
    (EKS_CLUSTER, "accessConfig.authenticationMode", "IAM", "is none of API"),
    (EKS_CLUSTER, "upgradePolicy.supportType", "NONE", "is none of STANDARD"),
    (EKS_CLUSTER, "vpcConfig.subnetIds", ["subnet-0123456789abcdea1"], "must be two at the least"),
    (EKS_CLUSTER, "vpcConfig.endpointPrivateAccess", False, "nobody reaches the API server"),
    (EKS_CLUSTER, "vpcConfig.publicAccessCidrs", ["192.0.2.0/24"], "goes with endpointPublicAccess alone"),
    (EKS_CLUSTER, "encryptionConfig", {"provider": {"keyArn": "alias/x"}, "resources": ["configmaps"]}, "must be secrets"),
    (ENTRY, "principalArn", "arn:aws:sts::123456789012:assumed-role/x/y", "must be the ARN of a role or a user"),
    *gcp_mistakes.MISTAKES,
    *azure_mistakes.MISTAKES,
    # What the SDK's own types know.
    ("aws:ecr/repository:Repository", "imageTagMutable", "IMMUTABLE", "imageTagMutable: unknown property (did you mean imageTagMutability?)"),
    ("aws:ec2/vpc:Vpc", "enableDnsSupport", "yes", "enableDnsSupport: must be true or false, not 'yes'"),
    ("aws:ec2/subnet:Subnet", "vpcId", GONE, "vpcId: required, but missing"),
    ("aws:ecs/service:Service", "desiredCount", "two", "desiredCount: must be a whole number, not 'two'"),
    ("aws:ecs/service:Service", "networkConfiguration.subnetz", [], "networkConfiguration.subnetz: unknown property (did you mean subnets?)"),
    (GROUP, "ingress[0].fromPort", GONE, "ingress[0].fromPort: required, but missing"),
    (DEPLOYMENT, "spec.replica", 2, "spec.replica: unknown property (did you mean replicas?)"),
    (DEPLOYMENT, "spec.selector", GONE, "spec.selector: required, but missing"),
    # What the platforms' makers publish of single values.
    ("aws:ecr/repository:Repository", "name", "Team/Web", "name: 'Team/Web' must match "),
    ("aws:ecr/repository:Repository", "name", "x", "name: must be 2 to 256 characters, not 1"),
    ("aws:ecr/repository:Repository", "imageTagMutability", "FIXED", "imageTagMutability: 'FIXED' is none of MUTABLE, IMMUTABLE"),
    ("aws:ec2/vpc:Vpc", "instanceTenancy", "shared", "instanceTenancy: 'shared' is none of default, dedicated, host"),
    ("aws:ecs/service:Service", "launchType", "LAMBDA", "launchType: 'LAMBDA' is none of EC2, FARGATE"),
    ("aws:lb/targetGroup:TargetGroup", "protocol", "http", "protocol: 'http' is none of HTTP, HTTPS"),
    ("aws:lb/targetGroup:TargetGroup", "targetType", "pod", "targetType: 'pod' is none of instance, ip"),
    ("aws:lb/targetGroup:TargetGroup", "port", 70000, "port: must be 1 to 65535, not 70000"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "comparisonOperator", "Above", "comparisonOperator: 'Above' is none of "),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "statistic", "Median", "statistic: 'Median' is none of "),
    ("aws:cloudwatch/logGroup:LogGroup", "name", "web logs", "name: 'web logs' must match "),
    (ROLE, "name", "web role", "name: 'web role' must match "),
    (ROLE, "maxSessionDuration", 60, "maxSessionDuration: must be 3600 to 43200, not 60"),
    ("aws:appautoscaling/target:Target", "serviceNamespace", "fargate", "serviceNamespace: 'fargate' is none of "),
    (DEPLOYMENT, f"{POD}.imagePullPolicy", "Sometimes", "containers[0].imagePullPolicy: 'Sometimes' must be one of Always, IfNotPresent, Never"),
    ("kubernetes:core/v1:Service", "spec.ports[0].protocol", "HTTP", "spec.ports[0].protocol: 'HTTP' must be TCP, UDP or SCTP"),
    # Names, sizes and ranges from the platforms' documentation.
    (GROUP, "name", "sg-web", "name: 'sg-web' must not begin with sg-"),
    (GROUP, "description", "Ünicode", "description: 'Ünicode' must be up to 255 plain characters"),
    (GROUP, "ingress[0].toPort", 99999, "ingress[0]: 443 to 99999 is no range of ports"),
    (GROUP, "ingress[0].protocol", "-1", "ingress[0]: all protocols (-1) go with ports 0 to 0, not 443 to 443"),
    ("aws:ec2/vpc:Vpc", "cidrBlock", "10.0.0.0/8", "cidrBlock: '10.0.0.0/8' must be a /16 to a /28"),
    ("aws:ec2/subnet:Subnet", "cidrBlock", "10.0.1.5/24", "cidrBlock: '10.0.1.5/24' is no block of IPv4 addresses"),
    ("aws:lb/loadBalancer:LoadBalancer", "name", "w" * 33, "must be at most 32 letters, digits and hyphens"),
    ("aws:cloudwatch/logGroup:LogGroup", "retentionInDays", 10, "retentionInDays: 10 must be one of 0, 1, 3, 5, 7, 14"),
    (TASK, "memory", "512", "memory: 512 MiB does not go with 512 CPU units; there are 1024, 2048, 3072, 4096"),
    (TASK, "cpu", "300", "cpu: 300 is none of 256, 512, 1024"),
    (TASK, "networkMode", "bridge", "networkMode: 'bridge': Fargate knows awsvpc alone"),
    ("aws:appautoscaling/target:Target", "minCapacity", 9, "minCapacity: 9 is more than maxCapacity, 4"),
    ("aws:ecs/service:Service", "networkConfiguration", GONE, "networkConfiguration: a service on Fargate wants it"),
    (DEPLOYMENT, "metadata.name", "Web", "metadata.name: 'Web' is no name in DNS"),
    (DEPLOYMENT, "metadata.labels.app", "a b", "metadata.labels[app]: 'a b' is no value of a label"),
    (DEPLOYMENT, f"{POD}.ports[0].containerPort", 80000, "containers[0].ports[0].containerPort: 80000 is no port"),
    (DEPLOYMENT, f"{POD}.resources.limits.memory", "512MB", "containers[0].resources.limits[memory]: '512MB' is no quantity"),
    (DEPLOYMENT, f"{POD}.resources.requests.memory", "1Gi", "containers[0].resources.requests.memory: is more than the limit"),
    (DEPLOYMENT, f"{POD}.image", GONE, "containers[0].image: required, but missing"),
    ("kubernetes:batch/v1:CronJob", "spec.schedule", "every day", "spec.schedule: 'every day' is no schedule"),
    ("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "spec.minReplicas", 9, "spec.minReplicas: 9 is more than maxReplicas, 4"),
    (VPC, "region", "eu-mars-7", "region: 'eu-mars-7' is no region such as eu-central-1"),
    (VPC, "region", "eu-central-9", "region: 'eu-central-9' is no region"),
    (VPC, "cidrBlock", "10.0.0.0", "cidrBlock: '10.0.0.0' is no block of IPv4 addresses: it has no mask"),
    (VPC, "cidrBlock", "10.0.0.0/33", "cidrBlock: '10.0.0.0/33' is no block of IPv4 addresses"),
    (VPC, "tags", {"aws:owner": "web"}, "tags.aws:owner: 'aws:owner': 'web': a key has 1 to 128 characters"),
    (VPC, "tags", {"owner": "w" * 257}, "a value has up to 256"),
    (VPC, "tags", {f"tag{number}": "" for number in range(51)}, "tags: 51 of them: there may be at most 50"),
    ("aws:ec2/subnet:Subnet", "availabilityZone", "us-east-9a", "availabilityZone: 'us-east-9a' is no zone of a region"),
    (GROUP, "ingress[0].protocol", "http", "ingress[0]: 'http' is no protocol"),
    (GROUP, "ingress[0].cidrBlocks[0]", "10.0.0.999/24", "ingress[0].cidrBlocks[0]: '10.0.0.999/24' is no block of IPv4 addresses"),
    (GROUP_RULE, "toPort", 70000, "fromPort: 443 to 70000 is no range of ports"),
    (GROUP_RULE, "cidrBlocks[0]", "10.0.0.1/16", "cidrBlocks[0]: '10.0.0.1/16' is no block of IPv4 addresses"),
    (INGRESS_RULE, "fromPort", -5, "fromPort: -5 to 443 is no range of ports"),
    (INGRESS_RULE, "cidrIpv4", "10.0.0.0/40", "cidrIpv4: '10.0.0.0/40' is no block of IPv4 addresses"),
    (TASK, "memory", "3 gigs", "memory: '3 gigs' is no size such as 512, .5 vCPU or 1GB"),
    (TASK, "cpu", "0.3 vCPU", "cpu: 307.2 is none of 256, 512, 1024"),
    (TASK, "memory", "8GB", "memory: 8192 MiB does not go with 512 CPU units"),
    (EVENTS, "scheduleExpression", "0 3 * * *", "scheduleExpression: '0 3 * * *' is no rate(5 minutes), cron(0 3 * * ? *)"),
    (EVENTS, "scheduleExpression", "rate(1 minutes)", "scheduleExpression: 'rate(1 minutes)' is no rate"),
    (SCHEDULE, "scheduleExpression", "cron(0 3 * * * *)", "either the day of the month or that of the week is ?"),
    (SCHEDULE, "scheduleExpression", "cron(0 25 * * ? *)", "'25' is not from 0 to 23"),
    (DEPLOYMENT, "spec.replicas", -1, "spec.replicas: -1 is less than none"),
    (DEPLOYMENT, "spec.template.spec.restartPolicy", "Never", "spec.template.spec.restartPolicy: 'Never' must be Always"),
    (DEPLOYMENT, f"{POD}.image", "Registry.example.com/team/Web:1", "containers[0].image: 'Registry.example.com/team/Web:1' is no name of an image"),
    (DEPLOYMENT, f"{POD}.image", "", "containers[0].image: required, but missing"),
    (DEPLOYMENT, f"{POD}.readinessProbe.httpGet.port", "web", "containers[0].readinessProbe.httpGet.port: 'web' is no port of this container"),
    (DEPLOYMENT, f"{POD}.readinessProbe.httpGet.port", 70000, "containers[0].readinessProbe.httpGet.port: 70000 is no port"),
    (DEPLOYMENT, f"{POD}.readinessProbe.tcpSocket", {"port": 8000}, "containers[0].readinessProbe: wants one of exec, grpc, httpGet, tcpSocket, and has httpGet and tcpSocket"),
    (DEPLOYMENT, f"{POD}.readinessProbe", {"periodSeconds": 5}, "and has none"),
    (DEPLOYMENT, f"{POD}.env[0].valueFrom", {"secretKeyRef": {"name": "web", "key": "port"}}, "containers[0].env[0]: has both value and valueFrom"),
    ("kubernetes:batch/v1:Job", "spec.template.spec.restartPolicy", "Always", "spec.template.spec.restartPolicy: 'Always' must be OnFailure or Never"),
    ("kubernetes:batch/v1:Job", "spec.template.spec.restartPolicy", GONE, "spec.template.spec.restartPolicy: 'Always' must be OnFailure or Never"),
    ("kubernetes:batch/v1:CronJob", "spec.schedule", "0 0 3 * * *", "spec.schedule: '0 0 3 * * *' is no schedule: it has no five fields"),
    ("kubernetes:batch/v1:CronJob", "spec.schedule", "0 25 * * *", "spec.schedule: '0 25 * * *' is no schedule"),
    ("kubernetes:core/v1:Service", "spec.ports[0].nodePort", 8080, "spec.ports[0].nodePort: 8080 must be from 30000 to 32767"),
    ("kubernetes:core/v1:Secret", "data.API_KEY", "hunter 2", "data[API_KEY]: is not base64"),
    ("kubernetes:networking.k8s.io/v1:NetworkPolicy", "spec.ingress[0].from[0].ipBlock.cidr", "10.0.0.0/33", "ipBlock.cidr: '10.0.0.0/33' is no block of IPv4 addresses"),
    # Networks on AWS.
    (NAT, "allocationId", GONE, "allocationId: a public NAT gateway wants the address of an Eip"),
    (NAT, "connectivityType", "private", "allocationId: is not for a private NAT gateway"),
    (NAT, "subnetId", GONE, "subnetId: a NAT gateway of a zone wants a subnet"),
    (ROUTE, "natGatewayId", "nat", "natGatewayId: does not go with gatewayId"),
    (ROUTE, "destinationCidrBlock", GONE, "destinationCidrBlock: one of destinationCidrBlock, destinationIpv6CidrBlock"),
    (ENDPOINT, "vpcEndpointType", "Gateway", "serviceName: 'com.amazonaws.us-east-1.logs' has no endpoint of type Gateway"),
    (ENDPOINT, "vpcEndpointType", "Door", "vpcEndpointType: 'Door' is none of Interface, Gateway"),
    (ENDPOINT, "serviceName", "logs", "serviceName: 'logs' must be the name of a service such as com.amazonaws"),
    (ENDPOINT, "routeTableIds", ["rtb"], "routeTableIds: is not for an endpoint of type Interface"),
    (ENDPOINT, "policy", policy(), "policy.Statement[0]: has no Principal"),
    (FLOWS, "iamRoleArn", GONE, "iamRoleArn: a log group is written to with a role"),
    (FLOWS, "logDestination", "web", "logDestination: 'web' is not the ARN of a log group, a bucket or a stream"),
    (FLOWS, "trafficType", "SOME", "trafficType: 'SOME' is none of ACCEPT, REJECT, ALL"),
    (FLOWS, "trafficType", GONE, "trafficType: ACCEPT, REJECT or ALL must be said"),
    (FLOWS, "maxAggregationInterval", 300, "maxAggregationInterval: 300 must be 60 or 600 seconds"),
    (FLOWS, "subnetId", "subnet", "subnetId: does not go with vpcId"),
    ("aws:ec2/eip:Eip", "domain", "vcp", "domain: 'vcp' is none of vpc, standard"),
    (EGRESS_RULE, "cidrIpv6", "::/0", "cidrIpv6: does not go with cidrIpv4"),
    (EGRESS_RULE, "cidrIpv4", GONE, "cidrIpv4: one of cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId is required"),
    (EGRESS_RULE, "description", "naïve", "description: 'naïve' must be up to 255 plain characters"),
    (INGRESS_RULE, "toPort", GONE, "toPort: tcp wants it"),
    # What balances load.
    (BALANCER, "subnets", ["subnet-0123456789abcdea0"], "subnets: a load balancer wants two of them, in two availability zones"),
    (BALANCER, "subnets", ["subnet-0123456789abcdea0", "subnet-0123456789abcdea0"], "subnets: 'subnet-0123456789abcdea0' is named twice"),
    (BALANCER, "subnets", GONE, "subnets: one of subnets, subnetMappings is required"),
    (BALANCER, "idleTimeout", 4001, "idleTimeout: 4001 must be from 1 to 4000 seconds"),
    (BALANCER, "name", "internal-web", "name: 'internal-web' must be at most 32 letters, digits and hyphens"),
    (BALANCER, "loadBalancerType", "classic", "loadBalancerType: 'classic' is none of application, network, gateway"),
    (BALANCER, "desyncMitigationMode", "strict", "desyncMitigationMode: 'strict' must be monitor, defensive or strictest"),
    (TARGETS, "name", "w" * 33, "name: 'wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww' must be at most 32 letters"),
    (TARGETS, "deregistrationDelay", 3601, "deregistrationDelay: 3601 must be from 0 to 3600 seconds"),
    (TARGETS, "vpcId", GONE, "vpcId: a group of targets wants it"),
    (TARGETS, "slowStart", 10, "slowStart: 10 must be 0 or from 30 to 900 seconds"),
    (TARGETS, "slowStart", 60, "slowStart: does not go with least_outstanding_requests"),
    (TARGETS, "loadBalancingAlgorithmType", "least", "loadBalancingAlgorithmType: 'least' must be round_robin"),
    (TARGETS, "healthCheck.interval", 4, "healthCheck.interval: 4 must be from 5 to 300 seconds"),
    (TARGETS, "healthCheck.timeout", 10, "healthCheck.timeout: 10 must be less than the interval, 10"),
    (TARGETS, "healthCheck.healthyThreshold", 1, "healthCheck.healthyThreshold: 1 must be from 2 to 10"),
    (TARGETS, "healthCheck.unhealthyThreshold", 11, "healthCheck.unhealthyThreshold: 11 must be from 2 to 10"),
    (TARGETS, "healthCheck.path", "readyz", "healthCheck.path: 'readyz' must begin with /"),
    (TARGETS, "healthCheck.matcher", "200-600", "healthCheck.matcher: '200-600' must be codes from 200 to 499"),
    (TARGETS, "healthCheck.port", "http", "healthCheck.port: 'http' is no port"),
    (TARGETS, "healthCheck.protocol", "TCP", "healthCheck.protocol: 'TCP' does not go with HTTP"),
    (LISTENER, "certificateArn", GONE, "certificateArn: HTTPS wants a certificate"),
    (LISTENER, "sslPolicy", "ELBSecurityPolicy-TLS-1-3-2026", "sslPolicy: 'ELBSecurityPolicy-TLS-1-3-2026' must be one of ELBSecurityPolicy-TLS13"),
    (LISTENER, "protocol", "HTTP", "sslPolicy: is not for HTTP"),
    (LISTENER, "protocol", "TCP", "protocol: 'TCP': a load balancer of applications speaks HTTP and HTTPS"),
    (LISTENER, "port", 70000, "port: must be 1 to 65535, not 70000"),
    (LISTENER, "defaultActions", [], "defaultActions: something must be done with a request"),
    (LISTENER, "defaultActions[0].type", "redirect", "defaultActions[0].redirect: an action of type redirect wants it"),
    (LISTENER, "defaultActions[0].type", "send", "defaultActions[0].type: 'send' is none of forward"),
    (LISTENER, "defaultActions[0]", {"type": "redirect", "redirect": {"statusCode": "HTTP_301"}}, "defaultActions[0].redirect: leads to itself"),
    (LISTENER, "defaultActions[0]", {"type": "redirect", "redirect": {"statusCode": "301", "port": "443"}}, "defaultActions[0].redirect.statusCode: '301' is none of HTTP_301, HTTP_302"),
    (LISTENER, "defaultActions[0]", {"type": "fixed-response", "fixedResponse": {"contentType": "text/yaml"}}, "fixedResponse.contentType: 'text/yaml' is none of text/plain"),
    (LISTENER_RULE, "priority", 50001, "priority: must be 1 to 50000, not 50001"),
    (LISTENER_RULE, "conditions", [], "conditions: a rule wants one at the least"),
    (LISTENER_RULE, "conditions[0].hostHeader", {"values": ["a.example.com"]}, "conditions[0].pathPattern: does not go with hostHeader"),
    (LISTENER_RULE, "conditions[0].pathPattern.values", ["/a b"], "conditions[0].pathPattern.values: '/a b' is no pattern of paths"),
    (LISTENER_RULE, "conditions[0].pathPattern.values", [f"/{number}" for number in range(6)], "conditions: 6 values: a rule may have five at most"),
    (LISTENER_RULE, "actions[0].forward.targetGroups[0].weight", 1000, "actions[0].forward.targetGroups[0].weight: 1000 must be from 0 to 999"),
    (WEB_ACL, "visibilityConfig.metricName", "web requests", "visibilityConfig.metricName: 'web requests' must be 1 to 128 letters"),
    (WEB_ACL, "rules[0].visibilityConfig.metricName", "a/b", "rules[0].visibilityConfig.metricName: 'a/b' must be 1 to 128 letters"),
    (WEB_ACL, "rules[1].priority", 0, "rules: 2 rules have the priority 0"),
    (WEB_ACL, "rules[0].overrideAction", GONE, "rules[0].overrideAction: a group of rules wants it"),
    (WEB_ACL, "rules[1].overrideAction", {"none": {}}, "rules[1].overrideAction: is not for a rule of its own"),
    (WEB_ACL, "rules[1].statement.rateBasedStatement.limit", 5, "rules[1].statement.rateBasedStatement.limit: must be 10 to 2000000000, not 5"),
    (WEB_ACL, "scope", "GLOBAL", "scope: 'GLOBAL' is none of CLOUDFRONT, REGIONAL"),
    (WEB_ACL, "defaultAction.block", {}, "defaultAction.block: does not go with allow"),
    ("aws:wafv2/webAclAssociation:WebAclAssociation", "resourceArn", "arn:aws:s3:::web-logs-of-all", "resourceArn: 'arn:aws:s3:::web-logs-of-all' must be the ARN of a load balancer"),
    # Certificates and names.
    (CERTIFICATE, "validationMethod", "POST", "validationMethod: 'POST' is none of EMAIL, DNS, HTTP"),
    (CERTIFICATE, "validationMethod", GONE, "validationMethod: DNS or EMAIL must be said"),
    (CERTIFICATE, "domainName", "example_com", "domainName: 'example_com' must match "),
    (CERTIFICATE, "domainName", f"{'a' * 60}.example.com", "has more than 64 characters, which the first name may have"),
    (RECORD, "ttl", GONE, "ttl: required, where there are records"),
    (RECORD, "type", "CNAM", "type: 'CNAM' is none of SOA, A, TXT"),
    (RECORD, "type", "A", "records[0]: 'web.example.net' is no value of a record of type A"),
    (RECORD, "records", ["a.example.net", "b.example.net"], "records: a CNAME has one value, not 2"),
    (RECORD, "records", GONE, "records: one of records, aliases is required"),
    (RECORD, "aliases", [{"name": "a", "zoneId": "Z", "evaluateTargetHealth": True}], "aliases: does not go with records"),
    (RECORD, "weightedRoutingPolicies", [{"weight": 1}], "setIdentifier: weightedRoutingPolicies wants it"),
    # Buckets.
    (BUCKET, "bucket", "Web_Logs", "bucket: 'Web_Logs' must be 3 to 63 lower-case letters"),
    (BUCKET, "bucket", "192.168.0.1", "bucket: '192.168.0.1' must be 3 to 63 lower-case letters"),
    (BUCKET, "bucket", "xn--web", "bucket: 'xn--web' must be 3 to 63 lower-case letters"),
    (BUCKET_POLICY, "policy", holding(WRITING, Resource="arn:aws:s3:::theirs/*"), "policy has invalid resource"),
    (BUCKET_POLICY, "policy", holding(WRITING, Principal=GONE), "policy.Statement[0]: has no Principal"),
    (BUCKET_POLICY, "policy", holding(WRITING, Action="s3:PutObjects"), "policy.Statement[0].Action: 's3:PutObjects' is no action of AWS"),
    (BUCKET_KEYS, "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm", "aes", "sseAlgorithm: 'aes' is none of AES256"),
    (BUCKET_KEYS, "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId", "web", "kmsMasterKeyId: does not go with AES256"),
    (BUCKET_LIFECYCLE, "rules[0].expiration", GONE, "rules[0]: does nothing"),
    (BUCKET_LIFECYCLE, "rules[0].expiration.days", 0, "rules[0].expiration.days: 0 must be at least a day"),
    (BUCKET_LIFECYCLE, "rules[0].status", "On", "rules[0].status: 'On' is none of Enabled, Disabled"),
    ("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "rule.objectOwnership", "Owner", "rule.objectOwnership: 'Owner' is none of BucketOwnerPreferred"),
    ("aws:s3/bucketVersioning:BucketVersioning", "versioningConfiguration.status", "On", "versioningConfiguration.status: 'On' must be Enabled, Suspended or Disabled"),
    # Tasks on Fargate.
    (TASK, "executionRoleArn", GONE, "executionRoleArn: Fargate requires task definition to have execution role ARN to support log driver awslogs"),
    (TASK, "ephemeralStorage.sizeInGib", 20, "ephemeralStorage.sizeInGib: 20 must be from 21 to 200 GiB"),
    (TASK, "runtimePlatform.cpuArchitecture", "arm64", "runtimePlatform.cpuArchitecture: 'arm64' is none of X86_64, ARM64"),
    (TASK, "family", "web.app", "family: 'web.app' must be up to 255 letters"),
    (TASK, "pidMode", "host", "pidMode: 'host': Fargate knows task alone"),
    (TASK, "volumes[0].hostPath", "/data", "volumes[0].hostPath: is not for Fargate"),
    (TASK, "containerDefinitions", containers(stopTimeout=121), "containerDefinitions[0].stopTimeout: 121 must be from 0 to 120"),
    (TASK, "containerDefinitions", containers(privileged=True), "containerDefinitions[0].privileged: is not for Fargate"),
    (TASK, "containerDefinitions", containers(dockerSecurityOptions=["no-new-privileges"]), "containerDefinitions[0].dockerSecurityOptions: is not for Fargate"),
    (TASK, "containerDefinitions", containers(portMappings=[{"containerPort": 8000, "hostPort": 80}]), "containerDefinitions[0].portMappings[0].hostPort: 80 must be the containerPort"),
    (TASK, "containerDefinitions", containers(name="web app"), "containerDefinitions[0].name: 'web app' must be up to 255 letters"),
    (TASK, "containerDefinitions", containers(ulimits=[{"name": "core", "softLimit": 0, "hardLimit": 0}]), "containerDefinitions[0].ulimits[0].name: 'core': Fargate sets nofile alone"),
    (TASK, "containerDefinitions", containers(mountPoints=[{"sourceVolume": "date", "containerPath": "/data"}]), "containerDefinitions[0].mountPoints[0].sourceVolume: Unknown volume 'date'"),
    (TASK, "containerDefinitions", health(interval=301), "containerDefinitions[0].healthCheck.interval: 301 must be from 5 to 300"),
    (TASK, "containerDefinitions", health(timeout=1), "containerDefinitions[0].healthCheck.timeout: 1 must be from 2 to 60"),
    (TASK, "containerDefinitions", health(retries=11), "containerDefinitions[0].healthCheck.retries: 11 must be from 1 to 10"),
    (TASK, "containerDefinitions", health(startPeriod=301), "containerDefinitions[0].healthCheck.startPeriod: 301 must be from 0 to 300"),
    (TASK, "containerDefinitions", health(command=["curl", "localhost"]), "containerDefinitions[0].healthCheck.command: must begin with CMD or CMD-SHELL"),
    (TASK, "containerDefinitions", linux(capabilities={"add": ["NET_ADMIN"]}), "containerDefinitions[0].linuxParameters.capabilities.add[0]: 'NET_ADMIN': Fargate adds SYS_PTRACE alone"),
    (TASK, "containerDefinitions", linux(sharedMemorySize=64), "containerDefinitions[0].linuxParameters.sharedMemorySize: is not for Fargate"),
    (TASK, "containerDefinitions", linux(tmpfs=[{"containerPath": "tmp", "size": 64}]), "containerDefinitions[0].linuxParameters.tmpfs[0].containerPath: 'tmp' is no absolute path"),
    (TASK, "containerDefinitions", linux(tmpfs=[{"containerPath": "/tmp", "size": 64, "mountOptions": ["noexecute"]}]), "linuxParameters.tmpfs[0].mountOptions: 'noexecute' is no option of a mount"),
    (TASK, "containerDefinitions", containers(secrets=[{"name": "API_KEY", "valueFrom": "prod/api-key"}]), "containerDefinitions[0].secrets[0].valueFrom: 'prod/api-key' is not the ARN of a secret"),
    (TASK, "containerDefinitions", containers(environment=[{"name": "API_KEY", "value": "x"}]), "containerDefinitions[0].secrets: the secret name must be unique and no variable's: 'API_KEY'"),
    (TASK, "containerDefinitions", logged(**{"awslogs-stream-prefix": GONE}), "containerDefinitions[0].logConfiguration.options: log driver awslogs wants awslogs-stream-prefix on Fargate"),
    (TASK, "containerDefinitions", logged(**{"awslogs-streams": "web"}), "containerDefinitions[0].logConfiguration.options: log driver awslogs disallows awslogs-streams"),
    (TASK, "containerDefinitions", logged(mode="unblocking"), "logConfiguration.options: 'unblocking' is neither blocking nor non-blocking"),
    (TASK, "containerDefinitions", containers(logConfiguration={"logDriver": "json-file"}), "logConfiguration.logDriver: 'json-file': Fargate knows awslogs"),
    (TASK, "containerDefinitions", json.dumps([CONTAINER | {"healthCheck": None}, SIDECAR | {"dependsOn": [{"containerName": "web", "condition": "HEALTHY"}]}]), "containerDefinitions[1].dependsOn[0]: 'web' has no health check"),
    # Services and clusters of ECS.
    (ECS_CLUSTER, "name", "web.prod", "name: 'web.prod' must be up to 255 letters"),
    (ECS_CLUSTER, "settings[0].value", "on", "settings[0].value: 'on' must be enabled, enhanced or disabled"),
    (ECS_CLUSTER, "settings[0].name", "insights", "settings[0].name: 'insights' is none of containerInsights"),
    (PROVIDERS, "capacityProviders", ["FARGATE"], "defaultCapacityProviderStrategies[1].capacityProvider: 'FARGATE_SPOT' is not among capacityProviders"),
    (PROVIDERS, "defaultCapacityProviderStrategies[1].base", 1, "defaultCapacityProviderStrategies: only one capacity provider may have a base"),
    (PROVIDERS, "defaultCapacityProviderStrategies[0].weight", 1001, "defaultCapacityProviderStrategies[0].weight: must be 0 to 1000, not 1001"),
    (PROVIDERS, "defaultCapacityProviderStrategies", [{"capacityProvider": "FARGATE", "base": 1}], "defaultCapacityProviderStrategies: one capacity provider must have a weight above 0"),
    (ECS_SERVICE, "capacityProviderStrategies", [{"capacityProvider": "FARGATE", "weight": 1}], "capacityProviderStrategies: does not go with launchType"),
    (ECS_SERVICE, "deploymentMaximumPercent", 100, "deploymentMaximumPercent: 100, with a minimum of 100, would block deployments"),
    (ECS_SERVICE, "deploymentMaximumPercent", 250, "deploymentMaximumPercent: 250 must be from 100 to 200 percent"),
    (ECS_SERVICE, "deploymentMinimumHealthyPercent", -1, "deploymentMinimumHealthyPercent: -1 must be from 0 to 100 percent"),
    (ECS_SERVICE, "deploymentController", {"type": "CODE_DEPLOY"}, "deploymentCircuitBreaker: goes with the deployment controller ECS alone, not with CODE_DEPLOY"),
    (ECS_SERVICE, "deploymentConfiguration.strategy", "GREEN_BLUE", "deploymentConfiguration.strategy: 'GREEN_BLUE' is none of ROLLING, BLUE_GREEN"),
    (ECS_SERVICE, "deploymentConfiguration.strategy", "BLUE_GREEN", "loadBalancers[0].advancedConfiguration: is required for all load balancers with the strategy BLUE_GREEN"),
    (ECS_SERVICE, "deploymentConfiguration", {"strategy": "BLUE_GREEN"}, "deploymentConfiguration.bakeTimeInMinutes: BLUE_GREEN wants it"),
    (ECS_SERVICE, "deploymentConfiguration.bakeTimeInMinutes", "1441", "deploymentConfiguration.bakeTimeInMinutes: '1441' must be from 0 to 1440 minutes"),
    (ECS_SERVICE, "deploymentConfiguration.bakeTimeInMinutes", "an hour", "deploymentConfiguration.bakeTimeInMinutes: 'an hour' must be from 0 to 1440 minutes"),
    (ECS_SERVICE, "deploymentConfiguration.canaryConfiguration", {"canaryPercent": 10}, "deploymentConfiguration.canaryConfiguration: goes with the strategy CANARY alone"),
    (ECS_SERVICE, "deploymentConfiguration", {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 1}}, "linearConfiguration.stepPercent: 1 must be from 3 to 100 percent"),
    (ECS_SERVICE, "loadBalancers", GONE, "healthCheckGracePeriodSeconds: goes with a load balancer alone"),
    (ECS_SERVICE, "networkConfiguration.securityGroups", ["sg"] * 6, "networkConfiguration.securityGroups: 6 of them: there may be at most 5"),
    (ECS_SERVICE, "sigintRollback", True, "sigintRollback: goes with waitForSteadyState alone"),
    (ECS_SERVICE, "name", "web.prod", "name: 'web.prod' must be up to 255 letters"),
    (ECS_SERVICE, "propagateTags", "ALL", "propagateTags: 'ALL' is none of TASK_DEFINITION, SERVICE, NONE"),
    (ECS_SERVICE, "loadBalancers[0].targetGroupArn", "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/other/0123456789abcdef", "targetgroup/other/0123456789abcdef' is no resource of this plan"),
    # What starts and scales tasks.
    (SCALED, "resourceId", "web", "resourceId: 'web' must be service/<cluster>/<service>"),
    (SCALED, "scalableDimension", "ecs:service:Count", "scalableDimension: 'ecs:service:Count' is none of ecs:service:DesiredCount"),
    (SCALING, f"{TRACKING}.targetValue", 0, f"{TRACKING}.targetValue: 0 must be more than 0"),
    (SCALING, f"{TRACKING}.predefinedMetricSpecification.predefinedMetricType", "ECSServiceAverageCPUUtilization", f"{TRACKING}.predefinedMetricSpecification.resourceLabel: goes with ALBRequestCountPerTarget alone"),
    (SCALING, f"{TRACKING}.predefinedMetricSpecification.predefinedMetricType", "RDSReaderAverageCPUUtilization", "is none of ECS's: ECSServiceAverageCPUUtilization"),
    (SCALING, f"{TRACKING}.predefinedMetricSpecification.resourceLabel", "web", "resourceLabel: 'web' must be app/<balancer>/<id>/targetgroup/<group>/<id>"),
    (SCALING, f"{TRACKING}.predefinedMetricSpecification", GONE, f"{TRACKING}.predefinedMetricSpecification: one of predefinedMetricSpecification, customizedMetricSpecification is required"),
    (SCALING, "policyType", "StepScaling", f"{TRACKING}: goes with the type TargetTrackingScaling alone"),
    (SCALE_AT, "schedule", "0 7 * * *", "schedule: '0 7 * * *' is no rate(5 minutes), cron(0 3 * * ? *)"),
    (SCALE_AT, "timezone", "Europe/Atlantis", "timezone: 'Europe/Atlantis' is no time zone such as Europe/Berlin"),
    (SCALE_AT, "scalableTargetAction.minCapacity", 9, "scalableTargetAction.minCapacity: 9 is more than maxCapacity, 8"),
    (SCALE_AT, "scalableTargetAction", {}, "scalableTargetAction: one of minCapacity and maxCapacity is required"),
    (SCHEDULE, "scheduleExpressionTimezone", "CET/Berlin", "scheduleExpressionTimezone: 'CET/Berlin' is no time zone"),
    (SCHEDULE, "flexibleTimeWindow.mode", "FLEXIBLE", "flexibleTimeWindow.maximumWindowInMinutes: the mode FLEXIBLE wants it"),
    (SCHEDULE, "flexibleTimeWindow.maximumWindowInMinutes", 5, "flexibleTimeWindow.maximumWindowInMinutes: does not go with the mode OFF"),
    (SCHEDULE, "target.arn", "arn:aws:sqs:us-east-1:123456789012:web", "target.arn: 'arn:aws:sqs:us-east-1:123456789012:web' must be the ARN of the cluster"),
    (SCHEDULE, "target.ecsParameters.networkConfiguration", GONE, "target.ecsParameters.networkConfiguration: tasks on Fargate want it"),
    (SCHEDULE, "target.retryPolicy.maximumRetryAttempts", 186, "target.retryPolicy.maximumRetryAttempts: must be 0 to 185, not 186"),
    (SCHEDULE, "target.input", "{", "target.input: is not JSON"),
    (SCHEDULE, "name", "w" * 65, "name: must be 1 to 64 characters, not 65"),
    # What watches.
    (ALARM, "period", 45, "period: 45 must be 10, 20, 30 or a multiple of 60 seconds"),
    (ALARM, "evaluationPeriods", 1441, "evaluationPeriods: 1441 of 60 seconds are more than 86400 seconds"),
    (ALARM, "datapointsToAlarm", 2, "datapointsToAlarm: 2 is more than evaluationPeriods, 1"),
    (ALARM, "extendedStatistic", "p99", "extendedStatistic: does not go with statistic"),
    (ALARM, "statistic", GONE, "statistic: one of statistic, extendedStatistic is required"),
    (ALARM, "namespace", GONE, "namespace: an alarm on a metric wants it"),
    (ALARM, "threshold", GONE, "threshold: required, unless thresholdMetricId is given"),
    (ALARM, "treatMissingData", "fine", "treatMissingData: 'fine' must be breaching, notBreaching, ignore or missing"),
    (ALARM, "dimensions", {"LoadBalancerName": "web"}, "dimensions.LoadBalancerName: no metric of AWS/ApplicationELB has it, but LoadBalancer, TargetGroup"),
    (ALARM, "dimensions.LoadBalancer", "web", "dimensions.LoadBalancer: 'web' must match app/"),
    (ALARM, "alarmActions[0]", "oncall", "alarmActions[0]: 'oncall' is not the ARN of what an alarm does"),
    (ALARM, "metricQueries", [query("share", returnData=True)], "metricName: does not go with metricQueries"),
    (DASHBOARD, "dashboardName", "web.prod", "dashboardName: 'web.prod' must be up to 255 letters"),
    (DASHBOARD, "dashboardBody", "{", "dashboardBody: is not JSON"),
    (DASHBOARD, "dashboardBody", "{}", "dashboardBody: has no list of widgets"),
    (DASHBOARD, "dashboardBody", board(type="graph"), "dashboardBody.widgets[0].type: 'graph' is none of metric, text"),
    (DASHBOARD, "dashboardBody", board(width=25), "dashboardBody.widgets[0].width: 25 must be from 1 to 24"),
    (DASHBOARD, "dashboardBody", board(x=13), "dashboardBody.widgets[0].width: 12 from 13 on is beyond the 24 columns"),
    (DASHBOARD, "dashboardBody", board(properties={"metrics": [["AWS/ECS"]]}), "dashboardBody.widgets[0].properties.region: a widget of type metric wants it"),
    (DASHBOARD, "dashboardBody", board(type="log"), "dashboardBody.widgets[0].properties.query: a widget of type log wants it"),
    (EVENTS, "scheduleExpression", "at(2026-12-24T18:00:00)", "a rule knows rate and cron alone"),
    (EVENTS, "scheduleExpression", GONE, "eventPattern: one of eventPattern and scheduleExpression is required"),
    (EVENTS, "eventPattern", "{source: aws}", "eventPattern: is not JSON"),
    (EVENTS, "name", "web rule", "name: 'web rule' must match "),
    (EVENT_TARGET, "arn", "web", "arn: 'web' is not the ARN of what is told"),
    (EVENT_TARGET, "input", "{", "input: is not JSON"),
    (EVENT_TARGET, "inputPath", "$", "inputPath: does not go with input"),
    (LOG_GROUP, "kmsKeyId", "alias/web", "kmsKeyId: 'alias/web' is not the ARN of a key"),
    (LOG_GROUP, "logGroupClass", "COLD", "logGroupClass: 'COLD' is none of STANDARD, INFREQUENT_ACCESS"),
    (LOG_POLICY, "policyDocument", holding(TOLD, Principal=GONE), "policyDocument.Statement[0]: has no Principal"),
    (LOG_POLICY, "policyDocument", holding(TOLD, Action="logs:Write"), "policyDocument.Statement[0].Action: 'logs:Write' is no action of AWS"),
    (TOPIC, "name", "web.topic", "name: 'web.topic' must be up to 256 letters"),
    (TOPIC, "fifoTopic", True, "name: 'web': .fifo is at the end of a name where fifoTopic is true"),
    (SUBSCRIPTION, "protocol", "mail", "protocol: 'mail' is none of application, email"),
    (SUBSCRIPTION, "endpoint", "oncall", "endpoint: 'oncall' must be an endpoint of email"),
    (SUBSCRIPTION, "protocol", "https", "endpoint: 'oncall@example.com' must be an endpoint of https"),
    # Roles, secrets and keys.
    (ROLE, "name", "r" * 65, "name: must be 1 to 64 characters, not 65"),
    (ROLE, "assumeRolePolicy", trusting(Condition={"StringEquals": {"aws:SourceArn": ["x" * 2100]}}), "characters without spaces: there may be 2048"),
    (ROLE_POLICY, "policy", policy(Resource=[f"arn:aws:s3:::{'x' * 100}{number}" for number in range(110)]), "characters without spaces: there may be 10240"),
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn", "AmazonECSTaskExecutionRolePolicy", "policyArn: 'AmazonECSTaskExecutionRolePolicy' must be the ARN of a managed policy"),
    (SECRET, "name", "prod web", "name: 'prod web' must be up to 512 letters"),
    (SECRET, "recoveryWindowInDays", 3, "recoveryWindowInDays: 3 must be 0, or from 7 to 30 days"),
    (SECRET_VERSION, "secretBinary", "aHVzaA==", "secretBinary: does not go with secretString"),
    (SECRET_VERSION, "secretString", GONE, "secretString: one of secretString, secretBinary, secretStringWo is required"),
    (SECRET_VERSION, "secretString", "", "secretString: must be 1 to 65536 characters, not 0"),
    (KEY, "deletionWindowInDays", 1, "deletionWindowInDays: 1 must be from 7 to 30 days"),
    (KEY, "enableKeyRotation", False, "rotationPeriodInDays: goes with enableKeyRotation alone"),
    (KEY, "policy", json.dumps({**KEY_POLICY, "Statement": KEY_POLICY["Statement"][1:]}), "policy: the new key policy will not allow you to update the key policy in the future"),
    (KEY, "policy", holding(KEY_POLICY, Principal=GONE), "policy.Statement[1]: has no Principal"),
    (KEY, "keyUsage", "ENCRYPT", "keyUsage: 'ENCRYPT' is none of SIGN_VERIFY, ENCRYPT_DECRYPT"),
    (ALIAS, "name", "web", "name: 'web' must be alias/"),
    (ALIAS, "name", "alias/aws/web", "name: 'alias/aws/web' must be alias/"),
    # The JSON inside.
    (TASK, "containerDefinitions", "[", "containerDefinitions: is not JSON"),
    (TASK, "containerDefinitions", containers(envs=[]), 'containerDefinitions: Unknown parameter in [0]: "envs"'),
    (TASK, "containerDefinitions", containers(logConfiguration={"logDriver": "stdout"}), "logConfiguration.logDriver: 'stdout' is none of "),
    (TASK, "containerDefinitions", containers(essential=False), "containerDefinitions: no container is essential"),
    (TASK, "containerDefinitions", containers(image=""), "containerDefinitions[0].image: required, but missing"),
    (TASK, "containerDefinitions", json.dumps([CONTAINER, CONTAINER]), "containerDefinitions: two containers are named 'web'"),
    (ROLE_POLICY, "policy", policy(Action="ecr:GetToken"), "policy.Statement[0].Action: 'ecr:GetToken' is no action of AWS"),
    (ROLE_POLICY, "policy", policy(Action="lambda:*Nothing"), "policy.Statement[0].Action: 'lambda:*Nothing' is no action of AWS"),
    (ROLE_POLICY, "policy", policy(Effect="allow"), "policy.Statement[0].Effect: 'allow' is neither Allow nor Deny"),
    (ROLE_POLICY, "policy", policy(Resource="my-bucket"), "policy.Statement[0].Resource: 'my-bucket' is neither an ARN nor *"),
    (ROLE_POLICY, "policy", policy(Resource=GONE), "policy.Statement[0]: has no Resource"),
    (ROLE_POLICY, "policy", json.dumps({**POLICY, "Version": "2012"}), "policy.Version: '2012' is none of 2008-10-17, 2012-10-17"),
    (ROLE, "assumeRolePolicy", json.dumps({**TRUST, "Statements": []}), "assumeRolePolicy.Statements: no such element of a policy"),
    (ROLE, "assumeRolePolicy", policy(), "assumeRolePolicy.Statement[0]: has no Principal"),
    (TASK, "containerDefinitions", containers(image="123456789012.dkr.ecr.us-east-1.amazonaws.com/Web:1"), "containerDefinitions[0].image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/Web:1' is no name of an image"),
    (TASK, "containerDefinitions", containers(image="web@sha256:0"), "containerDefinitions[0].image: 'web@sha256:0' is no name of an image"),
    (TASK, "containerDefinitions", containers(portMappings=[{"containerPort": 70000}]), "containerDefinitions[0].portMappings[0].containerPort: 70000 is no port"),
    (TASK, "containerDefinitions", containers(cpu=1024), "containerDefinitions: the containers' cpu, 1024, is more than the task's, 512"),
    (TASK, "containerDefinitions", containers(memory=2048), "containerDefinitions: the containers' memory, 2048, is more than the task's, 1024"),
    (TASK, "containerDefinitions", json.dumps([SIDECAR]), "containerDefinitions[0].dependsOn[0].containerName: 'web' is no container of this task"),
    (LIFECYCLES, "policy", "{", "policy: is not JSON"),
    (LIFECYCLES, "policy", "{}", "policy: has no rules"),
    (LIFECYCLES, "policy", lifecycle(selection={"tagStatus": "any"}), "policy.rules[0].selection.countType: required, but missing"),
    (LIFECYCLES, "policy", lifecycle(selection=LIFECYCLE["selection"] | {"tagStatus": "all"}), "policy.rules[0].selection.tagStatus: 'all' is none of tagged"),
    (ROLE_POLICY, "policy", policy(Condition={"StringEqual": {"aws:x": "y"}}), "policy.Statement[0].Condition.StringEqual: no such operator"),
    (ROLE_POLICY, "policy", policy(Condition={"StringEquals": "y"}), "policy.Statement[0].Condition.StringEquals: holds no keys"),
    (ROLE_POLICY, "policy", policy(Action=[]), "policy.Statement[0].Action: is empty"),
    (ROLE_POLICY, "policy", policy(Action=7), "policy.Statement[0].Action: 7 is neither a string nor a list of strings"),
    (ROLE_POLICY, "policy", policy(NotAction="s3:*"), "policy.Statement[0]: has both Action and NotAction"),
    (ROLE_POLICY, "policy", policy(Action=GONE, NotAction="s3:NoSuch"), "policy.Statement[0].NotAction: 's3:NoSuch' is no action of AWS"),
    (ROLE_POLICY, "policy", policy(Sid="read-logs"), "policy.Statement[0].Sid: 'read-logs' must be letters and digits"),
    (ROLE_POLICY, "policy", json.dumps({**POLICY, "Statement": []}), "policy.Statement: has no statements"),
    (ROLE_POLICY, "policy", json.dumps({**POLICY, "Statement": [each | {"Sid": "Web"} for each in POLICY["Statement"]]}), "policy.Statement: two statements have the Sid 'Web'"),
    (ROLE, "assumeRolePolicy", trusting(Action="s3:GetObject"), "assumeRolePolicy.Statement[0].Action: 's3:GetObject': a trust policy allows actions of sts alone"),
    # What must agree with something else in the plan.
    ("aws:ec2/subnet:Subnet", "vpcId", "vpc-0123456789abcdef1", "vpcId: 'vpc-0123456789abcdef1' is no resource of this plan"),
    (TASK, "executionRoleArn", "arn:aws:iam::123456789012:role/nobody", "executionRoleArn: 'arn:aws:iam::123456789012:role/nobody' is no resource"),
    (DEPLOYMENT, "spec.template.metadata.labels.app", "other", "spec.selector.matchLabels[app]: the template's labels have no app=web"),
    (DEPLOYMENT, f"{POD}.volumeMounts[0].name", "data", "containers[0].volumeMounts[0].name: 'data' is no volume of this pod"),
]  # fmt: skip


LEGAL: list[tuple[str, str, Any]] = [
    *gcp_mistakes.LEGAL,
    *azure_mistakes.LEGAL,
    (VPC, "region", "us-gov-west-1"),
    (VPC, "tags", {"slipway:stack": "", "Name": "w" * 256}),
    ("aws:ec2/subnet:Subnet", "availabilityZone", "us-west-2-lax-1a"),
    (GROUP, "ingress[0]", {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"], "ipv6CidrBlocks": ["::/0"]}),
    (GROUP, "ingress[0]", {"protocol": "icmp", "fromPort": -1, "toPort": -1}),
    (TASK, "cpu", ".5 vCPU"),
    (TASK, "memory", "2GB"),
    (TASK, "containerDefinitions", json.dumps([CONTAINER | {"cpu": 256, "memory": 512}, SIDECAR | {"cpu": 256}])),
    (ROLE_POLICY, "policy", policy(Condition={"ForAnyValue:StringLikeIfExists": {"aws:x": ["y"]}, "Null": {"aws:y": "true"}})),
    (SCHEDULE, "scheduleExpression", "at(2026-12-24T18:00:00)"),
    (SCHEDULE, "scheduleExpression", "cron(0/15 8-18 L * ? 2026-2030)"),
    (EVENTS, "scheduleExpression", "rate(1 hour)"),
    (SCALE_AT, "schedule", "at(2026-12-24T18:00:00)"),
    (SCHEDULE, "target", {"arn": "arn:aws:scheduler:::aws-sdk:ecs:runTask", "roleArn": "arn:aws:iam::999999999999:role/theirs", "input": "{}"}),
    (BALANCER, "subnets", ["subnet-0123456789abcdea1", "subnet-0123456789abcdeb1", "subnet-0123456789abcdec1"]),
    (BALANCER, "loadBalancerType", "network"),
    (TARGETS, "healthCheck.matcher", "200,301-302"),
    (TARGETS, "healthCheck.port", "8080"),
    (LISTENER, "sslPolicy", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"),
    (LISTENER, "defaultActions[0]", {"type": "redirect", "redirect": {"statusCode": "HTTP_301", "port": "443", "protocol": "HTTPS"}}),
    (LISTENER, "defaultActions[0]", {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "503"}}),
    (WEB_ACL, "rules", []),
    (ENDPOINT, "privateDnsEnabled", False),
    (BUCKET_KEYS, "rules[0].applyServerSideEncryptionByDefault", {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "alias/aws/s3"}),
    (TASK, "containerDefinitions", linux(capabilities={"add": ["SYS_PTRACE"], "drop": ["ALL"]})),
    (TASK, "containerDefinitions", logged(mode="non-blocking", **{"max-buffer-size": "4m"})),
    (TASK, "containerDefinitions", containers(secrets=[{"name": "API_KEY", "valueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:web-abcdef:::terraform-2026"}])),
    (ECS_SERVICE, "desiredCount", 0),
    (ECS_SERVICE, "deploymentConfiguration.bakeTimeInMinutes", "1440"),
    (ALARM, "dimensions", {"LoadBalancer": "app/web/0123456789abcdef", "TargetGroup": "targetgroup/web/0123456789abcdef"}),
    (ALARM, "namespace", "Acme/Web"),
    (DASHBOARD, "dashboardBody", json.dumps({"widgets": []})),
    (SUBSCRIPTION, "endpoint", "on.call+web@example.co.uk"),
    (ROLE, "assumeRolePolicy", trusting(Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}})),
    (SECRET, "recoveryWindowInDays", 0),
    (RECORD, "name", "*.example.com"),
    (BUCKET_POLICY, "policy", holding(WRITING, Effect="Deny", Principal="*", Action="s3:*", Resource=["arn:aws:s3:::there-logs", "arn:aws:s3:::there-logs/*"])),
    ("kubernetes:batch/v1:CronJob", "spec.schedule", "@daily"),
    ("kubernetes:batch/v1:CronJob", "spec.schedule", "0 3 * * MON-FRI"),
    (DEPLOYMENT, f"{POD}.resources", {"requests": {"cpu": ".5", "memory": "1e8"}, "limits": {"cpu": "1.", "memory": "1e9"}}),
    (DEPLOYMENT, f"{POD}.env[0]", {"name": "PORT", "valueFrom": {"secretKeyRef": {"name": "web", "key": "port"}}}),
]  # fmt: skip
