"""Looks at GitLab's pipeline, which stands in a page: whether it is one by the schema of GitLab's own editor."""

import os
import re
import tempfile
from pathlib import Path

from tools.environment import scan_environment
from tools.process import foreground

PAGE = "docs/gitlab.md"


def text(page: str) -> str:
    """The pipeline that a page gives whole."""
    return "\n".join(re.findall(r"^```yaml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE))


def gitlab(tree: Path) -> int:
    """The exit code of check-jsonschema, which carries that schema: 1 for any finding."""
    page = tree / PAGE
    if not page.is_file():
        return 0
    program = scan_environment().bin / "check-jsonschema"
    options = ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]
    with tempfile.TemporaryDirectory(prefix="slipway-") as scratch:
        file = Path(scratch) / ".gitlab-ci.yml"
        file.write_text(text(page.read_text(encoding="utf-8")), encoding="utf-8")
        return foreground([program, *options, file], os.environ, tree)
