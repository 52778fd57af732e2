"""Right inputs for a resource of each type of Google Cloud, in which mistakes are planted."""

import json
from typing import Any

DIGEST = f"sha256:{'0' * 64}"
IMAGE = f"us-east1-docker.pkg.dev/p/web/web@{DIGEST}"
PROBE = {"httpGet": {"path": "/readyz", "port": 8000}, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 24}
VPC = {"egress": "PRIVATE_RANGES_ONLY", "networkInterfaces": [{"network": "{network}", "subnetwork": "{gcp_subnet}"}]}
CONTAINER = {
    "image": IMAGE,
    "args": ["serve"],
    "resources": {"limits": {"cpu": "1", "memory": "512Mi"}, "cpuIdle": True, "startupCpuBoost": True},
    "envs": [
        {"name": "GREETING", "value": "hello"},
        {"name": "API_KEY", "valueSource": {"secretKeyRef": {"secret": "{gcp_secret}", "version": "1"}}},
    ],
}
TASK = {**CONTAINER, "resources": {"limits": {"cpu": "1", "memory": "512Mi"}}}
RUNNER, READER = "{runner}", "serviceAccount:{runner}"
RATIO = {
    "filter": 'resource.type = "cloud_run_revision" AND metric.type = "run.googleapis.com/request_count"'
    ' AND metric.labels.response_code_class = "5xx"',
    "aggregations": [{"alignmentPeriod": "300s", "perSeriesAligner": "ALIGN_RATE", "crossSeriesReducer": "REDUCE_SUM"}],
    "denominatorFilter": 'resource.type = "cloud_run_revision" AND metric.type = "run.googleapis.com/request_count"',
    "denominatorAggregations": [
        {"alignmentPeriod": "300s", "perSeriesAligner": "ALIGN_RATE", "crossSeriesReducer": "REDUCE_SUM"}
    ],
    "comparison": "COMPARISON_GT",
    "thresholdValue": 0.01,
    "duration": "300s",
    "trigger": {"count": 1},
}
CHART = {
    "title": "Requests",
    "xyChart": {
        "dataSets": [
            {
                "timeSeriesQuery": {
                    "timeSeriesFilter": {
                        "filter": 'metric.type = "run.googleapis.com/request_count"',
                        "aggregation": {"alignmentPeriod": "60s", "perSeriesAligner": "ALIGN_RATE"},
                    }
                },
                "plotType": "LINE",
            }
        ]
    },
}
BOARD = {
    "displayName": "web",
    "mosaicLayout": {"columns": 48, "tiles": [{"xPos": 24, "width": 24, "height": 16, "widget": CHART}]},
}

