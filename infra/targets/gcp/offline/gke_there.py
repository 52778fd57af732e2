"""A cluster of GKE as it is looked up: all that the provider tells of one, most of it nothing."""

from infra.targets.gcp.offline import there
from tools.offline.values import Values

_LISTS = (
    "addonsConfigs anonymousAuthenticationConfigs authenticatorGroupsConfigs "
    "autopilotClusterPolicyConfigs autopilotPrivilegedAdmissions binaryAuthorizations clusterAutoscalings "
    "clusterTelemetries confidentialNodes controlPlaneEndpointsConfigs costManagementConfigs "
    "databaseEncryptions defaultSnatStatuses dnsConfigs enableK8sBetaApis enterpriseConfigs fleets "
    "gatewayApiConfigs gkeAutoUpgradeConfigs identityServiceConfigs ipAllocationPolicies loggingConfigs "
    "maintenancePolicies managedMachineLearningDiagnosticsConfigs managedOpentelemetryConfigs "
    "masterAuthorizedNetworksConfigs meshCertificates monitoringConfigs networkPerformanceConfigs "
    "networkPolicies nodeConfigs nodeCreationConfigs nodeLocations nodePoolAutoConfigs nodePoolDefaults "
    "nodePools notificationConfigs podAutoscalings podSecurityPolicyConfigs privateClusterConfigs "
    "protectConfigs rbacBindingConfigs releaseChannels resourceUsageExportConfigs rollbackSafeUpgrades "
    "secretManagerConfigs secretSyncConfigs securityPostureConfigs serviceExternalIpsConfigs tpuConfigs "
    "userManagedKeysConfigs verticalPodAutoscalings workloadAltsConfigs"
)
_FLAGS = (
    "allowNetAdmin deletionProtection disableL4LbFirewallReconciliation "
    "enableCiliumClusterwideNetworkPolicy enableFqdnNetworkPolicy enableIntranodeVisibility "
    "enableKubernetesAlpha enableL4IlbSubsetting enableLegacyAbac enableMultiNetworking "
    "enableShieldedNodes enableTpu ignoreNodeCountChanges removeDefaultNodePool skipNodePoolRefresh"
)
_TEXTS = (
    "clusterIpv4Cidr datapathProvider dataplaneOptimizationMode deletionPolicy description "
    "desiredEmulatedVersion emulatedVersion inTransitEncryptionConfig labelFingerprint loggingService "
    "minMasterVersion monitoringService networkingMode nodeVersion operation privateIpv6GoogleAccess "
    "servicesIpv4Cidr tpuIpv4CidrBlock"
)
_NUMBERS = "defaultMaxPodsPerNode initialNodeCount"
_MAPPINGS = "effectiveLabels pulumiLabels resourceLabels"

NAME = "existing"


def cluster(project: str, location: str, name: str = NAME) -> Values:
    """One of Autopilot."""
    place = f"projects/{project}/locations/{location}/clusters/{name}"
    return {
        **{each: [] for each in _LISTS.split()},
        **dict.fromkeys(_FLAGS.split(), False),
        **dict.fromkeys(_TEXTS.split(), ""),
        **dict.fromkeys(_NUMBERS.split(), 0),
        **{each: {} for each in _MAPPINGS.split()},
        "enableAutopilot": True,
        "endpoint": "203.0.113.9",
        "id": place,
        "location": location,
        "masterAuths": [
            {
                "clientCertificate": "",
                "clientCertificateConfigs": [{"issueClientCertificate": False}],
                "clientKey": "",
                "clusterCaCertificate": "b2ZmbGluZQ==",
            }
        ],
        "masterVersion": "1.34.1-gke.1000000",
        "name": name,
        "network": f"projects/{project}/global/networks/{there.NETWORK}",
        "project": project,
        "selfLink": f"https://container.googleapis.com/v1/{place}",
        "subnetwork": f"projects/{project}/regions/{location}/subnetworks/{there.SUBNET}",
        "workloadIdentityConfigs": [{"workloadPool": f"{project}.svc.id.goog"}],
    }
