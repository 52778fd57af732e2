"""What the targets on Azure want: credentials that Azure takes, a subscription that they may see, and a builder."""

from collections.abc import Iterator

from infra.errors import DeploymentError
from infra.targets.azure.session import connected
from tools.doctor import building, runner
from tools.doctor.check import Asked, Check, missing, ok, refused, warn

# specification/resources/resource-manager/Microsoft.Resources/stable/2022-12-01/subscriptions.json in
# https://github.com/Azure/azure-rest-api-specs, read 2026-11-30. In one that is past due, things go on for a while.
SUBSCRIPTIONS = "2022-12-01"
OVER = ("Disabled", "Deleted")


def checks(of: Asked) -> Iterator[Check]:
    """Whether the subscription answers to whoever asks; the builder."""
    yield from runner.identity()
    subscription = str(of.options.get("subscription"))
    try:
        with connected(subscription, "") as session:
            found = session.get(f"/subscriptions/{subscription}", SUBSCRIPTIONS)
        said = f"{found.get('displayName')} ({subscription}), of the tenant {found.get('tenantId')}"
        state, fix = found.get("state"), f"look at the subscription {subscription} in Azure's portal"
        if state == "Enabled":
            yield ok("credentials", f"Azure takes them, and they see {said}")
        else:
            yield (missing if state in OVER else warn)("credentials", f"{said}: it is {state}", fix)
    except DeploymentError as error:
        yield refused("credentials", error)
    yield from building.checks(of, pushes=True)
