"""The ids of what the targets on Google Cloud make, where names are fixed; what Google numbers itself has none here."""

_GLOBAL = "projects/{project}/global"
_PLACE = "projects/{project}/locations/{location}"
_REGION = "projects/{project}/regions/{region}"

IDS = {
    "gcp:artifactregistry/repository:Repository": f"{_PLACE}/repositories/{{repositoryId}}",
    "gcp:cloudrunv2/job:Job": f"{_PLACE}/jobs/{{name}}",
    "gcp:cloudrunv2/service:Service": f"{_PLACE}/services/{{name}}",
    "gcp:cloudrunv2/workerPool:WorkerPool": f"{_PLACE}/workerPools/{{name}}",
    "gcp:cloudscheduler/job:Job": "projects/{project}/locations/{region}/jobs/{name}",
    "gcp:compute/backendService:BackendService": f"{_GLOBAL}/backendServices/{{name}}",
    "gcp:compute/firewall:Firewall": f"{_GLOBAL}/firewalls/{{name}}",
    "gcp:compute/globalAddress:GlobalAddress": f"{_GLOBAL}/addresses/{{name}}",
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": f"{_GLOBAL}/forwardingRules/{{name}}",
    "gcp:compute/managedSslCertificate:ManagedSslCertificate": f"{_GLOBAL}/sslCertificates/{{name}}",
    "gcp:compute/network:Network": f"{_GLOBAL}/networks/{{name}}",
    "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup": f"{_REGION}/networkEndpointGroups/{{name}}",
    "gcp:compute/router:Router": f"{_REGION}/routers/{{name}}",
    "gcp:compute/routerNat:RouterNat": "{project}/{region}/{router}/{name}",
    "gcp:compute/sSLPolicy:SSLPolicy": f"{_GLOBAL}/sslPolicies/{{name}}",
    "gcp:compute/securityPolicy:SecurityPolicy": f"{_GLOBAL}/securityPolicies/{{name}}",
    "gcp:compute/subnetwork:Subnetwork": f"{_REGION}/subnetworks/{{name}}",
    "gcp:compute/targetHttpProxy:TargetHttpProxy": f"{_GLOBAL}/targetHttpProxies/{{name}}",
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy": f"{_GLOBAL}/targetHttpsProxies/{{name}}",
    "gcp:compute/uRLMap:URLMap": f"{_GLOBAL}/urlMaps/{{name}}",
    "gcp:container/cluster:Cluster": f"{_PLACE}/clusters/{{name}}",
    "gcp:dns/recordSet:RecordSet": "projects/{project}/managedZones/{managedZone}/rrsets/{name}/{type}",
    "gcp:logging/metric:Metric": "{name}",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": f"{_PLACE}/buckets/{{bucketId}}",
    "gcp:logging/projectExclusion:ProjectExclusion": "projects/{project}/exclusions/{name}",
    "gcp:logging/projectSink:ProjectSink": "projects/{project}/sinks/{name}",
    "gcp:projects/service:Service": "{project}/{service}",
    "gcp:secretmanager/secret:Secret": "projects/{project}/secrets/{secretId}",
    "gcp:serviceaccount/account:Account": (
        "projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com"
    ),
}

# Google's lists of members take whom they have.
ADDED = frozenset(
    {
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
        "gcp:cloudrunv2/jobIamMember:JobIamMember",
        "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
        "gcp:projects/iAMMember:IAMMember",
        "gcp:secretmanager/secretIamMember:SecretIamMember",
    }
)
