"""What the targets on Azure want: credentials that Azure takes, a subscription that they may see, and a builder.

A cluster is logged in to by a program of Microsoft's own.
"""

import shutil
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
    if of.config.get("service:target") == "azure.aks":
        yield from map(_program, ("kubelogin", "az"))
    yield from building.checks(of, pushes=True)


def _program(name: str) -> Check:
    """By which a kubeconfig logs in, the first by what the other has."""
    found = shutil.which(name)
    if found:
        return ok(name, found)
    fixes = {"kubelogin": "az aks install-cli", "az": "see https://learn.microsoft.com/cli/azure/install-azure-cli"}
    return missing(name, f"there is no {name} on PATH, by which a cluster of AKS is logged in to", fixes[name])
