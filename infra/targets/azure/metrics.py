"""What Container Apps measures of an app, by the names that Azure Monitor has for it."""

# https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-app-containerapps-metrics, read
# 2026-11-30. There is a mean of response times, but no percentile, and no share of requests: those come from the logs.
NAMESPACE = "microsoft.app/containerapps"
REQUESTS, REPLICAS = "Requests", "Replicas"
CPU, MEMORY = "CpuPercentage", "MemoryPercentage"
CLASS, STATUS, REVISION = "statusCodeCategory", "statusCode", "revisionName"


def named(resource: str) -> str:
    """The name of what an id of a resource names."""
    return resource.rpartition("/")[2]


def portal(resource: str, page: str = "") -> str:
    """Where a person looks at a resource."""
    return f"https://portal.azure.com/#resource{resource}{f'/{page}' if page else ''}"
