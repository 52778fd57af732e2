"""What must be known of a stack before there is an environment: its file, and the platform that it runs on."""

import re
from dataclasses import dataclass
from pathlib import Path

from tools.errors import ToolError
from tools.project import REQUIREMENTS, STACKS, shown

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_KEY = re.compile(
    r"""^[ \t]+ (?P<q>["']?) service:(?P<key>target|protect) (?P=q) [ \t]* : [ \t]+
        (?P<v>["']?) (?P<value>[A-Za-z0-9_]+(?:\.[a-z0-9_]+)*) (?P=v) [ \t]* (?:\#.*)?$""",
    re.VERBOSE,
)
_PROVIDER = re.compile(r"""^secretsprovider[ \t]*:[ \t]+(["']?)(?P<value>[^\s"'#]+)\1""", re.MULTILINE)
_LISTED = re.compile(r"^-r (\S+)$", re.MULTILINE)
# As YAML and pydantic read them.
_TRUE = ("true", "yes", "on", "1", "y", "t")


@dataclass(frozen=True)
class Stack:
    """A stack by its name, which is also that of its file."""

    name: str

    @property
    def file(self) -> Path:
        return STACKS / f"Pulumi.{self.name}.yaml"

    def check(self) -> None:
        """That there is such a stack; the error lists those that there are."""
        if not _NAME.fullmatch(self.name):
            raise ToolError(f"STACK={self.name}: a stack's name is letters, digits, '-', '_' and '.'")
        if not self.file.is_file():
            names = ", ".join(stacks()) or "none"
            raise ToolError(
                f"STACK={self.name}: there is no {shown(self.file)} (the stacks that there are: {names})",
                f"name one of them, or write {shown(self.file)}",
            )

    def target(self) -> str:
        """The stack's `service:target`, such as `local` or `aws.fargate`.

        Read without a YAML parser, which a bare Python does not have: the key stands on a line of its own under
        `config:`, as Pulumi writes it.
        """
        self.check()
        target = self._value("target")
        if target is not None and target == target.lower():
            return target
        raise ToolError(
            f"{shown(self.file)}: service:target: is not set, or not on a line of its own under config:",
            f"pulumi config set service:target local --stack {self.name}",
        )

    def protected(self) -> bool:
        """Whether `service:protect` is on."""
        return str(self._value("protect")).lower() in _TRUE

    def secrets_provider(self) -> str | None:
        """What encrypts the stack's secrets, such as `awskms://alias/orders`; None for a passphrase."""
        found = _PROVIDER.search(self._text())
        return found["value"] if found and found["value"] not in ("passphrase", "default") else None

    def _value(self, key: str) -> str | None:
        in_config = False
        for line in self._text().splitlines():
            if line[:1] not in ("", " ", "\t", "#"):
                in_config = line.split("#")[0].rstrip() in ("config:", '"config":', "'config':")
            found = _KEY.match(line) if in_config else None
            if found and found["key"] == key:
                return found["value"]
        return None

    def _text(self) -> str:
        try:
            return self.file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            where = f"byte {error.start + 1} of it is not UTF-8"
            raise ToolError(f"{shown(self.file)}: {where}", f"save {shown(self.file)} as UTF-8") from None

    def platform(self) -> str:
        """The first word of the target.

        A target of no platform that there is gets the smallest environment, in which the program names all that is
        wrong with the stack's file at once, this included.
        """
        platform = self.target().split(".")[0]
        return platform if lock_of(platform).is_file() else "local"

    def environment(self) -> str:
        """The environment that the stack needs: its target's own, such as `aws-eks`, or else its platform's."""
        own = self.target().replace(".", "-")
        return own if lock_of(own).is_file() else self.platform()


def stacks() -> list[str]:
    """The names of the stacks that have a file, in order."""
    return sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in STACKS.glob("Pulumi.*.yaml"))


def lock_of(environment: str) -> Path:
    """The lock of what an environment holds: a platform's, or that of one target of it."""
    return REQUIREMENTS / f"{environment}.txt"


def is_list(lock: Path) -> bool:
    """Whether a lock holds nothing itself, and lists the locks that it is made of: `-r checks.txt`."""
    return bool(_LISTED.search(lock.read_text(encoding="utf-8")))


def parts(lock: Path) -> list[Path]:
    """The locks that hold what this one asks for: those that it lists, or itself alone."""
    listed = _LISTED.findall(lock.read_text(encoding="utf-8"))
    return [part for name in listed for part in parts(lock.parent / name)] or [lock]
