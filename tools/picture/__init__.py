"""How a comment looks to whoever reads it: Mermaid's own parser on its diagrams, and a picture of all of it.

Mermaid and GitHub's style sheet are packages of npm, at the versions and hashes of package-lock.json. Node.js and npm
are those that pyright brings along.
"""
