"""What the targets on Azure want: credentials that Azure takes, a subscription that they may see, and a builder."""

from collections.abc import Iterator

from infra.errors import DeploymentError
from infra.targets.azure.session import connected
from tools.doctor import building, runner
from tools.doctor.check import Asked, Check, missing, ok, refused

# Of Microsoft.Resources: https://learn.microsoft.com/rest/api/resources/subscriptions/get.
SUBSCRIPTIONS = "2022-12-01"


def checks(of: Asked) -> Iterator[Check]:
    """Whether the subscription answers to whoever asks; the builder."""
    yield from runner.identity()
    subscription = str(of.options.get("subscription"))
    try:
        with connected(subscription, "") as session:
            found = session.get(f"/subscriptions/{subscription}", SUBSCRIPTIONS)
        said = f"{found.get('displayName')} ({subscription}), of the tenant {found.get('tenantId')}"
        if found.get("state") == "Enabled":
            yield ok("credentials", f"Azure takes them, and they see {said}")
        else:
            fix = f"enable the subscription {subscription} in Azure's portal"
            yield missing("credentials", f"{said}: it is {found.get('state')}", fix)
    except DeploymentError as error:
        yield refused("credentials", error)
    yield from building.checks(of, pushes=True)
