"""What delivery asks of a hub where changes are talked about: GitHub and GitLab alike, and no more than this."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Request:
    """A pull request, or a merge request: its name (`#7`, `!7`), its newest commit, what it is measured from."""

    name: str
    head: str
    base: str
    closed: bool


@dataclass(frozen=True)
class Text:
    """A comment or an issue: its number, what it says, the address where people read it."""

    number: int
    body: str
    url: str


class Hub(Protocol):
    """A project on a hub, and who speaks there. Whatever is listed is that login's own, the oldest first.

    Each method raises ToolError for what the hub refuses, in its own words.
    """

    def request(self, number: int) -> Request: ...

    def removed(self, number: int) -> list[str]:
        """The files that a pull request removes."""
        ...

    def comments(self, number: int) -> list[Text]:
        """Those under a pull request."""
        ...

    def comment(self, number: int, body: str) -> Text: ...

    def rewrite(self, number: int, comment: Text, body: str) -> None: ...

    def take_away(self, number: int, comment: Text) -> None:
        """Delete a comment; one that is gone already is no error."""
        ...

    def issues(self) -> list[Text]:
        """The open ones."""
        ...

    def open_issue(self, title: str, body: str) -> Text: ...

    def rewrite_issue(self, issue: Text, title: str, body: str) -> None: ...

    def close_issue(self, issue: Text, word: str) -> None:
        """Close it with a word of why; without one it is a second one that is closed."""
        ...
