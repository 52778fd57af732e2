"""Which stacks a change may touch: by the files of this project, and by the imports of a small one."""

import subprocess

import pytest

from tools.delivery import affected as module
from tools.delivery.affected import Changed, affected, changed
from tools.delivery.imports import reached
from tools.errors import ToolError
from tools.stack import stacks

EVERY = stacks()
BUILDING = [name for name in EVERY if name not in ("aws-prod", "aws-staging", "azure-prod", "gcp-prod")]


def on(platform: str) -> list[str]:
    return [name for name in EVERY if name.partition("-")[0] == platform]


@pytest.mark.parametrize(
    ("file", "touched"),
    [
        ("stacks/Pulumi.aws-dev.yaml", ["aws-dev"]),
        ("infra/targets/aws/network.py", on("aws")),
        ("infra/targets/aws/fargate_operations.py", [name for name in on("aws") if name != "aws-eks"]),
        ("infra/targets/aws/eks_operations.py", ["aws-eks"]),
        ("infra/targets/aws/eks_spec.py", ["aws-eks"]),
        ("infra/targets/local/runner.py", ["local"]),
        ("infra/targets/docker/target.py", ["docker"]),
        ("infra/targets/hosts/ansible/roles/slipway/library/deployment_files.py", ["hosts"]),
        ("infra/targets/hosts/ansible/roles/slipway/tasks/main.yml", ["hosts"]),
        ("infra/targets/hosts/callback/slipway_events.py", ["hosts"]),
        ("infra/rollout.py", EVERY),
        ("infra/targets/__init__.py", EVERY),
        ("requirements/aws.txt", on("aws")),
        ("requirements/aws-eks.txt", ["aws-eks"]),
        ("infra/targets/azure/aks_operations.py", ["azure-aks"]),
        ("requirements/azure-aks.txt", ["azure-aks"]),
        ("infra/targets/gcp/gke_operations.py", ["gcp-gke"]),
        ("requirements/gcp-gke.txt", ["gcp-gke"]),
        ("requirements/kubernetes.txt", ["aws-eks", "azure-aks", "gcp-gke", "kubernetes"]),
        ("app/service/__init__.py", BUILDING),
        ("app/Dockerfile", BUILDING),
        ("app/service.toml", EVERY),
        ("policies/rules.py", EVERY),
        ("tools/engine/pins.py", EVERY),
        ("infra/reference.py", []),
        ("infra/targets/aws/rights/__init__.py", []),
        ("tools/plan/text.py", []),
        ("tests/tools/test_stack.py", []),
        ("README.md", []),
    ],
)
def test_a_changed_file_touches_the_stacks_whose_program_it_is_part_of(file, touched):
    assert affected(frozenset({file})) == touched


def test_a_stack_whose_file_cannot_be_read_is_touched_by_whatever_changes(monkeypatch, tmp_path):
    monkeypatch.setattr("tools.stack.STACKS", tmp_path)
    (tmp_path / "Pulumi.broken.yaml").write_text("config:\n  service:target: local\n  a: {\n")
    assert affected(frozenset({"README.md"})) == ["broken"]


def test_imports_are_followed_and_those_of_the_type_checker_are_not(tmp_path):
    files = {
        "__main__.py": "from infra.a import b\n",
        "infra/__init__.py": "",
        "infra/a/__init__.py": "from . import d\n",
        "infra/a/b.py": "def later():\n    from infra.c import x\n\nCOMMAND = ['python', '-m', 'infra.e']\n",
        "infra/a/d.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import infra.f\nelse:\n    import infra.g\n",
        **{f"infra/{name}.py": "x = 1\n" for name in "cefg"},
        "infra/unused.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert reached(tmp_path, ["__main__"]) == files.keys() - {"infra/f.py", "infra/unused.py"}


@pytest.fixture
def repository(tmp_path, monkeypatch):
    def git(*arguments):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        return subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True).stdout.strip()  # fmt: skip

    monkeypatch.setattr(module, "ROOT", tmp_path)
    git("init", "-q", "-b", "main")
    for name in ("kept", "moved", "ö"):
        (tmp_path / name).write_text(f"{name}\n" * 9)
    git("add", "-A")
    git("commit", "-qm", "first")
    return git, tmp_path


def test_a_change_is_what_differs_from_where_it_branched_off_committed_or_not(repository):
    git, folder = repository
    first = git("rev-parse", "HEAD")
    git("switch", "-qc", "change")
    git("mv", "moved", "there")
    git("commit", "-qam", "change")
    git("switch", "-q", "main")
    (folder / "kept").write_text("of main")
    git("commit", "-qam", "main goes on")
    git("switch", "-q", "change")
    (folder / "ö").write_text("edited")
    (folder / "new").write_text("new")
    assert changed("main") == Changed(first, frozenset({"moved", "there", "ö", "new"}))


def test_a_base_that_git_does_not_know_is_told(repository):
    with pytest.raises(ToolError, match="BASE=origin/main: git knows no commit that it and this one have in common"):
        changed("origin/main")


def test_a_stack_whose_file_is_gone_is_named():
    files = frozenset({"stacks/Pulumi.gone.yaml", "stacks/Pulumi.local.yaml", "stacks/schema.json"})
    assert Changed("x", files).removed == ["gone"]
