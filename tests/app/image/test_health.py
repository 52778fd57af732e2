"""The image's HEALTHCHECK, asked by the Engine itself."""

from pathlib import Path
from typing import Any

from docker.types import Mount

from tests.app.image.conftest import Run
from tests.app.suite.container import ContainerServed
from tests.app.suite.eventually import eventually

SECOND = 1_000_000_000
# The image's own command, asked more often.
OFTEN = {"interval": SECOND // 2, "timeout": 3 * SECOND, "retries": 1, "start_period": SECOND}


def health(served: ContainerServed) -> dict[str, Any]:
    return served.status()["State"]["Health"]


def becomes(served: ContainerServed, status: str) -> str:
    """Waits for it; what the check said last."""
    eventually(lambda: health(served)["Status"] == status, 20, lambda: str(health(served)))
    return str(health(served)["Log"][-1]["Output"])


def test_it_follows_the_readiness_of_the_app_and_tells_why_not(run: Run, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    mark = tmp_path / "ready"
    mark.touch()
    mount = Mount("/ready", str(tmp_path), type="bind", read_only=True)
    served = run("probe", PROBE_READY="/ready/ready", options={"mounts": [mount], "healthcheck": OFTEN})

    assert becomes(served, "healthy") == '{"status": "ready"}\n'
    mark.unlink()
    assert becomes(served, "unhealthy") == '{"status": "the probe is not ready yet"}\n'
    mark.touch()
    becomes(served, "healthy")


def test_a_service_that_hangs_is_unhealthy(run: Run) -> None:
    served = run("probe", "waitress", WEB_CONCURRENCY=1, options={"healthcheck": OFTEN})
    becomes(served, "healthy")
    (worker,) = served.workers()
    served.inside("python", "-I", "-S", "-c", f"import os; os.kill({worker}, 19)")

    assert "timed out" in becomes(served, "unhealthy").lower()
