"""What checkov says of the plans on Azure and is let pass, each with its reason: as in aws_waivers.py.

It judges what Azure is sent. Of what runs on Container Apps it has no checks: policies/rules.py has some.
"""

from collections.abc import Mapping

_REGISTRIES, _VAULTS = "Microsoft.ContainerRegistry/registries.*", "Microsoft.KeyVault/vaults.*"
_BY_ROLE = (
    "Container Apps reads a secret from addresses that Azure chooses, and nobody reads one without a role: the "
    "service's identity has that of this vault alone (https://learn.microsoft.com/azure/container-apps/manage-secrets, "
    "2026-11-30)"
)
_OF_A_TRIAL = "a vault goes with the stack that it is of: where service:protect is on, nobody can purge it"

_CLUSTERS = "azure-aks/Microsoft.ContainerService/managedClusters.*"

WAIVERS: Mapping[str, Mapping[str, str]] = {
    "CKV_AZURE_4": {
        _CLUSTERS: "make logs asks the cluster itself, and what keeps them costs by the gigabyte: whoever wants them "
        "kept has Container insights, or an agent of his own in the cluster"
    },
    "CKV_AZURE_6": {
        _CLUSTERS: "whoever ships reaches the API server with credentials of Entra's, a runner of a repository too; "
        "service:options.cluster.reached_from says from where, and private closes it"
    },
    "CKV_AZURE_8": {_CLUSTERS: "no cluster that AKS makes today has this add-on, which is not said then"},
    "CKV_AZURE_41": {
        "*/Microsoft.KeyVault/vaults/secrets.*": "a service whose secret expired would not start again that night: "
        "another value is another version, and whoever wants one gives it to the stack"
    },
    "CKV_AZURE_42": {f"azure-dev/{_VAULTS}": _OF_A_TRIAL},
    "CKV_AZURE_109": {f"*/{_VAULTS}": _BY_ROLE},
    "CKV_AZURE_110": {f"azure-dev/{_VAULTS}": _OF_A_TRIAL},
    "CKV_AZURE_139": {
        f"*/{_REGISTRIES}": "whoever builds pushes from elsewhere, and the tier Premium alone can keep the world out: "
        "nobody comes in without a token, since there is neither an admin user nor a pull without a name"
    },
    "CKV_AZURE_163": {
        f"azure-{stack}/{_REGISTRIES}": "the check asks for a dearer tier: Defender looks through images where a "
        "subscription has it, whatever their registry's tier"
        for stack in ("aks", "dev")
    },
    "CKV_AZURE_166": {
        f"*/{_REGISTRIES}": "a quarantine is Premium's, and wants somebody who ends it for each image: what runs is "
        "the digest that was built"
    },
    "CKV_AZURE_172": {_CLUSTERS: "it is on: the API takes it as a word, of which the check knows nothing"},
    "CKV_AZURE_189": {f"*/{_VAULTS}": _BY_ROLE},
    "CKV_AZURE_227": {
        _CLUSTERS: "a subscription must have been registered for it (EncryptionAtHost), or refuses the cluster: "
        "disks that outlive a machine are encrypted all the same"
    },
}
