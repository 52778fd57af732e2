"""What each process is on Cloud Run, by what a stack says."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from infra.naming import fixed_name
from infra.targets.gcp.account import account_id, stack_name
from infra.targets.gcp.templates import (
    START,
    Command,
    Templates,
    TemplatesArgs,
    WebArgs,
    cpu,
    revision_name,
)
from infra.targets.gcp.vault import Reference, Stored
from infra.wsgi import Check

GIB = 1024**3
IMAGE = "europe-west1-docker.pkg.dev/p/slipway-dev/slipway@sha256:" + "a" * 64
ARGS = TemplatesArgs(
    image=IMAGE,
    revision="0123456789ab",
    deployment="cafecafecafe",
    cpu=1,
    memory=GIB,
    account="slipway-dev@p.iam.gserviceaccount.com",
    environment={"GREETING": "Hello.", "SERVICE_NAME": "slipway"},
    secrets={"SECRET_KEY": Reference("slipway-dev-secret-key", "3")},
)
WEB = WebArgs(
    environment={"WEB_THREADS": "4"},
    port=8000,
    ready="/readyz",
    alive="/healthz",
    check=Check(interval=10, timeout=5, good=2, bad=6),
    timeout=60,
    concurrency=8,
    most=20,
)
LABELS = {"slipway-revision": "0123456789ab", "slipway-deployment": "cafecafecafe"}
ENVS = [
    {"name": "GREETING", "value": "Hello."},
    {"name": "SERVICE_DEPLOYMENT", "value": "cafecafecafe"},
    {"name": "SERVICE_NAME", "value": "slipway"},
]
SECRET = {"name": "SECRET_KEY", "valueSource": {"secretKeyRef": {"secret": "slipway-dev-secret-key", "version": "3"}}}  # fmt: skip


def named(template: Mapping[str, Any]) -> str:
    async def wait() -> str:
        return str(await revision_name("slipway-dev", template).future())

    return asyncio.run(wait())


def test_the_web_is_probed_on_the_contracts_paths_and_sized_as_the_stack_says() -> None:
    assert Templates(ARGS).web(WEB) == {
        "labels": {"slipway-process": "web", **LABELS},
        "serviceAccount": "slipway-dev@p.iam.gserviceaccount.com",
        "containers": [
            {
                "name": "app",
                "image": IMAGE,
                "envs": [*ENVS, {"name": "WEB_THREADS", "value": "4"}, SECRET],
                "ports": {"containerPort": 8000},
                "resources": {
                    "limits": {"cpu": "1", "memory": "1024Mi"},
                    "cpuIdle": True,
                    "startupCpuBoost": True,
                },
                "startupProbe": {
                    "httpGet": {"path": "/readyz", "port": 8000},
                    "periodSeconds": 5,
                    "timeoutSeconds": 4,
                    "failureThreshold": 48,
                },
                "livenessProbe": {
                    "httpGet": {"path": "/healthz", "port": 8000},
                    "periodSeconds": 10,
                    "timeoutSeconds": 5,
                    "failureThreshold": 6,
                },
            }
        ],
        "executionEnvironment": "EXECUTION_ENVIRONMENT_GEN2",
        "maxInstanceRequestConcurrency": 8,
        "scaling": {"maxInstanceCount": 20},
        "sessionAffinity": False,
        "timeout": "60s",
    }


def test_a_worker_runs_its_command_with_what_every_process_has() -> None:
    assert Templates(ARGS).worker(Command("worker.heartbeat", ["flask", "work"])) == {
        "labels": {"slipway-process": "worker-heartbeat", **LABELS},
        "serviceAccount": "slipway-dev@p.iam.gserviceaccount.com",
        "containers": [
            {
                "name": "app",
                "image": IMAGE,
                "envs": [*ENVS, SECRET],
                "args": ["flask", "work"],
                "resources": {"limits": {"cpu": "1", "memory": "1024Mi"}},
            }
        ],
    }


def test_a_job_is_tried_once_and_for_no_longer_than_it_may_take() -> None:
    job = Templates(ARGS).job(Command("job.tidy", ["tidy"], timeout=60))
    assert job == {
        "labels": {"slipway-process": "job-tidy", **LABELS},
        "parallelism": 1,
        "taskCount": 1,
        "template": {
            "serviceAccount": "slipway-dev@p.iam.gserviceaccount.com",
            "containers": [
                {
                    "name": "app",
                    "image": IMAGE,
                    "envs": [*ENVS, SECRET],
                    "args": ["tidy"],
                    "resources": {"limits": {"cpu": "1", "memory": "1024Mi"}},
                }
            ],
            "executionEnvironment": "EXECUTION_ENVIRONMENT_GEN2",
            "maxRetries": 0,
            "timeout": "60s",
        },
    }


@pytest.mark.parametrize(("part", "template"), [("worker", {}), ("job", {"template": {}})])
def test_what_is_no_service_has_a_cpu_and_512_mib_at_the_least(part: str, template: dict[str, Any]) -> None:
    small = Templates(replace(ARGS, cpu=0.25, memory=256 * 1024**2))
    made = getattr(small, part)(Command("some", ["x"], timeout=1))
    (container,) = (made["template"] if template else made)["containers"]
    assert container["resources"] == {"limits": {"cpu": "1", "memory": "512Mi"}}
    (web,) = small.web(WEB)["containers"]
    assert web["resources"]["limits"] == {"cpu": "250m", "memory": "256Mi"}


def test_every_process_takes_the_way_out_that_the_stack_says() -> None:
    inside = Templates(replace(ARGS, network=("net", "sub", "PRIVATE_RANGES_ONLY")))
    access = {"egress": "PRIVATE_RANGES_ONLY", "networkInterfaces": [{"network": "net", "subnetwork": "sub"}]}
    job = inside.job(Command("job.tidy", ["tidy"], timeout=60))
    worker = inside.worker(Command("worker.mail", ["work"]))
    assert [each["vpcAccess"] for each in (inside.web(WEB), worker, job["template"])] == [access] * 3
    assert "vpcAccess" not in job
    assert "vpcAccess" not in Templates(ARGS).web(WEB)


def test_what_cloud_run_sets_itself_is_not_set() -> None:
    # https://cloud.google.com/run/docs/container-contract#env-vars, read 2026-11-29.
    reserved = {"PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"}
    (container,) = Templates(ARGS).web(WEB)["containers"]
    assert reserved.isdisjoint(each["name"] for each in container["envs"])


def test_a_starting_instance_has_as_long_as_cloud_run_lets_it() -> None:
    (container,) = Templates(ARGS).web(WEB)["containers"]
    probe = container["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] == START == 240
    assert probe["timeoutSeconds"] <= probe["periodSeconds"]


def test_choices_of_a_stack_reach_the_template() -> None:
    chosen = Templates(replace(ARGS, generation="gen1")).web(replace(WEB, boost=False, idle=False, affinity=True))
    (container,) = chosen["containers"]
    assert chosen["executionEnvironment"] == "EXECUTION_ENVIRONMENT_GEN1"
    assert chosen["sessionAffinity"] is True
    assert container["resources"]["cpuIdle"] is False
    assert container["resources"]["startupCpuBoost"] is False


@pytest.mark.parametrize(("cores", "written"), [(0.08, "80m"), (0.5, "500m"), (0.333, "333m"), (1, "1"), (8.0, "8")])
def test_cores_are_written_as_cloud_run_has_them(cores: float, written: str) -> None:
    assert cpu(cores) == written


def test_a_revisions_name_stands_for_one_configuration() -> None:
    template = Templates(ARGS).web(WEB)
    first = named(template)
    assert first == named(Templates(ARGS).web(WEB))
    assert first.startswith("slipway-dev-")
    assert len(first) == len("slipway-dev-") + 8
    others = [
        Templates(replace(ARGS, image=IMAGE.replace("a", "b"))),
        Templates(replace(ARGS, deployment="another")),
        Templates(replace(ARGS, secrets={"SECRET_KEY": Reference("slipway-dev-secret-key", "4")})),
        Templates(replace(ARGS, memory=2 * GIB)),
    ]
    assert len({first, *(named(other.web(WEB)) for other in others), named({**template, "timeout": "61s"})}) == 6


def test_a_secret_of_another_project_is_named_with_it() -> None:
    assert Stored("p", "key", "2").reference == Reference("key", "2")
    assert Stored("other", "key", "2", elsewhere=True).reference == Reference("projects/other/secrets/key", "2")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("slipway", "gcp-dev"), "slipway-gcp-dev"),
        (("slipway", "acme/Prod.EU_1"), "slipway-acme-prod-eu-1"),
        (("slipway", "gcp-dev", "worker", "mail"), "slipway-gcp-dev-worker-mail"),
    ],
)
def test_a_name_on_cloud_run_is_made_of_the_services_and_the_stacks(words: tuple[str, ...], name: str) -> None:
    assert stack_name(*words) == name


def test_names_that_are_cut_stay_apart_and_within_the_limit() -> None:
    names = {stack_name("slipway", "a" * 60 + end) for end in ("b", "c")}
    assert len(names) == 2
    assert {len(name) for name in names} == {49}
    assert fixed_name(12, "slipway", "-----long") != fixed_name(12, "slipway", "-----lung")


@pytest.mark.parametrize("words", [("a", "b"), ("slipway", "gcp-production-europe-west1", "jobs"), ("s", "x" * 100)])
def test_an_accounts_id_has_6_to_30_characters(words: tuple[str, ...]) -> None:
    made = account_id(*words)
    assert 6 <= len(made) <= 30
    assert made[0].isalpha()
    assert made[-1].isalnum()


def test_a_plan_waits_for_nothing_of_the_sdk_and_for_none_of_googles_own_libraries() -> None:
    heavy = "('google.auth', 'google.oauth2', 'pulumi_gcp', 'requests')"
    code = f"import sys; import infra.targets.gcp.cloud_run; print([name for name in {heavy} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
