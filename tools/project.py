"""Where things lie: the tree, what is made inside it, and the cache outside it."""

import os
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STACKS = ROOT / "stacks"
REQUIREMENTS = ROOT / "requirements"
# There where the project ships an application that lies beside it: then what is at the root is that one's own.
BESIDE = ROOT / "slipway.mk"

# Ignored by git; `rm -rf .slipway` forgets everything, the local stack's state included.
INSIDE = ROOT / ".slipway"
ENVIRONMENTS = INSIDE / "envs"
STATE = INSIDE / "state"
PASSPHRASE = INSIDE / "passphrase"
CONFIG = INSIDE / "config"


def cache() -> Path:
    """The folder outside the tree that keeps what is slow to make and the same for every clone."""
    own = os.environ.get("SLIPWAY_CACHE")
    if own:
        return Path(own).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "slipway"


def pulumi_home(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder in which Pulumi keeps a person's login and the plugins of providers."""
    own = environment.get("PULUMI_HOME")
    return Path(own) if own else Path.home() / ".pulumi"


def shown(path: Path) -> Path:
    """A path in the words of someone who stands in the tree: relative to it where it lies inside."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
