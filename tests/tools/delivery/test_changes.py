"""`make changes`: whose image a stack runs before and after a change, by its files and, where asked, by the state."""

from pathlib import Path

import pytest
import yaml

from tests.tools.delivery.made import difference
from tools.delivery import changes
from tools.delivery.comment import Subject, comment
from tools.delivery.documents import Promoted
from tools.plan.preview import image_of
from tools.stack import Stack
from tools.workbench import Workbench

ONE, OTHER = (f"sha256:{digit * 64}" for digit in "12")
GIVEN = f"registry.example.com/orders@{ONE}"
RUNS = {"dev": f"r.example/dev@{ONE}", "staging": f"r.example/staging@{OTHER}", "prod": f"r.example/prod@{ONE}"}


@pytest.fixture
def trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The project before and after a change, of three stacks."""
    before, after = tmp_path / "before" / "stacks", tmp_path / "after" / "stacks"
    for folder in (before, after):
        folder.mkdir(parents=True)
        for name in RUNS:
            write(folder, name)
    monkeypatch.setattr("tools.stack.STACKS", after)
    monkeypatch.setattr("tools.pulumi.outputs", lambda bench: {"image": RUNS[bench.stack.name]})
    return before, after


def write(folder: Path, name: str, **image: str) -> None:
    config = {"service:target": "aws.fargate", **{f"service:{key}": value for key, value in image.items()}}
    (folder / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": config}), encoding="utf-8")


@pytest.mark.parametrize(
    ("was", "now", "planned", "previewed"),
    [
        ("dev", "staging", Promoted(before="dev", after="staging"), Promoted(before="dev", after="staging", runs=ONE, would=OTHER)),
        ("dev", "dev", Promoted(before="dev", after="dev"), Promoted(before="dev", after="dev", runs=ONE, would=ONE)),
        ("", "staging", Promoted(after="staging"), Promoted(after="staging", runs=ONE, would=OTHER)),
        ("dev", "", Promoted(before="dev"), Promoted(before="dev", runs=ONE)),
        ("dev", GIVEN, Promoted(before="dev", after=GIVEN), Promoted(before="dev", after=GIVEN, runs=ONE, would=ONE)),
        ("", "", Promoted(), Promoted()),
    ],
)  # fmt: skip
def test_whose_image_it_runs_is_told_from_both_files_and_its_digests_from_the_state(
    trees: tuple[Path, Path], was: str, now: str, planned: Promoted, previewed: Promoted
) -> None:
    before, after = trees
    for folder, image in ((before, was), (after, now)):
        write(folder, "prod", **({"image": image} if image else {}))
    bench = Workbench(Stack("prod"), None, None, None)  # pyright: ignore[reportArgumentType]
    found = [changes._promoting(difference("prod"), bench, before.parent, asks=asks).promoted for asks in (False, True)]
    assert found == [planned, previewed]


def test_a_stack_that_cannot_be_planned_says_in_the_comment_which_setting_to_mend(trees: tuple[Path, Path]) -> None:
    config = {"service:target": "local", "service:size": {"cpu": "much"}, "service:timeout": "soon"}
    (trees[1] / "Pulumi.new.yaml").write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    found = changes.difference_of("new", trees[0].parent, {}, real=False)
    mend = (
        "service:size.cpu: 'much' is not a number. Fix: pulumi config set --path service:size.cpu 0.5 --stack new\n"
        "service:timeout: 'soon' is not a whole number. Fix: pulumi config set --path service:timeout 60 --stack new"
    )
    said = f"**There is no plan.** What stands below says why, and what to mend:\n\n```text\nnothing was created:\n{mend}\n```"
    assert said in comment([found], Subject("a" * 40))


def test_in_a_plan_another_stack_runs_another_image_and_the_same_the_same() -> None:
    assert image_of("dev") == image_of("dev")
    assert image_of("dev").partition("@")[2] != image_of("staging").partition("@")[2]
