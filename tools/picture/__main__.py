"""`python -m tools.picture PICTURE.png --text COMMENT.md`: a comment as its readers see it, drawn by a browser.

Without a text, it is the example of docs/delivery.md. Pillow, which makes the picture small, is matplotlib's.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from tools.errors import ToolError
from tools.picture.example import example
from tools.picture.packages import packages
from tools.picture.page import page
from tools.saying import say

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_WIDTH = 920


def draw(markdown: str, picture: Path, dark: bool = False) -> None:
    """Write the picture of a text. ToolError without a browser."""
    with tempfile.TemporaryDirectory(prefix="slipway-picture-") as scratch:
        file = Path(scratch) / "page.html"
        file.write_text(page(markdown, packages(), dark), encoding="utf-8")
        drawn = _browser(Path(scratch), file, 1000, "--dump-dom")
        height = re.search(r"<title>height (\d+)</title>", drawn)
        if not height:
            raise ToolError(f"the browser did not draw the page:\n{drawn[-2000:]}")
        whole = Path(scratch) / "whole.png"
        _browser(Path(scratch), file, int(height[1]), f"--screenshot={whole}")
        # A page of so few colours takes a third of the room.
        with Image.open(whole) as seen:
            seen.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(picture, optimize=True)


def _browser(scratch: Path, file: Path, height: int, act: str) -> str:
    program = os.environ.get("BROWSER_PROGRAM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if not program:
        raise ToolError("there is no browser", "apt-get install chromium, or export BROWSER_PROGRAM=<its path>")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--allow-file-access-from-files"]
    size = [f"--user-data-dir={scratch / 'profile'}", f"--window-size={_WIDTH},{height}", "--virtual-time-budget=30000"]
    ran = subprocess.run([program, *flags, *size, act, file.as_uri()], capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise ToolError(f"the browser ended with {ran.returncode}:\n{ran.stderr.strip()[-2000:]}")
    return ran.stdout


def main(arguments: list[str]) -> int:
    """Draw what is asked for; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.picture", description=__doc__)
    parser.add_argument("--text", type=Path, help="the Markdown; without it, the example")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("picture", type=Path)
    given = parser.parse_args(arguments)
    draw(given.text.read_text(encoding="utf-8") if given.text else example(), given.picture, given.dark)
    say(f"drawn: {given.picture}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
