"""The environment that every web process is started with, read once into a frozen object."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from serving.contract import SERVERS, Contract
from serving.errors import ServingError

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True)
class Settings:
    """How the web process runs here. Times are in seconds, sizes in bytes.

    `proxy_addresses`: the client's is so many addresses from the end of X-Forwarded-For; without it, as many as there
    are trusted proxies.
    """

    server: str
    host: str = "127.0.0.1"
    port: int = 8000
    admin_host: str = "127.0.0.1"
    admin_port: int | None = None
    inherited: tuple[str, ...] = ()
    workers: int = 2
    threads: int = 4
    timeout: int = 30
    graceful_timeout: int = 30
    keepalive: int = 5
    backlog: int = 1024
    drain: float = 0.0
    max_body: int = 16 * 1024 * 1024
    gate: str | None = None
    proxy_hops: int = 0
    proxy_addresses: int | None = None
    metrics_public: bool = False
    access_log: bool = True
    log_level: str = "INFO"
    target: str = ""
    stack: str = ""
    deployment: str = ""
    control_socket: str | None = field(default=None)


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def number(self, name: str, default: float, lowest: float, highest: float = 2**40) -> float:
        raw = self.environ.get(name, "").strip()
        if not raw:
            return default
        try:
            value = float(raw)
        except ValueError:
            value = None
        if value is None or not lowest <= value <= highest:
            limit = f"at least {lowest:g}" if highest == 2**40 else f"from {lowest:g} to {highest:g}"
            self.problems.append(f"{name}: {raw!r} is not a number {limit}")
            return default
        return value

    def whole(self, name: str, default: int, lowest: int, highest: int = 2**40) -> int:
        value = self.number(name, default, lowest, highest)
        if value != int(value):
            self.problems.append(f"{name}: {self.environ[name]!r} is not a whole number")
        return int(value)

    def flag(self, name: str, default: bool) -> bool:
        raw = self.environ.get(name)
        if raw is None:
            return default
        word = raw.strip().lower()
        if word in TRUE or word in FALSE:
            return word in TRUE
        self.problems.append(f"{name}: {raw!r} is neither true nor false")
        return default

    def word(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        raw = self.environ.get(name, "").strip() or default
        for choice in allowed:
            if raw.lower() == choice.lower():
                return choice
        self.problems.append(f"{name}: {raw!r} is none of {', '.join(allowed)}")
        return default


def load_settings(environ: Mapping[str, str], contract: Contract, pid: int) -> Settings:
    """Read `environ`; raises ServingError with every variable that is wrong.

    `pid` is this process: inherited sockets are only taken when LISTEN_PID, if set, names it (sd_listen_fds(3)).
    """
    read = _Reader(environ)
    admin = environ.get("ADMIN_PORT", "").strip()
    addresses = environ.get("TRUSTED_PROXY_ADDRESSES", "").strip()
    settings = Settings(
        server=read.word("WEB_SERVER", contract.server, SERVERS),
        host=environ.get("HOST", "").strip() or Settings.host,
        port=read.whole("PORT", contract.port, 0, 65535),
        admin_host=environ.get("ADMIN_HOST", "").strip() or Settings.admin_host,
        admin_port=read.whole("ADMIN_PORT", 0, 0, 65535) if admin else None,
        inherited=_inherited(read, pid),
        workers=read.whole("WEB_CONCURRENCY", Settings.workers, 1, 1024),
        threads=read.whole("WEB_THREADS", Settings.threads, 1, 1024),
        timeout=read.whole("WEB_TIMEOUT", Settings.timeout, 1),
        graceful_timeout=read.whole("WEB_GRACEFUL_TIMEOUT", Settings.graceful_timeout, 1),
        keepalive=read.whole("WEB_KEEPALIVE", Settings.keepalive, 0),
        backlog=read.whole("WEB_BACKLOG", Settings.backlog, 1, 65535),
        drain=read.number("WEB_DRAIN", Settings.drain, 0),
        max_body=read.whole("WEB_MAX_BODY", Settings.max_body, 0),
        gate=environ.get("WEB_GATE", "").strip() or None,
        proxy_hops=read.whole("TRUSTED_PROXY_HOPS", 0, 0, 32),
        proxy_addresses=read.whole("TRUSTED_PROXY_ADDRESSES", 1, 1, 32) if addresses else None,
        metrics_public=read.flag("METRICS_PUBLIC", False),
        access_log=read.flag("ACCESS_LOG", True),
        log_level=read.word("LOG_LEVEL", Settings.log_level, LEVELS),
        target=environ.get("SERVICE_TARGET", ""),
        stack=environ.get("SERVICE_STACK", ""),
        deployment=environ.get("SERVICE_DEPLOYMENT", ""),
        control_socket=environ.get("GUNICORN_CONTROL_SOCKET", "").strip() or None,
    )
    if read.problems:
        raise ServingError(read.problems)
    return settings


def _inherited(read: _Reader, pid: int) -> tuple[str, ...]:
    """The names of the descriptors from 3 upwards, one of `web` and `admin` each."""
    count = read.whole("LISTEN_FDS", 0, 0, 16)
    owner = read.environ.get("LISTEN_PID", "").strip()
    if count == 0 or (owner and owner != str(pid)):
        return ()
    names = read.environ.get("LISTEN_FDNAMES", "").split(":")
    # A unit without FileDescriptorName= passes the unit's own name: anything that is not `admin` serves the public.
    return tuple("admin" if i < len(names) and names[i] == "admin" else "web" for i in range(count))
