"""What checkov says of the plans on Google Cloud and is let pass, each with its reason: as in aws_waivers.py.

Checkov has few checks of what runs on Cloud Run; policies/rules.py has more.
"""

from collections.abc import Mapping

_AUTOPILOT = "is always so in Autopilot"
_NODES = "whoever wants the connections of the nodes logged sets service:options.network.flow_logs"

WAIVERS: Mapping[str, Mapping[str, str]] = {
    "CKV_GCP_12": {"gcp-gke/google_container_cluster.*": f"{_AUTOPILOT}, with Dataplane V2"},
    "CKV_GCP_20": {
        "gcp-gke/google_container_cluster.*": "whoever ships reaches the API server with credentials of Google's, a "
        "runner of a repository too; service:options.cluster.reached_from says from where, and private closes it"
    },
    "CKV_GCP_21": {"gcp-gke/google_container_cluster.*": "the provider puts its labels on whatever has some"},
    "CKV_GCP_26": {
        "gcp-gke/google_compute_subnetwork.*": _NODES,
        "gcp-prod/google_compute_subnetwork.*": "only the service's own requests go through it, and whoever wants "
        "them logged sets service:options.network.flow_logs",
    },
    "CKV_GCP_61": {"gcp-gke/google_container_cluster.*": f"between pods of a node it {_AUTOPILOT}; {_NODES}"},
    "CKV_GCP_65": {"gcp-gke/google_container_cluster.*": "IAM says who may what in the cluster, groups too"},
    "CKV_GCP_66": {
        "gcp-gke/google_container_cluster.*": "what runs is named by its digest, from the stack's own registry; whose "
        "signature a project demands is the project's own policy"
    },
    "CKV_GCP_69": {"gcp-gke/google_container_cluster.*": _AUTOPILOT},
    "CKV_GCP_84": {
        "*/google_artifact_registry_repository.*": "Google's own key encrypts it: a repository cannot change its key, "
        "and whoever gave one up would lose every image with it"
    },
    "CKV2_GCP_18": {
        "gcp-gke/google_compute_network.*": "its nodes have no address of the internet, and GKE makes the rules that "
        "they want (https://cloud.google.com/kubernetes-engine/docs/concepts/firewall-rules, 2026-11-30)",
        "gcp-prod/google_compute_network.*": "no machine stands in it that could be reached, and without a rule "
        "nothing comes in (https://cloud.google.com/firewall/docs/firewalls#default_firewall_rules, 2026-11-29)",
    },
}
