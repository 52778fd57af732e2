"""Which permissions each type of resource takes: those of the calls by which the Google provider makes, reads, changes
and removes it.

Read from the calls in the Terraform provider's resources, which pulumi-gcp bridges (version 10), and from what Google
says that a call takes besides: https://cloud.google.com/iam/docs/permissions-reference and
https://cloud.google.com/run/docs/reference/iam/permissions, read 2026-11-29. Tests hold them to Google's discovery
documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What a permission may be held to: https://cloud.google.com/iam/docs/conditions-attribute-reference, read 2026-11-29.
GRANTS, SECRET = "grants", "secret"


@dataclass(frozen=True)
class Rights:
    """The permissions for one type, as `service.resource.verb,verb service.resource.verb`.

    Attributes:
        read: also needed to see what came of another act; all that a preview needs.
        use: what a deployer does with it beyond the provider: pushing images, running jobs, looking at logs.
        held: the permissions that are held to one thing: `grants`, to the role that `{role}` gives; `secret`, to the
            secret of this name. `{input:-1}` is the last of an input's parts between slashes.
        on: what they are given on, where that is not the project: `bucket` or `zone`, and its name.
    """

    create: str = ""
    read: str = ""
    update: str = ""
    delete: str = ""
    use: str = ""
    held: tuple[str, str, tuple[str, ...]] | None = None
    on: tuple[str, str] | None = None


NOTHING = Rights()

_ACT_AS = " iam.serviceAccounts.actAs"
# Cloud Run refuses an image that whoever deploys it may not read, and an operation goes on after the call.
_RUNS = f" run.operations.get artifactregistry.repositories.get,downloadArtifacts{_ACT_AS}"
_ONE_OFF = "run.jobs.list,run,runWithOverrides run.executions.cancel,get,list run.tasks.get,list"
_GLOBAL = " compute.globalOperations.get"
_REGIONAL = " compute.regionOperations.get"
_IN_NETWORK = " compute.networks.updatePolicy"


def _plain(resource: str, more: str = "", *, created: str = "", updated: str = "") -> Rights:
    """A resource that is made, read, changed and removed by permissions of these very names."""
    return Rights(
        create=f"{resource}.create{more}{created}",
        read=f"{resource}.get{more}",
        update=f"{resource}.update{more}{updated}",
        delete=f"{resource}.delete{more}",
    )


def _object(plural: str, use: str = "") -> Rights:
    """An object in a cluster of GKE, where IAM says who may what.

    The provider makes one by changing what is not there, and watches what it waits for:
    https://cloud.google.com/kubernetes-engine/docs/reference/api-permissions, read 2026-11-30.
    """
    what = f"container.{plural}"
    return Rights(f"{what}.create,list,update", f"{what}.get", f"{what}.list,update", f"{what}.delete,list", use)


def _policy(resource: str) -> Rights:
    """A member of a resource's own policy."""
    change, look = f"{resource}.setIamPolicy", f"{resource}.getIamPolicy"
    return Rights(create=change, read=look, delete=change)


