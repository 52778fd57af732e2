"""The commands that README shows do what it says."""

import re
import subprocess

import yaml

from tests.engine.conftest import Checkout, Stack, free_port

BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def commands(checkout: Checkout, heading: str) -> list[str]:
    """The commands of the section's first block, without their remarks."""
    readme = (checkout.root / "README.md").read_text(encoding="utf-8")
    section = readme.split(f"\n## {heading}\n", 1)[1]
    block = BLOCK.search(section)
    assert block is not None
    return [re.split(r"\s{2,}#", line[2:])[0] for line in block[1].splitlines() if line.startswith("$ ")]


def shell(checkout: Checkout, lines: list[str]) -> str:
    """Run them in one shell, as a reader would; what they said."""
    script = "\n".join(["set -e", *lines])
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=checkout.root,
        env=checkout.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_first_screen_and_the_first_change_work_as_they_are_shown(checkout: Checkout) -> None:
    stack = Stack(checkout, "local", free_port())
    before = stack.file.read_text(encoding="utf-8")
    content = yaml.safe_load(before)
    content["config"]["service:options"] = {"port": stack.port}
    stack.file.write_text(yaml.safe_dump(content), encoding="utf-8")
    try:
        first = commands(checkout, "Two commands")
        assert first == ["make up", "make test"]
        shell(checkout, first[:1])
        assert "It floats." in stack.get("/")
        shell(checkout, commands(checkout, "Change something"))
        assert "Ahoy." in stack.get("/")
    finally:
        stack.make("destroy")
        stack.file.write_text(before, encoding="utf-8")


def test_every_target_that_readme_names_is_in_the_makefile(checkout: Checkout) -> None:
    makefile = (checkout.root / "Makefile").read_text(encoding="utf-8")
    # A copy of the template has no CONTRIBUTING.
    pages = [checkout.root / name for name in ("README.md", "CONTRIBUTING.md")]
    texts = [page.read_text(encoding="utf-8") for page in pages if page.exists()]
    named = {verb for text in texts for verb in re.findall(r"`make ([a-z-]+)", text)}
    assert named - set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) == set()
