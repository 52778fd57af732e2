"""What a promotion shows and refuses, and what of a stack's history can be returned to."""

import subprocess

import pytest
import yaml

from tests.tools.delivery.made import change, difference
from tools.delivery import promotion, rollback
from tools.delivery.promotion import differing, plan
from tools.delivery.rollback import Shipped, app_of, kept_image, shipped, with_image
from tools.errors import ToolError
from tools.stack import Stack
from tools.workbench import Workbench

COMMIT, LATER = "a" * 40, "c" * 40
IMAGE = f"registry.example.com/orders@sha256:{'0' * 64}"


def test_the_settings_that_differ_are_told_with_both_values_and_no_secret():
    dev = {"service:target": "aws.fargate", "service:size": {"cpu": 0.25}, "service:secrets": {"KEY": {"secure": "v1:a"}}, "service:domain": "ö.example"}  # fmt: skip
    prod = {"service:target": "aws.fargate", "service:size": {"cpu": 1, "memory": "2GiB"}, "service:secrets": {"KEY": {"secure": "v1:b"}, "NEW": {"secure": "v1:c"}}}  # fmt: skip
    assert differing(dev, prod) == [
        'service:domain: "ö.example" | -',
        "service:secrets.NEW: - | a secret",
        "service:size.cpu: 0.25 | 1",
        'service:size.memory: - | "2GiB"',
    ]
    assert differing(dev, dev) == []


def test_the_plan_of_a_promotion_is_a_line_for_each_resource_and_what_is_replaced_is_loud():
    web = change("replace", "web", forced=("name",), properties=("name", "tags"))
    found = difference("prod", web, change("update", "log", properties=("days",)), change("create", "new", properties=("x",)), broken=("web: no",))  # fmt: skip
    assert list(plan(found)) == [
        "plan: 3 resources stay as they are",
        "  REPLACE aws ecs.Service web, forced by name",
        "  update aws ecs.Service log: days",
        "  create aws ecs.Service new",
        "  breaks a rule: web: no",
    ]


@pytest.mark.parametrize(
    ("source", "destination", "told"),
    [
        ("", "aws-prod", "FROM is not said\nFix: make promote FROM=aws-dev TO=aws-prod"),
        ("aws-dev", "", "TO is not said\nFix: make promote FROM=aws-dev TO=aws-prod"),
        ("local", "local", "FROM=local TO=local: that is one stack\nFix: name another stack to promote to"),
    ],
)
def test_a_promotion_from_or_to_nowhere_is_refused(source, destination, told):
    with pytest.raises(ToolError) as refused:
        promotion.promote(source, destination, sure=True)
    assert str(refused.value) == told


@pytest.mark.parametrize(
    ("image", "says"),
    [({}, "it builds its own"), ({"service:image": "aws-other"}, "service:image is aws-other")],
)
def test_a_destination_that_builds_or_runs_something_else_is_refused(tmp_path, monkeypatch, image, says):
    monkeypatch.setattr("tools.stack.STACKS", tmp_path)
    (tmp_path / "Pulumi.aws-prod.yaml").write_text(
        yaml.safe_dump({"config": {"service:target": "aws.fargate", **image}})
    )
    with pytest.raises(ToolError) as refused:
        promotion._takes(Workbench(Stack("aws-prod"), None, None, None), "aws-dev")
    assert str(refused.value) == (
        f"aws-prod does not run what aws-dev runs: {says}\n"
        "Fix: pulumi config set service:image aws-dev --stack aws-prod"
    )


def test_what_runs_after_a_promotion_is_held_to_what_was_shown(capsys):
    shown, copied = {"revision": "0123456789ab", "image": IMAGE}, IMAGE.replace("orders", "prod")
    assert promotion._held("prod", shown, {"revision": "0123456789ab", "image": copied}) == 0
    for runs in (
        {"revision": "fedcba987654", "image": copied},
        {"revision": "0123456789ab", "image": f"{copied[:-1]}1"},
    ):
        assert promotion._held("prod", shown, runs) == 1
        said = f"error: prod runs the revision {runs['revision']} ({runs['image']}), and what was shown is "
        assert said in capsys.readouterr().err


def update(message="", commit=COMMIT, **more):
    environment = {"git.head": commit, "git.dirty": "false", **more.pop("environment", {})}
    return {"kind": "update", "version": 0, "startTime": "2026-11-29T20:00:00.000Z", "message": message, "environment": environment, "result": "succeeded", **more}  # fmt: skip


def test_what_was_shipped_is_every_update_that_ended_well_with_the_commit_that_it_shipped():
    history = [
        update(f"rolled back to 2: commit {COMMIT}", commit=LATER, environment={"git.dirty": "true"}),
        update("third commit of three", environment={"git.dirty": "true"}),
        update(result="failed"),
        update(kind="destroy"),
        update("second\nand more"),
        {"kind": "update", "result": "succeeded"},
    ]
    when = "2026-11-29T20:00:00.000Z"
    assert shipped(history) == [
        Shipped(6, when, COMMIT, False, f"rolled back to 2: commit {COMMIT}"),
        Shipped(5, when, COMMIT, True, "third commit of three"),
        Shipped(2, when, COMMIT, False, "second"),
        Shipped(1, "", "", False, ""),
    ]
    assert Shipped(5, when, COMMIT, True, "third").line() == "    5  2026-11-29T20:00:00  aaaaaaaaaaaa and what was not committed  third"  # fmt: skip