RIGHTS: Mapping[str, Rights] = {
    # What acts by what may be done with the others, or not on Google Cloud.
    "docker-build:index:Image": NOTHING,
    "pulumi-python:dynamic/slipway:GeneratedSecret": NOTHING,
    "pulumi-python:dynamic/slipway:Publication": NOTHING,
    "pulumi-python:dynamic/slipway:ReleaseTask": NOTHING,
    # A preview asks which revision serves.
    "pulumi-python:dynamic/slipway:Revision": Rights(read="run.services.get run.revisions.get,list"),
    "pulumi-python:dynamic/slipway:Rollout": NOTHING,
    "gcp:artifactregistry/repository:Repository": Rights(
        create="artifactregistry.repositories.create",
        read="artifactregistry.repositories.get",
        update="artifactregistry.repositories.update",
        delete="artifactregistry.repositories.delete",
        # No stack takes an image away; the repository's own rules do.
        use="artifactregistry.repositories.downloadArtifacts,uploadArtifacts"
        " artifactregistry.tags.create,get,list,update artifactregistry.versions.get,list"
        " artifactregistry.dockerimages.get,list",
    ),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": _policy("artifactregistry.repositories"),
    "gcp:cloudrunv2/job:Job": Rights(
        create=f"run.jobs.create{_RUNS}",
        read="run.jobs.get",
        update=f"run.jobs.update{_RUNS}",
        delete="run.jobs.delete run.operations.get",
        use=_ONE_OFF,
    ),
    "gcp:cloudrunv2/jobIamMember:JobIamMember": _policy("run.jobs"),
    "gcp:cloudrunv2/service:Service": Rights(
        # Who turns the check of invokers off or on does what a policy would.
        create=f"run.services.create,setIamPolicy{_RUNS}",
        read="run.services.get",
        update=f"run.services.update,setIamPolicy{_RUNS}",
        delete="run.services.delete run.operations.get",
        # A command runs in a job that is made for it.
        use="run.services.list run.revisions.get,list run.jobs.create,delete,get run.operations.get"
        f"{_ACT_AS} {_ONE_OFF}",
    ),
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": _policy("run.services"),
    "gcp:cloudrunv2/workerPool:WorkerPool": Rights(
        create=f"run.workerpools.create{_RUNS}",
        read="run.workerpools.get",
        update=f"run.workerpools.update{_RUNS}",
        delete="run.workerpools.delete run.operations.get",
        use="run.workerpools.list run.revisions.get,list",
    ),
    "gcp:cloudscheduler/job:Job": _plain("cloudscheduler.jobs", created=_ACT_AS, updated=_ACT_AS),
    "gcp:compute/backendService:BackendService": _plain(
        "compute.backendServices",
        _GLOBAL,
        created=" compute.backendServices.setSecurityPolicy compute.regionNetworkEndpointGroups.use"
        " compute.securityPolicies.use",
        updated=" compute.backendServices.setSecurityPolicy compute.regionNetworkEndpointGroups.use"
        " compute.securityPolicies.use",
    ),
    "gcp:compute/firewall:Firewall": Rights(
        create=f"compute.firewalls.create{_IN_NETWORK}{_GLOBAL}",
        read=f"compute.firewalls.get{_GLOBAL}",
        update=f"compute.firewalls.update{_IN_NETWORK}{_GLOBAL}",
        delete=f"compute.firewalls.delete{_IN_NETWORK}{_GLOBAL}",
    ),
    "gcp:compute/globalAddress:GlobalAddress": Rights(
        create=f"compute.globalAddresses.create,setLabels{_GLOBAL}",
        read=f"compute.globalAddresses.get{_GLOBAL}",
        update=f"compute.globalAddresses.setLabels{_GLOBAL}",
        delete=f"compute.globalAddresses.delete{_GLOBAL}",
    ),
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": Rights(
        create="compute.globalForwardingRules.create,setLabels compute.globalAddresses.use"
        f" compute.targetHttpProxies.use compute.targetHttpsProxies.use{_GLOBAL}",
        read=f"compute.globalForwardingRules.get{_GLOBAL}",
        update="compute.globalForwardingRules.setLabels,setTarget,update"
        f" compute.targetHttpProxies.use compute.targetHttpsProxies.use{_GLOBAL}",
        delete=f"compute.globalForwardingRules.delete{_GLOBAL}",
    ),
    "gcp:compute/managedSslCertificate:ManagedSslCertificate": Rights(
        create=f"compute.sslCertificates.create{_GLOBAL}",
        read=f"compute.sslCertificates.get{_GLOBAL}",
        delete=f"compute.sslCertificates.delete{_GLOBAL}",
    ),
    "gcp:compute/network:Network": _plain("compute.networks", _GLOBAL),
    "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup": Rights(
        create=f"compute.regionNetworkEndpointGroups.create{_REGIONAL} run.services.get",
        read=f"compute.regionNetworkEndpointGroups.get{_REGIONAL}",
        delete=f"compute.regionNetworkEndpointGroups.delete{_REGIONAL}",
    ),
    "gcp:compute/router:Router": _plain("compute.routers", _REGIONAL, created=_IN_NETWORK, updated=_IN_NETWORK),
    # It is a part of its router.
    "gcp:compute/routerNat:RouterNat": Rights(
        create=f"compute.routers.get,update{_IN_NETWORK}{_REGIONAL}",
        read=f"compute.routers.get{_REGIONAL}",
        update=f"compute.routers.update{_IN_NETWORK}{_REGIONAL}",
        delete=f"compute.routers.update{_IN_NETWORK}{_REGIONAL}",
    ),
    "gcp:compute/sSLPolicy:SSLPolicy": _plain("compute.sslPolicies", _GLOBAL),
    "gcp:compute/securityPolicy:SecurityPolicy": _plain("compute.securityPolicies", _GLOBAL),
    "gcp:compute/subnetwork:Subnetwork": _plain(
        "compute.subnetworks",
        _REGIONAL,
        created=_IN_NETWORK,
        updated=f" compute.subnetworks.expandIpCidrRange{_IN_NETWORK}",
    ),
    "gcp:compute/targetHttpProxy:TargetHttpProxy": Rights(
        create=f"compute.targetHttpProxies.create compute.urlMaps.use{_GLOBAL}",
        read=f"compute.targetHttpProxies.get{_GLOBAL}",
        update=f"compute.targetHttpProxies.setUrlMap,update compute.urlMaps.use{_GLOBAL}",
        delete=f"compute.targetHttpProxies.delete{_GLOBAL}",
    ),
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy": Rights(
        create="compute.targetHttpsProxies.create compute.sslCertificates.get compute.sslPolicies.use"
        f" compute.urlMaps.use{_GLOBAL}",
        read=f"compute.targetHttpsProxies.get{_GLOBAL}",
        update="compute.targetHttpsProxies.setSslCertificates,setSslPolicy,setUrlMap,update compute.sslCertificates.get"
        f" compute.sslPolicies.use compute.urlMaps.use{_GLOBAL}",
        delete=f"compute.targetHttpsProxies.delete{_GLOBAL}",
    ),
    "gcp:compute/uRLMap:URLMap": _plain(
        "compute.urlMaps", _GLOBAL, created=" compute.backendServices.use", updated=" compute.backendServices.use"
    ),
    "gcp:container/cluster:Cluster": Rights(
        create=f"container.clusters.create container.operations.get{_ACT_AS}",
        # Without the last it does not tell of how it is logged in to.
        read="container.clusters.get,getCredentials",
        update=f"container.clusters.update container.operations.get{_ACT_AS}",
        delete="container.clusters.delete container.operations.get",
    ),
    "gcp:dns/recordSet:RecordSet": Rights(
        create="dns.changes.create dns.resourceRecordSets.create",
        read="dns.changes.get dns.managedZones.get dns.resourceRecordSets.get,list",
        update="dns.changes.create dns.resourceRecordSets.create,delete,update",
        delete="dns.changes.create dns.resourceRecordSets.delete",
        on=("zone", "{managedZone:-1}"),
    ),
    "gcp:logging/metric:Metric": _plain("logging.logMetrics"),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": Rights(
        create="logging.buckets.create",
        read="logging.buckets.get",
        update="logging.buckets.update",
        delete="logging.buckets.delete",
        use="logging.views.access",
    ),
    "gcp:logging/projectExclusion:ProjectExclusion": _plain("logging.exclusions"),
    "gcp:logging/projectSink:ProjectSink": _plain("logging.sinks"),
    "gcp:monitoring/alertPolicy:AlertPolicy": _plain("monitoring.alertPolicies"),
    "gcp:monitoring/dashboard:Dashboard": _plain("monitoring.dashboards"),
    "gcp:monitoring/notificationChannel:NotificationChannel": _plain("monitoring.notificationChannels"),
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": _plain("monitoring.uptimeCheckConfigs"),
    "gcp:projects/iAMMember:IAMMember": Rights(
        create="resourcemanager.projects.setIamPolicy",
        read="resourcemanager.projects.getIamPolicy",
        delete="resourcemanager.projects.setIamPolicy",
        held=(GRANTS, "{role}", ("resourcemanager.projects.setIamPolicy",)),
    ),
    # Never switched off again: something else in the project may want it.
    "gcp:projects/service:Service": Rights(
        create="serviceusage.services.enable serviceusage.operations.get",
        read="serviceusage.services.get,list resourcemanager.projects.get",
    ),
    "gcp:secretmanager/secret:Secret": Rights(
        create="secretmanager.secrets.create",
        read="secretmanager.secrets.get",
        update="secretmanager.secrets.update",
        delete="secretmanager.secrets.delete",
        held=(SECRET, "{secretId:-1}", ("secretmanager.secrets.delete", "secretmanager.secrets.update")),
    ),
    "gcp:secretmanager/secretIamMember:SecretIamMember": Rights(
        create="secretmanager.secrets.setIamPolicy",
        read="secretmanager.secrets.getIamPolicy",
        delete="secretmanager.secrets.setIamPolicy",
        held=(SECRET, "{secretId:-1}", ("secretmanager.secrets.setIamPolicy",)),
    ),
    "gcp:secretmanager/secretVersion:SecretVersion": Rights(
        create="secretmanager.versions.add",
        read="secretmanager.versions.access,get",
        update="secretmanager.versions.disable,enable",
        delete="secretmanager.versions.destroy",
        held=(
            SECRET,
            "{secret:-1}",
            tuple(f"secretmanager.versions.{verb}" for verb in ("access", "add", "destroy", "disable", "enable")),
        ),
    ),
    "gcp:serviceaccount/account:Account": Rights(
        create="iam.serviceAccounts.create",
        read="iam.serviceAccounts.get",
        update="iam.serviceAccounts.update",
        delete="iam.serviceAccounts.delete",
    ),
}

