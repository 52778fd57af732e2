"""A comment as a page: Markdown as GitHub has it, in GitHub's style, its diagrams drawn by Mermaid in the browser."""

import json
import re
from pathlib import Path

from markdown_it import MarkdownIt

_ALERT = re.compile(
    r"<blockquote>\s*<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*(?:<br />)?\s*(.*?)</blockquote>", re.DOTALL
)
_DIAGRAM = re.compile(r'<pre><code class="language-mermaid">(.*?)</code></pre>', re.DOTALL)
_PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><style>{style}</style><style>
body {{ margin: 0; background: {back}; }}
.markdown-body {{ box-sizing: border-box; width: 100%; padding: 24px; }}
pre.mermaid {{ background: none !important; text-align: center; }}
</style></head><body class="markdown-body">{body}
<script src="{mermaid}"></script><script>
mermaid.initialize({{ startOnLoad: false, securityLevel: "strict", theme: {theme} }});
mermaid.run().finally(() => {{
  document.title = "height " + Math.ceil(document.body.getBoundingClientRect().height);
}});
</script></body></html>
"""


def html(markdown: str) -> str:
    """What GitHub makes of the text, as far as comments use it: CommonMark with tables and alerts."""
    made = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)

    def alert(found: "re.Match[str]") -> str:
        kind = found[1].lower()
        title = f'<p class="markdown-alert-title">{kind.capitalize()}</p>'
        return f'<div class="markdown-alert markdown-alert-{kind}">{title}<p>{found[2]}</div>'

    return _DIAGRAM.sub(r'<pre class="mermaid">\1</pre>', _ALERT.sub(alert, made))


def page(markdown: str, packages: Path, dark: bool) -> str:
    """The whole page, which asks nothing of the internet. Whatever can be unfolded is."""
    theme = "dark" if dark else "light"
    style = packages / "node_modules" / "github-markdown-css" / f"github-markdown-{theme}.css"
    mermaid = packages / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"
    return _PAGE.format(
        style=style.read_text(encoding="utf-8"),
        back="#0d1117" if dark else "#ffffff",
        body=html(markdown).replace("<details>", "<details open>"),
        mermaid=mermaid.as_uri(),
        theme=json.dumps("dark" if dark else "default"),
    )
