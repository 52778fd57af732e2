# ruff: noqa: INP001
"""Gunicorn settings of your own. Workers, threads, timeouts, sockets and logs come from the environment and win."""

# A worker is replaced after this many requests, each at a slightly different count, so that slow leaks stay small.
max_requests = 100_000
max_requests_jitter = 10_000