# What is in a cluster, by kind.
OBJECTS: Mapping[str, Rights] = {
    "kubernetes:apps/v1:Deployment": _object(
        "deployments",
        # The release task is a Job; logs and a command's session are of its pods.
        "container.jobs.create,delete,get,list container.replicaSets.list container.events.list"
        " container.pods.exec,get,getLogs,list,portForward container.services.get container.ingresses.get",
    ),
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": _object("horizontalPodAutoscalers"),
    "kubernetes:batch/v1:CronJob": _object("cronJobs"),
    "kubernetes:cloud.google.com/v1:BackendConfig": _object("backendConfigs"),
    "kubernetes:core/v1:ConfigMap": _object("configMaps"),
    "kubernetes:core/v1:Namespace": _object("namespaces"),
    "kubernetes:core/v1:Secret": _object("secrets"),
    "kubernetes:core/v1:Service": _object("services"),
    "kubernetes:core/v1:ServiceAccount": _object("serviceAccounts"),
    # Kinds that somebody installed.
    "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute": _object("thirdPartyObjects"),
    "kubernetes:monitoring.coreos.com/v1:ServiceMonitor": _object("thirdPartyObjects"),
    "kubernetes:networking.gke.io/v1beta1:FrontendConfig": _object("frontendConfigs"),
    "kubernetes:networking.k8s.io/v1:Ingress": _object("ingresses"),
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": _object("networkPolicies"),
    "kubernetes:policy/v1:PodDisruptionBudget": _object("podDisruptionBudgets"),
}

