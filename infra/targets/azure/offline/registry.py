"""Azure's container registry and its tasks: ids, outputs, what replaces, rules, prices."""

from typing import Any

from infra.targets.azure.offline.names import DAYS, PRICED, READ, kind, named, under
from tools.offline.judge import one
from tools.offline.tables import Played, Price, Rule, Source
from tools.offline.values import Values

TIERS = Source("https://learn.microsoft.com/azure/container-registry/container-registry-skus", READ)
PRICES = Source("https://azure.microsoft.com/pricing/details/container-registry/", READ)


def _price(sku: str, dollars: float) -> Price:
    def units(inputs: Values) -> float:
        return float(one(inputs, "sku.name") == sku)

    return Price(dollars * DAYS, "month", PRICES, units, PRICED)


def _login_server(words: Any) -> str:
    return f"{words['registryName']}.azurecr.io".lower()


REGISTRY: dict[str, Played] = {
    "azure-native:containerregistry:Registry": Played(
        purpose="registry",
        id=under("Microsoft.ContainerRegistry/registries", "registryName"),
        outputs={
            "name": "{registryName}",
            "loginServer": _login_server,
            "type": "Microsoft.ContainerRegistry/registries",
        },
        kind=kind("registryName", suffix=""),
        rules=(
            named("registryName", 5, 50, r"[A-Za-z0-9]+", "letters and digits"),
            Rule("sku.name", TIERS, "be Basic, Standard or Premium", choices=("Basic", "Standard", "Premium")),
        ),
        prices=(_price("Basic", 0.1666), _price("Standard", 0.6666), _price("Premium", 1.6666)),
    ),
    "azure-native:containerregistry:Task": Played(
        purpose="registry",
        id=under("Microsoft.ContainerRegistry/registries/{registryName}/tasks", "taskName"),
        outputs={"name": "{taskName}", "type": "Microsoft.ContainerRegistry/registries/tasks"},
        kind=kind("taskName", "registryName", "isSystemTask"),
        rules=(named("taskName", 5, 50, r"[\w-]+", "letters, digits, underscores and hyphens"),),
        prices=(Price(0.0001, "vCPU-second of a task", PRICES, region=PRICED),),
    ),
}
