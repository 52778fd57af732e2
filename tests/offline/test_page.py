"""The page of a plan, looked at in a real browser."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.offline.program import Program
from tools.offline.packages import types
from tools.plan import page
from tools.plan.inventory import Plan, plan
from tools.plan.preview import read

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

LOOK = """
<script>
addEventListener("load", () => {
  const boxes = [...document.querySelectorAll("rect")].map((box) => box.getBoundingClientRect());
  const crossed = boxes.some((a, i) => boxes.some((b, j) => i < j && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
  const wide = [...document.querySelectorAll("g")].some((box) => [...box.querySelectorAll("text")].some((text) => text.getBoundingClientRect().right > box.querySelector("rect").getBoundingClientRect().right));
  document.title = JSON.stringify({
    rows: document.querySelectorAll("tbody tr").length,
    boxes: boxes.length,
    shown: boxes.every((box) => box.width > 0 && box.height > 0),
    crossed,
    wide,
    arrows: document.querySelectorAll("path").length,
    fetched: performance.getEntriesByType("resource").length,
    cost: document.querySelector("#cost").innerText,
  });
});
</script>
"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.skip("no browser to look at a plan's page with (chromium)")
    return found


@pytest.fixture
def made(program: Callable[[str], Program]) -> Plan:
    return plan("shown", "azure", read(program("azure").run("preview", "--json").stdout), types())


def test_the_page_shows_every_resource_and_the_cost_and_fetches_nothing(
    browser: str, made: Plan, tmp_path: Path
) -> None:
    shown = tmp_path / "plan.html"
    shown.write_text(page.page(made).replace("</body>", f"{LOOK}</body>"), encoding="utf-8")
    seen = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1200,900", "--virtual-time-budget=2000", "--dump-dom", shown.as_uri()],
        capture_output=True, text=True, timeout=120,
    ).stdout  # fmt: skip
    title = re.search(r"<title>(.*?)</title>", seen, re.DOTALL)
    assert title, seen
    told = json.loads(title[1].replace("&amp;", "&"))
    assert told.pop("cost").startswith("A month costs $5.07 as far as it is fixed and its price is known.")
    assert told == {"rows": 3, "boxes": 3, "shown": True, "crossed": False, "wide": False, "arrows": 2, "fetched": 0}
