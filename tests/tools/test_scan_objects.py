"""`make scan` of objects in clusters: every one is judged by all three, and a planted mistake is found."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tools.engine.build import place
from tools.environment import environment_there
from tools.scan import cloud_plan, kubernetes_objects, objects_judge
from tools.scan.cloud_judge import Finding, objections
from tools.scan.kubernetes_exceptions import EXCEPTIONS

needs_judges = pytest.mark.skipif(
    not (
        place(objects_judge.KUBECONFORM).whole()
        and place(objects_judge.KUBE_SCORE).whole()
        and environment_there("scan")
    ),
    reason="kubeconform, kube-score or checkov is not there (make scan gets them)",
)
Objects = list[dict[str, Any]]


@pytest.fixture(scope="module")
def planned() -> Objects:
    return list(kubernetes_objects.objects(cloud_plan.planned("kubernetes")))


def written(folder: Path, found: Objects) -> Path:
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": found})
    (folder / "kubernetes.json").write_text(text, encoding="utf-8")
    (folder / "schemas").mkdir()
    for kind, schema in kubernetes_objects.whole({kubernetes_objects.schema_of(each) for each in found}):
        (folder / "schemas" / f"{kind}.json").write_text(schema, encoding="utf-8")
    return folder


def test_every_object_of_a_plan_is_told_and_the_release_tasks_job_among_them(planned: Objects) -> None:
    kinds = {(each["apiVersion"], each["kind"]) for each in planned}
    assert kinds >= {("v1", "Secret"), ("apps/v1", "Deployment"), ("batch/v1", "CronJob"), ("batch/v1", "Job")}
    assert [each for each in planned if not each["metadata"].get("name")] == []


@needs_judges
def test_the_objects_pass_and_a_planted_mistake_is_found_where_it_is(planned: Objects, tmp_path: Path) -> None:
    (tmp_path / "right").mkdir()
    assert list(objections(objects_judge.judged(written(tmp_path / "right", planned)), EXCEPTIONS)) == []
    wrong = copy.deepcopy(planned)
    (web,) = [each for each in wrong if each["kind"] == "Deployment" and "worker" not in each["metadata"]["name"]]
    web["spec"]["replica"] = 2
    (container,) = web["spec"]["template"]["spec"]["containers"]
    container["securityContext"]["privileged"] = True
    del container["resources"]["limits"]["memory"]
    (tmp_path / "wrong").mkdir()
    found = objects_judge.judged(written(tmp_path / "wrong", wrong)).findings
    place_ = "kubernetes/Deployment.slipway-kubernetes"
    assert {("kubeconform", place_), ("CKV_K8S_16", place_), ("container-resources", place_)} <= {
        (each.check, each.place) for each in found
    }


def test_each_exception_has_its_reason_and_one_that_nothing_wants_is_told() -> None:
    assert [check for check, reasons in EXCEPTIONS.items() if not all(map(str.strip, reasons.values()))] == []
    finding = Finding("CKV_K8S_8", "kubernetes/Deployment.slipway-web", "no probe")
    verdict = objects_judge.Verdict(findings=(finding,), checks={"kubernetes": 1}, resources={"kubernetes": 1})
    told = list(objections(verdict, {"CKV_K8S_8": EXCEPTIONS["CKV_K8S_8"]}))
    assert told == [
        "kubernetes/Deployment.slipway-web: CKV_K8S_8: no probe",
        "CKV_K8S_8: */Deployment.*-worker-*: nothing wants this waiver",
    ]
