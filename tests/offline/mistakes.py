"""Mistakes to plant in right inputs: the type, the path, what stands there, and what is said of it; and what is legal."""

import json
from typing import Any

from tests.offline.bases import CONTAINER, LIFECYCLE, POLICY, SIDECAR, TRUST

TASK = "aws:ecs/taskDefinition:TaskDefinition"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
VPC = "aws:ec2/vpc:Vpc"
LIFECYCLES = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
EVENTS = "aws:cloudwatch/eventRule:EventRule"
SCHEDULE = "aws:scheduler/schedule:Schedule"
RUN = "gcp:cloudrunv2/service:Service"
FIREWALL = "gcp:compute/firewall:Firewall"
APP = "azure-native:app:ContainerApp"
SECURITY_GROUP = "azure-native:network:NetworkSecurityGroup"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
POD = "spec.template.spec.containers[0]"

GONE = object()


def containers(**changes: Any) -> str:
    return json.dumps([CONTAINER | changes])


def policy(**changes: Any) -> str:
    statement = {**POLICY["Statement"][0], **changes}
    return json.dumps({**POLICY, "Statement": [{k: v for k, v in statement.items() if v is not GONE}]})


def trusting(**changes: Any) -> str:
    return json.dumps({**TRUST, "Statement": [{**TRUST["Statement"][0], **changes}]})


def lifecycle(**changes: Any) -> str:
    return json.dumps({"rules": [LIFECYCLE | changes]})


