"""`python -m tests.docker_provider`: prints the port that it serves on, and ends when its standard input does."""

import sys

from tests.docker_provider.backend import DockerBackend
from tools.offline.server import serve

serving = serve([DockerBackend()])
print(serving.ports["docker"], flush=True)
sys.stdin.read()
serving.close()
