"""The plan's part of the bench: what a plan takes, what its strictness takes of that, and how both grow."""
