"""Which message of Google's APIs a type of resource is sent as, and which fields have other names than the inputs."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """The message that a type of resource is sent as.

    `names`: the fields whose names are others than the inputs', by the input's path without its indices; an empty one
    is that of an input which no field has: it stands in the request's address, in another request, or is the
    provider's own.
    """

    document: str
    schema: str
    names: Mapping[str, str] = field(default_factory=dict[str, str])


# What the provider knows of every resource, and sends nowhere or in the address.
PROVIDERS = ("deletionPolicy", "deletionProtection", "location", "project", "region")

_IN_ADDRESS = {"name": ""}
_RULE = "rules.preconfiguredWafConfig.exclusions"
_EXCLUDED = ("requestBodies", "requestCookies", "requestHeaders", "requestQueryParams", "requestUris")
# Not one of Compute Engine's, though the SDK has it there.
_PRIVATE = ("iap.oauth2ClientIdWo", "iap.oauth2ClientSecretWo")


# Of a cluster: what the API has elsewhere, or no more; and its nodes, which those of Autopilot are not told of.
_CLUSTERS = {
    "clusterAutoscaling": "autoscaling",
    "clusterAutoscaling.autoProvisioningDefaults": "autoprovisioningNodePoolDefaults",
    "clusterAutoscaling.autoProvisioningDefaults.diskSize": "diskSizeGb",
    "clusterAutoscaling.autoProvisioningLocations": "autoprovisioningLocations",
    "clusterAutoscaling.enabled": "enableNodeAutoprovisioning",
    **dict.fromkeys(
        (
            "addonsConfig.cloudrunConfig",
            "addonsConfig.istioConfig",
            "addonsConfig.kalmConfig",
            "allowNetAdmin",
            "autopilotClusterPolicyConfig",
            "autopilotPrivilegedAdmissions",
            "clusterAutoscaling.defaultComputeClassEnabled",
            "clusterTelemetry",
            "datapathProvider",
            "dataplaneOptimizationMode",
            "defaultMaxPodsPerNode",
            "defaultSnatStatus",
            "desiredEmulatedVersion",
            "disableL4LbFirewallReconciliation",
            "dnsConfig",
            "enableAutopilot",
            "enableCiliumClusterwideNetworkPolicy",
            "enableFqdnNetworkPolicy",
            "enableIntranodeVisibility",
            "enableL4IlbSubsetting",
            "enableLegacyAbac",
            "enableMultiNetworking",
            "enableShieldedNodes",
            "fleet.membershipId",
            "fleet.membershipLocation",
            "gatewayApiConfig",
            "ignoreNodeCountChanges",
            "inTransitEncryptionConfig",
            "ipAllocationPolicy.podCidrOverprovisionConfig",
            "loggingConfig.enableComponents",
            "maintenancePolicy",
            "minMasterVersion",
            "monitoringConfig",
            "networkPerformanceConfig",
            "networkingMode",
            "nodeConfig",
            "nodeLocations",
            "nodePoolDefaults",
            "nodePools",
            "nodeVersion",
            "podSecurityPolicyConfig",
            "privateIpv6GoogleAccess",
            "protectConfig",
            "removeDefaultNodePool",
            "resourceUsageExportConfig.enableResourceConsumptionMetering",
            "serviceExternalIpsConfig",
            "skipNodePoolRefresh",
            "tpuConfig",
            "workloadAltsConfig",
        ),
        "",
    ),
}


def _compute(schema: str, **names: str) -> Message:
    return Message("compute.v1", schema, names)


def _binding(*where: str) -> Message:
    return Message("cloudresourcemanager.v1", "Binding", dict.fromkeys(("member", *where), ""))


MESSAGES: Mapping[str, Message] = {
    "gcp:artifactregistry/repository:Repository": Message("artifactregistry.v1", "Repository", {"repositoryId": ""}),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": _binding("repository"),
    "gcp:cloudrunv2/job:Job": Message("run.v2", "GoogleCloudRunV2Job", {**_IN_ADDRESS, "tags": ""}),
    "gcp:cloudrunv2/jobIamMember:JobIamMember": _binding("name"),
    "gcp:cloudrunv2/service:Service": Message(
        "run.v2",
        "GoogleCloudRunV2Service",
        {**_IN_ADDRESS, "tags": "", "template.containers.readinessProbe.successThreshold": ""},
    ),
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": _binding("name"),
    "gcp:cloudrunv2/workerPool:WorkerPool": Message(
        "run.v2",
        "GoogleCloudRunV2WorkerPool",
        {
            **_IN_ADDRESS,
            "tags": "",
            **{f"scaling.{name}": "" for name in ("maxInstanceCount", "minInstanceCount", "scalingMode")},
        },
    ),
    "gcp:cloudscheduler/job:Job": Message("cloudscheduler.v1", "Job", {**_IN_ADDRESS, "paused": ""}),
    "gcp:compute/address:Address": _compute("Address"),
    "gcp:compute/backendService:BackendService": Message(
        "compute.v1",
        "BackendService",
        {
            "circuitBreakers.connectTimeout": "",
            "connectionDrainingTimeoutSec": "",
            "enableCdn": "enableCDN",
            **dict.fromkeys((*_PRIVATE, *(f"{name}Version" for name in _PRIVATE)), ""),
            "logConfig.requestHeaders": "loggingHttpRequestHeaders",
            "logConfig.responseHeaders": "loggingHttpResponseHeaders",
        },
    ),
    "gcp:compute/firewall:Firewall": Message(
        "compute.v1",
        "Firewall",
        {
            "allows": "allowed",
            "denies": "denied",
            "allows.protocol": "IPProtocol",
            "denies.protocol": "IPProtocol",
            "enableLogging": "",
        },
    ),
    "gcp:compute/globalAddress:GlobalAddress": _compute("Address"),
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": _compute(
        "ForwardingRule", ipAddress="IPAddress", ipProtocol="IPProtocol"
    ),
    "gcp:compute/managedSslCertificate:ManagedSslCertificate": _compute("SslCertificate"),
    "gcp:compute/network:Network": Message(
        "compute.v1",
        "Network",
        dict.fromkeys(
            (
                "bgpAlwaysCompareMed",
                "bgpBestPathSelectionMode",
                "bgpInterRegionCost",
                "deleteBgpAlwaysCompareMed",
                "deleteDefaultRoutesOnCreate",
                "routingMode",
            ),
            "",
        ),
    ),
    "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup": _compute(
        "NetworkEndpointGroup", serverlessDeployment=""
    ),
    "gcp:compute/router:Router": _compute("Router"),
    "gcp:compute/routerNat:RouterNat": _compute("RouterNat", initialNatIps="", router=""),
    "gcp:compute/sSLPolicy:SSLPolicy": _compute("SslPolicy"),
    "gcp:compute/securityPolicy:SecurityPolicy": Message(
        "compute.v1",
        "SecurityPolicy",
        {
            "adaptiveProtectionConfig.autoDeployConfig": "",
            **{f"{_RULE}.{name}": f"{name}ToExclude" for name in _EXCLUDED},
            **{f"{_RULE}.{name}.operator": "op" for name in _EXCLUDED},
            **{f"{_RULE}.{name}.value": "val" for name in _EXCLUDED},
        },
    ),
    "gcp:compute/subnetwork:Subnetwork": _compute("Subnetwork", sendSecondaryIpRangeIfEmpty=""),
    "gcp:compute/targetHttpProxy:TargetHttpProxy": _compute("TargetHttpProxy"),
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy": _compute("TargetHttpsProxy", certificateManagerCertificates=""),
    "gcp:compute/uRLMap:URLMap": Message(
        "compute.v1",
        "UrlMap",
        dict.fromkeys(("pathMatchers.routeRules.httpFilterConfigs", "pathMatchers.routeRules.httpFilterMetadatas"), ""),
    ),
    "gcp:container/cluster:Cluster": Message("container.v1", "Cluster", _CLUSTERS),
    "gcp:dns/recordSet:RecordSet": Message("dns.v1", "ResourceRecordSet", {"managedZone": "", "routingPolicy": ""}),
    "gcp:logging/metric:Metric": Message("logging.v2", "LogMetric"),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": Message(
        "logging.v2", "LogBucket", {"bucketId": "", "enableAnalytics": "analyticsEnabled"}
    ),
    "gcp:logging/projectExclusion:ProjectExclusion": Message("logging.v2", "LogExclusion"),
    "gcp:logging/projectSink:ProjectSink": Message(
        "logging.v2", "LogSink", {"customWriterIdentity": "", "uniqueWriterIdentity": ""}
    ),
    "gcp:monitoring/alertPolicy:AlertPolicy": Message("monitoring.v3", "AlertPolicy"),
    "gcp:monitoring/notificationChannel:NotificationChannel": Message(
        "monitoring.v3", "NotificationChannel", {"forceDelete": "", "sensitiveLabels": ""}
    ),
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": Message(
        "monitoring.v3",
        "UptimeCheckConfig",
        {"httpCheck.authInfo.passwordWo": "", "httpCheck.authInfo.passwordWoVersion": ""},
    ),
    "gcp:projects/iAMMember:IAMMember": _binding(),
    "gcp:secretmanager/secret:Secret": Message(
        "secretmanager.v1", "Secret", {"replication.auto": "automatic", "secretId": ""}
    ),
    "gcp:secretmanager/secretIamMember:SecretIamMember": _binding("secretId"),
    "gcp:serviceaccount/account:Account": Message(
        "iam.v1", "ServiceAccount", {"accountId": "", "createIgnoreAlreadyExists": ""}
    ),
}
