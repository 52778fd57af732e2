"""One resource's module of an SDK is imported alone, and is the same one that whoever imports it all gets."""

import subprocess
import sys

import pytest

from tools.offline.modules import module_of

ALONE = """
import sys
from tools.offline.modules import module_of
one = getattr(module_of("pulumi_aws.ec2", "RouteTable"), "RouteTable")
print("pulumi_aws.ec2.instance" in sys.modules)
import pulumi_aws as aws
print(aws.ec2.RouteTable is one, aws.ec2.outputs.__name__)
print("pulumi_aws.ec2.instance" in sys.modules)
print(getattr(module_of("pulumi_aws.ec2", "RouteTable"), "RouteTable") is one)
"""


def test_a_resources_module_is_imported_without_its_neighbours_and_is_the_same_for_all() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, timeout=120, check=True)

    assert done.stdout.splitlines() == ["False", "True pulumi_aws.ec2.outputs", "True", "True"]


@pytest.mark.parametrize(
    ("folder", "name", "module"),
    [
        ("pulumi_azure_native.network", "VirtualNetwork", "pulumi_azure_native.network.virtual_network"),
        ("pulumi_gcp.projects", "IAMMember", "pulumi_gcp.projects.iam_member"),
        ("pulumi_gcp.compute", "URLMap", "pulumi_gcp.compute.url_map"),
        ("pulumi_gcp.cloudrunv2", "WorkerPool", "pulumi_gcp.cloudrunv2.worker_pool"),
        ("pulumi_kubernetes.apps.v1", "Deployment", "pulumi_kubernetes.apps.v1.Deployment"),
        ("pulumi_docker", "Container", "pulumi_docker.container"),
    ],
)
def test_a_class_is_found_however_its_sdk_names_files(folder: str, name: str, module: str) -> None:
    assert getattr(module_of(folder, name), name).__module__ == module


def test_a_class_that_no_file_is_named_for_is_found_in_the_whole_package() -> None:
    assert module_of("pulumi_kubernetes.core", "v1").__name__ == "pulumi_kubernetes.core"
