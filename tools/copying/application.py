"""Finds a Flask application by reading its files and running none: its callable, files, port and requirements."""

import ast
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.errors import ToolError

# What this project brings beside an application, and what no application is made of.
_OURS = ("infra", "stacks", "policies", "tools", "requirements", "copying")
_NOT_SHIPPED = ("tests", "test", "docs", "doc", "examples", "scripts", "build", "dist", "node_modules", "venv", "env")
_NO_APP = ("setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py", "__main__.py", "manage.py")
_DATA = ("templates", "static", "migrations", "translations")
# Of an application's own package app/, in which what this project brings lies too.
IN_APP = ("serving", "requirements", "service.toml", "Dockerfile", ".dockerignore", "gunicorn.conf.py", "uwsgi.ini")
_FACTORIES = ("create_app", "make_app", "build_app", "app_factory", "get_app")
_NAMES = ("app", "application", "wsgi_app", "server")
_FILES = ("requirements.txt", "requirements/prod.txt", "requirements/production.txt", "requirements/base.txt")
_SAID = re.compile(r"\b(?P<module>[A-Za-z_][\w.]*):(?P<name>[A-Za-z_]\w*)(?P<call>\(\))?")
_PORTS = (
    re.compile(r"(?:--bind|-b)[ =]\S*?:(\d{2,5})\b"),
    re.compile(r"^\s*(?:export )?FLASK_RUN_PORT=[\"']?(\d{2,5})", re.MULTILINE),
    re.compile(r"--port[ =](\d{2,5})\b"),
    re.compile(r"^EXPOSE\s+(\d{2,5})", re.MULTILINE),
)


@dataclass(frozen=True)
class Application:
    """What was found. `folder` is what `files` are relative to; `others` are callables that were not chosen."""

    callable: str
    folder: str
    files: tuple[str, ...]
    requirements: str
    port: int
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    """A callable in a module, and how likely it is the one: less is likelier."""

    callable: str
    folder: str
    rank: int


def find(root: Path) -> Application:
    """The application of the repository. Raises ToolError where there is none, or none of its requirements."""
    found = sorted(_candidates(root), key=lambda each: (each.rank, each.callable.count("."), each.callable))
    if not found:
        raise ToolError(
            "no Flask application is found: neither `app = Flask(...)` nor a `create_app()` in the root, in src/ or in "
            "a package of theirs",
            "write app/service.toml by hand: docs/copying.md shows one",
        )
    chosen = found[0]
    said = _said(root)
    for each in found:
        if said and each.callable.removesuffix("()").startswith(said):
            chosen = each
            break
    folder = root / chosen.folder
    return Application(
        callable=chosen.callable,
        folder=chosen.folder,
        files=tuple(_shipped(folder)),
        requirements=_requirements(root),
        port=_port(root, folder),
        others=tuple(dict.fromkeys(each.callable for each in found if each.callable != chosen.callable)),
    )


def _candidates(root: Path) -> Iterator[_Found]:
    for folder in (".", "src"):
        base = root / folder
        if not base.is_dir():
            continue
        for file in sorted(base.rglob("*.py")):
            parts: tuple[str, ...] = file.relative_to(base).parts
            if not 0 < len(parts) < 4 or any(part in (*_OURS, *_NOT_SHIPPED) or part[0] == "." for part in parts):
                continue
            if parts[0] == "src" or parts[-1] in _NO_APP or _is_brought(parts):
                continue
            if any(not (base.joinpath(*parts[:depth]) / "__init__.py").is_file() for depth in range(1, len(parts))):
                continue
            words = (*parts[:-1], *([] if parts[-1] == "__init__.py" else [file.stem]))
            module = ".".join(words)
            yield from (_Found(f"{module}:{name}", folder, rank) for name, rank in _callables(file))


def _callables(file: Path) -> Iterator[tuple[str, int]]:
    """The callables of a module: a module-level app before a factory."""
    tree = _parsed(file)
    body = tree.body if tree else []
    likely = 0 if file.stem in ("wsgi", "app", "main", "__init__", "application") else 1
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            called = _name(node.value.func)
            for target in targets:
                if isinstance(target, ast.Name) and (called == "Flask" or called in _FACTORIES):
                    named = 0 if target.id in _NAMES else 1
                    yield target.id, likely + named
        elif isinstance(node, ast.FunctionDef) and _makes_flask(node):
            needed = len(node.args.args) - len(node.args.defaults)
            wanted = [each for each in node.args.kw_defaults if each is None]
            if needed <= 0 and not wanted:
                yield f"{node.name}()", 4 + likely + (0 if node.name in _FACTORIES else 2)


def _makes_flask(function: ast.FunctionDef) -> bool:
    calls = any(isinstance(node, ast.Call) and _name(node.func) == "Flask" for node in ast.walk(function))
    return calls and any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function))


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _parsed(file: Path) -> ast.Module | None:
    try:
        return ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError, ValueError):
        return None


def _is_brought(parts: Sequence[str]) -> bool:
    """Whether it is of this project, in the folder app/."""
    return parts[0] == "app" and len(parts) > 1 and parts[1] in IN_APP


def _said(root: Path) -> str:
    """The callable that a Procfile, a Dockerfile or Flask's own file of variables names, without a call."""
    for name in ("Procfile", "Dockerfile", ".flaskenv", "fly.toml", "app.yaml"):
        file = root / name
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        flask = re.search(r"FLASK_APP=[\"']?([\w./]+?)(?:\.py)?(?::(\w+))?(?:\(\))?[\"']?\s*$", text, re.MULTILINE)
        if flask:
            return f"{flask[1].replace('/', '.')}:{flask[2] or ''}"
        served = re.search(r"\b(?:gunicorn|waitress-serve|uwsgi)\b.*", text)
        found = served and next((each for each in _SAID.finditer(served[0]) if not each["module"].isdigit()), None)
        if found:
            return f"{found['module']}:{found['name']}"
    return ""


def _shipped(folder: Path) -> Iterator[str]:
    """What an application is made of: its modules and packages, and the data that Flask looks for beside them."""
    for path in sorted(folder.iterdir()):
        name = path.name
        if name[0] in "._" or name in (*_OURS, *_NOT_SHIPPED, *_NO_APP):
            continue
        package = path.is_dir() and (path / "__init__.py").is_file()
        if package or (path.is_file() and path.suffix == ".py") or (path.is_dir() and name in _DATA):
            yield name


def _requirements(root: Path) -> str:
    """The file that says what it needs."""
    for name in _FILES:
        if (root / name).is_file():
            return name
    project = root / "pyproject.toml"
    if project.is_file() and "dependencies" in tomllib.loads(project.read_text(encoding="utf-8")).get("project", {}):
        return project.name
    raise ToolError(
        f"what it needs is in none of {', '.join(_FILES)}, nor in [project] dependencies of pyproject.toml",
        "write requirements.txt (`poetry export`, `pipenv requirements` or `uv export` do), and make adopt again",
    )


def _port(root: Path, folder: Path) -> int:
    """The port that it is run on so far; 8000 where nothing tells."""
    for name in ("Procfile", ".flaskenv", "Dockerfile", "gunicorn.conf.py"):
        file = root / name
        text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
        for pattern in _PORTS:
            found = pattern.search(text)
            if found:
                return int(found[1])
    for file in sorted(folder.glob("*.py")):
        tree = _parsed(file)
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "run":
                for keyword in node.keywords:
                    value = keyword.value
                    if keyword.arg == "port" and isinstance(value, ast.Constant) and isinstance(value.value, int):
                        return value.value
    return 8000
