"""What Mermaid's own parser and a parser of Markdown say of the comment and of plans, whatever anything in them is called."""

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.tools.delivery.made import change, difference
from tools.delivery.comment import Subject, comment
from tools.delivery.diagram import diagram
from tools.errors import ToolError
from tools.picture.example import example
from tools.picture.mermaid import diagrams, errors
from tools.picture.packages import packages
from tools.picture.page import html
from tools.plan.inventory import Line, Plan
from tools.plan.text import markdown

PIECES = ["%%{init: {'theme':'forest'}}%%", "%%", "{", "}", "[", "]", "(", ")", '"', "'", "`", "<br/>", "<b>", "end", "style a:#b;", ";", ":::create", "click r0 href", "fa:fa-trash", "$$x$$", "#35;", "&amp;", "\\", "|", "---", "-->", "\n", "\r", "\u2028", "\x00", "graph", "subgraph", "classDef x fill:#fff;", "é", "名", "𝄞", "\u202e", "@", "~~~"]  # fmt: skip
NAMES = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
# One process judges them all: it takes seconds to start.
MANY = st.lists(NAMES, min_size=120, max_size=120, unique=True)
few = settings(max_examples=2, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip

needs_mermaid = pytest.mark.usefixtures("mermaid")


@pytest.fixture(scope="module")
def mermaid():
    try:
        packages()
    except ToolError as reason:
        pytest.skip(str(reason).splitlines()[0])


def drawn(*changes):
    return diagrams(diagram(list(changes)) + "\n")[0]


@needs_mermaid
def test_mermaid_finds_a_planted_mistake_and_a_diagram_that_says_how_it_is_to_be_drawn():
    wrong, setting, long = 'flowchart LR\n  r0["a"b"]\n', "flowchart LR\n  r0[\"x %%{init: {'theme':'forest'}}%%\"]\n", "flowchart LR\n" + "  r0 --> r1\n" * 5000  # fmt: skip
    said = errors([wrong, setting, long, "flowchart LR\n" + "  r0 --> r1\n" * 501, "flowchart LR\n  r0 --> r1\n"])
    assert "Parse error on line 2" in said[0]
    assert said[1] == 'it sets {"theme":"forest"}'
    assert said[2] == "it has more than 50000 characters"
    assert "Edge limit exceeded" in said[3]
    assert said[4] == ""


@needs_mermaid
@few
@given(MANY)
def test_every_diagram_of_a_change_is_one_whatever_its_resources_are_called(names):
    made = [drawn(change("delete", name), change("create", "b"), change("update", f"{name} c")) for name in names]
    assert [(name, said) for name, said in zip(names, errors(made), strict=True) if said] == []


@needs_mermaid
@few
@given(MANY)
def test_every_diagram_of_a_plan_is_one_whatever_its_resources_are_called(names):
    lines = [Line(name, "aws:ecs/service:Service", "service", 1.0, (), "", (), (), f"urn-{name}", ("urn-b",)) for name in names]  # fmt: skip
    made = [
        diagrams(markdown(Plan("dev", "aws.fargate", tuple({line, *lines[:2]}), (), ())) + "\n")[0] for line in lines
    ]
    assert [(name, said) for name, said in zip(names, errors(made), strict=True) if said] == []


@needs_mermaid
def test_a_diagram_of_however_much_that_needs_however_much_is_one():
    every = [f"urn:pulumi:dev::slipway::aws:ecs/service:Service::{'#' * 90}{n}" for n in range(300)]
    crowded = drawn(*(change("update", f"{'#' * 90}{n}", needs=tuple(every * 20)) for n in range(300)))
    lines = [Line(f"{'#' * 90}{n}", "aws:ecs/service:Service", "service", 1.0, (), "", (), (), each, tuple(every)) for n, each in enumerate(every)]  # fmt: skip
    (plan,) = diagrams(markdown(Plan("dev", "aws.fargate", tuple(lines), (), ())) + "\n")
    assert errors([crowded, plan]) == ["", ""]
    assert 'more["and 260 more"]' in crowded


@needs_mermaid
def test_every_diagram_of_the_documented_example_is_one():
    found = diagrams(example())
    assert len(found) == 2
    assert errors(found) == ["", ""]


LAID = "(?:p|h2|h3|ul|li|table|thead|tbody|tr|th|td|strong|em|code|pre|div|br|details|summary|a)"
OWN = re.compile(rf"</?{LAID}(?: (?:class|style)=\"[^\"<>]*\")*\s*/?>|<!-- /?slipway:[a-z]+ -->")


@few
@given(MANY)
def test_what_others_chose_is_nothing_but_words_in_what_a_hub_makes_of_the_comment(names):
    wild = ["@acme/team", "#1", "![x](http://evil.example/x.png)", "[x](http://evil.example)", "</details>", "<img src=x>", "http://evil.example", "<!-- slipway:preview -->", "\n# h", "\n/close", "```\n", "| a | b |\n|---|---|"]  # fmt: skip
    names = [f"{name}{wild[n % len(wild)]}{name}" for n, name in enumerate(names)]
    changes = [change(act, name, properties=(name,), forced=(name,) if act == "replace" else ()) for name, act in zip(names, ["create", "update", "replace", "delete"] * 30, strict=True)]  # fmt: skip
    said = [difference("aws-dev", *changes[n :: 4], problems=tuple(names[n::40]), broken=tuple(names[n::40]), warnings=tuple(names[n::40]), why=names[n], kind="plan") for n in range(4)]  # fmt: skip
    made = html(comment(said, Subject("a" * 40, "b" * 40)))
    read = re.sub(r"(<(code|pre)\b[^>]*>).*?(</\2>)", r"\1\3", made, flags=re.DOTALL)
    assert [tag for tag in re.findall(r"<[^>]*>", read) if not OWN.fullmatch(tag)] == []
    assert [word for word in ("@acme", "evil", "#1", "slipway:preview") if word in read.replace("<!-- slipway:preview -->", "", 1)] == []  # fmt: skip
    assert read.count("<details") == read.count("</details>")
