"""What the container image costs: its size over its base, its builds, its start; against what templates do today."""
