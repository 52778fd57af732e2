"""A copy: it has what was chosen and nothing else, is named as asked, and what it has fits together."""

import ast
import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from infra.paths import ROOT
from tests.copying.conftest import ENVIRONMENTS, EVERYWHERE, TOLD, Template
from tests.engine.conftest import Checkout
from tools.stack import parts

Copies = Callable[[str], Checkout]

# Each is a copy of some hundred files: SLIPWAY_COPIES=1 looks at those for every single platform, and for all, too.
CHOICES = ["local", "aws"] if "SLIPWAY_COPIES" not in os.environ else ["local", *EVERYWHERE, "all"]

pytestmark = pytest.mark.timeout(900)


def absent(which: str) -> list[str]:
    return [] if which == "all" else [each for each in EVERYWHERE if each != which]


def files(copy: Checkout) -> list[str]:
    return copy.git("ls-files").splitlines()


def imported(file: Path) -> set[str]:
    """The modules of the project that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name.split(".")[0] in ("infra", "tools", "tests", "policies")}


def is_there(root: Path, module: str) -> bool:
    path = root.joinpath(*module.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


@pytest.mark.parametrize("which", CHOICES)
def test_no_file_is_of_a_platform_that_was_not_chosen(copies: Copies, which: str) -> None:
    words = "|".join(absent(which))
    of_others = re.compile(
        rf"(?:^|/)(?:infra/targets|docs|requirements|stacks|tests)/(?:.*[/.-])?(?:{words})(?:[/._-]|$)"
    )
    # Images of any platform are built in tests by that stand-in for docker-build's plugin.
    found = [name for name in files(copies(which)) if not name.startswith("tests/docker_provider/")]
    stray = [name for name in found if words and of_others.search(name)]
    assert stray == []


@pytest.mark.parametrize("which", CHOICES)
def test_a_copy_has_the_targets_stacks_locks_and_manuals_that_were_chosen(copies: Copies, which: str) -> None:
    copy = copies(which)
    chosen = {*EVERYWHERE} - {*absent(which)}
    assert {path.name for path in (copy.root / "infra/targets").iterdir() if path.is_dir()} == {"local", *chosen}
    targets = [yaml.safe_load(path.read_text())["config"]["service:target"] for path in copy.root.glob("stacks/*.yaml")]
    assert {target.split(".")[0] for target in targets} <= {"local", *chosen}
    extras = tomllib.loads((copy.root / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {*extras} == {"local", *chosen}
    for platform in chosen:
        assert (copy.root / "requirements" / f"{platform}.txt").is_file()
    groups = tomllib.loads((copy.root / "pyproject.toml").read_text())["dependency-groups"]
    assert {name.partition("-")[2] for name in groups if "-" in name} <= {"local", *chosen}


@pytest.mark.parametrize("which", CHOICES)
def test_what_tests_and_plans_install_has_no_sdk_but_the_chosen_ones(copies: Copies, which: str) -> None:
    requirements = copies(which).root / "requirements"
    sdks = {
        "docker": {"docker"},
        "kubernetes": {"kubernetes"},
        "aws": {"aws"},
        "gcp": {"gcp"},
        "azure": {"azure-native"},
    }
    unwanted = {f"pulumi-{name}" for each in absent(which) for name in sdks.get(each, ())}
    for lock in ("all.txt", "offline.txt"):
        locked = "".join(part.read_text() for part in parts(requirements / lock))
        assert unwanted & {*re.findall(r"^([a-z0-9-]+)==", locked, re.MULTILINE)} == set()


@pytest.mark.parametrize("which", CHOICES)
def test_nothing_imports_what_the_copy_has_not(copies: Copies, which: str) -> None:
    root = copies(which).root
    missing = {
        f"{file.relative_to(root)}: {module}"
        for file in root.rglob("*.py")
        for module in imported(file)
        if not is_there(root, module) and (is_there(ROOT, module) or not is_there(root, module.rpartition(".")[0]))
    }
    # Imported in a function that only tests with images call, of which a copy without Docker has none.
    built = {f"tests/app/images.py: tests.docker_provider.backend{name}" for name in ("", ".DockerBackend")}
    assert missing - (built if "docker" in absent(which) else set()) == set()


@pytest.mark.parametrize("which", CHOICES)
def test_what_editors_and_readers_are_told_of_is_what_the_copy_has(copies: Copies, which: str) -> None:
    command = [ENVIRONMENTS / "local/bin/python", "-m", "infra.reference", "--check"]
    done = subprocess.run(command, cwd=copies(which).root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("which", CHOICES)
def test_no_page_leads_to_what_the_copy_has_not(copies: Copies, which: str) -> None:
    root = copies(which).root
    pages = [root / "README.md", *root.glob("docs/*.md")]
    assert [
        f"{page.name}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#:\s]+)[)#]", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ] == []


@pytest.mark.parametrize("which", CHOICES)
def test_workflows_log_in_nowhere_else_and_name_no_stack_that_is_not_there(copies: Copies, which: str) -> None:
    root = copies(which).root
    stacks = {path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in root.glob("stacks/Pulumi.*.yaml")}
    logins = {
        "aws": ("aws-actions/", "AWS_"),
        "gcp": ("google-github-actions/", "GCP_"),
        "azure": ("azure/login", "AZURE_", "ARM_"),
    }
    for file in root.glob(".github/workflows/*"):
        text = file.read_text()
        assert yaml.safe_load(text)["jobs"]
        assert [
            word for cloud, words in logins.items() if cloud in absent(which) for word in words if word in text
        ] == []
        assert {*re.findall(r"\b(?:aws|gcp|azure)-(?:dev|staging|prod)\b", text)} <= stacks


@pytest.mark.parametrize("which", CHOICES)
def test_a_copy_is_linted_as_the_template_is(copies: Copies, which: str) -> None:
    root = copies(which).root
    for command in (["ruff", "check", "--quiet"], ["ruff", "format", "--check", "--quiet"], ["typos"]):
        done = subprocess.run(
            [ENVIRONMENTS / "test/bin" / command[0], *command[1:]],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (command, done.returncode, done.stdout) == (command, 0, "")


@pytest.mark.parametrize("which", CHOICES)
def test_the_name_stands_wherever_the_first_instances_does_and_that_nowhere(copies: Copies, which: str) -> None:
    copy = copies(which)
    assert tomllib.loads((copy.root / "app/service.toml").read_text())["name"] == "orders"
    assert yaml.safe_load((copy.root / "Pulumi.yaml").read_text())["name"] == "orders"
    assert (copy.root / "README.md").read_text().startswith("# orders\n")
    # What is left of the word is the tool's own: its folder, variables, types, tags, and the role of Ansible.
    own = re.compile(
        r"\.slipway|\.cache/slipway|SLIPWAY_|slipway[:_.]|io\.slipway|roles/slipway|slipway\.mk|key: slipway|Slipway|"
        r"name: slipway|\"slipway\"|slipway-(?:service|stack|process|revision|deployment|bootstrap|exec|release|base|policy)"
    )
    places = ("README.md", "docs", "stacks", "Pulumi.yaml", "app", "Makefile", "pyproject.toml", ".github")
    left = [
        f"{name}: {line}"
        for name in files(copy)
        if name.startswith(places) and not name.endswith((".svg", ".png"))
        for line in (copy.root / name).read_text(encoding="utf-8").splitlines()
        if "slipway" in own.sub("", line)
    ]
    assert left == []


def test_answers_come_from_a_file_without_a_question_and_are_kept(copies: Copies) -> None:
    root = copies("aws").root
    assert tomllib.loads((root / "app/service.toml").read_text())["web"]["server"] == "waitress"
    prod = yaml.safe_load((root / "stacks/Pulumi.aws-prod.yaml").read_text())["config"]
    assert (prod["service:domain"], prod["service:options"]["hosted_zone"], prod["service:options"]["region"]) == (
        "pay.acme.io",
        "acme.io",
        "us-east-1",
    )
    kept = yaml.safe_load((root / ".copier-answers.yml").read_text())
    told = {"name": "orders", "targets": ["aws"], **TOLD}
    assert {name: kept[name] for name in told} == told


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template's questions, and nothing that they are asked for."""
    folder = tmp_path_factory.mktemp("questions")
    shutil.copy(ROOT / "copier.yml", folder)
    shutil.copy(ROOT / ".copier-answers.yml.jinja", folder)
    return Template(Checkout(folder))


