"""What a change does to one stack, as a document: names of properties and never a value, so that no secret is in it.

A document may have been written by the code of a fork: whatever reads one holds it to these forms and bounds.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from tools.errors import ToolError
from tools.project import INSIDE, shown

FOLDER = INSIDE / "changes"
# Far more than the plan of a large stack takes; a comment has 65,536 characters.
LARGEST = 4 * 1024 * 1024

Act = Literal["create", "update", "replace", "delete"]
LOUD: tuple[Act, ...] = ("replace", "delete")
Name = Annotated[str, StringConstraints(max_length=500)]
Type = Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_.-]+:[A-Za-z0-9_./-]*:[A-Za-z0-9_.-]+$")]
Words = Annotated[str, StringConstraints(max_length=20_000)]
Dollars = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Digest = Annotated[str, StringConstraints(pattern=r"^(sha256:[0-9a-f]{64})?$")]
Stack = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Change(_Form):
    """What happens to one resource. `forced` are the properties that make the platform replace it."""

    act: Act
    type: Type
    name: Name
    urn: Name
    properties: tuple[Name, ...] = ()
    forced: tuple[Name, ...] = ()
    needs: tuple[Name, ...] = ()


class Cost(_Form):
    """What a month costs in dollars as far as it is fixed, and what use adds. None where nothing was there."""

    before: Dollars | None = None
    after: Dollars | None = None
    by_use: tuple[Name, ...] = ()
    unpriced: tuple[Name, ...] = ()
    regions: tuple[Name, ...] = ()


class Promoted(_Form):
    """Whose image a stack runs: another stack's, or one by its digest; empty where it builds its own.

    `runs` and `would` are the digests of what it runs and of what it would, where a preview could ask for them.
    """

    before: Name = ""
    after: Name = ""
    runs: Digest = ""
    would: Digest = ""

    @property
    def differs(self) -> bool:
        return self.before != self.after or bool(self.runs and self.would and self.runs != self.would)


class Difference(_Form):
    """What a change does to one stack; or, in `problems`, why that cannot be told.

    `kind`: a `preview` asked the platform; a `plan` compares what the code before and after would make from nothing,
    and `why` says why it is no more than that.
    """

    stack: Stack
    target: Name
    kind: Literal["preview", "plan"]
    why: Name = ""
    changes: tuple[Change, ...] = ()
    kept: int = Field(default=0, ge=0)
    cost: Cost = Cost()
    promoted: Promoted = Promoted()
    rules: int = Field(default=0, ge=0, le=1000)
    broken: tuple[Words, ...] = ()
    problems: tuple[Words, ...] = ()
    warnings: tuple[Words, ...] = ()

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to look at."""
        return not (self.changes or self.broken or self.problems or self.promoted.differs)

    def of(self, *acts: Act) -> list[Change]:
        return [change for change in self.changes if change.act in acts]


def keep(difference: Difference, folder: Path = FOLDER) -> Path:
    """Write a document, and say where."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{difference.stack}.json"
    file.write_text(difference.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return file


def kept(folder: Path = FOLDER) -> list[Difference]:
    """Every document of a folder, by the names of the stacks. Raises ToolError for one that is none."""
    return sorted((_read(file) for file in folder.glob("*.json")), key=lambda difference: difference.stack)


def _read(file: Path) -> Difference:
    if file.is_symlink() or not file.is_file() or file.stat().st_size > LARGEST:
        raise ToolError(f"{shown(file)} is not a file of at most {LARGEST} bytes")
    try:
        return Difference.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        raise ToolError(
            f"{shown(file)} is not what a change does to a stack: {where}: {first['msg']}",
            "make it anew: make changes STACK=<stack>",
        ) from None
