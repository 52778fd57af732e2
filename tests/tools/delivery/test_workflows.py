"""The workflows: each a thin caller of make, with no more rights than it needs, and nothing that can be moved."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from tools.engine.build import place
from tools.environment import SCAN
from tools.plan.stack_file import settings
from tools.project import ENVIRONMENTS, ROOT
from tools.scan import workflows
from tools.stack import Stack

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
WRITING = {
    "comment.yml": {"issues", "pull-requests"},
    "deploy.yml": {"id-token"},
    "nightly.yml": {"id-token", "issues", "pull-requests"},
    "preview.yml": {"id-token"},
    "review.yml": {"id-token", "issues", "pull-requests"},
}
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)

every = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)


def read(file: Path) -> dict:
    # YAML's `on` is a truth value.
    return {{True: "on"}.get(name, name): value for name, value in yaml.safe_load(file.read_text()).items()}


def jobs(file: Path) -> list[dict]:
    return list(read(file)["jobs"].values())


@every
def test_an_action_is_named_by_its_commit_and_says_which_version_that_is(file):
    used = re.findall(r"uses: (.*)", file.read_text())
    assert [each for each in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []


def test_an_action_is_of_one_commit_everywhere():
    used = {tuple(each.split("@")) for file in FILES for each in re.findall(r"uses: (.*)", file.read_text())}
    assert len({name for name, _ in used}) == len(used)


@every
def test_a_job_has_its_own_rights_and_writes_only_what_it_is_for(file):
    assert read(file)["permissions"] == {}
    assert all("permissions" in job for job in jobs(file))
    writing = {name for job in jobs(file) for name, right in job["permissions"].items() if right == "write"}
    assert writing == WRITING.get(file.name, set())


@every
def test_what_a_job_runs_is_make(file):
    lines = [line for job in jobs(file) for step in job["steps"] for line in step.get("run", "").splitlines()]
    made = [re.fullmatch(r"(?:\w+=\$\()?make (?:-s )?([a-z]+)\b[^;&|]*", line) for line in lines if "make" in line]
    assert made
    assert all(found and found[1] in TARGETS for found in made)
    assert [line for line in lines if "make" not in line and '>> "$GITHUB_OUTPUT"' not in line] == []


@every
def test_a_job_ends_by_itself_and_leaves_no_token_behind(file):
    assert all(job["timeout-minutes"] <= 60 for job in jobs(file))
    checkouts = [step for job in jobs(file) for step in job["steps"] if "actions/checkout" in step.get("uses", "")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_the_code_of_a_pull_request_runs_without_a_right_to_write_to_the_repository():
    assert not any("pull_request_target" in read(file)["on"] for file in FILES)
    (comment,) = jobs(FOLDER / "comment.yml")
    (checkout,) = [step for step in comment["steps"] if "actions/checkout" in step.get("uses", "")]
    assert "ref" not in checkout["with"]
    assert read(FOLDER / "comment.yml")["on"]["workflow_run"]["workflows"] == [read(FOLDER / "preview.yml")["name"]]


def test_the_stack_of_a_pull_request_is_shipped_without_a_right_to_write_and_told_of_by_code_of_the_base():
    stack, comment = jobs(FOLDER / "review.yml")
    assert "github.event.pull_request.head.repo.full_name == github.repository" in stack["if"]
    assert (stack["environment"], stack["permissions"]) == ("review", {"contents": "read", "id-token": "write"})
    assert comment["steps"][0]["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert comment["permissions"] == {"contents": "read", "issues": "write", "pull-requests": "write"}
    assert "secrets." not in str(comment)
    assert "environment" not in comment
    assert read(FOLDER / "review.yml")["on"] == {
        "pull_request": {"types": ["labeled", "unlabeled", "synchronize", "reopened", "closed"]}
    }


def test_at_night_code_of_the_default_branch_reads_and_tells_and_takes_away_what_is_over():
    nightly = read(FOLDER / "nightly.yml")
    assert {*nightly["on"]} == {"schedule", "workflow_dispatch"}
    which, drift, over, sweep, comment = nightly["jobs"].values()
    only = "github.event_name == 'schedule' || github.ref_name == github.event.repository.default_branch"
    assert (which["if"], over["if"]) == (only, f"vars.REVIEW_FROM != '' && ({only})")
    assert (drift["needs"], sweep["needs"]) == ("stacks", "over")
    assert (drift["environment"], drift["steps"][-1]["run"]) == ("drift", "make drift")
    assert "DEPLOY" not in str(drift)
    assert (sweep["environment"], sweep["steps"][-1]["run"]) == ("review", "make sweep")
    assert sweep["steps"][-1]["env"]["YES"] == "1"
    assert "YES" not in over["steps"][-1]["env"]
    for job in (over, sweep):
        assert job["environment"] == "review"
        assert job["permissions"] == {"contents": "read", "id-token": "write", "pull-requests": "read"}
    # What a removed stack's own code was given can write nothing: another job takes its address out of the comment.
    assert comment["needs"] == ["over", "sweep"]
    assert not {"if", "environment"} & {*comment}
    assert comment["permissions"] == {"contents": "read", "issues": "write", "pull-requests": "write"}
    last = comment["steps"][-1]
    assert (last["run"], last["env"]["PR"], last["env"]["REVIEW"]) == (
        "make comment",
        "${{ matrix.number }}",
        "removed",
    )


@pytest.mark.parametrize("file", ["deploy.yml", "nightly.yml", "preview.yml", "review.yml"])
def test_each_cloud_is_asked_without_a_key(file):
    for job in jobs(FOLDER / file):
        if job["permissions"].get("id-token") != "write":
            continue
        names = {step["uses"].split("@")[0]: step for step in job["steps"] if "uses" in step}
        logins = ("aws-actions/configure-aws-credentials", "google-github-actions/auth", "azure/login")
        assert all(names[login]["if"] for login in logins)
        given = job["steps"][-2 if file == "preview.yml" else -1]["env"]
        assert {"ARM_USE_OIDC", "ARM_CLIENT_ID", "ARM_TENANT_ID"} <= {*given}
        assert {name for name, value in given.items() if "secrets." in str(value)} == {"PULUMI_CONFIG_PASSPHRASE"}


CHANGING = ("up", "promote", "rollback", "destroy", "review", "sweep")


def of(group, stack):
    """A job's group for one stack, as GitHub would fill it in."""
    number = stack.rpartition("-")[2]
    told = {"matrix.stack": stack, "matrix.number": number, "github.event.pull_request.number": number}
    return re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda found: told[found[1]], group)