FUNCTIONS: Mapping[str, Rights] = {
    "gcp:compute/getCertificate:getCertificate": Rights(read="compute.sslCertificates.get"),
    "gcp:compute/getNetwork:getNetwork": Rights(read="compute.networks.get"),
    "gcp:compute/getSubnetwork:getSubnetwork": Rights(read="compute.subnetworks.get"),
    "gcp:container/getCluster:getCluster": Rights(read="container.clusters.get,getCredentials"),
    "gcp:dns/getManagedZone:getManagedZone": Rights(read="dns.managedZones.get", on=("zone", "{name:-1}")),
    "gcp:organizations/getClientConfig:getClientConfig": NOTHING,
    "gcp:organizations/getProject:getProject": Rights(read="resourcemanager.projects.get"),
    "gcp:secretmanager/getSecret:getSecret": Rights(read="secretmanager.secrets.get"),
    "gcp:secretmanager/getSecretVersion:getSecretVersion": Rights(
        read="secretmanager.versions.access,get",
        held=(SECRET, "{secret:-1}", ("secretmanager.versions.access",)),
    ),
}

# What is looked at without the provider, whatever the stack makes: the logs of its processes.
LOOKING = Rights(use="logging.logEntries.list")

# What is done only where an input has not this value.
UNLESS: Mapping[str, tuple[str, Any]] = {
    "secretmanager.versions.access": ("fetchSecretData", False),
    "secretmanager.versions.destroy": ("deletionPolicy", "ABANDON"),
}

# https://www.pulumi.com/docs/iac/concepts/state-and-backends/: a preview takes no lock and writes nothing.
STATE = Rights(
    read="storage.objects.get,list",
    # What is written over is deleted.
    use="storage.objects.create,delete",
    on=("bucket", "{bucket}"),
)
