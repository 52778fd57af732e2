"""A registry and a network on Azure, as small as they are of use."""

import pulumi
import pulumi_azure_native as azure

group = azure.resources.ResourceGroup("service", location="westeurope")
network = azure.network.VirtualNetwork(
    "service",
    resource_group_name=group.name,
    location="westeurope",
    address_space={"address_prefixes": ["10.0.0.0/16"]},
    subnets=[{"name": "apps", "address_prefix": "10.0.0.0/23"}],
)
images = azure.containerregistry.Registry(
    "service",
    resource_group_name=group.name,
    location="westeurope",
    sku={"name": azure.containerregistry.SkuName.BASIC},
)
pulumi.export("registry", images.login_server)
pulumi.export("network", network.id)
