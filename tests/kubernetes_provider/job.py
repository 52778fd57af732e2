"""When a Job is through: provider/pkg/await/job.go, provider/pkg/await/checker/job/check.go."""

from tests.kubernetes_provider.cluster import Cluster
from tests.kubernetes_provider.pods import pods_of, troubles
from tests.kubernetes_provider.verdict import Verdict, condition, told
from tools.offline.values import Values

HOPELESS = ("BackoffLimitExceeded", "DeadlineExceeded")


def finished(cluster: Cluster, live: Values) -> Verdict:
    """A Job that has failed for good is not waited for."""
    failed = condition(live, "Failed")
    pods = troubles(pods_of(cluster, live))
    if failed.get("status") == "True" and failed.get("reason") in HOPELESS:
        return Verdict(False, (told(failed), *pods), hopeless=True)
    return Verdict(condition(live, "Complete").get("status") == "True", pods)
