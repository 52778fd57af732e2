"""How the offline plan plays Google Cloud: ids and outputs, what replaces, rules, what each type is for and costs.

What replaces was read from the documentation of the Terraform provider's arguments; prices are those of us-central1.
"""

from infra.targets.gcp.offline import discovery, values
from infra.targets.gcp.offline.types import TYPES
from tools.offline.tables import Package
from tools.offline.values import Secret

PACKAGES = (
    Package(
        name="gcp",
        types=TYPES,
        facts={"project": "offline-project", "region": "us-central1", "zone": "us-central1-a"},
        outputs={
            "address": "203.0.113.{digits2}",
            "createTime": "2026-01-01T00:00:00Z",
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "etag": "{hex12}",
            "ipAddress": "203.0.113.{digits2}",
            "location": "{region}",
            "project": "{project}",
            "region": "{region}",
            "selfLink": "https://www.googleapis.com/{module}/v1/projects/{project}/{id}",
            "uid": "{uuid}",
            "updateTime": "2026-01-01T00:00:00Z",
            "uri": "https://{module}.googleapis.com/{id}",
            "url": "https://{module}.googleapis.com/{id}",
        },
        functions={
            "gcp:organizations/getClientConfig:getClientConfig": lambda _arguments, facts: {
                "id": "offline",
                "accessToken": Secret("offline"),
                "defaultLabels": {},
                "project": facts["project"],
                "region": facts["region"],
                "zone": facts["zone"],
            },
            "gcp:organizations/getProject:getProject": lambda arguments, facts: {
                "id": f"projects/{facts['project']}",
                "projectId": arguments.get("projectId", facts["project"]),
                "name": facts["project"],
                "number": "123456789012",
                "autoCreateNetwork": True,
                "billingAccount": "",
                "deletionPolicy": "PREVENT",
                "effectiveLabels": {},
                "folderId": "",
                "labels": {},
                "orgId": "",
                "pulumiLabels": {},
                "tags": {},
            },
        },
        judges=(discovery.judge, *values.JUDGES),
        references=(
            r"projects/[^/]+/global/networks/(?!default$).+",
            r"projects/[^/]+/regions/[^/]+/subnetworks/(?!default$).+",
            r"(serviceAccount:)?[a-z0-9-]+@offline-project\.iam\.gserviceaccount\.com",
        ),
    ),
)
