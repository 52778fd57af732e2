"""What the settings of `aws.eks` make of its plan: the cluster, who may enter it, and the way to the pods."""

import functools
import json

from tests.offline.inventories import needed, previewed
from tests.offline.plans import of, one
from tests.offline.test_kubernetes import DEPLOYMENT, INGRESS, POLICY, RELEASE, SPACE, templates, variables
from tests.offline.test_properties import planned
from tools.plan.preview import Preview

REGION = "eu-central-1"
ROLE = "arn:aws:iam::123456789012:role/preview"
READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
BOUNDARY = "arn:aws:iam::123456789012:policy/bounded"
CLUSTER, ENTRY = "aws:eks/cluster:Cluster", "aws:eks/accessEntry:AccessEntry"
GRANTED = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
IAM_ROLE, RECORD = "aws:iam/role:Role", "aws:route53/record:Record"
CLASS = "kubernetes:networking.k8s.io/v1:IngressClass"
PARAMETERS = "kubernetes:eks.amazonaws.com/v1:IngressClassParams"
CONFIG, ADDON = "kubernetes:core/v1:ConfigMap", "aws:eks/addon:Addon"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
ALB = "alb.ingress.kubernetes.io/"


def own() -> Preview:
    """The stack that comes with the project: a cluster of its own, without a domain."""
    return previewed("aws-eks")


@functools.cache
def closed() -> Preview:
    """A cluster that the network alone reaches, for production."""
    cluster = {"private": True, "access": {ROLE: "view"}, "version": "1.34", "logs": ["audit"]}
    options = {
        "region": REGION, "cluster": cluster, "hosted_zone": "example.com", "policies": [READ_ONLY], "boundary": BOUNDARY,
        "network": {"egress": ["10.0.0.0/16:5432"]}, "log_retention": 90,
    }  # fmt: skip
    return planned({"target": "aws.eks", "domain": "api.example.com", "protect": True, "options": options})


@functools.cache
def given() -> Preview:
    """A cluster that is there already."""
    return planned({"target": "aws.eks", "options": {"region": REGION, "cluster": {"name": "shared"}}})


def test_the_cluster_is_in_auto_mode_as_a_whole_and_closed_but_for_the_credentials_of_aws() -> None:
    made = one(own(), CLUSTER)
    assert {name: made[name] for name in ("bootstrapSelfManagedAddons", "name", "storageConfig")} == {
        "bootstrapSelfManagedAddons": False,
        "name": "slipway-aws-eks",
        "storageConfig": {"blockStorage": {"enabled": True}},
    }
    assert made["kubernetesNetworkConfig"]["elasticLoadBalancing"] == {"enabled": True}
    assert made["computeConfig"]["nodePools"] == ["general-purpose", "system"]
    assert made["accessConfig"]["authenticationMode"] == "API"
    assert made["encryptionConfig"]["resources"] == ["secrets"]
    assert len(made["enabledClusterLogTypes"]) == 5
    assert made["vpcConfig"]["endpointPrivateAccess"]


def test_its_log_is_there_before_it_and_kept_no_longer_than_is_said() -> None:
    group = one(closed(), LOGS, "slipway-cluster")
    assert (group["name"], group["retentionInDays"]) == ("/aws/eks/slipway-dev/cluster", 90)
    assert f"{LOGS}::slipway-cluster" in needed(closed(), "slipway", CLUSTER)
    assert one(closed(), CLUSTER)["enabledClusterLogTypes"] == ["audit"]


def test_a_private_cluster_is_reached_by_the_network_alone_and_by_whom_the_stack_lets_in() -> None:
    network = one(closed(), CLUSTER)["vpcConfig"]
    assert (network["endpointPublicAccess"], network.get("publicAccessCidrs")) == (False, None)
    assert (one(closed(), ENTRY)["principalArn"], one(closed(), ENTRY)["type"]) == (ROLE, "STANDARD")
    assert one(closed(), GRANTED)["policyArn"] == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


def test_every_role_is_bounded_where_the_stack_says_by_what() -> None:
    roles = [each for each in closed().resources if each.type == IAM_ROLE]
    assert {each.name: each.inputs["permissionsBoundary"] for each in roles} == dict.fromkeys(
        ["slipway-cluster", "slipway-flow", "slipway-nodes", "slipway-pods"], BOUNDARY
    )


def test_the_services_role_comes_by_its_account_in_the_cluster_and_to_no_other() -> None:
    plan = closed()
    account = one(plan, "kubernetes:core/v1:ServiceAccount")["metadata"]["name"]
    made = one(plan, IDENTITY)
    assert (made["clusterName"], made["namespace"], made["serviceAccount"]) == ("slipway-dev", "slipway-dev", account)
    (statement,) = json.loads(one(plan, IAM_ROLE, "slipway-pods")["assumeRolePolicy"])["Statement"]
    assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert statement["Condition"]["StringEquals"] == {
        "aws:SourceAccount": "123456789012",
        "aws:RequestTag/eks-cluster-name": "slipway-dev",
        "aws:RequestTag/kubernetes-namespace": "slipway-dev",
        "aws:RequestTag/kubernetes-service-account": account,
    }
    assert f"{IDENTITY}::slipway" in needed(plan, "web", DEPLOYMENT)


