"""What the settings of `azure.aks` make of its plan."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.targets.azure.aks_kubeconfig import kubeconfig
from infra.targets.azure.limits import ROLES
from infra.targets.azure.offline import there
from tests.offline.inventories import needed
from tests.offline.plans import of, one, planned_once
from tests.offline.program import Program
from tools.offline.server import Serving
from tools.plan.preview import Preview
from tools.project import ROOT

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
PLACE = {"subscription": SUBSCRIPTION, "location": "westeurope"}
NAME = "slipway-dev"
EXISTING = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/existing/providers"
SUBNET = f"{EXISTING}/Microsoft.Network/virtualNetworks/existing/subnets/{there.NODES}"
CLUSTER = "azure-native:containerservice:ManagedCluster"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
FEDERATED, IDENTITY = (
    "azure-native:managedidentity:FederatedIdentityCredential",
    "azure-native:managedidentity:UserAssignedIdentity",
)
RECORD, NETWORK = "azure-native:dns:RecordSet", "azure-native:network:VirtualNetwork"
GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
ROUTE, POLICY = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", "kubernetes:networking.k8s.io/v1:NetworkPolicy"
ACCOUNT, NAMESPACE = "kubernetes:core/v1:ServiceAccount", "kubernetes:core/v1:Namespace"
DEPLOYMENT, SERVICE = "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service"
ROUTING, PROVIDER = "pulumi-python:dynamic/slipway:Routing", "pulumi:providers:kubernetes"
# Of the port of HTTPS the balancer asks no more than whether it is open: it does not say the domain's name.
PROBED = {"service.beta.kubernetes.io/port_443_health-probe_protocol": "tcp"}
# AKS' own application, of which every kubeconfig speaks.
SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"
PEOPLE = "00000000-0000-4000-8000-000000000006"

# The cluster and what the service has there, without the service.
SOURCE = """
import json

import pulumi

from infra.service import load_service
from infra.settings import load_settings
from infra.targets.azure.aks import AksCluster
from infra.targets.azure.aks_ground import AksGround

