"""What can be known of the targets on Google Cloud without its SDK. There is none yet."""

from infra.targets.spec import Spec

TARGETS: dict[str, Spec] = {}
