"""What makes a file another one in a copy: each replacement still finds what it replaces, and sections go by headings."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jinja2
import pytest
import yaml
from jinja2.runtime import Context

from infra.paths import ROOT
from tools.copying.targets import PLATFORMS

COPIER: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
CLOUDS = ("aws", "gcp", "azure")
CLUSTERS: list[list[str]] = yaml.safe_load(COPIER["clusters"]["default"].strip("<@> "))
HEADINGS = {
    "docker": "On a Docker Engine",
    "kubernetes": "In any Kubernetes cluster",
    "hosts": "On your own servers",
    "aws": "On AWS",
    "gcp": "On Google Cloud",
    "azure": "On Azure",
}
# What is said of copier's own answers, and what is no twin, but is taken from by twins.
TWINS = sorted(
    str(path.relative_to(ROOT))
    for folder in ("", "app", "docs", "infra", "requirements", "stacks", "tools", ".github/workflows")
    for path in (ROOT / folder).glob("*.jinja")
    if path.name != ".copier-answers.yml.jinja"
)
CHOICES: list[tuple[str, ...]] = [(), *((each,) for each in PLATFORMS), PLATFORMS]

# Each replacement by the file that it stands in: whether it ever found something.
Seen = dict[tuple[str, str], bool]


class Rendering:
    """The template's files as copier renders them, by the same marks and the two filters that replace."""

    def __init__(self) -> None:
        self.seen: Seen = {}
        options = COPIER["_envops"]
        self.jinja = jinja2.Environment(loader=jinja2.FileSystemLoader(ROOT), autoescape=False, **options)
        self.jinja.filters |= {
            "regex_replace": self._regex_replace,
            "replace": self._replace,
            "from_json": json.loads,
            "to_nice_json": lambda value, indent, sort_keys: json.dumps(value, indent=indent, sort_keys=sort_keys),
        }

    def of(self, twin: str, targets: tuple[str, ...]) -> str:
        return self.jinja.get_template(twin).render(
            name="shop-2",
            targets=list(targets),
            clouds=[each for each in CLOUDS if each in targets],
            absent=[each for each in PLATFORMS if each not in targets],
            clusters=CLUSTERS,
            server="waitress",
            domain="pay.acme.io",
            aws_region="us-east-1",
            gcp_region="us-west1",
            azure_location="eastus",
        )

    @jinja2.pass_context
    def _regex_replace(self, context: Context, value: str, pattern: str, by: str) -> str:
        made, count = re.subn(pattern, by, value)
        self._note(context, pattern, count > 0)
        return made

    @jinja2.pass_context
    def _replace(self, context: Context, value: str, old: str, new: str) -> str:
        self._note(context, old, old in value)
        return value.replace(old, new)

    def _note(self, context: Context, what: str, found: bool) -> None:
        # Of the tables there each platform has some: one line for all of them takes away what there is.
        if context.name == "pyproject.toml.jinja":
            what = re.sub("|".join(PLATFORMS), "*", what)
        key = (str(context.name), what)
        self.seen[key] = self.seen.get(key, False) or found


@pytest.fixture(scope="module")
def rendering() -> Rendering:
    return Rendering()


@pytest.fixture(scope="module")
def rendered(rendering: Rendering) -> dict[tuple[str, tuple[str, ...]], str]:
    return {(twin, choice): rendering.of(twin, choice) for twin in TWINS for choice in CHOICES}


def headings(text: str) -> Iterator[str]:
    return (found[1] for found in re.finditer(r"^## (.*)$", text, re.MULTILINE))


@pytest.mark.usefixtures("rendered")
def test_every_replacement_still_finds_something_to_replace(rendering: Rendering) -> None:
    assert len(rendering.seen) > 40
    assert [key for key, found in rendering.seen.items() if not found] == []


def test_a_replacement_that_finds_nothing_is_told() -> None:
    rendering = Rendering()
    text = rendering.jinja.from_string("<@ 'On AWS' | replace('On Amazon', '') | regex_replace('^On A', '') @>")
    assert text.render() == "WS"
    assert [*rendering.seen.values()] == [False, True]


def test_every_platform_has_its_section_in_the_readme() -> None:
    assert {*HEADINGS} == {*PLATFORMS}
    assert {*HEADINGS.values()} <= {*headings((ROOT / "README.md").read_text(encoding="utf-8"))}


@pytest.mark.parametrize("choice", CHOICES, ids=",".join)
def test_the_readme_of_a_copy_has_the_sections_of_its_platforms_and_no_others(
    rendered: dict[tuple[str, tuple[str, ...]], str], choice: tuple[str, ...]
) -> None:
    text = rendered["README.md.jinja", choice]
    assert [each for each in headings(text) if each in HEADINGS.values()] == [
        HEADINGS[each] for each in ("docker", "hosts", "kubernetes", "aws", "gcp", "azure") if each in choice
    ]
    assert text.startswith("# shop-2\n")
    gone = [each for each in PLATFORMS if each not in choice]
    assert not re.findall(rf"service:options\.[^|]*\|[^|]*\| \(target (?:{'|'.join(gone) or 'none'})[).]", text)
    assert not re.findall(rf"STACK=(?:{'|'.join(gone) or 'none'})\b", text)


@pytest.mark.parametrize(("cloud", "kind"), CLUSTERS)
def test_a_clouds_cluster_comes_with_the_cloud_and_kubernetes_alone(
    rendered: dict[tuple[str, tuple[str, ...]], str], cloud: str, kind: str
) -> None:
    target = f"{cloud}.{kind}"
    for choice in CHOICES:
        here = {cloud, "kubernetes"} <= {*choice}
        schema = json.loads(rendered["stacks/schema.json.jinja", choice])
        assert (target in schema["properties"]["config"]["properties"]["service:target"]["enum"]) is here
        assert any(title.startswith(f"{target}.") for title in schema["$defs"]) is here
        assert (f"(target {target})" in rendered["README.md.jinja", choice]) is here


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_is_merged_goes_to_the_stacks_of_the_cloud_that_was_chosen(
    rendered: dict[tuple[str, tuple[str, ...]], str], cloud: str
) -> None:
    deploy = rendered[".github/workflows/deploy.yml.jinja", (cloud,)]
    assert {each["environment"].partition("-")[0] for each in yaml.safe_load(deploy)["jobs"].values()} == {cloud}
    words = {
        "aws": r"\b(?:aws-|AWS_)",
        "gcp": r"\b(?:google-github-|GCP_|gcp-)",
        "azure": r"\b(?:azure/|AZURE_|ARM_|azure-)",
    }
    others = "|".join(each for name, each in words.items() if name != cloud)
    for (twin, choice), text in rendered.items():
        if twin.startswith(".github/") and choice == (cloud,):
            assert (twin, re.findall(others, text)) == (twin, [])
