"""What every part's tests share: the real parts that some need, and the one line that says what was not run."""

import os
import urllib.request
from collections import Counter
from collections.abc import Iterator

import docker
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests import parts


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[docker.DockerClient]:
    """A client of a real Docker Engine."""
    parts.told("docker")
    client = docker.from_env()
    try:
        client.ping()
        yield client
    finally:
        client.close()


@pytest.fixture(scope="session")
def registry() -> str:
    """The address of a real registry, such as 127.0.0.1:5000."""
    address = parts.told("registry")
    with urllib.request.urlopen(f"http://{address}/v2/", timeout=10) as answer:
        assert answer.status == 200
    return address


@pytest.fixture(scope="session")
def builder() -> str:
    """The name of a real buildx builder."""
    return parts.told("buildkit")


def pytest_configure() -> None:
    parts.required()
    # On a runner the tools refuse what would be lost with it. Tests see them as a person does; those of a runner say so.
    os.environ.pop("CI", None)


class _Scheduling(LoadScopeScheduling):
    """Of several workers one runs a whole file, so that what the file makes for its tests is made once."""

    def _split_scope(self, nodeid: str) -> str:
        # They all work on the same machines.
        if nodeid.startswith("tests/hosts/"):
            return "tests/hosts"
        # They share a cluster of one node, which one of them drains.
        if nodeid.startswith(("tests/engine/kubernetes/", "tests/kubernetes_provider/")):
            return "tests/kubernetes"
        # Here every test has a stack of its own, and they are most of the work.
        return nodeid if nodeid.startswith("tests/engine/test_local_") else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return _Scheduling(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else str(report.longrepr)
        for report in terminalreporter.stats.get("skipped", [])
    )
    said = "; ".join(f"{reason} ({count})" for reason, count in reasons.most_common())
    terminalreporter.write_line(f"skipped: {said or 'nothing'}")