# What right inputs name: by the words that stand for it, its type, its inputs, and by which output it is named.
THERE: dict[str, tuple[str, dict[str, Any], str]] = {
    "{network}": ("gcp:compute/network:Network", {"name": "there"}, "id"),
    "{gcp_subnet}": (
        "gcp:compute/subnetwork:Subnetwork",
        {"name": "there", "network": "{network}", "ipCidrRange": "10.1.0.0/24"},
        "id",
    ),
    "{router}": ("gcp:compute/router:Router", {"name": "there", "network": "{network}"}, "name"),
    "{repository}": (
        "gcp:artifactregistry/repository:Repository",
        {"repositoryId": "there", "format": "DOCKER", "location": "us-east1"},
        "name",
    ),
    "{runner}": ("gcp:serviceaccount/account:Account", {"accountId": "there-runner"}, "email"),
    "{gcp_secret}": ("gcp:secretmanager/secret:Secret", {"secretId": "there", "replication": {"auto": {}}}, "id"),
    "{reader}": (
        "gcp:secretmanager/secretIamMember:SecretIamMember",
        {"secretId": "{gcp_secret}", "role": "roles/secretmanager.secretAccessor", "member": READER},
        "id",
    ),
    "{run}": (
        "gcp:cloudrunv2/service:Service",
        {"name": "there", "location": "us-east1", "template": {"containers": [{"image": IMAGE}]}},
        "name",
    ),
    "{run_job}": (
        "gcp:cloudrunv2/job:Job",
        {"name": "there", "location": "us-east1", "template": {"template": {"containers": [{"image": IMAGE}]}}},
        "name",
    ),
    "{starter}": (
        "gcp:cloudrunv2/jobIamMember:JobIamMember",
        {"name": "{run_job}", "location": "us-east1", "role": "roles/run.invoker", "member": READER},
        "id",
    ),
    "{group_of_endpoints}": (
        "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup",
        {"name": "there", "region": "us-east1", "cloudRun": {"service": "{run}"}},
        "id",
    ),
    "{backend}": (
        "gcp:compute/backendService:BackendService",
        {
            "name": "there",
            "loadBalancingScheme": "EXTERNAL_MANAGED",
            "backends": [{"group": "{group_of_endpoints}"}],
        },
        "id",
    ),
    "{url_map}": ("gcp:compute/uRLMap:URLMap", {"name": "there", "defaultService": "{backend}"}, "id"),
    "{managed_certificate}": (
        "gcp:compute/managedSslCertificate:ManagedSslCertificate",
        {"name": "there", "managed": {"domains": ["www.example.com"]}},
        "id",
    ),
    "{proxy}": (
        "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
        {"name": "there", "urlMap": "{url_map}", "sslCertificates": ["{managed_certificate}"]},
        "id",
    ),
    "{log_bucket}": (
        "gcp:logging/projectBucketConfig:ProjectBucketConfig",
        {"project": "offline-project", "location": "us-east1", "bucketId": "there"},
        "id",
    ),
    "{channel}": (
        "gcp:monitoring/notificationChannel:NotificationChannel",
        {"type": "email", "labels": {"email_address": "oncall@example.com"}},
        "id",
    ),
}

