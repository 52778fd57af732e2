"""A stack's file, read before there is a YAML parser."""

import pytest

from tools import project
from tools import stack as module
from tools.errors import ToolError
from tools.stack import Stack


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    for name in ("stacks", "requirements"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(project, "ROOT", tmp_path)
    monkeypatch.setattr(module, "STACKS", tmp_path / "stacks")
    monkeypatch.setattr(module, "REQUIREMENTS", tmp_path / "requirements")
    for name in ("local", "aws", "uv"):
        (tmp_path / "requirements" / f"{name}.txt").touch()
    return tmp_path


def write(places, text, name="here"):
    (places / "stacks" / f"Pulumi.{name}.yaml").write_text(text)
    return Stack(name)


@pytest.mark.parametrize(
    "text",
    [
        "config:\n  service:target: aws.fargate\n",
        'config:\n  "service:target": "aws.fargate"\n',
        "config:\n    'service:target': 'aws.fargate' # why\n",
        "#config:\n# service:target: local\nconfig:  # a\n  # service:target: local\n  service:target:   aws.fargate\n",
        "encryptionsalt: v1:x\nconfig:\n  service:a: b\n\n  service:target: aws.fargate\n  service:size:\n    cpu: 1\n",
        "config:\r\n  service:target: aws.fargate\r\n",
    ],
)
def test_the_target_is_read_however_the_line_is_written(places, text):
    assert (write(places, text).target(), write(places, text).platform()) == ("aws.fargate", "aws")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "config: {}\n",
        "config:\n  service:targets: local\n",
        "other:\n  service:target: local\n",
        "service:target: local\n",
        "config:\n  service:target:\n",
        "config:\n  service:target: local.\n",
    ],
)
def test_a_file_without_a_target_is_refused_with_the_command_that_sets_it(places, text):
    with pytest.raises(ToolError) as refused:
        write(places, text).target()
    assert str(refused.value) == (
        "stacks/Pulumi.here.yaml: service:target: is not set, or not on a line of its own under config:\n"
        "Fix: pulumi config set service:target local --stack here"
    )


def test_a_target_that_has_a_lock_of_its_own_has_an_environment_of_its_own(places):
    for name in ("aws", "aws-eks"):
        (places / f"requirements/{name}.txt").touch()
    assert write(places, "config:\n  service:target: aws.eks\n").environment() == "aws-eks"
    assert write(places, "config:\n  service:target: aws.fargate\n").environment() == "aws"


def test_a_stack_that_is_not_there_is_answered_with_those_that_are(places):
    write(places, "", "local")
    write(places, "", "aws-prod")
    with pytest.raises(ToolError) as refused:
        Stack("prod").platform()
    assert str(refused.value) == (
        "STACK=prod: there is no stacks/Pulumi.prod.yaml (the stacks that there are: aws-prod, local)\n"
        "Fix: name one of them, or write stacks/Pulumi.prod.yaml"
    )


def test_a_name_that_leads_out_of_the_folder_is_refused(places):
    with pytest.raises(ToolError, match="a stack's name is letters, digits"):
        Stack("../x").check()


def test_a_target_of_no_platform_is_left_to_the_program_which_names_every_mistake_at_once(places):
    assert write(places, "config:\n  service:target: moon.base\n").platform() == "local"


def test_a_file_that_is_not_utf_8_is_told_with_its_name(places):
    (places / "stacks" / "Pulumi.here.yaml").write_bytes(b"config:\n\xff")
    with pytest.raises(ToolError) as refused:
        Stack("here").target()
    assert str(refused.value) == (
        "stacks/Pulumi.here.yaml: byte 9 of it is not UTF-8\nFix: save stacks/Pulumi.here.yaml as UTF-8"
    )


@pytest.mark.parametrize(
    ("line", "protected"),
    [
        ("  service:protect: true\n", True),
        ('  "service:protect": "true"  # for good\n', True),
        ("  service:protect: yes\n", True),
        ("  service:protect: false\n", False),
        ("  # service:protect: true\n", False),
        ("other:\n  service:protect: true\n", False),
        ("", False),
    ],
)
def test_whether_a_stack_is_protected(places, line, protected):
    assert write(places, f"config:\n  service:target: aws.fargate\n{line}").protected() is protected


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("config:\n  service:target: local\n", None),
        ("secretsprovider: passphrase\nencryptionsalt: v1:x\nconfig:\n  service:target: local\n", None),
        (
            "config:\n  service:target: local\nsecretsprovider: awskms://alias/a?region=b # why\n",
            "awskms://alias/a?region=b",
        ),
        ('secretsprovider: "azurekeyvault://v.vault.azure.net/keys/k"\n', "azurekeyvault://v.vault.azure.net/keys/k"),
        ("config:\n  secretsprovider: awskms://alias/a\n", None),
    ],
)
def test_what_encrypts_the_secrets_stands_at_the_top_of_the_file(places, text, provider):
    assert write(places, text).secrets_provider() == provider
