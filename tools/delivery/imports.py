"""Which modules of the project a module imports, itself and through others: read from the code, which is not run."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_NAMED = re.compile(r"infra(\.\w+)+")


def reached(root: Path, entries: Iterable[str]) -> set[str]:
    """The files, relative to `root`, of these modules and of all that they import below `root`.

    What is imported only for the type checker is left out: it decides nothing that is made.
    """
    found: set[str] = set()
    left = list(entries)
    seen: set[str] = set()
    while left:
        name = left.pop()
        if name in seen:
            continue
        seen.add(name)
        # A package's own module runs before any module in it.
        left += [name.rpartition(".")[0]] if "." in name else []
        file = _file(root, name)
        if file is None:
            continue
        found.add(file.relative_to(root).as_posix())
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        left += _imports(ast.parse(file.read_bytes(), str(file)), package)
    return found


def _file(root: Path, name: str) -> Path | None:
    place = root.joinpath(*name.split("."))
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)


def _imports(node: ast.AST, package: str) -> Iterator[str]:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"), orelse=rest):
            inner: Iterable[ast.AST] = rest
        case ast.Import(names=names):
            yield from (each.name for each in names)
            return
        case ast.ImportFrom(module=module, names=names, level=level):
            parents = package.split(".")[: len(package.split(".")) - level + 1] if level else []
            base = ".".join([*parents, *([module] if module else [])])
            yield base
            yield from (f"{base}.{each.name}" for each in names)
            return
        # The name of a module that is started or loaded by it.
        case ast.Constant(value=str() as text) if _NAMED.fullmatch(text):
            yield text
            return
        case _:
            inner = ast.iter_child_nodes(node)
    for each in inner:
        yield from _imports(each, package)
