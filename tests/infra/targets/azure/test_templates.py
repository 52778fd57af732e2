"""What each process is on Container Apps, by what a stack says."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from infra.targets.azure.spec import ScaleRules
from infra.targets.azure.templates import Templates, TemplatesArgs, WebArgs, memory, suffix
from infra.targets.azure.vault import Reference
from infra.wsgi import Check

GIB = 1024**3
IMAGE = "slipwayprod0a1b2c3d.azurecr.io/slipway@sha256:" + "a" * 64
ARGS = TemplatesArgs(
    image=IMAGE,
    revision="0123456789ab",
    deployment="cafecafecafe",
    cpu=0.5,
    memory=GIB,
    client="00000000-0000-4000-8000-000000000003",
    environment={"GREETING": "Hello.", "SERVICE_NAME": "slipway"},
    secrets={"SECRET_KEY": Reference("secret-key", "https://v.vault.azure.net/secrets/secret-key/1")},
    stop=75,
)
WEB = WebArgs(
    environment={"WEB_THREADS": "4"},
    port=8000,
    ready="/readyz",
    alive="/healthz",
    check=Check(interval=10, timeout=5, good=2, bad=6),
    concurrency=8,
    rules=ScaleRules(),
    least=2,
    most=20,
)
ENV = [
    {"name": "AZURE_CLIENT_ID", "value": "00000000-0000-4000-8000-000000000003"},
    {"name": "GREETING", "value": "Hello."},
    {"name": "SERVICE_DEPLOYMENT", "value": "cafecafecafe"},
    {"name": "SERVICE_NAME", "value": "slipway"},
    {"name": "SERVICE_REVISION", "value": "0123456789ab"},
]
SECRET = {"name": "SECRET_KEY", "secretRef": "secret-key"}
BUSY = {"name": "requests", "http": {"metadata": {"concurrentRequests": "8"}}}


def named(template: Mapping[str, Any]) -> str:
    async def wait() -> str:
        return str(await suffix(template).future())

    return asyncio.run(wait())


def probe(kind: str, path: str, period: int, timeout: int, bad: int) -> dict[str, Any]:
    asked = {"path": path, "port": 8000, "scheme": "HTTP"}
    times = {"periodSeconds": period, "timeoutSeconds": timeout, "failureThreshold": bad}
    return {"type": kind, "httpGet": asked, **times}


def test_the_web_is_probed_on_the_contracts_paths_and_sized_as_the_stack_says() -> None:
    assert Templates(ARGS).web(WEB) == {
        "containers": [
            {
                "name": "app",
                "image": IMAGE,
                "env": [*ENV, {"name": "WEB_THREADS", "value": "4"}, SECRET],
                "resources": {"cpu": 0.5, "memory": "1Gi"},
                "probes": [
                    probe("Startup", "/readyz", 5, 4, 30),
                    probe("Readiness", "/readyz", 10, 5, 6),
                    probe("Liveness", "/healthz", 10, 5, 6),
                ],
            }
        ],
        "scale": {"minReplicas": 2, "maxReplicas": 20, "rules": [BUSY]},
        "terminationGracePeriodSeconds": 75,
    }


def test_a_worker_runs_its_command_once_with_what_every_process_has() -> None:
    container = {"name": "app", "image": IMAGE, "env": [*ENV, SECRET], "resources": {"cpu": 0.5, "memory": "1Gi"}}
    assert Templates(ARGS).worker(["flask", "work"]) == {
        "containers": [{**container, "args": ["flask", "work"]}],
        "scale": {"minReplicas": 1, "maxReplicas": 1},
        "terminationGracePeriodSeconds": 75,
    }
    assert Templates(ARGS).job(("tidy",)) == {"containers": [{**container, "args": ["tidy"]}]}


def test_more_replicas_are_started_for_what_the_stack_says() -> None:
    days = {"start": "0 8 * * 1-5", "end": "0 18 * * 1-5", "replicas": 5, "timezone": "Europe/Berlin"}
    rules = ScaleRules.model_validate({"cpu": 70, "cron": [days]})
    assert Templates(ARGS).web(replace(WEB, rules=rules))["scale"]["rules"] == [
        BUSY,
        {"name": "cpu", "custom": {"type": "cpu", "metadata": {"type": "Utilization", "value": "70"}}},
        {
            "name": "cron-1",
            "custom": {
                "type": "cron",
                "metadata": {
                    "timezone": "Europe/Berlin",
                    "start": "0 8 * * 1-5",
                    "end": "0 18 * * 1-5",
                    "desiredReplicas": "5",
                },
            },
        },
    ]


def test_no_probe_is_more_patient_than_azure_lets_it_be() -> None:
    patient = Check(interval=300, timeout=5, good=2, bad=99)
    _, *others = Templates(ARGS).web(replace(WEB, check=patient))["containers"][0]["probes"]
    assert others == [probe("Readiness", "/readyz", 240, 5, 30), probe("Liveness", "/healthz", 240, 5, 30)]


@pytest.mark.parametrize(
    ("size", "written"), [(GIB // 2, "0.5Gi"), (GIB, "1Gi"), (3 * GIB // 2, "1.5Gi"), (8 * GIB, "8Gi")]
)
def test_memory_is_written_as_container_apps_takes_it(size: int, written: str) -> None:
    assert memory(size) == written


def test_a_revisions_name_stands_for_one_template() -> None:
    template = Templates(ARGS).web(WEB)
    assert named(template) == named(Templates(ARGS).web(WEB))
    assert len(named(template)) == 8
    others = [
        Templates(replace(ARGS, deployment="0" * 12)).web(WEB),
        Templates(ARGS).web(replace(WEB, most=21)),
        Templates(ARGS).web(replace(WEB, concurrency=7)),
    ]
    assert len({named(template), *map(named, others)}) == 4


def test_a_plan_waits_for_no_kind_of_resource_of_the_sdk_and_for_none_of_azures_own() -> None:
    made = ", ".join(f"infra.targets.azure.{name}" for name in ("container_apps", "insights", "network", "watching"))
    heavy = "[name for name in sys.modules if name.split('.')[0] in ('azure', 'requests', 'websocket')"
    kinds = "or name.startswith('pulumi_azure_native.') and name.count('.') > 1]"
    code = f"import sys; import {made}; print({heavy} {kinds})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