service = load_service()
config = {{f"service:{{name}}": json.dumps(value) for name, value in {given!r}.items()}}
settings = load_settings(service, {{**config, "service:target": "azure.aks"}}, (), "dev")
AksCluster(service.name, service, settings, AksGround(service, settings))
"""


def aks(options: dict[str, Any], **more: Any) -> Preview:
    """The plan of a stack with these options."""
    return planned_once({"target": "azure.aks", "options": {**PLACE, **options}, **more})


def everything() -> Preview:
    """A cluster that only the network reaches, and a domain, all of it protected."""
    options = {
        "cluster": {
            "private": True,
            "channel": "patch",
            "tier": "Free",
            "nodes": {"size": "Standard_D4ds_v5", "least": 3, "most": 9, "zones": ["1", "2"], "disk": "managed"},
            "access": {f"group:{PEOPLE}": "view"},
        },
        "network": {"subnet": SUBNET},
        "dns_zone": "dns/example.com",
        "certificate": f"existing/{there.VAULT}/api-example-com",
        "roles": [{"role": "Storage Blob Data Reader"}],
    }
    return aks(options, domain="api.example.com", protect=True, proxies=1)


def given() -> Preview:
    """In a cluster that is there already, behind a balancer in its network, without a domain."""
    return aks({"cluster": {"name": "existing/existing"}, "balancer": "internal"})


def served() -> Preview:
    """Under a domain whose DNS is elsewhere, in the network of a cluster that is there already."""
    certificate = f"existing/{there.VAULT}/api-example-com"
    options = {"cluster": {"name": "existing/existing"}, "balancer": "internal", "certificate": certificate}
    return aks(options, domain="api.example.com")


def test_the_cluster_is_entered_by_entra_alone_and_grows_by_itself() -> None:
    cluster = one(everything(), CLUSTER)
    assert cluster.pop("identity")["type"] == "UserAssigned"
    assert {name: value for name, value in cluster.items() if name not in ("__defaults", "tags")} == {
        "aadProfile": {"managed": True, "enableAzureRBAC": True},
        "addonProfiles": {
            "azureKeyvaultSecretsProvider": {"enabled": True, "config": {"enableSecretRotation": "true"}}
        },
        "agentPoolProfiles": [
            {
                "availabilityZones": ["1", "2"],
                "count": 3,
                "enableAutoScaling": True,
                "maxCount": 9,
                "maxPods": 110,
                "minCount": 3,
                "mode": "System",
                "name": "nodes",
                "osDiskSizeGB": 64,
                "osDiskType": "Managed",
                "osSKU": "AzureLinux",
                "osType": "Linux",
                "type": "VirtualMachineScaleSets",
                "upgradeSettings": {"maxSurge": "33%"},
                "vmSize": "Standard_D4ds_v5",
                "vnetSubnetID": SUBNET,
            }
        ],
        "apiServerAccessProfile": {
            "disableRunCommand": True,
            "enablePrivateCluster": True,
            "enablePrivateClusterPublicFQDN": False,
            "privateDNSZone": "system",
        },
        "autoUpgradeProfile": {"nodeOSUpgradeChannel": "NodeImage", "upgradeChannel": "patch"},
        "disableLocalAccounts": True,
        "dnsPrefix": NAME,
        "enableRBAC": True,
        "ingressProfile": {"webAppRouting": {"enabled": True, "nginx": {"defaultIngressControllerType": "None"}}},
        "location": "westeurope",
        "networkProfile": {
            "dnsServiceIP": "172.16.0.10",
            "loadBalancerSku": "standard",
            "networkDataplane": "cilium",
            "networkPlugin": "azure",
            "networkPluginMode": "overlay",
            "networkPolicy": "cilium",
            "outboundType": "loadBalancer",
            "podCidr": "192.168.0.0/16",
            "serviceCidr": "172.16.0.0/16",
        },
        "nodeResourceGroup": f"{NAME}-nodes",
        "oidcIssuerProfile": {"enabled": True},
        "resourceGroupName": NAME,
        "resourceName": NAME,
        "securityProfile": {
            "imageCleaner": {"enabled": True, "intervalHours": 168},
            "workloadIdentity": {"enabled": True},
        },
        "sku": {"name": "Base", "tier": "Free"},
    }


def test_who_may_do_what_is_said_by_roles_of_azures() -> None:
    given = {
        each.name: (each.inputs["roleDefinitionId"][-36:], each.inputs["principalType"])
        for each in of(everything(), ASSIGNMENT)
        if "roleDefinitionId" in each.inputs and isinstance(each.inputs["roleDefinitionId"], str)
    }
    assert given["slipway-cluster-network"] == ("4d97b98b-1d4f-4787-a291-c67834d212e7", "ServicePrincipal")
    kinds = {each.name: each.inputs["principalType"] for each in of(everything(), ASSIGNMENT)}
    assert {name: kind for name, kind in kinds.items() if name.startswith("slipway-")} == {
        "slipway-cluster-network": "ServicePrincipal",
        "slipway-gateway-read": "ServicePrincipal",
        "slipway-maker": "ServicePrincipal",
        "slipway-nodes-pull": "ServicePrincipal",
        f"slipway-view-{PEOPLE}": "Group",
        **{name: "ServicePrincipal" for name in kinds if name.startswith("slipway-storage-blob-data-reader-")},
    }


def test_the_pods_take_an_identity_that_no_other_account_can() -> None:
    plan = everything()
    trusted = one(plan, FEDERATED, "slipway")
    assert (trusted["audiences"], trusted["subject"]) == (
        ["api://AzureADTokenExchange"],
        f"system:serviceaccount:{NAME}:{NAME}",
    )
    account = one(plan, ACCOUNT, "account")
    assert "azure.workload.identity/client-id" in account["metadata"]["annotations"]
    for web in of(plan, DEPLOYMENT):
        labels = web.inputs["spec"]["template"]["metadata"]["labels"]
        assert labels["azure.workload.identity/use"] == "true"
        assert "azure.workload.identity/use" not in web.inputs["spec"]["selector"]["matchLabels"]
    out = one(plan, POLICY, "policy-every")["spec"]
    assert [each for each in out["egress"] if "to" in each] == [
        {"to": [{"ipBlock": {"cidr": block}}], "ports": [{"protocol": "TCP", "port": 443}]}
        for block in ("20.190.128.0/18", "40.126.0.0/18")
    ]
    assert {f"{FEDERATED}::slipway", f"{ACCOUNT}::account"} <= needed(plan, "web", DEPLOYMENT)


def test_a_domain_is_served_over_https_by_a_certificate_of_key_vault_and_http_sends_there() -> None:
    plan = everything()
    gateway = one(plan, GATEWAY)
    assert gateway["metadata"] == {
        "name": NAME,
        "namespace": f"{NAME}-gateway",
        "annotations": {"pulumi.com/waitFor": "jsonpath={.status.addresses}"},
    }
    assert gateway["spec"] == {
        "gatewayClassName": "approuting-istio",
        "infrastructure": {"annotations": PROBED},
        "listeners": [
            {
                "name": "https",
                "hostname": "api.example.com",
                "port": 443,
                "protocol": "HTTPS",
                "tls": {
                    "mode": "Terminate",
                    "options": {
                        "kubernetes.azure.com/tls-cert-keyvault-uri": (
                            f"https://{there.VAULT}.vault.azure.net/certificates/api-example-com"
                        ),
                        "kubernetes.azure.com/tls-cert-service-account": NAME,
                    },
                },
                "allowedRoutes": {
                    "namespaces": {
                        "from": "Selector",
                        "selector": {"matchLabels": {"kubernetes.io/metadata.name": NAME}},
                    }
                },
            },
            {
                "name": "http",
                "hostname": "api.example.com",
                "port": 80,
                "protocol": "HTTP",
                "allowedRoutes": {"namespaces": {"from": "Same"}},
            },
        ],
    }
    parent, moved = one(plan, ROUTE, "route")["spec"]["parentRefs"], one(plan, ROUTE, "gateway-redirect")["spec"]
    assert [(each["name"], each["namespace"], each["sectionName"]) for each in parent] == [
        (NAME, f"{NAME}-gateway", "https")
    ]
    assert (moved["parentRefs"], moved["rules"]) == (
        [
            {
                "group": "gateway.networking.k8s.io",
                "kind": "Gateway",
                "name": NAME,
                "namespace": f"{NAME}-gateway",
                "sectionName": "http",
            }
        ],
        [{"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}]}],
    )
    record = one(plan, RECORD)
    assert [record[key] for key in ("zoneName", "recordType", "relativeRecordSetName")] == ["example.com", "A", "api"]
    assert f"{GATEWAY}::gateway" in needed(plan, "slipway-gateway", RECORD)


def test_nobody_but_the_gateway_reads_the_certificate_and_it_reads_nothing_else() -> None:
    plan = everything()
    read, trusted = one(plan, ASSIGNMENT, "slipway-gateway-read"), one(plan, FEDERATED, "slipway-gateway")
    assert read["scope"] == f"{EXISTING}/Microsoft.KeyVault/vaults/{there.VAULT}/secrets/api-example-com"
    assert read["roleDefinitionId"].endswith(ROLES["Key Vault Secrets User"])
    assert trusted["subject"] == f"system:serviceaccount:{NAME}-gateway:{NAME}"
    assert {f"{ROUTING}::routing", f"{ASSIGNMENT}::slipway-gateway-read"} <= needed(plan, "gateway", GATEWAY)
    assert one(plan, NAMESPACE, "gateway-namespace")["metadata"]["labels"][
        "pod-security.kubernetes.io/enforce"
    ] == "baseline"  # fmt: skip


def test_the_gateways_own_pods_alone_ask_the_service() -> None:
    plan = everything()
    into = one(plan, POLICY, "policy-web")["spec"]["ingress"]
    assert [each["from"] for each in into] == [
        [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": f"{NAME}-gateway"}}}]
    ]
    (web,) = [each for each in of(plan, DEPLOYMENT) if each.name == "web"]
    (container,) = web.inputs["spec"]["template"]["spec"]["containers"]
    assert {each["name"]: each["value"] for each in container["env"]}["TRUSTED_PROXY_HOPS"] == "2"


@pytest.mark.parametrize("plan", [everything, given])
def test_the_kubeconfig_is_secret(plan: Any) -> None:
    (provider,) = [each for each in plan().providers if each.type == PROVIDER]
    assert provider.inputs["kubeconfig"] == "[secret]"


def test_in_a_cluster_that_is_there_already_neither_it_nor_a_network_is_made() -> None:
    plan = given()
    made = {each.type for each in plan.resources}
    assert {CLUSTER, NETWORK, IDENTITY, FEDERATED, ROUTING, GATEWAY, RECORD} & made == set()
    # Its nodes pull from the stack's own registry.
    pull = one(plan, ASSIGNMENT)
    assert (pull["principalId"], pull["roleDefinitionId"][-36:]) == (
        "00000000-0000-4000-8000-000000000005",
        ROLES["AcrPull"],
    )
    service = one(plan, SERVICE)
    assert service["spec"]["type"] == "LoadBalancer"
    assert service["metadata"]["annotations"]["service.beta.kubernetes.io/azure-load-balancer-internal"] == "true"


def test_a_gateway_in_a_cluster_that_is_there_already_is_what_the_cluster_trusts_the_stack_with() -> None:
    plan = served()
    assert {ROUTING, RECORD, CLUSTER} & {each.type for each in plan.resources} == set()
    trusted, gateway = one(plan, FEDERATED), one(plan, GATEWAY)
    assert trusted["issuer"].endswith("/existing/")
    internal = {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}
    assert gateway["spec"]["infrastructure"] == {"annotations": {**PROBED, **internal}}
    objects = [each for each in plan.resources if each.type.startswith("kubernetes:")]
    (cluster,) = [each.urn for each in plan.providers if each.type == PROVIDER]
    assert {each.provider for each in objects} == {cluster}


def test_all_that_is_not_there_is_told_before_anything_is_made() -> None:
    plan = aks({"cluster": {"name": "platform/other"}, "certificate": "existing/other/api"}, domain="api.example.com")
    assert plan.resources == ()
    (told,) = plan.problems
    for said in (
        "service:options.cluster.name: other in platform cannot be looked up ",
        "service:options.certificate: other in existing cannot be looked up ",
    ):
        assert said in told


def test_a_cluster_is_made_once_with_what_only_it_can_tell_and_goes_again(serving: Serving, tmp_path: Path) -> None:
    variables = {"PULUMI_DEBUG_PROVIDERS": serving.variable(), "PYTHONPATH": str(ROOT)}
    program = Program(tmp_path / "azure", "azure", variables)
    options = {**PLACE, "roles": [{"role": "Storage Blob Data Reader"}]}
    source = SOURCE.format(given={"options": options, "registry": {"repository": "ghcr.io/acme/orders"}})
    assert set(program.up(source)) == {"create"}
    state = json.loads(program.run("stack", "export", "--show-secrets").stdout)["deployment"]["resources"]
    by_type = {each["type"]: each for each in state}
    issuer = by_type[CLUSTER]["outputs"]["oidcIssuerProfile"]["issuerURL"]
    assert by_type[FEDERATED]["inputs"]["issuer"] == issuer
    # From everywhere, even where it was reached from less before.
    assert by_type[CLUSTER]["inputs"]["apiServerAccessProfile"]["authorizedIPRanges"] == []
    told = kubeconfig(NAME, f"https://{NAME}.hcp.eastus.azmk8s.io:443", "b2ZmbGluZQ==")
    assert program.outputs()["kubeconfig"] == told
    # A secret, in which there is none.
    assert SERVER not in program.state()
    assert program.up(source) == {}
    program.run("destroy", "--yes", "--skip-preview")
