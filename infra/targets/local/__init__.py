"""This machine: the service as detached processes, with no account and no Docker."""