@pytest.mark.parametrize("name", ["a", "orders-2", "a1-b2-c3", "x" * 40])
def test_a_name_that_every_platform_takes_is_taken(questions: Template, tmp_path: Path, name: str) -> None:
    arguments = ("copy", "--defaults", "--data", f"name={name}", questions.checkout.root, "there")
    assert questions.copier(*arguments, folder=tmp_path).returncode == 0
    assert yaml.safe_load((tmp_path / "there/.copier-answers.yml").read_text())["name"] == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Orders", "orders would do"),
        ("my_orders", "my-orders would do"),
        ("2fast", "fast would do"),
        ("a--b", "a-b would do"),
        ("orders-", "orders would do"),
        ("x" * 60, "has 60 characters, and 40 are the most"),
        ("aws-orders", "that Amazon, Google or Microsoft keep for themselves"),
        ("my-google-thing", "that Amazon, Google or Microsoft keep for themselves"),
        ("root", "is what systems call something of their own"),
        ("", "is not lower-case letters"),
    ],
)
def test_another_name_is_refused_with_one_that_would_do(
    questions: Template, tmp_path: Path, name: str, why: str
) -> None:
    arguments = ("copy", "--defaults", "--data", f"name={name}", questions.checkout.root, "there")
    done = questions.copier(*arguments, folder=tmp_path)
    assert done.returncode != 0
    assert why in " ".join(f"{done.stdout}{done.stderr}".split())
    assert not (tmp_path / "there").exists()


def test_the_schema_of_a_copy_has_the_targets_that_it_can_run_on(copies: Copies) -> None:
    schema = json.loads((copies("local").root / "stacks/schema.json").read_text())
    assert schema["properties"]["config"]["properties"]["service:target"]["enum"] == ["local"]
