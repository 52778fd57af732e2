"""How the offline plan plays Google Cloud: ids and outputs, what replaces, rules, what each type is for and costs.

What replaces was read from the documentation of the Terraform provider's arguments; prices are those of us-central1.
`there.py` tells what can be looked up.
"""

from infra.targets.gcp.offline import discovery, there, values
from infra.targets.gcp.offline.balancer import BALANCER
from infra.targets.gcp.offline.functions import ASSUMED, FUNCTIONS
from infra.targets.gcp.offline.gke import GKE
from infra.targets.gcp.offline.identity import IDENTITY
from infra.targets.gcp.offline.names import NUMBER, labelled
from infra.targets.gcp.offline.network import NETWORKS
from infra.targets.gcp.offline.registry import REGISTRY
from infra.targets.gcp.offline.service import SERVICE
from infra.targets.gcp.offline.watching import WATCHING
from tools.offline.tables import Package

# A resource as its id has it, or its link; and without what is there before any stack is.
_AT = r"(https://[^/]+/compute/v1/)?projects/[^/]+/"
_NETWORKS, _SUBNETS = there.but(("default", there.NETWORK)), there.but(("default", there.SUBNET))
_GLOBAL = "backendServices|securityPolicies|sslPolicies|targetHttpProxies|targetHttpsProxies|urlMaps"

PACKAGES = (
    Package(
        name="gcp",
        types={**NETWORKS, **BALANCER, **REGISTRY, **SERVICE, **IDENTITY, **WATCHING, **GKE},
        place=frozenset({"project", "region", "universeDomain", "zone"}),
        facts={"project": "offline-project", "number": NUMBER, "region": "us-central1", "zone": "us-central1-a"},
        outputs={
            "address": "203.0.113.{digits2}",
            "createTime": "2026-01-01T00:00:00Z",
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "effectiveLabels": labelled,
            "etag": "{hex12}",
            "ipAddress": "203.0.113.{digits2}",
            "location": "{region}",
            "project": "{project}",
            "pulumiLabels": labelled,
            "region": "{region}",
            "selfLink": "https://www.googleapis.com/{module}/v1/projects/{project}/{id}",
            "uid": "{uuid}",
            "updateTime": "2026-01-01T00:00:00Z",
            "uri": "https://{module}.googleapis.com/{id}",
            "url": "https://{module}.googleapis.com/{id}",
        },
        functions=FUNCTIONS,
        assumed=ASSUMED,
        prepare=discovery.prepare,
        judges=(discovery.judge, *values.JUDGES),
        references=(
            rf"{_AT}global/networks/{_NETWORKS}[^/]+",
            rf"{_AT}regions/[^/]+/subnetworks/{_SUBNETS}[^/]+",
            rf"{_AT}regions/[^/]+/networkEndpointGroups/[^/]+",
            rf"{_AT}global/({_GLOBAL})/[^/]+",
            rf"{_AT}global/sslCertificates/{there.but((there.CERTIFICATE,))}[^/]+",
            rf"projects/[^/]+/secrets/{there.but((there.SECRET,))}[^/]+",
            r"projects/[^/]+/notificationChannels/[^/]+",
            # Whom a service runs as. Who may ask for it need not be of the plan.
            r"(?!service-\d+@)[a-z0-9-]+@[a-z0-9-]+\.iam\.gserviceaccount\.com",
            r"serviceAccount:[a-z0-9-]+@offline-project\.iam\.gserviceaccount\.com",
        ),
    ),
)
