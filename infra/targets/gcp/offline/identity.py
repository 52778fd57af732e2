"""Google Cloud's identities, what they may, its secrets and the APIs that are on: ids, what replaces, rules."""

from infra.targets.gcp.limits import LONGEST_ACCOUNT
from infra.targets.gcp.offline.members import bound, project_member
from infra.targets.gcp.offline.names import PRICED, READ
from tools.offline import forms
from tools.offline.tables import Played, Price, Rule, Source, replacing

SECRET = "gcp:secretmanager/secret:Secret"  # noqa: S105 - a type

ACCOUNTS = Source("https://cloud.google.com/iam/docs/service-accounts-create", READ)
APIS = Source("https://cloud.google.com/service-usage/docs/enable-disable", READ)
SECRETS = Source("https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create", READ)
VERSIONS = Source("https://cloud.google.com/secret-manager/docs/add-secret-version", READ)
PRICE = Source("https://cloud.google.com/secret-manager/pricing", READ)

_EMAIL = "{accountId}@{project}.iam.gserviceaccount.com"

IDENTITY: dict[str, Played] = {
    "gcp:projects/iAMMember:IAMMember": project_member(),
    "gcp:projects/service:Service": Played(
        purpose="other",
        id="{project}/{service}",
        kind=replacing("project", "service", autonamed=None),
        # Nor does a stack that goes switch it off.
        shared=True,
        rules=(
            Rule(
                "service",
                APIS,
                "be the name of an API such as run.googleapis.com",
                pattern=r"[a-z0-9.-]+\.googleapis\.com",
            ),
        ),
        free="switching an API on is free",
    ),
    "gcp:serviceaccount/account:Account": Played(
        purpose="identity",
        id=f"projects/{{project}}/serviceAccounts/{_EMAIL}",
        outputs={
            "email": _EMAIL,
            "member": f"serviceAccount:{_EMAIL}",
            "name": f"projects/{{project}}/serviceAccounts/{_EMAIL}",
            "uniqueId": "{digits21}",
        },
        kind=replacing("accountId", "project", autonamed=None),
        rules=(
            Rule(
                "accountId",
                ACCOUNTS,
                "be 6 to 30 lower-case letters, digits and hyphens, from a letter on",
                pattern=rf"[a-z](?:[-a-z0-9]{{4,{LONGEST_ACCOUNT - 2}}}[a-z0-9])",
            ),
        ),
        free="IAM is free",
    ),
    SECRET: Played(
        purpose="data",
        id="projects/{project}/secrets/{secretId}",
        outputs={"name": "projects/{project}/secrets/{secretId}"},
        kind=replacing("project", "replication", "secretId", autonamed=None),
        rules=(
            Rule(
                "secretId",
                SECRETS,
                "be at most 255 letters, digits, hyphens and underscores",
                pattern=r"[A-Za-z0-9_-]{1,255}",
            ),
        ),
        judges=(forms.only_one("auto", "userManaged", source=SECRETS, within="replication"),),
        free="a secret is free; each of its versions is not",
    ),
    "gcp:secretmanager/secretVersion:SecretVersion": Played(
        purpose="data",
        id="{secret}/versions/{digits4}",
        outputs={"name": "{id}", "version": "{digits4}"},
        # Each value is a version of its own, under the next number.
        kind=replacing(
            "isSecretDataBase64", "secret", "secretData", "secretDataWo", "secretDataWoVersion", autonamed=None
        ),
        rules=(
            Rule(
                "secret",
                VERSIONS,
                "be a secret's id such as projects/p/secrets/name",
                pattern=r"projects/[^/]+/secrets/[A-Za-z0-9_-]+",
            ),
        ),
        judges=(forms.only_one("secretData", "secretDataWo", source=VERSIONS),),
        prices=(
            Price(0.06, "month", PRICE, region=PRICED),
            Price(0.03, "10,000 readings of a secret", PRICE, region=PRICED),
        ),
    ),
    "gcp:secretmanager/secretIamMember:SecretIamMember": bound(
        "data", SECRET, "secretId", "projects/{project}/secrets/{it}", planned=False
    ),
}