def test_the_file_of_a_stack_that_is_returned_names_the_image_and_keeps_the_rest(tmp_path):
    file = tmp_path / "Pulumi.prod.yaml"
    text = (
        "# why\nencryptionsalt: v1:x\nconfig:\n  service:image: dev\n  service:secrets:\n    KEY:\n      secure: v1:a\n"
    )
    file.write_text(text)
    with with_image(file, IMAGE) as copy:
        assert copy.name == "Pulumi.prod.yaml"
        assert yaml.safe_load(copy.read_text()) == {
            "encryptionsalt": "v1:x",
            "config": {"service:image": IMAGE, "service:secrets": {"KEY": {"secure": "v1:a"}}},
        }
    assert file.read_text() == text


@pytest.mark.parametrize(
    ("runs", "returned"),
    [
        # The copy in its own repository, which is there when that of its source is not any more.
        (f"registry.example.com/prod@sha256:{'1' * 64}", f"registry.example.com/prod@sha256:{'0' * 64}"),
        # It has no repository of its own, or nothing runs.
        (f"registry.example.com/orders@sha256:{'1' * 64}", IMAGE),
        ("", IMAGE),
    ],
)
def test_an_image_is_returned_to_where_the_stack_keeps_it(runs, returned):
    every = [Shipped(2, "", COMMIT, False, "rolled back to 1: image registry.example.com/prod@sha256:" + "0" * 64)]
    every += [Shipped(1, "", COMMIT, False, f"promoted from dev: revision 0123456789ab, image {IMAGE}")]
    assert kept_image(IMAGE, runs, every) == returned


@pytest.fixture
def repository(tmp_path, monkeypatch):
    def git(*arguments):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        return subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True).stdout.strip()  # fmt: skip

    monkeypatch.setattr(rollback, "ROOT", tmp_path)
    (tmp_path / "app").mkdir()
    git("init", "-q")
    for text in ("one", "two"):
        (tmp_path / "app" / "service").write_text(text)
        (tmp_path / "infra").write_text(text)
        (tmp_path / "app" / text).write_text(text)
        git("add", "-A")
        git("commit", "-qm", text)
    return git, tmp_path


def test_the_app_alone_is_as_it_was_and_then_as_it_is_again_even_after_a_failure(repository):
    git, folder = repository

    def fail():
        with app_of(git("rev-parse", "HEAD~1")):
            assert sorted(path.name for path in (folder / "app").iterdir()) == ["one", "service"]
            assert git("ls-files", "app").split() == ["app/one", "app/service"]
            assert ((folder / "app" / "service").read_text(), (folder / "infra").read_text()) == ("one", "two")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert git("status", "--porcelain") == ""
    assert (folder / "app" / "service").read_text() == "two"


def test_an_app_that_lies_beside_is_as_it_was_too_with_what_came_and_went_since(repository):
    git, folder = repository
    (folder / "app" / "service.toml").write_text('[beside]\n"." = ["orders", "*.cfg"]\nsrc = ["gone", "never"]\n')
    for each in ("orders/main", "orders/first", "src/gone/one"):
        (folder / each).parent.mkdir(parents=True, exist_ok=True)
        (folder / each).write_text("old")
    git("add", "-A")
    git("commit", "-qm", "old")
    then = git("rev-parse", "HEAD")
    git("rm", "-rq", "src/gone", "orders/first", "app/service.toml")
    for each in ("orders/main", "orders/second", "README"):
        (folder / each).write_text("new")
    git("add", "-A")
    git("commit", "-qm", "new")
    before = sorted(path for path in folder.rglob("*") if ".git" not in path.parts)
    with app_of(then):
        assert git("ls-files", "orders", "src").split() == ["orders/first", "orders/main", "src/gone/one"]
        assert ((folder / "orders" / "main").read_text(), (folder / "README").read_text()) == ("old", "new")
    assert git("status", "--porcelain") == ""
    assert sorted(path for path in folder.rglob("*") if ".git" not in path.parts) == before
    (folder / "orders" / "main").write_text("mine")
    with pytest.raises(ToolError, match=r"app orders src/gone: there are changes that are not committed"):
        rollback._possible(Shipped(1, "", then, False, ""), "local")


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (Shipped(2, "", LATER, False, ""), f"VERSION=2: git does not have its commit ({LATER})"),
        (Shipped(2, "", "", False, ""), "VERSION=2: git does not have its commit (none was noted)"),
        (Shipped(2, "", "HEAD", True, ""), "VERSION=2: it was shipped with changes that were not committed"),
    ],
)
def test_what_cannot_be_had_again_is_not_returned_to(repository, chosen, told):
    git, _ = repository
    if chosen.commit == "HEAD":
        chosen = Shipped(2, "", git("rev-parse", "HEAD"), True, "")
    with pytest.raises(ToolError) as refused:
        rollback._possible(chosen, "local")
    assert str(refused.value).startswith(told)


def test_what_is_not_committed_in_the_app_is_not_overwritten(repository):
    git, folder = repository
    (folder / "app" / "service").write_text("mine")
    with pytest.raises(ToolError, match="app: there are changes that are not committed"):
        rollback._possible(Shipped(1, "", git("rev-parse", "HEAD~1"), False, ""), "local")


def test_a_run_whose_checkout_lacks_what_was_shipped_meanwhile_promotes_nothing():
    head = rollback.git("rev-parse", "HEAD").stdout.strip()
    for commit in ("", head, rollback.git("rev-parse", "HEAD~1").stdout.strip()):
        promotion._has("aws-dev", Shipped(1, "", commit, False, ""))
    promotion._has("aws-dev", None)
    with pytest.raises(ToolError) as refused:
        promotion._has("aws-dev", Shipped(2, "", COMMIT, False, ""))
    assert str(refused.value) == (
        f"aws-dev runs what was shipped from {COMMIT[:12]}, a commit that this checkout ({head[:12]}) does not have\n"
        f"Fix: promote what was shipped last, by its own run or by git checkout {COMMIT[:12]}"
    )
