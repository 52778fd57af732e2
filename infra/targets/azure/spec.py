"""What can be known of the targets on Azure without its SDK."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from infra.targets.spec import Capabilities, Options, Spec

# As of 2026-11-23, by what public repositories repeat of https://learn.microsoft.com/azure/reliability/regions-list:
# `az account list-locations` has the last word.
_NAMES = (
    "australiacentral australiacentral2 australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth"
    " brazilsoutheast canadacentral canadaeast centralindia centralus chilecentral denmarkeast eastasia eastus"
    " eastus2 francecentral francesouth germanynorth germanywestcentral indiasouthcentral indonesiacentral"
    " israelcentral italynorth japaneast japanwest jioindiacentral jioindiawest koreacentral koreasouth malaysiawest"
    " mexicocentral newzealandnorth northcentralus northeurope norwayeast norwaywest polandcentral qatarcentral"
    " southafricanorth southafricawest southcentralus southeastasia southindia spaincentral swedencentral"
    " swedensouth switzerlandnorth switzerlandwest uaecentral uaenorth uksouth ukwest westcentralus westeurope"
    " westindia westus westus2 westus3"
)
LOCATIONS = frozenset(_NAMES.split())


def _location(value: str) -> str:
    if value not in LOCATIONS:
        raise ValueError(f"{value!r} is not a location such as westeurope")
    return value


class ContainerAppsOptions(Options):
    """Options of the target `azure.container_apps`."""

    location: Annotated[str, AfterValidator(_location)] = Field(
        description="The Azure location that everything is made in.", examples=["westeurope"]
    )
    registry: Literal["Basic", "Standard", "Premium"] = Field(
        "Basic", description="The tier of the container registry.", examples=["Standard"]
    )


TARGETS = {
    "azure.container_apps": Spec(options=ContainerAppsOptions, capabilities=Capabilities(image=True), runs=False)
}
