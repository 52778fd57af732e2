"""What the target `local` wants of this machine: its port."""

import socket
from collections.abc import Iterator

from infra.service import load_service
from infra.targets.local.layout import Layout
from tools.doctor.check import PATIENCE, Asked, Check, ok, warn


def checks(of: Asked) -> Iterator[Check]:
    """Whether the port is free, or this stack's own already."""
    options = of.options
    host, port = str(options.get("host") or "127.0.0.1"), int(options.get("port") or load_service().web.port)
    with socket.socket() as probe:
        probe.settimeout(PATIENCE)
        taken = probe.connect_ex(("127.0.0.1" if host == "0.0.0.0" else host, port)) == 0  # noqa: S104 -- compared
    if not taken:
        yield ok("port", f"{host}:{port} is free")
    elif Layout(of.stack).root.exists():
        yield ok("port", f"{host}:{port} answers, and the stack is shipped")
    else:
        fix = f"pulumi config set --path service:options.port {port + 1} --stack {of.stack}"
        yield warn("port", f"somebody answers at {host}:{port} already", fix)
