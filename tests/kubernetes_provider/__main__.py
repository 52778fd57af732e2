"""`python -m tests.kubernetes_provider`: prints the port that it serves on, and ends when its standard input does."""

import sys

from tests.kubernetes_provider.protocol import serve

serving = serve()
print(serving.ports["kubernetes"], flush=True)
sys.stdin.read()
serving.close()
