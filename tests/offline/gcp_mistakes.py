"""Mistakes to plant in right inputs of Google Cloud's types, and what is legal there, as `mistakes.py` has them."""

import json
from typing import Any

from tests.offline.gcp_bases import BOARD, CHART, CONTAINER, PROBE, RATIO

RUN, RUN_JOB = "gcp:cloudrunv2/service:Service", "gcp:cloudrunv2/job:Job"
POOL = "gcp:cloudrunv2/workerPool:WorkerPool"
INVOKER, STARTER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember", "gcp:cloudrunv2/jobIamMember:JobIamMember"
SCHEDULED = "gcp:cloudscheduler/job:Job"
REPOSITORY = "gcp:artifactregistry/repository:Repository"
READER = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
NETWORK, SUBNET = "gcp:compute/network:Network", "gcp:compute/subnetwork:Subnetwork"
ROUTER, NAT = "gcp:compute/router:Router", "gcp:compute/routerNat:RouterNat"
FIREWALL = "gcp:compute/firewall:Firewall"
ADDRESS = "gcp:compute/globalAddress:GlobalAddress"
ENDPOINTS = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup"
BACKEND, URL_MAP = "gcp:compute/backendService:BackendService", "gcp:compute/uRLMap:URLMap"
CERTIFICATE = "gcp:compute/managedSslCertificate:ManagedSslCertificate"
HTTP, HTTPS = "gcp:compute/targetHttpProxy:TargetHttpProxy", "gcp:compute/targetHttpsProxy:TargetHttpsProxy"
FORWARDING = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
TLS, ARMOR = "gcp:compute/sSLPolicy:SSLPolicy", "gcp:compute/securityPolicy:SecurityPolicy"
CLUSTER = "gcp:container/cluster:Cluster"
RECORD = "gcp:dns/recordSet:RecordSet"
BUCKET, SINK = "gcp:logging/projectBucketConfig:ProjectBucketConfig", "gcp:logging/projectSink:ProjectSink"
METRIC, EXCLUSION = "gcp:logging/metric:Metric", "gcp:logging/projectExclusion:ProjectExclusion"
CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel"
ALERT, CHECK = "gcp:monitoring/alertPolicy:AlertPolicy", "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig"
DASHBOARD = "gcp:monitoring/dashboard:Dashboard"
API, MEMBER = "gcp:projects/service:Service", "gcp:projects/iAMMember:IAMMember"
ACCOUNT = "gcp:serviceaccount/account:Account"
SECRET, VERSION = "gcp:secretmanager/secret:Secret", "gcp:secretmanager/secretVersion:SecretVersion"
ACCESSOR = "gcp:secretmanager/secretIamMember:SecretIamMember"

GONE = object()

LIMITS = "template.containers[0].resources.limits"
TASK_LIMITS = "template.template.containers[0].resources.limits"
ENVS = "template.containers[0].envs"
STARTUP = "template.containers[0].startupProbe"
CONDITION = "conditions[0].conditionThreshold"


def board(**parts: Any) -> str:
    """A dashboard in which something is else; GONE is not in it."""
    return json.dumps({name: value for name, value in {**BOARD, **parts}.items() if value is not GONE})


def tiles(**parts: Any) -> str:
    """A dashboard of one tile."""
    return board(mosaicLayout={"columns": 48, "tiles": [{"width": 24, "height": 16, "widget": CHART, **parts}]})


