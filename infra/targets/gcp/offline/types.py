"""Google Cloud's types: ids and outputs, what replaces, rules, what each is for and costs."""

from infra.targets.gcp.offline.rules import READ, run_limits, run_scaling, subnet_range, traffic
from tools.offline import judges
from tools.offline.tables import Played, Price, Rule, Source, replacing

# Whose prices the tables have.
PRICED = "us-central1"

COMPUTE = "https://www.googleapis.com/compute/v1/projects/{project}"

REPOSITORY = Source("https://cloud.google.com/artifact-registry/docs/repositories/create-repos", READ)
ACCOUNT = Source("https://cloud.google.com/iam/docs/service-accounts-create", READ)
RUN = Source("https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services/create", READ)
RUN_TIMEOUT = Source("https://cloud.google.com/run/docs/configuring/request-timeout", READ)
RUN_CONCURRENCY = Source("https://cloud.google.com/run/docs/about-concurrency", READ)
MEMBERS = Source("https://cloud.google.com/iam/docs/principal-identifiers", READ)

MEMBER = Rule(
    "member",
    MEMBERS,
    "be a principal such as serviceAccount:name@project.iam.gserviceaccount.com",
    pattern=r"(allUsers|allAuthenticatedUsers|(user|group|serviceAccount|domain):[^\s:]+|principal(Set)?://\S+)",
)

TYPES: dict[str, Played] = {
    "gcp:artifactregistry/repository:Repository": Played(
        purpose="registry",
        id="projects/{project}/locations/{location}/repositories/{repositoryId}",
        outputs={
            "name": "{repositoryId}",
            "registryUri": "{location}-docker.pkg.dev/{project}/{repositoryId}",
            "createTime": "2026-01-01T00:00:00Z",
        },
        kind=replacing("format", "kmsKeyName", "location", "mode", "project", "repositoryId", autonamed=None),
        rules=(
            Rule(
                "repositoryId",
                REPOSITORY,
                "be up to 63 lower-case letters, digits and hyphens, from a letter on",
                pattern=r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?",
            ),
        ),
        prices=(
            Price(
                0.10,
                "GB stored a month",
                Source("https://cloud.google.com/artifact-registry/pricing", READ),
                region=PRICED,
            ),
        ),
    ),
    "gcp:compute/network:Network": Played(
        purpose="network",
        id="projects/{project}/global/networks/{name}",
        outputs={"selfLink": f"{COMPUTE}/global/networks/{{name}}", "networkId": "{digits18}", "gatewayIpv4": ""},
        kind=replacing(
            "autoCreateSubnetworks", "description", "internalIpv6Range", "name", "networkProfile", "project"
        ),
        free="a network itself is free",
    ),
    "gcp:compute/subnetwork:Subnetwork": Played(
        purpose="network",
        id="projects/{project}/regions/{region}/subnetworks/{name}",
        outputs={"selfLink": f"{COMPUTE}/regions/{{region}}/subnetworks/{{name}}", "gatewayAddress": ""},
        kind=replacing("description", "name", "network", "project", "purpose", "region"),
        judges=(subnet_range,),
        beside=(judges.subnets("gcp:compute/subnetwork:Subnetwork", "ipCidrRange", "network"),),
        free="a subnet itself is free",
    ),
    "gcp:cloudrunv2/service:Service": Played(
        purpose="service",
        id="projects/{project}/locations/{location}/services/{name}",
        outputs={
            "uri": "https://{name}-{digits12}.{location}.run.app",
            "uid": "{uuid}",
            "urls": ["https://{name}-{digits12}.{location}.run.app"],
            "latestReadyRevision": "{name}-00001-{hex3}",
        },
        kind=replacing("location", "name", "project"),
        rules=(
            Rule(
                "name",
                RUN,
                "be at most 49 lower-case letters, digits and hyphens, from a letter on",
                pattern=r"[a-z](?:[a-z0-9-]{0,47}[a-z0-9])?",
            ),
            Rule(
                "template.timeout",
                RUN_TIMEOUT,
                "be at most 3600 seconds",
                pattern=r"([1-9]\d{0,2}|[12]\d{3}|3[0-5]\d{2}|3600)(\.0*)?s",
            ),
            Rule("template.maxInstanceRequestConcurrency", RUN_CONCURRENCY, "be from 1 to 1000", least=1, most=1000),
        ),
        judges=(run_scaling, run_limits, traffic),
    ),
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": Played(
        purpose="identity",
        kind=replacing("condition", "location", "member", "name", "project", "role", autonamed=None),
        rules=(MEMBER,),
        free="IAM is free",
    ),
    "gcp:projects/iAMMember:IAMMember": Played(
        purpose="identity",
        kind=replacing("condition", "member", "project", "role", autonamed=None),
        rules=(MEMBER,),
        free="IAM is free",
    ),
    "gcp:projects/service:Service": Played(
        purpose="other",
        id="{project}/{service}",
        kind=replacing("project", "service", autonamed=None),
        rules=(
            Rule(
                "service",
                RUN,
                "be the name of an API such as run.googleapis.com",
                pattern=r"[a-z0-9.-]+\.googleapis\.com",
            ),
        ),
        free="switching an API on is free",
    ),
    "gcp:serviceaccount/account:Account": Played(
        purpose="identity",
        id="projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
        outputs={
            "email": "{accountId}@{project}.iam.gserviceaccount.com",
            "member": "serviceAccount:{accountId}@{project}.iam.gserviceaccount.com",
            "name": "projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
            "uniqueId": "{digits21}",
        },
        kind=replacing("accountId", "project", autonamed=None),
        rules=(
            Rule(
                "accountId",
                ACCOUNT,
                "be 6 to 30 lower-case letters, digits and hyphens, from a letter on",
                pattern=r"[a-z](?:[-a-z0-9]{4,28}[a-z0-9])",
            ),
        ),
        free="IAM is free",
    ),
    "gcp:secretmanager/secret:Secret": Played(
        purpose="data",
        id="projects/{project}/secrets/{secretId}",
        outputs={"name": "projects/{project}/secrets/{secretId}"},
        kind=replacing("project", "replication", "secretId", autonamed=None),
        rules=(
            Rule(
                "secretId",
                Source("https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create", READ),
                "be at most 255 letters, digits, hyphens and underscores",
                pattern=r"[A-Za-z0-9_-]{1,255}",
            ),
        ),
        prices=(
            Price(
                0.06,
                "active version a month",
                Source("https://cloud.google.com/secret-manager/pricing", READ),
                region=PRICED,
            ),
        ),
    ),
}
