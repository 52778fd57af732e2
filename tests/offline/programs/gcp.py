"""A registry and a network on Google Cloud, as small as they are of use."""

import pulumi
import pulumi_gcp as gcp

network = gcp.compute.Network("service", auto_create_subnetworks=False)
subnet = gcp.compute.Subnetwork("service", network=network.id, ip_cidr_range="10.0.0.0/24", region="europe-west1")
images = gcp.artifactregistry.Repository(
    "service", repository_id="service", location="europe-west1", format="DOCKER", mode="STANDARD_REPOSITORY"
)
pulumi.export("registry", images.registry_uri)
pulumi.export("network", network.id)
pulumi.export("subnet", subnet.self_link)