MISTAKES: list[tuple[str, str, Any, str]] = [
    (RUN, "template.containers[0].port", 8000, "template.containers[0].port: unknown property (did you mean ports?)"),
    (RUN, "location", GONE, "location: required, but missing"),
    (RUN, "template.containers[0].envs[0].name", GONE, "template.containers[0].envs[0].name: required, but missing"),
    (NETWORK, "autoCreateSubnetworks", "no", "autoCreateSubnetworks: must be true or false, not 'no'"),
    (RUN, "ingress", "ALL", "ingress: 'ALL' is none of INGRESS_TRAFFIC_ALL"),
    (RUN, "traffics[0].type", "LATEST", "traffics[0].type: 'LATEST' is none of TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"),
    (RUN, "template.vpcAccess", {"egress": "ALL"}, "template.vpcAccess.egress: 'ALL' is none of ALL_TRAFFIC"),
    (RUN, "template.timeout", "1 minute", "template.timeout: '1 minute' "),
    (NETWORK, "name", "Web_Net", "name: 'Web_Net' must match "),
    (SUBNET, "stackType", "IPV6", "stackType: 'IPV6' is none of "),
    (REPOSITORY, "format", "OCI", "format: 'OCI' is none of "),
    (ACCOUNT, "accountId", "web", "accountId: 'web' must be 6 to 30 lower-case letters"),
    (SECRET, "secretId", "api.key", "secretId: 'api.key' must be at most 255 letters"),
    (SUBNET, "ipCidrRange", "10.0.0.0/30", "ipCidrRange: '10.0.0.0/30' must be a /4 to a /29"),
    (RUN, "name", "w" * 50, "must be at most 49 lower-case letters"),
    (RUN, "template.timeout", "3601s", "template.timeout: '3601s' must be at most 3600 seconds"),
    (RUN, "template.maxInstanceRequestConcurrency", 2000, "2000 must be from 1 to 1000"),
    (RUN, "template.scaling.minInstanceCount", 9, "template.scaling.minInstanceCount: 9 is more than maxInstanceCount, 4"),
    (RUN, "template.containers[0].resources.limits.cpu", "3", "limits.cpu: '3' is none of 1, 2, 4, 6, 8"),
    (RUN, "template.containers[0].resources.limits", {"cpu": "4", "memory": "512Mi"}, "limits.memory: 4 CPUs want at least 2048 MiB"),
    (RUN, "template.containers[0].resources.limits.disk", "1Gi", "limits.disk: no such limit"),
    (RUN, "traffics[0].percent", 80, "traffics: the shares add up to 90 percent, not 100"),
    (INVOKER, "member", "everyone", "member: 'everyone' must be a principal"),
    (INVOKER, "role", "run.invoker", "role: 'run.invoker' must be a role such as"),
    (REPOSITORY, "location", "mars-north1", "location: 'mars-north1' is no region such as europe-west1"),
    (SCHEDULED, "region", "europe-mars1", "region: 'europe-mars1' is no region"),
    (SCHEDULED, "schedule", "0 25 * * *", "schedule: '0 25 * * *' is no schedule"),
    (FIREWALL, "sourceRanges[0]", "10.0.0.999/24", "sourceRanges[0]: '10.0.0.999/24' is no block of IPv4 addresses"),
    (FIREWALL, "sourceRanges[0]", "10.0.0.0", "sourceRanges[0]: '10.0.0.0' is no block of IPv4 addresses: it has no mask"),
    (FIREWALL, "allows[0].ports[1]", "8000-70000", "allows[0].ports[1]: '8000-70000' is no range of ports"),
    (RUN, "labels", {"Team": "web"}, "labels.Team: 'Team': 'web': lower-case letters"),
    (RUN, "labels", {"team": "w" * 64}, "lower-case letters, digits, hyphens and underscores, up to 63"),
    (RUN, "template.containers[0].image", "us-east1-docker.pkg.dev/p/Web/web:1", "containers[0].image: 'us-east1-docker.pkg.dev/p/Web/web:1' is no name of an image"),
    (RUN, "template.containers[0].resources.limits.memory", "512MB", "limits.memory: '512MB' is no size such as 512Mi"),
    (SUBNET, "network", "projects/p/global/networks/other", "network: 'projects/p/global/networks/other' is no resource"),
    # Of Cloud Run.
    (RUN, "template.revision", "other-1", "template.revision: 'other-1' must begin with web-"),
    (RUN, "template.revision", "web-" + "1" * 60, "is no name of at most 63 lower-case letters"),
    (RUN, "template.containers[0].envs[0].name", "PORT", "envs[0].name: PORT is set by Cloud Run itself"),
    (RUN, "template.containers[0].envs[0].name", "API_KEY", "envs[1].name: API_KEY is set twice"),
    (RUN, "template.containers[0].envs[1].value", "hush", "envs[1].valueSource: does not go with value"),
    (RUN, "template.containers[0].envs[1].valueSource.secretKeyRef.secret", "other", "envs[1].valueSource.secretKeyRef.secret: permission denied on secret 'other' for service account"),
    (RUN, "template.containers[0].ports.containerPort", 70000, "ports.containerPort: 70000 is no port"),
    (RUN, LIMITS, {"cpu": "1", "memory": "8Gi"}, "limits.memory: 1 CPUs want at least 128 MiB, and at most 4096"),
    (RUN, LIMITS, {"cpu": "0.05", "memory": "512Mi"}, "limits.cpu: '0.05' is none of"),
    (RUN, LIMITS, {"cpu": "1.5", "memory": "1Gi"}, "limits.cpu: '1.5' is none of"),
    (RUN, LIMITS, {"cpu": "1", "memory": "256Mi"}, "limits.memory: the second generation wants at least 512 MiB"),
    (RUN, LIMITS, {"cpu": "500m", "memory": "512Mi"}, "template.maxInstanceRequestConcurrency: less than one CPU answers one request at a time"),
    (RUN, "template.containers[0].resources", {"limits": {"cpu": "0.5", "memory": "512Mi"}, "cpuIdle": False}, "resources.cpuIdle: less than one CPU is paid for by request"),
    (RUN, STARTUP, {"httpGet": {"path": "/"}, "tcpSocket": {"port": 1}}, "startupProbe: asks in one way: httpGet, tcpSocket or grpc"),
    (RUN, STARTUP, {**PROBE, "failureThreshold": 25}, "startupProbe.failureThreshold: 25 times 10 seconds are more than 240"),
    (RUN, STARTUP, {**PROBE, "timeoutSeconds": 11}, "startupProbe.timeoutSeconds: 11 must be from 1 to periodSeconds, 10"),
    (RUN, STARTUP, {**PROBE, "periodSeconds": 241}, "startupProbe.periodSeconds: 241 must be from 1 to 240"),
    (RUN, "traffics[0].revision", GONE, "traffics[0].revision: required where traffic is shared out by revision"),
    (RUN, "traffics[0].tag", "canary", "traffics: two of them have the same tag"),
    (RUN, "traffics[1].tag", "Canary", "traffics[1].tag: 'Canary' must be a name of lower-case letters"),
    (RUN, "template.vpcAccess.connector", "projects/p/locations/us-east1/connectors/c", "networkInterfaces: does not go with connector"),
    (RUN, "template.vpcAccess.networkInterfaces[0].subnetwork", "projects/p/regions/us-east1/subnetworks/other", "subnetworks/other' is no resource of this plan"),
    (RUN, "template.serviceAccount", "nobody@offline-project.iam.gserviceaccount.com", "nobody@offline-project.iam.gserviceaccount.com"),
    (RUN, "invokerIamDisabled", "yes", "invokerIamDisabled: must be true or false, not 'yes'"),
    (RUN, "template.executionEnvironment", "GEN2", "template.executionEnvironment: 'GEN2' is none of EXECUTION_ENVIRONMENT_GEN1"),
    (RUN_JOB, "template.template.timeout", "700000s", "template.template.timeout: '700000s' must be from 1 to 604800 seconds"),
    (RUN_JOB, "template.template.maxRetries", 11, "11 must be from 0 to 10"),
    (RUN_JOB, "template.taskCount", 0, "template.taskCount: 0 must be from 1 to 10000"),
    (RUN_JOB, TASK_LIMITS, {"cpu": "0.5", "memory": "512Mi"}, "limits.cpu: 0.5 is less than 1"),
    (RUN_JOB, TASK_LIMITS, {"cpu": "1", "memory": "256Mi"}, "limits.memory: the second generation wants at least 512 MiB"),
    (RUN_JOB, "template.template.vpcAccess", {"egress": "ALL_TRAFFIC"}, "template.template.vpcAccess.connector: one of connector, networkInterfaces is required"),
    (RUN_JOB, "template.containers", [CONTAINER], "template.containers: unknown property"),
    (RUN_JOB, "name", "Web", "name: 'Web' must be at most 49 lower-case letters"),
    (RUN_JOB, "template.template.containers[0].image", "web@sha256:1", "'web@sha256:1' is no name of an image"),
    (POOL, "name", "w" * 50, "must be at most 49 lower-case letters"),
    (POOL, "template.containers[0].resources.limits.cpu", "0.5", "limits.cpu: 0.5 is less than 1"),
    (POOL, "template.containers[0].envs[0].name", "K_SERVICE", "K_SERVICE is set by Cloud Run itself"),
    (POOL, "scaling.manualInstanceCount", "two", "scaling.manualInstanceCount: must be"),
    (INVOKER, "name", "other", "name: 'other': there is no gcp:cloudrunv2/service:Service of this name in the plan"),
    (INVOKER, "condition", {"title": "hours", "expression": "true"}, "condition: does not go with a basic role, or with everybody"),
    (STARTER, "name", "other", "name: 'other': there is no gcp:cloudrunv2/job:Job of this name in the plan"),
    (STARTER, "member", "{runner}", "must be a principal such as serviceAccount:"),
    (SCHEDULED, "httpTarget.uri", "https://run.googleapis.com/v2/projects/p/locations/us-east1/jobs/other:run", "httpTarget.uri: 'https://run.googleapis.com/v2/projects/p/locations/us-east1/jobs/other:run': there is no such job"),
    (SCHEDULED, "httpTarget.oauthToken.serviceAccountEmail", "other@offline-project.iam.gserviceaccount.com", "other@offline-project.iam.gserviceaccount.com may not run the job there"),
    (SCHEDULED, "httpTarget.oidcToken", {"serviceAccountEmail": "a@b.com"}, "httpTarget.oidcToken: Google's own APIs take an oauthToken"),
    (SCHEDULED, "httpTarget", GONE, "httpTarget: one of httpTarget, appEngineHttpTarget, pubsubTarget is required"),
    (SCHEDULED, "httpTarget.httpMethod", "RUN", "httpTarget.httpMethod: 'RUN' is none of POST, GET"),
    (SCHEDULED, "timeZone", "Berlin", "timeZone: 'Berlin' is no time zone such as Europe/Berlin"),
    (SCHEDULED, "attemptDeadline", "3600s", "attemptDeadline: '3600s' must be from 15 to 1800 seconds"),
    (SCHEDULED, "retryConfig.retryCount", 6, "retryConfig.retryCount: 6 must be from 0 to 5"),
    (SCHEDULED, "name", "every night", "name: 'every night' must be letters, digits, hyphens and underscores"),
    # Of Artifact Registry.
    (REPOSITORY, "cleanupPolicies[1].id", "keep", "cleanupPolicies: two of them have the id 'keep'"),
    (REPOSITORY, "cleanupPolicies[0].mostRecentVersions.keepCount", 0, "keepCount: 0 must be 1 or more"),
    (REPOSITORY, "cleanupPolicies[0].action", "DELETE", "cleanupPolicies[0].mostRecentVersions: only what is kept can be counted"),
    (REPOSITORY, "cleanupPolicies[1].condition", GONE, "cleanupPolicies[1].condition: one of condition, mostRecentVersions is required"),
    (REPOSITORY, "cleanupPolicies[1].condition.tagState", "UNTAGED", "condition.tagState: 'UNTAGED' is none of TAGGED"),
    (REPOSITORY, "cleanupPolicies[1].condition.olderThan", "30 days", "condition.olderThan: '30 days' is no duration such as 60s"),
    (REPOSITORY, "vulnerabilityScanningConfig.enablementConfig", "ON", "enablementConfig: 'ON' is none of INHERITED, DISABLED"),
    (REPOSITORY, "dockerConfig.immutable", True, "dockerConfig.immutable: unknown property"),
    (REPOSITORY, "repositoryId", "Web", "repositoryId: 'Web' must be up to 63 lower-case letters"),
    (READER, "repository", "other", "repository: 'other': there is no gcp:artifactregistry/repository:Repository of this name"),
    (READER, "role", "artifactregistry.reader", "role: 'artifactregistry.reader' must be a role such as"),
    # Of networks.
    (NETWORK, "routingMode", 7, "routingMode: must be a string, not 7"),
    (NETWORK, "mtu", 3000000000, "mtu: 3000000000 is no 32-bit number"),
    (SUBNET, "logConfig.flowSampling", 2, "logConfig.flowSampling: 2 must be from 0 to 1"),
    (SUBNET, "logConfig.aggregationInterval", "INTERVAL_5_S", "'INTERVAL_5_S' is none of INTERVAL_10_MIN"),
    (SUBNET, "privateIpGoogleAccess", "yes", "privateIpGoogleAccess: must be true or false, not 'yes'"),
    (ROUTER, "network", "projects/p/global/networks/other", "networks/other' is no resource of this plan"),
    (ROUTER, "name", "Web", "name: 'Web' must match "),
    (NAT, "router", "other", "router: 'other': there is no such router in this plan"),
    (NAT, "subnetworks", GONE, "subnetworks: LIST_OF_SUBNETWORKS wants them"),
    (NAT, "sourceSubnetworkIpRangesToNat", "ALL_SUBNETWORKS_ALL_IP_RANGES", "subnetworks: does not go with all subnetworks"),
    (NAT, "natIpAllocateOption", "AUTO", "natIpAllocateOption: 'AUTO' is none of AUTO_ONLY, MANUAL_ONLY"),
    (NAT, "natIpAllocateOption", "MANUAL_ONLY", "natIps: MANUAL_ONLY wants addresses"),
    (NAT, "natIps", ["203.0.113.7"], "natIps: does not go with AUTO_ONLY"),
    (NAT, "logConfig.filter", "NONE", "logConfig.filter: 'NONE' is none of ALL"),
    (FIREWALL, "denies", [{"protocol": "all"}], "denies: does not go with allows"),
    (FIREWALL, "direction", "OUT", "direction: 'OUT' is none of EGRESS, INGRESS"),
    (FIREWALL, "direction", "EGRESS", "sourceRanges: does not go with EGRESS"),
    (FIREWALL, "priority", 70000, "priority: 70000 must be from 0 to 65535"),
    # Of the balancer and the domain.
    (ADDRESS, "addressType", "PUBLIC", "addressType: 'PUBLIC' is none of EXTERNAL, INTERNAL"),
    (ADDRESS, "ipVersion", "IPV5", "ipVersion: 'IPV5' is none of IPV4, IPV6"),
    (ADDRESS, "name", "web_address", "name: 'web_address' must match "),
    (ENDPOINTS, "cloudRun", GONE, "cloudRun: one of cloudRun, appEngine, cloudFunction, serverlessDeployment is required"),
    (ENDPOINTS, "cloudRun.service", "other", "cloudRun.service: 'other': there is no such service in this plan"),
    (ENDPOINTS, "cloudRun", {"tag": "canary"}, "cloudRun.service: one of service, urlMask is required"),
    (ENDPOINTS, "region", "europe-west1", "region: 'europe-west1' is not where the service there is"),
    (ENDPOINTS, "networkEndpointType", "CLOUD_RUN", "networkEndpointType: 'CLOUD_RUN' is none of "),
    (BACKEND, "timeoutSec", 60, "timeoutSec: is not supported for a backend service with serverless endpoints"),
    (BACKEND, "healthChecks", "h", "healthChecks: is not supported for a backend service with serverless endpoints"),
    (BACKEND, "backends[0].balancingMode", "RATE", "balancingMode: 'RATE' must be UTILIZATION with serverless endpoints"),
    (BACKEND, "backends[0].group", "projects/offline-project/regions/us-east1/networkEndpointGroups/other", "networkEndpointGroups/other' is no resource of this plan"),
    (BACKEND, "loadBalancingScheme", "MANAGED", "loadBalancingScheme: 'MANAGED' is none of EXTERNAL"),
    (BACKEND, "protocol", "HTTPS2", "protocol: 'HTTPS2' is none of "),
    (BACKEND, "securityPolicy", "projects/offline-project/global/securityPolicies/other", "securityPolicies/other' is no resource of this plan"),
    (URL_MAP, "defaultService", "{backend}", "defaultUrlRedirect: does not go with defaultService"),
    (URL_MAP, "defaultUrlRedirect", GONE, "defaultService: one of defaultService, defaultUrlRedirect, defaultRouteAction is required"),
    (URL_MAP, "defaultUrlRedirect.redirectResponseCode", "301", "redirectResponseCode: '301' is none of FOUND"),
    (URL_MAP, "hostRules", [{"hosts": ["*"], "pathMatcher": "all"}], "hostRules[0].pathMatcher: 'all': there is no such path matcher"),
    (CERTIFICATE, "managed.domains[0]", "*.example.com", "managed.domains[0]: '*.example.com' must be a name such as www.example.com, without wildcards"),
    (CERTIFICATE, "managed.domains", ["www.example.com"] * 101, "managed.domains: 101 of them: there may be at most 100"),
    (CERTIFICATE, "type", "GOOGLE", "type: 'GOOGLE' is none of MANAGED"),
    (HTTPS, "sslCertificates", GONE, "sslCertificates: one of sslCertificates, certificateMap, certificateManagerCertificates is required"),
    (HTTPS, "httpKeepAliveTimeoutSec", 4, "httpKeepAliveTimeoutSec: 4 must be from 5 to 1200 seconds"),
    (HTTPS, "quicOverride", "OFF", "quicOverride: 'OFF' is none of DISABLE"),
    (HTTPS, "sslPolicy", "projects/offline-project/global/sslPolicies/other", "sslPolicies/other' is no resource of this plan"),
    (HTTPS, "sslCertificates[0]", "projects/p/global/sslCertificates/other", "sslCertificates/other' is no resource of this plan"),
    (HTTP, "urlMap", "projects/offline-project/global/urlMaps/other", "urlMaps/other' is no resource of this plan"),
    (HTTP, "urlMap", GONE, "urlMap: required, but missing"),
    (FORWARDING, "portRange", "80", "portRange: '80' must be 443 with this target"),
    (FORWARDING, "loadBalancingScheme", "EXTERNAL", "loadBalancingScheme: 'EXTERNAL' is not that of the backend, 'EXTERNAL_MANAGED'"),
    (FORWARDING, "target", "projects/offline-project/global/targetHttpsProxies/other", "targetHttpsProxies/other' is no resource of this plan"),
    (FORWARDING, "ipProtocol", "HTTP", "ipProtocol: 'HTTP' is none of "),
    (TLS, "minTlsVersion", "TLS_1_9", "minTlsVersion: 'TLS_1_9' is none of TLS_1_0"),
    (TLS, "profile", "STRICT", "profile: 'STRICT' is none of COMPATIBLE"),
    (TLS, "profile", "CUSTOM", "customFeatures: the profile CUSTOM wants them"),
    (TLS, "customFeatures", ["TLS_AES_128_GCM_SHA256"], "customFeatures: goes with the profile CUSTOM alone"),
    (ARMOR, "rules[0].priority", 2000, "rules: two of them have the priority 2000"),
    (ARMOR, "rules[2].priority", 3000, "rules: the last one must have the priority 2147483647"),
    (ARMOR, "rules[0].action", "block", "rules[0].action: 'block' must be allow, deny(403)"),
    (ARMOR, "rules[1].rateLimitOptions", GONE, "rules[1].rateLimitOptions: throttle wants them"),
    (ARMOR, "rules[0].match.expr.expression", "evaluatePreconfiguredWaf('sqli')", "'sqli' is no set of rules such as sqli-v33-stable"),
    (ARMOR, "rules[1].match.versionedExpr", "SRC_IPS", "versionedExpr: 'SRC_IPS' is none of SRC_IPS_V1"),
    (RECORD, "name", "www.example.com", "name: 'www.example.com' must be a full name, with a dot at its end"),
    (RECORD, "rrdatas[0]", "2001:db8::1", "rrdatas[0]: '2001:db8::1' is no IPv4 address"),
    (RECORD, "type", "CNAME", "rrdatas[0]: '203.0.113.7' must be a full name, with a dot at its end"),
    (RECORD, "rrdatas", GONE, "rrdatas: one of rrdatas, routingPolicy is required"),
    (RECORD, "ttl", -1, "ttl: -1 is no number of seconds"),
    # Of clusters.
    (CLUSTER, "name", "Web", "name: 'Web' must be up to 40 lower-case letters, digits and hyphens"),
    (CLUSTER, "location", "mars", "location: 'mars' is no region"),
    (CLUSTER, "network", "projects/offline-project/global/networks/other", "networks/other' is no resource of this plan"),
    (CLUSTER, "clusterAutoscaling.autoProvisioningDefaults.serviceAccount", "nobody@offline-project.iam.gserviceaccount.com", "serviceAccount: 'nobody@offline-project.iam.gserviceaccount.com' is no resource"),
    (CLUSTER, "clusterAutoscaling.autoProvisioningDefaults.account", "x", "account: unknown property"),
    (CLUSTER, "privateClusterConfig.enablePrivateNodes", "yes", "enablePrivateNodes: must be true or false, not 'yes'"),
    (CLUSTER, "masterAuthorizedNetworksConfig", GONE, "masterAuthorizedNetworksConfig: is wanted with a private endpoint"),
    (CLUSTER, "releaseChannel.channel", "FAST", "releaseChannel.channel: 'FAST' is none of "),
    (CLUSTER, "releaseChannel.channel", "UNSPECIFIED", "releaseChannel.channel: must be one with Autopilot"),
    (CLUSTER, "loggingConfig.enableComponents[0]", "SYSTEM", "enableComponents[0]: 'SYSTEM' must be a part of a cluster that writes a log"),
    (CLUSTER, "nodePools", [{"name": "more"}], "nodePools: does not go with Autopilot"),
    # Of what watches.
    (BUCKET, "retentionDays", 4000, "retentionDays: 4000 must be from 1 to 3650 days"),
    (BUCKET, "bucketId", "-web", "bucketId: '-web' must be letters, digits"),
    (BUCKET, "location", "mars", "location: 'mars' is no region"),
    (SINK, "destination", "logging.googleapis.com/projects/p/locations/us-east1/buckets/other", "buckets/other': there is no such bucket in this plan"),
    (SINK, "destination", "projects/p/buckets/b", "destination: 'projects/p/buckets/b' is no place such as logging.googleapis.com"),
    (SINK, "name", "to web", "name: 'to web' must be up to 100 letters"),
    (EXCLUSION, "filter", GONE, "filter: required, but missing"),
    (EXCLUSION, "name", "to web", "name: 'to web' must be up to 100 letters"),
    (METRIC, "metricDescriptor.valueType", "INT", "valueType: 'INT' is none of BOOL"),
    (METRIC, "metricDescriptor.metricKind", "COUNTER", "metricKind: 'COUNTER' is none of GAUGE"),
    (METRIC, "metricDescriptor.valueType", "DISTRIBUTION", "valueExtractor: a DISTRIBUTION wants it"),
    (METRIC, "labelExtractors", {"job": "EXTRACT(x)"}, "labelExtractors.job: the metric has no such label"),
    (CHANNEL, "labels", {"email": "oncall@example.com"}, "labels.email_address: a channel of the type email wants it"),
    (CHANNEL, "labels.email_address", "oncall", "labels.email_address: 'oncall' is no e-mail address"),
    (CHANNEL, "userLabels", ["web"], "userLabels: must be a mapping"),
    (ALERT, "combiner", "ANY", "combiner: 'ANY' is none of AND, OR"),
    (ALERT, "conditions[0].conditionThreshold", GONE, "conditions[0].conditionThreshold: one of conditionThreshold, conditionAbsent"),
    (ALERT, "conditions", [{"displayName": "5xx", "conditionThreshold": RATIO}] * 7, "conditions: 7 of them: there may be at most 6"),
    (ALERT, f"{CONDITION}.comparison", "GREATER", "comparison: 'GREATER' is none of COMPARISON_GT"),
    (ALERT, f"{CONDITION}.duration", "90s", "duration: 90 seconds are no whole minutes"),
    (ALERT, f"{CONDITION}.filter", 'metric.type = "run.googleapis.com/request_count"', "must name a resource.type and a metric.type"),
    (ALERT, f"{CONDITION}.filter", 'resource.type = "cloud_run_revision" AND metric.type = "run.googleapis.com/request_counts"', "filter: no metric of cloud_run_revision is 'run.googleapis.com/request_counts'"),
    (ALERT, f"{CONDITION}.filter", 'resource.type = "cloud_run_revision" AND metric.type = "run.googleapis.com/x', "has an open string"),
    (ALERT, f"{CONDITION}.denominatorAggregations", GONE, "denominatorAggregations: a denominator wants them"),
    (ALERT, f"{CONDITION}.aggregations[0].alignmentPeriod", "30s", "alignmentPeriod: 30 seconds must be from 60 to 93600"),
    (ALERT, f"{CONDITION}.aggregations[0].perSeriesAligner", GONE, "perSeriesAligner: REDUCE_SUM wants one"),
    (ALERT, f"{CONDITION}.aggregations[0].crossSeriesReducer", "SUM", "crossSeriesReducer: 'SUM' is none of REDUCE_NONE"),
    (ALERT, "conditions[0]", {"displayName": "log", "conditionMatchedLog": {"filter": "severity=ERROR"}}, "alertStrategy.notificationRateLimit: a condition on a log wants it"),
    (ALERT, "notificationChannels[0]", "projects/p/notificationChannels/7", "notificationChannels/7' is no resource of this plan"),
    (ALERT, "alertStrategy.autoClose", "half an hour", "autoClose: 'half an hour' is no duration"),
    (CHECK, "period", "120s", "period: '120s' must be 60s, 300s, 600s or 900s"),
    (CHECK, "timeout", "90s", "timeout: '90s' must be from 1s to 60s"),
    (CHECK, "httpCheck", GONE, "httpCheck: one of httpCheck, tcpCheck, syntheticMonitor is required"),
    (CHECK, "httpCheck.path", "readyz", "httpCheck.path: 'readyz' must begin with /"),
    (CHECK, "monitoredResource.labels", {"project_id": "p"}, "monitoredResource.labels.host: uptime_url wants it"),
    (CHECK, "monitoredResource.labels.host", "https://www.example.com", "'https://www.example.com' must be a host's name alone"),
    (CHECK, "selectedRegions", ["EUROPE"], "selectedRegions: 1 of them: there must be 3 at the least"),
    (CHECK, "selectedRegions", ["EUROPE", "ASIA", "AFRICA"], "selectedRegions[2]: 'AFRICA' is none of USA"),
    (DASHBOARD, "dashboardJson", "{", "dashboardJson: is not JSON"),
    (DASHBOARD, "dashboardJson", "[]", "dashboardJson: is no object"),
    (DASHBOARD, "dashboardJson", board(displayName=GONE), "dashboardJson.displayName: required, but missing"),
    (DASHBOARD, "dashboardJson", board(mosaicLayout=GONE), "dashboardJson.columnLayout: there is one layout"),
    (DASHBOARD, "dashboardJson", board(widgets=[]), "dashboardJson.widgets: there is no such field in Dashboard"),
    (DASHBOARD, "dashboardJson", board(mosaicLayout={"columns": 60}), "mosaicLayout.columns: 60 must be from 1 to 48"),
    (DASHBOARD, "dashboardJson", tiles(xPos=30), "mosaicLayout.tiles[0]: ends at column 54 of 48"),
    (DASHBOARD, "dashboardJson", tiles(widget={"graph": {}}), "tiles[0].widget.graph: there is no such field in Widget"),
    (DASHBOARD, "dashboardJson", tiles(height="16"), "tiles[0].height: must be of the type integer, not '16'"),
    (DASHBOARD, "dashboardJson", tiles(widget={"xyChart": {"dataSets": [{"plotType": "LINES"}]}}), "plotType: 'LINES' is none of LINE"),
    # Of identities and secrets.
    (API, "service", "run", "service: 'run' must be the name of an API such as run.googleapis.com"),
    (MEMBER, "member", "serviceAccount:nobody@offline-project.iam.gserviceaccount.com", "member: 'serviceAccount:nobody@offline-project.iam.gserviceaccount.com' is no resource"),
    (MEMBER, "role", "roles/owner", "condition: does not go with a basic role"),
    (MEMBER, "condition.expresion", "true", "condition.expresion: unknown property (did you mean expression?)"),
    (SECRET, "replication", {}, "auto: one of auto, userManaged is required"),
    (SECRET, "ttl", "a week", "ttl: 'a week' is no duration such as 60s"),
    (ACCESSOR, "secretId", "projects/offline-project/secrets/other", "secrets/other' is no resource of this plan"),
    (VERSION, "secret", "API_KEY", "secret: 'API_KEY' must be a secret's id such as projects/p/secrets/name"),
    (VERSION, "secret", "projects/offline-project/secrets/other", "secrets/other' is no resource of this plan"),
    (VERSION, "secretData", GONE, "secretData: one of secretData, secretDataWo is required"),
]  # fmt: skip