MISTAKES: list[tuple[str, str, Any, str]] = [
    # What the SDK's own types know.
    ("aws:ecr/repository:Repository", "imageTagMutable", "IMMUTABLE", "imageTagMutable: unknown property (did you mean imageTagMutability?)"),
    ("aws:ec2/vpc:Vpc", "enableDnsSupport", "yes", "enableDnsSupport: must be true or false, not 'yes'"),
    ("aws:ec2/subnet:Subnet", "vpcId", GONE, "vpcId: required, but missing"),
    ("aws:ecs/service:Service", "desiredCount", "two", "desiredCount: must be a whole number, not 'two'"),
    ("aws:ecs/service:Service", "networkConfiguration.subnetz", [], "networkConfiguration.subnetz: unknown property (did you mean subnets?)"),
    (GROUP, "ingress[0].fromPort", GONE, "ingress[0].fromPort: required, but missing"),
    (RUN, "template.containers[0].port", 8000, "template.containers[0].port: unknown property (did you mean ports?)"),
    (RUN, "location", GONE, "location: required, but missing"),
    (RUN, "template.containers[0].envs[0].name", GONE, "template.containers[0].envs[0].name: required, but missing"),
    ("gcp:compute/network:Network", "autoCreateSubnetworks", "no", "autoCreateSubnetworks: must be true or false, not 'no'"),
    (APP, "configuration.ingress.targetport", 80, "configuration.ingress.targetport: unknown property (did you mean targetPort?)"),
    (APP, "template.containers", {"name": "web"}, "template.containers: must be a list, not {'name': 'web'}"),
    (APP, "resourceGroupName", GONE, "resourceGroupName: required, but missing"),
    ("azure-native:containerregistry:Registry", "sku", GONE, "sku: required, but missing"),
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
    (RUN, "ingress", "ALL", "ingress: 'ALL' is none of INGRESS_TRAFFIC_ALL"),
    (RUN, "traffics[0].type", "LATEST", "traffics[0].type: 'LATEST' is none of TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"),
    (RUN, "template.vpcAccess", {"egress": "ALL"}, "template.vpcAccess.egress: 'ALL' is none of ALL_TRAFFIC"),
    (RUN, "template.timeout", "1 minute", "template.timeout: '1 minute' "),
    ("gcp:compute/network:Network", "name", "Web_Net", "name: 'Web_Net' must match "),
    ("gcp:compute/subnetwork:Subnetwork", "stackType", "IPV6", "stackType: 'IPV6' is none of "),
    ("gcp:artifactregistry/repository:Repository", "format", "OCI", "format: 'OCI' is none of "),
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
    ("gcp:serviceaccount/account:Account", "accountId", "web", "accountId: 'web' must be 6 to 30 lower-case letters"),
    ("gcp:secretmanager/secret:Secret", "secretId", "api.key", "secretId: 'api.key' must be at most 255 letters"),
    ("gcp:compute/subnetwork:Subnetwork", "ipCidrRange", "10.0.0.0/30", "ipCidrRange: '10.0.0.0/30' must be a /4 to a /29"),
    (RUN, "name", "w" * 50, "must be at most 49 lower-case letters"),
    (RUN, "template.timeout", "3601s", "template.timeout: '3601s' must be at most 3600 seconds"),
    (RUN, "template.maxInstanceRequestConcurrency", 2000, "2000 must be from 1 to 1000"),
    (RUN, "template.scaling.minInstanceCount", 9, "template.scaling.minInstanceCount: 9 is more than maxInstanceCount, 4"),
    (RUN, "template.containers[0].resources.limits.cpu", "3", "limits.cpu: '3' is none of 1, 2, 4, 6, 8"),
    (RUN, "template.containers[0].resources.limits", {"cpu": "4", "memory": "512Mi"}, "limits.memory: 4 CPUs want at least 2048 MiB"),
    (RUN, "template.containers[0].resources.limits.disk", "1Gi", "limits.disk: no such limit"),
    (RUN, "traffics[0].percent", 90, "traffics: the shares add up to 90 percent, not 100"),
    ("gcp:cloudrunv2/serviceIamMember:ServiceIamMember", "member", "everyone", "member: 'everyone' must be a principal"),
    ("gcp:cloudrunv2/serviceIamMember:ServiceIamMember", "role", "run.invoker", "role: 'run.invoker' must be a role such as"),
    ("azure-native:containerregistry:Registry", "registryName", "web-images", "registryName: 'web-images' must be 5 to 50 letters and digits"),
    ("azure-native:containerregistry:Registry", "sku.name", "Cheap", "sku.name: 'Cheap' must be Basic, Standard or Premium"),
    ("azure-native:operationalinsights:Workspace", "workspaceName", "web", "workspaceName: 'web' must be 4 to 63 letters"),
    ("azure-native:resources:ResourceGroup", "resourceGroupName", "web.", "resourceGroupName: 'web.' must be 1 to 90 letters"),
    ("azure-native:network:VirtualNetwork", "subnets[0].addressPrefix", "10.1.0.0/24", "subnets[0].addressPrefix: '10.1.0.0/24' lies in none"),
    (APP, "containerAppName", "Web_App", "containerAppName: 'Web_App' must be 2 to 32 lower-case letters"),
    (APP, "template.containers[0].resources.memory", "3Gi", "template.containers: 0.5 cores with 3Gi: there are 0.25 with 0.5Gi, 0.5 with 1Gi"),
    (APP, "template.scale.minReplicas", 9, "template.scale.minReplicas: 9 is more than maxReplicas, 4"),
    (APP, "configuration.ingress.targetPort", 80000, "configuration.ingress.targetPort: 80000 must be a port"),
    (APP, "configuration.ingress.traffic[0].weight", 50, "configuration.ingress.traffic: the weights add up to 50, not 100"),
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
    ("gcp:artifactregistry/repository:Repository", "location", "mars-north1", "location: 'mars-north1' is no region such as europe-west1"),
    ("gcp:cloudscheduler/job:Job", "region", "europe-mars1", "region: 'europe-mars1' is no region"),
    ("gcp:cloudscheduler/job:Job", "schedule", "0 25 * * *", "schedule: '0 25 * * *' is no schedule"),
    (FIREWALL, "sourceRanges[0]", "10.0.0.999/24", "sourceRanges[0]: '10.0.0.999/24' is no block of IPv4 addresses"),
    (FIREWALL, "sourceRanges[0]", "10.0.0.0", "sourceRanges[0]: '10.0.0.0' is no block of IPv4 addresses: it has no mask"),
    (FIREWALL, "allows[0].ports[1]", "8000-70000", "allows[0].ports[1]: '8000-70000' is no range of ports"),
    (RUN, "labels", {"Team": "web"}, "labels.Team: 'Team': 'web': lower-case letters"),
    (RUN, "labels", {"team": "w" * 64}, "lower-case letters, digits, hyphens and underscores, up to 63"),
    (RUN, "template.containers[0].image", "us-east1-docker.pkg.dev/p/Web/web:1", "containers[0].image: 'us-east1-docker.pkg.dev/p/Web/web:1' is no name of an image"),
    (RUN, "template.containers[0].resources.limits.memory", "512MB", "limits.memory: '512MB' is no size such as 512Mi"),
    (APP, "location", "marsnorth", "location: 'marsnorth' is no location such as westeurope"),
    (APP, "configuration.activeRevisionsMode", "Both", "configuration.activeRevisionsMode: 'Both' is none of Multiple, Single"),
    (APP, "configuration.ingress.transport", "htp", "configuration.ingress.transport: 'htp' is none of auto, http"),
    (APP, "template.containers[0].image", "web.azurecr.io/my web", "containers[0].image: 'web.azurecr.io/my web' is no name of an image"),
    (APP, "tags", {"owner?": "web"}, "tags.owner?: 'owner?': 'web': a key has none of <>%"),
    (SECURITY_GROUP, "securityRules[0].access", "Allowed", "securityRules[0].access: 'Allowed' is none of Allow, Deny"),
    (SECURITY_GROUP, "securityRules[0].destinationPortRange", "99999", "destinationPortRange: '99999' is no range of ports"),
    (SECURITY_GROUP, "securityRules[0].sourceAddressPrefix", "10.0.0.0/33", "sourceAddressPrefix: '10.0.0.0/33' is no block of IPv4 addresses"),
    ("azure-native:network:VirtualNetwork", "subnets[0].addressPrefix", "10.0.0.0", "subnets[0].addressPrefix: '10.0.0.0' is no block of IPv4 addresses: it has no mask"),
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
    ("aws:ec2/subnet:Subnet", "vpcId", "vpc-0123456789abcdef0", "vpcId: 'vpc-0123456789abcdef0' is no resource of this plan"),
    (TASK, "executionRoleArn", "arn:aws:iam::123456789012:role/nobody", "executionRoleArn: 'arn:aws:iam::123456789012:role/nobody' is no resource"),
    ("gcp:compute/subnetwork:Subnetwork", "network", "projects/p/global/networks/other", "network: 'projects/p/global/networks/other' is no resource"),
    (APP, "environmentId", "/subscriptions/s/resourceGroups/g/providers/Microsoft.App/managedEnvironments/e", "managedEnvironments/e' is no resource of this plan"),
    (APP, "template.containers[0].env[0].secretRef", "api_key", "template.containers[0].env[0].secretRef: 'api_key' is no secret of this app"),
    (DEPLOYMENT, "spec.template.metadata.labels.app", "other", "spec.selector.matchLabels[app]: the template's labels have no app=web"),
    (DEPLOYMENT, f"{POD}.volumeMounts[0].name", "data", "containers[0].volumeMounts[0].name: 'data' is no volume of this pod"),
]  # fmt: skip


LEGAL: list[tuple[str, str, Any]] = [
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
    ("gcp:artifactregistry/repository:Repository", "location", "europe"),
    ("gcp:cloudscheduler/job:Job", "schedule", "every 24 hours"),
    ("kubernetes:batch/v1:CronJob", "spec.schedule", "@daily"),
    ("kubernetes:batch/v1:CronJob", "spec.schedule", "0 3 * * MON-FRI"),
    (DEPLOYMENT, f"{POD}.resources", {"requests": {"cpu": ".5", "memory": "1e8"}, "limits": {"cpu": "1.", "memory": "1e9"}}),
    (DEPLOYMENT, f"{POD}.env[0]", {"name": "PORT", "valueFrom": {"secretKeyRef": {"name": "web", "key": "port"}}}),
    (APP, "location", "West Europe"),
    (APP, "configuration.ingress.transport", "Http2"),
]  # fmt: skip
