"""`make plan`: the whole plan of a stack from the real engine, with no account, no plugin, no Docker and no secret."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tests.engine.conftest import Checkout
from tests.engine.test_readme import commands, shell
from tests.offline.inventories import matches, previewed
from tests.offline.program import Program
from tools.delivery.difference import between
from tools.errors import ToolError
from tools.offline.packages import types
from tools.plan import page, text
from tools.plan.inventory import Plan, plan
from tools.plan.preview import Planned, Preview, read
from tools.plan.stack_file import PLACEHOLDER, settings, without_secrets
from tools.stack import Stack, stacks

Programs = Callable[[str], Program]


WRONG = "config:\n  service:target: local\n  service:sise: 3\n"


@contextmanager
def stack_file(checkout: Checkout, name: str, text: str) -> Iterator[Path]:
    """A stack of the checkout for as long as a test wants it."""
    file = checkout.root / "stacks" / f"Pulumi.{name}.yaml"
    file.write_text(text, encoding="utf-8")
    try:
        yield file
    finally:
        file.unlink()


def planned(program: Programs, platform: str) -> Plan:
    return plan(platform, platform, read(program(platform).run("preview", "--json").stdout), types())


@pytest.mark.parametrize("stack", stacks())
def test_the_plan_of_every_stack_is_as_written_down(stack: str) -> None:
    made = plan(stack, Stack(stack).target(), previewed(stack), types())
    assert made.problems == ()
    assert made.unpriced == []
    matches(made)


@pytest.mark.parametrize(
    ("stack", "type_", "place"),
    [
        ("aws-dev", "aws:ecr/repository:Repository", "region"),
        ("gcp-dev", "gcp:artifactregistry/repository:Repository", "project"),
        ("azure-dev", "azure-native:containerregistry:Registry", "subscriptionId"),
        ("kubernetes", "kubernetes:core/v1:Namespace", "context"),
    ],
)
def test_a_plan_tells_of_each_resource_where_its_provider_makes_it(stack: str, type_: str, place: str) -> None:
    seen = previewed(stack)
    made = [each for each in seen.resources if each.type == type_]
    providers = [seen.provider_of(each) for each in made]
    assert {str(each.inputs[place]) for each in providers if each} == {
        str(settings(Stack(stack).file)["service:options"][{"subscriptionId": "subscription"}.get(place, place)])
    }
    moved = tuple(replace(each, inputs={**each.inputs, place: "elsewhere"}) for each in seen.providers)
    found = between(stack, "", seen, replace(seen, providers=moved), types(), "")
    assert {(each.act, each.forced) for each in found.changes if each.type == type_} == {
        ("replace", (f"provider.{place}",))
    }


@pytest.mark.parametrize("platform", ["aws", "gcp", "azure"])
def test_a_registry_and_a_network_on_each_cloud_are_as_written_down(program: Programs, platform: str) -> None:
    made = planned(program, platform)
    assert made.problems == ()
    matches(made)


def test_the_commands_that_readme_shows_plan_without_an_account(checkout: Checkout) -> None:
    one, every, held = commands(checkout, "See a plan first")
    assert "aws-dev: what aws.fargate would be made of" in shell(checkout, [one])
    assert [line.partition(":")[0] for line in shell(checkout, [every]).splitlines()] == stacks()
    shell(checkout, [held])


def test_json_alone_is_on_standard_output(checkout: Checkout) -> None:
    done = checkout.make("plan", STACK="local", JSON="1")
    assert done.returncode == 0
    assert {each["purpose"] for each in json.loads(done.stdout)["resources"]} == {"identity", "service", "watching"}


def test_a_stack_whose_secrets_nobody_here_can_decrypt_is_planned(checkout: Checkout) -> None:
    text = (
        "encryptionsalt: v1:AAAAAAAAAAA=:v1:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
        "config:\n  service:target: local\n  service:secrets:\n    SECRET_KEY:\n      secure: v1:notours:AAAA\n"
    )
    with stack_file(checkout, "theirs", text) as file:
        done = checkout.make("plan", STACK="theirs")
        assert done.returncode == 0, done.stderr
        assert file.read_text(encoding="utf-8") == text
    assert checkout.git("status", "--porcelain") == ""


def test_secrets_in_a_list_or_under_an_odd_name_are_taken_out_as_well() -> None:
    sealed = {"secure": "v1:notours:AAAA"}
    config = {"service:a": ["b", sealed, {"c": sealed}], "service:d": {"e.f": sealed, "g": None}, "service:h": sealed}
    assert without_secrets(config) == (
        {
            "service:a": ["b", PLACEHOLDER, {"c": PLACEHOLDER}],
            "service:d": {"e.f": PLACEHOLDER, "g": None},
            "service:h": PLACEHOLDER,
        },
        ["service:a[1]", "service:a[2].c", 'service:d["e.f"]', "service:h"],
    )


def test_a_stack_with_a_secret_in_a_list_is_planned_up_to_what_the_program_says(checkout: Checkout) -> None:
    text = "config:\n  service:target: local\n  service:secrets:\n  - secure: v1:notours:AAAA\n"
    with stack_file(checkout, "theirs", text):
        done = checkout.make("plan", STACK="theirs")
    assert "service:secrets" in done.stderr
    assert "nonce" not in done.stderr


@pytest.mark.parametrize(
    ("target", "promoted"),
    [("target: docker", "aws-dev"), ("target: aws.fargate\n  service:options: {region: eu-west-1}", "docker")],
)
def test_a_stack_that_promotes_anothers_image_is_planned_with_its_promotion(
    checkout: Checkout, target: str, promoted: str
) -> None:
    with stack_file(checkout, "promoting", f"config:\n  service:{target}\n  service:image: {promoted}\n"):
        done = checkout.make("plan", STACK="promoting", JSON="1")
    assert done.returncode == 0, done.stderr
    told = [f"{each['type']} {each['name']}" for each in json.loads(done.stdout)["resources"]]
    assert "pulumi-python:dynamic/slipway:Publication image" in told
    assert [each for each in told if each.startswith(("docker-build:", "pulumi:"))] == []


@pytest.mark.parametrize(
    ("promoted", "wrong"),
    [("dokcer", "there is no stacks/Pulumi.dokcer.yaml"), ("promoting", "is this stack itself")],
)
def test_a_promotion_of_a_stack_that_there_is_not_is_refused(checkout: Checkout, promoted: str, wrong: str) -> None:
    with stack_file(checkout, "promoting", f"config:\n  service:target: docker\n  service:image: {promoted}\n"):
        done = checkout.make("plan", STACK="promoting")
    assert done.returncode != 0
    assert (
        f"stacks/Pulumi.promoting.yaml: service:image: {promoted}: {wrong}\n"
        f"Fix: name another stack ({', '.join(stacks())}), or an image by its digest\n"
    ) in done.stderr


def test_a_wrong_stack_has_no_plan_and_every_mistake_is_told(checkout: Checkout) -> None:
    with stack_file(checkout, "wrong", WRONG):
        done = checkout.make("plan", STACK="wrong")
    assert done.returncode != 0
    assert done.stdout == ""
    assert "service:sise" in done.stderr
    assert "exit code" not in done.stderr
    assert done.stderr.splitlines()[-2] == "no plan: the stack wrong is refused; the reasons stand above"


def test_json_and_markdown_of_a_wrong_stack_say_why_there_is_no_plan(checkout: Checkout) -> None:
    with stack_file(checkout, "wrong", WRONG):
        asked = [checkout.make("plan", STACK="wrong", **{form: "1"}) for form in ("JSON", "MARKDOWN")]
    assert [done.returncode == 0 for done in asked] == [False, False]
    document = json.loads(asked[0].stdout)
    assert (document["stack"], document["target"], document["resources"]) == ("wrong", "local", [])
    (problem,) = document["problems"]
    assert "service:sise" in problem
    assert asked[1].stdout == f"### wrong: no plan\n\n```text\n{problem}\n```\n"


def test_a_broken_file_costs_its_own_stack_the_plan_and_no_other(checkout: Checkout) -> None:
    with (
        stack_file(checkout, "broken", "config:\n  service:target: local\n  service:size: {cpu: 2\n"),
        stack_file(checkout, "wrong", WRONG),
    ):
        done = checkout.make("plan", STACK="all")
    assert done.returncode != 0
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == sorted([*stacks(), "broken", "wrong"])
    assert "broken: no plan: stacks/Pulumi.broken.yaml: line 4 is no YAML: expected ',' or '}'" in done.stdout
    assert "wrong: no plan: nothing was created: service:sise: is not a known key" in done.stdout
    assert "wrong: nothing was created:\nservice:sise: is not a known key" in done.stderr
    assert "docker: warning: not checked in a plan: whether port 8000 is free" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["config:\n  service:target: local\n- a\n", "config:\n  service:target: local\n\0"])
def test_a_file_that_is_no_yaml_is_told_with_its_name_and_what_to_do(tmp_path: Path, text: str) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ToolError) as refused:
        settings(file)
    assert str(refused.value).startswith(f"{file}: ")
    assert "\nFix: mend " in str(refused.value)


@contextmanager
def only(checkout: Checkout, *names: str) -> Iterator[None]:
    """A tree with these stacks alone, which is planned sooner than one with all."""
    others = {file: file.read_text(encoding="utf-8") for file in (checkout.root / "stacks").glob("Pulumi.*.yaml")}
    others = {file: text for file, text in others.items() if file.name.split(".")[1] not in names}
    try:
        for file in others:
            file.unlink()
        yield
    finally:
        for file, text in others.items():
            file.write_text(text, encoding="utf-8")


def test_all_stacks_are_planned_in_every_form(checkout: Checkout) -> None:
    names = ["docker", "local"]
    with only(checkout, *names):
        documents = json.loads(checkout.make("plan", STACK="all", JSON="1").stdout)
        sections = checkout.make("plan", STACK="all", MARKDOWN="1").stdout
        pages = checkout.make("plan", STACK="all", HTML="1").stdout.splitlines()
    assert [each["stack"] for each in documents] == names
    assert re.findall(r"^### (.+?): ", sections, re.MULTILINE) == names
    assert [Path(page).name for page in pages] == [f"{stack}.html" for stack in names]
    assert all("<svg" in Path(page).read_text(encoding="utf-8") for page in pages)


def test_two_forms_at_once_are_refused(checkout: Checkout) -> None:
    done = checkout.make("plan", JSON="1", MARKDOWN="1")
    assert (done.returncode != 0, done.stdout) == (True, "")
    assert done.stderr.startswith("error: JSON=1 MARKDOWN=1: a plan is printed in one form\nFix: make plan JSON=1\n")


def test_a_resource_without_a_price_is_named_and_never_free(program: Programs) -> None:
    cloud = program("aws")
    cloud.write(
        "import pulumi_aws as aws\n"
        'aws.ec2.NatGateway("out", connectivity_type="private", subnet_id=aws.ec2.Subnet("s", vpc_id=aws.ec2.Vpc("v", cidr_block="10.0.0.0/16").id, cidr_block="10.0.0.0/24").id)\n'
        'aws.sqs.Queue("jobs")\n'
    )
    made = plan("priced", "aws", read(cloud.run("preview", "--json").stdout), types())
    assert [(line.type, line.name) for line in made.unpriced] == [("aws:sqs/queue:Queue", "jobs")]
    assert round(made.monthly, 2) == 32.85
    assert made.by_use == ["$0.045 for each GB processed"]
    assert "Without a known price, and not counted: aws sqs.Queue jobs." in text.cost(made)


def test_every_form_says_of_which_region_its_prices_are(program: Programs) -> None:
    made = planned(program, "azure")
    said = "Prices are those of West Europe; yours may differ."
    assert said in text.markdown(made)
    assert said in page.page(made)
    console = Console(record=True, width=200, file=StringIO())
    text.show(made, console)
    assert said in console.export_text()
    assert text.summary(made) == "azure: azure: 3 resources, $5.07 + use a month, at prices of West Europe"
    assert made.document()["cost"]["regions"] == ["West Europe"]


def test_what_has_a_child_is_still_named_as_unpriced_and_a_component_never_is(program: Programs) -> None:
    cloud = program("aws")
    cloud.write(
        "import pulumi\nimport pulumi_aws as aws\n"
        'group = pulumi.ComponentResource("acme:index:Group", "group")\n'
        'pulumi.ComponentResource("acme:index:Group", "empty")\n'
        'jobs = aws.sqs.Queue("jobs", opts=pulumi.ResourceOptions(parent=group))\n'
        'aws.sqs.Queue("dead", opts=pulumi.ResourceOptions(parent=jobs))\n'
    )
    made = plan("nested", "aws", read(cloud.run("preview", "--json").stdout), types())
    assert [line.name for line in made.lines] == ["dead", "jobs"]
    assert made.unpriced == list(made.lines)


def test_markdown_has_a_diagram_of_what_needs_what(program: Programs) -> None:
    made = planned(program, "gcp")
    said = text.markdown(made)
    (drawn,) = re.findall(r"```mermaid\n(.*?)\n```", said, re.DOTALL)
    names = dict(re.findall(r'^    (r\d+)\["gcp compute\.(\w+)<br/>service"\]$', drawn, re.MULTILINE))
    arrows = re.findall(r"^  (r\d+) --> (r\d+)$", drawn, re.MULTILINE)
    assert [(names[start], names[end]) for start, end in arrows] == [("Subnetwork", "Network")]
    assert "| network | gcp compute.Network | service | - |" in said


def test_a_name_cannot_break_out_of_the_table_or_of_the_diagram() -> None:
    urn = 'urn:pulumi:dev::program::aws:sqs/queue:Queue::a|b"c<d>#\\'
    made = plan("odd", "aws", Preview((Planned(urn, "aws:sqs/queue:Queue", {}),)), types())
    said = text.markdown(made)
    assert r'| other | aws sqs.Queue | a\|b"c&lt;d&gt;#\\ | unknown |' in said
    assert '    r0["aws sqs.Queue<br/>a#124;b#34;c#60;d#62;#35;#92;"]' in said


def test_the_page_fetches_nothing_and_escapes_what_it_shows(program: Programs) -> None:
    made = planned(program, "azure")
    written = page.page(made)
    assert re.findall(r'(?:src|href)\s*=\s*"', written) == []
    assert "http" not in re.sub(r"https://[^<;,\s]+, \d{4}-\d\d-\d\d|http://www.w3.org/2000/svg", "", written)
    assert written.count("<rect") == len(made.lines)
    assert f"{made.stack}: what azure would be made of" in written