LEGAL: list[tuple[str, str, Any]] = [
    (REPOSITORY, "location", "europe"),
    (SCHEDULED, "schedule", "every 24 hours"),
    (SCHEDULED, "httpTarget", {"uri": "https://example.com/hook", "oidcToken": {"serviceAccountEmail": "{runner}"}}),
    (RUN, LIMITS, {"cpu": "2000m", "memory": "1Gi"}),
    (RUN, "template", {"maxInstanceRequestConcurrency": 1, "containers": [{"image": CONTAINER["image"], "resources": {"limits": {"cpu": "0.5", "memory": "256Mi"}}}]}),
    (RUN, "traffics", [{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}]),
    (RUN, STARTUP, {"tcpSocket": {"port": 8000}, "periodSeconds": 240, "timeoutSeconds": 240, "failureThreshold": 1}),
    (RUN, "template.vpcAccess", {"connector": "projects/p/locations/us-east1/connectors/c"}),
    (SUBNET, "network", "projects/p/global/networks/default"),
    (SUBNET, "network", "https://www.googleapis.com/compute/v1/projects/p/global/networks/existing"),
    (FIREWALL, "allows[0]", {"protocol": "all"}),
    (HTTPS, "sslCertificates", ["projects/p/global/sslCertificates/existing"]),
    (URL_MAP, "defaultUrlRedirect.hostRedirect", "www.example.com"),
    (ARMOR, "rules[0].match.expr.expression", "origin.region_code == 'AU' && !request.path.startsWith('/livez')"),
    (CLUSTER, "enableAutopilot", False),
    (CLUSTER, "location", "us-east1-b"),
    (RECORD, "name", "*.example.com."),
    (BUCKET, "bucketId", "_Default"),
    (SINK, "destination", "logging.googleapis.com/projects/p/locations/global/buckets/_Default"),
    (SINK, "destination", "storage.googleapis.com/logs"),
    (CHECK, "selectedRegions", ["USA"]),
    (CHECK, "period", "900s"),
    (ALERT, "conditions[0]", {"displayName": "slow", "conditionPrometheusQueryLanguage": {"query": "up == 0"}}),
    (DASHBOARD, "dashboardJson", board(mosaicLayout=GONE, gridLayout={"columns": "2", "widgets": [CHART]})),
    (MEMBER, "member", "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*"),
    (VERSION, "secret", "projects/p/secrets/prod-api-key"),
]  # fmt: skip
