"""Units of systemd, as the role's modules look at them and change them: many by one call."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence

FOLDER = "/etc/systemd/system"
_SHOWN = "Id,ActiveState,UnitFileState,NeedDaemonReload"
_AT_REST = ("inactive", "failed")
# Once a socket may start its service anew, for one who still waited there when it was stopped.
_MOST_STOPS = 5


class Refused(Exception):
    """What systemd does not do, in its own words."""


def systemctl(verb: str, units: Iterable[str] = ()) -> str:
    """Run it; what it said. Raises Refused, OSError."""
    words = ["systemctl", verb, *units]
    run = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if run.returncode:
        raise Refused("\n".join([f"{' '.join(words)} ends with {run.returncode}:", *run.stdout.strip().splitlines()]))
    return run.stdout


class Units:
    """Some units, as they are at this moment."""

    def __init__(self, names: Sequence[str]) -> None:
        self._seen: dict[str, dict[str, str]] = {}
        if names:
            blocks = systemctl("show", [f"--property={_SHOWN}", "--", *names]).split("\n\n")
            told = (dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in blocks)
            self._seen = {one["Id"]: one for one in told if one.get("Id")}

    def _of(self, name: str, what: str) -> str:
        return self._seen.get(name, {}).get(what, "")

    @property
    def stale(self) -> bool:
        """Whether the file of one is another than systemd has read."""
        return any(one.get("NeedDaemonReload") == "yes" for one in self._seen.values())

    def runs(self, name: str) -> bool:
        """Whether it is active. What is still starting does not run yet."""
        return self._of(name, "ActiveState") in ("active", "reloading")

    def rests(self, name: str) -> bool:
        """Whether nothing of it is active, or is about to be."""
        return self._of(name, "ActiveState") in ("", *_AT_REST)

    def has_failed(self, name: str) -> bool:
        """Whether systemd remembers a failure of it."""
        return self._of(name, "ActiveState") == "failed"

    def lasts(self, name: str) -> bool:
        """Whether it comes again when the host starts."""
        return self._of(name, "UnitFileState") == "enabled"


class Asked:
    """Which units are to be started, stopped and started anew; `lasting`: also when the host starts again."""

    def __init__(self, stopped: list[str], started: list[str], restarted: list[str], *, lasting: bool) -> None:
        self.stopped, self.started, self.restarted, self.lasting = stopped, started, restarted, lasting

    def names(self) -> list[str]:
        """All of them, each once."""
        return list(dict.fromkeys([*self.stopped, *self.started, *self.restarted]))

    def bring_about(self, *, check: bool) -> list[str]:
        """Stop, then start; which of them were not so. Raises Refused, OSError."""
        units = Units(self.names())
        if units.stale and not check:
            systemctl("daemon-reload")
        again = set(self.stopped) & set(self.started)
        stop = [name for name in self.stopped if not units.rests(name)]
        start = [name for name in self.started if name in again or not units.runs(name)]
        disable = [name for name in self.stopped if self.lasting and name not in again and units.lasts(name)]
        enable = [name for name in self.started if self.lasting and not units.lasts(name)]
        if not check:
            for verb, names in (("disable", disable), ("enable", enable)):
                if names:
                    systemctl(verb, names)
            _stop(stop)
            self._forget(units)
            for verb, names in (("start", start), ("restart", self.restarted)):
                if names:
                    systemctl(verb, names)
        return list(dict.fromkeys([*stop, *start, *self.restarted, *disable, *enable]))

    def _forget(self, before: Units) -> None:
        """That one of the stopped has failed, before or by being stopped: it is not to be looked after any more."""
        if any(before.has_failed(name) or not before.rests(name) for name in self.stopped):
            now = Units(self.stopped)
            failed = [name for name in self.stopped if now.has_failed(name)]
            if failed:
                systemctl("reset-failed", failed)


def _stop(names: list[str]) -> None:
    """Stop them until they rest. Sockets go first, as they start their services; raises Refused, OSError."""
    for _ in range(_MOST_STOPS):
        if not names:
            return
        systemctl("stop", sorted(names, key=lambda name: not name.endswith(".socket")))
        now = Units(names)
        names = [name for name in names if not now.rests(name)]
    if names:
        raise Refused(f"{', '.join(names)}: started again as often as it was stopped")