BASES: dict[str, dict[str, Any]] = {
    "gcp:artifactregistry/repository:Repository": {
        "repositoryId": "web",
        "format": "DOCKER",
        "location": "us-east1",
        "dockerConfig": {"immutableTags": True},
        "cleanupPolicies": [
            {"id": "keep", "action": "KEEP", "mostRecentVersions": {"keepCount": 30}},
            {"id": "expire", "action": "DELETE", "condition": {"tagState": "ANY", "olderThan": "2592000s"}},
        ],
        "vulnerabilityScanningConfig": {"enablementConfig": "INHERITED"},
    },
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": {
        "repository": "{repository}",
        "location": "us-east1",
        "role": "roles/artifactregistry.reader",
        "member": READER,
    },
    "gcp:cloudrunv2/job:Job": {
        "location": "us-east1",
        "name": "web-release",
        "template": {
            "taskCount": 1,
            "template": {
                "serviceAccount": RUNNER,
                "timeout": "600s",
                "maxRetries": 0,
                "containers": [TASK],
                "vpcAccess": VPC,
            },
        },
    },
    "gcp:cloudrunv2/jobIamMember:JobIamMember": {
        "name": "{run_job}",
        "location": "us-east1",
        "role": "roles/run.invoker",
        "member": "group:ops@example.com",
    },
    "gcp:cloudrunv2/service:Service": {
        "location": "us-east1",
        "name": "web",
        "ingress": "INGRESS_TRAFFIC_ALL",
        "template": {
            "revision": "web-0123456789",
            "serviceAccount": RUNNER,
            "timeout": "60s",
            "executionEnvironment": "EXECUTION_ENVIRONMENT_GEN2",
            "maxInstanceRequestConcurrency": 80,
            "scaling": {"minInstanceCount": 0, "maxInstanceCount": 4},
            "vpcAccess": VPC,
            "containers": [
                {
                    **CONTAINER,
                    "ports": {"containerPort": 8000},
                    "startupProbe": PROBE,
                    "livenessProbe": {**PROBE, "failureThreshold": 3},
                }
            ],
        },
        "traffics": [
            {"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": "web-0123456789", "percent": 90},
            {"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": "web-1", "percent": 10, "tag": "canary"},
        ],
    },
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": {
        "name": "{run}",
        "location": "us-east1",
        "role": "roles/run.invoker",
        "member": "allUsers",
    },
    "gcp:cloudrunv2/workerPool:WorkerPool": {
        "location": "us-east1",
        "name": "web-mail",
        "scaling": {"manualInstanceCount": 1},
        "template": {"serviceAccount": RUNNER, "containers": [TASK], "vpcAccess": VPC},
    },
    "gcp:cloudscheduler/job:Job": {
        "name": "nightly",
        "region": "us-east1",
        "schedule": "0 3 * * *",
        "timeZone": "Etc/UTC",
        "attemptDeadline": "180s",
        "retryConfig": {"retryCount": 3},
        "httpTarget": {
            "httpMethod": "POST",
            "uri": "https://run.googleapis.com/v2/projects/p/locations/us-east1/jobs/{run_job}:run",
            "oauthToken": {"serviceAccountEmail": RUNNER},
        },
    },
    "gcp:compute/backendService:BackendService": {
        "name": "web",
        "protocol": "HTTPS",
        "loadBalancingScheme": "EXTERNAL_MANAGED",
        "backends": [{"group": "{group_of_endpoints}"}],
        "logConfig": {"enable": True, "sampleRate": 1.0},
    },
    "gcp:compute/firewall:Firewall": {
        "name": "web",
        "network": "{network}",
        "allows": [{"protocol": "tcp", "ports": ["443", "8000-8080"]}],
        "sourceRanges": ["10.0.0.0/8"],
    },
    "gcp:compute/globalAddress:GlobalAddress": {"name": "web", "addressType": "EXTERNAL", "ipVersion": "IPV4"},
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": {
        "name": "web",
        "target": "{proxy}",
        "ipAddress": "203.0.113.7",
        "ipProtocol": "TCP",
        "portRange": "443",
        "loadBalancingScheme": "EXTERNAL_MANAGED",
    },
    "gcp:compute/managedSslCertificate:ManagedSslCertificate": {
        "name": "web",
        "managed": {"domains": ["www.example.com"]},
    },
    "gcp:compute/network:Network": {"name": "web", "autoCreateSubnetworks": False, "routingMode": "REGIONAL"},
    "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup": {
        "name": "web",
        "region": "us-east1",
        "networkEndpointType": "SERVERLESS",
        "cloudRun": {"service": "{run}"},
    },
    "gcp:compute/router:Router": {"name": "web", "network": "{network}", "region": "us-east1"},
    "gcp:compute/routerNat:RouterNat": {
        "name": "web",
        "router": "{router}",
        "region": "us-east1",
        "natIpAllocateOption": "AUTO_ONLY",
        "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS",
        "subnetworks": [{"name": "{gcp_subnet}", "sourceIpRangesToNats": ["ALL_IP_RANGES"]}],
        "logConfig": {"enable": True, "filter": "ERRORS_ONLY"},
    },
    "gcp:compute/sSLPolicy:SSLPolicy": {"name": "web", "profile": "MODERN", "minTlsVersion": "TLS_1_2"},
    "gcp:compute/securityPolicy:SecurityPolicy": {
        "name": "web",
        "rules": [
            {
                "priority": 1000,
                "action": "deny(403)",
                "match": {"expr": {"expression": "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})"}},
            },
            {
                "priority": 2000,
                "action": "throttle",
                "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}},
                "rateLimitOptions": {
                    "conformAction": "allow",
                    "exceedAction": "deny(429)",
                    "enforceOnKey": "IP",
                    "rateLimitThreshold": {"count": 600, "intervalSec": 60},
                },
            },
            {
                "priority": 2147483647,
                "action": "allow",
                "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}},
            },
        ],
    },
    "gcp:compute/subnetwork:Subnetwork": {
        "name": "web",
        "network": "{network}",
        "ipCidrRange": "10.0.0.0/24",
        "stackType": "IPV4_ONLY",
        "logConfig": {"aggregationInterval": "INTERVAL_5_SEC", "flowSampling": 0.5},
    },
    "gcp:compute/targetHttpProxy:TargetHttpProxy": {"name": "web", "urlMap": "{url_map}"},
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy": {
        "name": "web",
        "urlMap": "{url_map}",
        "sslCertificates": ["{managed_certificate}"],
        "quicOverride": "NONE",
        "httpKeepAliveTimeoutSec": 610,
    },
    "gcp:compute/uRLMap:URLMap": {
        "name": "web",
        "defaultUrlRedirect": {
            "httpsRedirect": True,
            "stripQuery": False,
            "redirectResponseCode": "MOVED_PERMANENTLY_DEFAULT",
        },
    },
    "gcp:container/cluster:Cluster": {
        "name": "web",
        "location": "us-east1",
        "enableAutopilot": True,
        "network": "{network}",
        "subnetwork": "{gcp_subnet}",
        "ipAllocationPolicy": {},
        "privateClusterConfig": {"enablePrivateNodes": True, "enablePrivateEndpoint": True},
        "masterAuth": {"clientCertificateConfig": {"issueClientCertificate": False}},
        "masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "10.8.0.0/16"}]},
        "clusterAutoscaling": {"autoProvisioningDefaults": {"serviceAccount": RUNNER}},
        "releaseChannel": {"channel": "REGULAR"},
        "loggingConfig": {"enableComponents": ["SYSTEM_COMPONENTS"]},
        "deletionProtection": False,
    },
    "gcp:dns/recordSet:RecordSet": {
        "managedZone": "example-com",
        "name": "www.example.com.",
        "type": "A",
        "ttl": 300,
        "rrdatas": ["203.0.113.7"],
    },
    "gcp:logging/metric:Metric": {
        "name": "web/exits",
        "filter": 'resource.type = "cloud_run_revision"',
        "metricDescriptor": {
            "metricKind": "DELTA",
            "valueType": "INT64",
            "labels": [{"key": "revision", "valueType": "STRING"}],
        },
        "labelExtractors": {"revision": "EXTRACT(resource.labels.revision_name)"},
    },
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": {
        "project": "p",
        "location": "us-east1",
        "bucketId": "web",
        "retentionDays": 30,
    },
    "gcp:logging/projectExclusion:ProjectExclusion": {"name": "web", "filter": 'resource.type = "cloud_run_job"'},
    "gcp:logging/projectSink:ProjectSink": {
        "name": "web",
        "destination": "logging.googleapis.com/{log_bucket}",
        "filter": 'resource.type = "cloud_run_revision"',
        "uniqueWriterIdentity": True,
    },
    "gcp:monitoring/alertPolicy:AlertPolicy": {
        "displayName": "web: errors",
        "combiner": "OR",
        "conditions": [{"displayName": "5xx", "conditionThreshold": RATIO}],
        "notificationChannels": ["{channel}"],
        "alertStrategy": {"autoClose": "1800s"},
        "documentation": {"content": "See docs.", "mimeType": "text/markdown"},
    },
    "gcp:monitoring/dashboard:Dashboard": {"dashboardJson": json.dumps(BOARD)},
    "gcp:monitoring/notificationChannel:NotificationChannel": {
        "type": "email",
        "displayName": "On call",
        "labels": {"email_address": "oncall@example.com"},
    },
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": {
        "displayName": "web",
        "timeout": "10s",
        "period": "60s",
        "monitoredResource": {"type": "uptime_url", "labels": {"host": "www.example.com", "project_id": "p"}},
        "httpCheck": {"path": "/readyz", "port": 443, "useSsl": True, "validateSsl": True},
    },
    "gcp:projects/iAMMember:IAMMember": {
        "project": "p",
        "role": "roles/cloudsql.client",
        "member": READER,
        "condition": {"title": "office hours", "expression": "request.time.getHours() < 18"},
    },
    "gcp:projects/service:Service": {"service": "run.googleapis.com", "disableOnDestroy": False},
    "gcp:secretmanager/secret:Secret": {"secretId": "API_KEY", "replication": {"auto": {}}},
    "gcp:secretmanager/secretIamMember:SecretIamMember": {
        "secretId": "{gcp_secret}",
        "role": "roles/secretmanager.secretAccessor",
        "member": "group:ops@example.com",
    },
    "gcp:secretmanager/secretVersion:SecretVersion": {"secret": "{gcp_secret}", "secretData": "hush"},
    "gcp:serviceaccount/account:Account": {"accountId": "web-runner", "displayName": "Runs web"},
}