def test_its_network_goes_over_no_zone_in_which_aws_puts_no_cluster() -> None:
    (asked,) = [arguments for function, arguments in own().asked if function.endswith("getAvailabilityZones")]
    assert {"use1-az3", "usw1-az2", "cac1-az3"} <= {*asked["excludeZoneIds"]}


def test_its_subnets_are_found_by_whatever_in_the_cluster_asks_for_a_balancer() -> None:
    tagged = {
        each.name: {tag for tag in each.inputs["tags"] if "role/" in tag} for each in of(own(), "aws:ec2/subnet:Subnet")
    }
    roles = {"public": {"kubernetes.io/role/elb"}, "private": {"kubernetes.io/role/internal-elb"}}
    assert tagged == {f"slipway-{kind}-{number}": roles[kind] for kind in roles for number in range(2)}


def test_pods_reach_the_agent_that_has_their_role_and_are_reached_by_the_balancer_alone() -> None:
    every, web = (one(closed(), POLICY, f"policy-{name}")["spec"] for name in ("every", "web"))
    assert [each["to"][0]["ipBlock"]["cidr"] for each in every["egress"][1:]] == ["10.0.0.0/16", "169.254.170.23/32"]
    assert [each["ipBlock"]["cidr"] for each in web["ingress"][0]["from"]] == ["10.0.0.0/20", "10.0.16.0/20"]
    enforced = one(own(), CONFIG, "network-policies")
    assert (enforced["metadata"]["name"], enforced["data"]) == (
        "amazon-vpc-cni",
        {"enable-network-policy-controller": "true"},
    )


def test_a_balancer_leads_a_domain_over_https_to_pods_that_it_found_ready() -> None:
    plan = closed()
    ingress, told = one(plan, INGRESS), one(plan, PARAMETERS)["spec"]
    annotations = ingress["metadata"]["annotations"]
    assert json.loads(annotations[f"{ALB}listen-ports"]) == [{"HTTP": 80}, {"HTTPS": 443}]
    assert (annotations[f"{ALB}ssl-redirect"], annotations[f"{ALB}healthcheck-path"]) == ("443", "/readyz")
    assert (told["scheme"], len(told["subnets"]["ids"]), len(told["certificateARNs"])) == ("internet-facing", 2, 1)
    assert {"key": "deletion_protection.enabled", "value": "true"} in told["loadBalancerAttributes"]
    assert told["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "slipway-dev"}}
    assert one(plan, CLASS)["spec"]["controller"] == "eks.amazonaws.com/alb"
    assert ingress["spec"]["ingressClassName"] == one(plan, CLASS)["metadata"]["name"]
    assert one(plan, SPACE)["metadata"]["labels"]["eks.amazonaws.com/pod-readiness-gate-inject"] == "enabled"
    assert (one(plan, RECORD, "slipway")["name"], one(plan, RECORD, "slipway")["type"]) == ("api.example.com", "A")


def test_a_pod_that_is_to_go_serves_on_until_the_balancer_has_heard_of_it() -> None:
    web = templates(own())["web"]["spec"]
    wait = int(web["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
    assert wait == 20
    stop = sum(int(variables(own())[name]) for name in ("WEB_DRAIN", "WEB_GRACEFUL_TIMEOUT"))
    assert web["terminationGracePeriodSeconds"] > wait + stop
    assert int(variables(own())["WEB_KEEPALIVE"]) > 65


def test_nothing_runs_before_there_is_a_cluster_whose_kubeconfig_is_a_secret() -> None:
    assert one(own(), RELEASE)["cluster"]["kubeconfig"] == "[secret]"
    assert {f"{CLUSTER}::slipway", f"{ADDON}::slipway-metrics"} <= needed(own(), "web", DEPLOYMENT)


def test_of_a_cluster_that_is_there_already_nothing_is_made_but_what_is_the_services_own() -> None:
    plan = given()
    assert plan.problems == ()
    made = {each.type for each in plan.resources if each.type.startswith("aws:")}
    assert made == {
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "aws:ecr/repository:Repository",
        IDENTITY,
        IAM_ROLE,
    }
    assert one(plan, IDENTITY)["clusterName"] == "shared"
    assert "subnets" not in one(plan, PARAMETERS)["spec"]
    (sources,) = one(plan, POLICY, "policy-web")["spec"]["ingress"]
    assert sources["from"] == [{"ipBlock": {"cidr": "10.20.0.0/16"}}]


def test_a_cluster_that_nobody_has_is_told_with_where_it_was_looked_for() -> None:
    plan = planned({"target": "aws.eks", "options": {"region": REGION, "cluster": {"name": "elsewhere"}}})
    (said,) = plan.problems
    assert said.startswith(
        "nothing was created:\nservice:options.cluster.name: elsewhere cannot be looked up in eu-central-1 ("
    )
    assert said.endswith(" no matching EKS Cluster found). Fix: aws eks list-clusters --region eu-central-1")
