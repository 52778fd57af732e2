"""The built-in roles that something here depends on, by their UUIDs.

https://learn.microsoft.com/azure/role-based-access-control/built-in-roles, read 2026-11-30.
"""

from infra.targets.azure import limits

PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
READER = limits.ROLES["Key Vault Secrets User"]
