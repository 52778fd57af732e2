"""What can be known of the targets on AWS without its SDK. There is none yet."""

from infra.targets.spec import Spec

TARGETS: dict[str, Spec] = {}
