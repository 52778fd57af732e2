"""A contract of so many services: the web's, and a worker for each other one."""

from tools.project import ROOT

CONTRACT = ROOT / "app" / "service.toml"

WORKER = """
[workers.number-{number}]
command = ["flask", "--app", "service", "work"]
"""


def contract(services: int) -> str:
    """The project's own contract, with workers of that number in place of its own. Raises ValueError without one."""
    if services < 1:
        raise ValueError(f"{services} services: wanted is at least the web's")
    tables = CONTRACT.read_text(encoding="utf-8").split("\n[")
    kept = "\n[".join(table for table in tables if not table.startswith("workers."))
    return kept + "".join(WORKER.format(number=number) for number in range(1, services))
