"""What checkov says of the plans on Google Cloud and is let pass, each with its reason: as in aws_waivers.py.

Checkov has few checks of what runs on Cloud Run; policies/rules.py has more.
"""

from collections.abc import Mapping

WAIVERS: Mapping[str, Mapping[str, str]] = {
    "CKV_GCP_26": {
        "gcp-prod/google_compute_subnetwork.*": "only the service's own requests go through it, and whoever wants "
        "them logged sets service:options.network.flow_logs"
    },
    "CKV_GCP_84": {
        "*/google_artifact_registry_repository.*": "Google's own key encrypts it: a repository cannot change its key, "
        "and whoever gave one up would lose every image with it"
    },
    "CKV2_GCP_18": {
        "gcp-prod/google_compute_network.*": "no machine stands in it that could be reached, and without a rule "
        "nothing comes in (https://cloud.google.com/firewall/docs/firewalls#default_firewall_rules, 2026-11-29)"
    },
}