def test_one_deployment_of_a_stack_runs_at_a_time_and_none_is_cancelled_halfway():
    """Whichever workflow it is of: shipping, reviewing, closing and sweeping one stack stand in one group."""
    held = []
    for file in FILES:
        for name, job in read(file)["jobs"].items():
            last = job["steps"][-1]
            verb = re.search(r"make (?:-s )?(\w+)", str(last.get("run")))
            if not verb or verb[1] not in CHANGING or "JSON" in last["env"]:
                continue
            assert job["concurrency"]["cancel-in-progress"] is False
            # Nor by a later run of its whole workflow.
            assert "concurrency" not in read(file)
            stack = job["environment"] if job["environment"] != "review" else "review-7"
            assert of(job["concurrency"]["group"], stack) == f"deploy-{stack}"
            held.append((file.name, name, stack))
    shipped = [stack for _, _, stack in held if stack != "review-7"]
    assert sorted({*shipped}) == sorted(shipped)
    assert {each[:2] for each in held if each[2] == "review-7"} == {("nightly.yml", "sweep"), ("review.yml", "stack")}


def test_staging_and_prod_run_what_ran_before_and_neither_can_build():
    every = read(FOLDER / "deploy.yml")["jobs"]
    assert [(name, job.get("needs"), job["environment"]) for name, job in every.items()] == [
        ("dev", None, "aws-dev"),
        ("staging", "dev", "aws-staging"),
        ("prod", "staging", "aws-prod"),
    ]
    for job in (every["staging"], every["prod"]):
        source, last = every[job["needs"]]["environment"], job["steps"][-1]
        given = (last["run"], last["env"]["FROM"], last["env"]["TO"])
        assert given == ("make promote", source, job["environment"])
        assert settings(Stack(job["environment"]).file)["service:image"] == source
        assert "buildx" not in str(job)
        # Else a source that was rolled back could not be promoted: its commit would not be there.
        assert job["steps"][0]["with"]["fetch-depth"] == 0


def test_whatever_is_shipped_is_held_to_the_policies_and_what_is_looked_at_goes_on_when_one_stack_fails():
    steps = [step for file in FILES for job in jobs(file) for step in job["steps"]]
    # A promotion always is.
    shipping = [step["env"]["POLICY"] for step in steps if step.get("run") in ("make up", "make review")]
    assert shipping == ["1", "1"]
    beside = [job["strategy"]["fail-fast"] for file in FILES for job in jobs(file) if "strategy" in job]
    assert beside == [False] * 4


def test_a_fork_gets_neither_a_role_nor_a_secret():
    _, changes = jobs(FOLDER / "preview.yml")
    assert changes["env"]["ROLE"].startswith(
        "${{ github.event.pull_request.head.repo.full_name == github.repository && "
    )
    given = {
        name: value for step in changes["steps"] for name, value in step.get("env", {}).items() if "secrets." in value
    }
    assert given == {"PULUMI_CONFIG_PASSPHRASE": "${{ env.ROLE != '' && secrets.PULUMI_CONFIG_PASSPHRASE || '' }}"}


@pytest.fixture
def tree(tmp_path):
    shutil.copytree(FOLDER, tmp_path / ".github" / "workflows")
    return tmp_path


def plant(tree, old, new):
    file = tree / ".github" / "workflows" / "preview.yml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))
    return tree


@pytest.mark.skipif(not place(workflows.ACTIONLINT).whole(), reason="actionlint is not built (make scan builds it)")
def test_actionlint_passes_the_workflows_and_finds_a_planted_mistake(tree, capfd):
    assert workflows.actionlint(tree) == 0
    assert workflows.actionlint(plant(tree, "steps.affected.outputs", "steps.other.outputs")) == 1
    assert 'property "other" is not defined' in capfd.readouterr().out


@pytest.mark.skipif(
    not (ENVIRONMENTS / SCAN / "bin" / "zizmor").exists(), reason="there is no zizmor (make scan gets it)"
)
def test_zizmor_passes_the_workflows_and_finds_a_planted_mistake(tree, capfd):
    assert workflows.zizmor(tree) == 0
    injected = 'run: echo "${{ github.head_ref }}" && make changes'
    assert workflows.zizmor(plant(tree, "run: make changes", injected)) > 0
    assert "template-injection" in capfd.readouterr().out
