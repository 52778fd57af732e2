"""Azure's resource groups: ids, outputs, what replaces, rules."""

from infra.targets.azure.offline.names import GROUP, kind, named
from tools.offline.tables import Played

GROUPS: dict[str, Played] = {
    "azure-native:resources:ResourceGroup": Played(
        purpose="other",
        id=GROUP,
        outputs={"name": "{resourceGroupName}", "type": "Microsoft.Resources/resourceGroups"},
        kind=kind("resourceGroupName", suffix=""),
        rules=(
            named(
                "resourceGroupName",
                1,
                90,
                r"[\w().-]*[\w()-]",
                "letters, digits, underscores, parentheses, hyphens and periods, no period at the end",
            ),
        ),
        free="a resource group is free",
    ),
}
