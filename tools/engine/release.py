"""The official release of the pinned engine: downloaded, held to its pinned checksum, and kept."""

import hashlib
import platform
import queue
import shutil
import tarfile
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO

from tools.engine.kept import Kept, engines
from tools.engine.on_path import COMPANIONS, version_of
from tools.engine.pins import RELEASE_URLS, RELEASES, VERSION
from tools.locking import alone
from tools.saying import Progress

# A host that says nothing within this time, names looked up and all, cannot be reached from here.
REACH_SECONDS = 3.0
# A download that stands still for this long is given up.
_STALL_SECONDS = 30.0


class NoRelease(Exception):
    """Why the release cannot be had, in one line."""


def machine() -> str:
    """This operating system and processor, as Pulumi names its releases."""
    processor = platform.machine().lower()
    named = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(processor, processor)
    return f"{platform.system().lower()}-{named}"


def place() -> Kept:
    """Where the release is kept once it is here."""
    return Kept(engines() / f"release-{VERSION}-{machine()}-{RELEASES.get(machine(), 'none')[:12]}")


def released() -> Kept:
    """The release for this machine, from the cache or downloaded now."""
    sha256 = RELEASES.get(machine())
    if sha256 is None:
        raise NoRelease(f"there is none pinned for {machine()}")
    urls = [url.format(version=VERSION, platform=machine()) for url in RELEASE_URLS]
    return download(place(), urls, sha256, f"v{VERSION}")


def download(kept: Kept, urls: Sequence[str], sha256: str, version: str) -> Kept:
    """Fill `kept` from the first of `urls` that can be reached, if it is the very file that `sha256` names."""
    if kept.whole():
        return kept
    # Outside the lock: where no host can be reached nothing is to be waited for.
    url, response = reach(urls)
    with response, alone(kept.lock, "downloading the engine"):
        if not kept.whole():
            _fill(kept, url, response, sha256, version)
    return kept


def reach(urls: Sequence[str]) -> tuple[str, HTTPResponse]:
    """The first of `urls` that answers, with its answer."""
    reasons: list[str] = []
    for url in urls:
        try:
            return url, _open(url)
        except NoRelease as reason:
            reasons.append(str(reason))
    raise NoRelease("; ".join(reasons))


def _open(url: str) -> HTTPResponse:
    """The answer to a request, once its first bytes are there: in a thread, since a name look-up knows no timeout."""
    answers: queue.Queue[HTTPResponse | Exception] = queue.Queue()

    def ask() -> None:
        try:
            answers.put(urllib.request.urlopen(url, timeout=_STALL_SECONDS))
        except (OSError, HTTPException, ValueError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    host = url.split("/")[2]
    try:
        answer = answers.get(timeout=REACH_SECONDS)
    except queue.Empty:
        raise NoRelease(f"{host} does not answer within {REACH_SECONDS:.0f} s") from None
    match answer:
        case urllib.error.HTTPError():
            raise NoRelease(f"{host} answers {answer.code} {answer.reason}")
        case urllib.error.URLError():
            raise NoRelease(f"{host} cannot be reached ({answer.reason})")
        case Exception():
            raise NoRelease(f"{host} cannot be reached ({answer})")
        case _:
            return answer


def _fill(kept: Kept, url: str, response: HTTPResponse, sha256: str, version: str) -> None:
    progress = Progress(f"engine: {version} from {url.split('/')[2]}")
    with tempfile.TemporaryFile(dir=_made(kept.folder.parent)) as archive:
        try:
            got = _receive(response, archive, progress)
        except (OSError, HTTPException) as error:
            raise NoRelease(f"the download of {url} broke off ({error})") from error
        finally:
            progress.clear()
        if got != sha256:
            raise NoRelease(f"{url} has the checksum {got}, not the pinned {sha256}: refused")
        archive.seek(0)
        bin_folder = kept.begin()
        try:
            _unpack(archive, bin_folder)
        except (tarfile.TarError, OSError) as error:
            raise NoRelease(f"{url} cannot be unpacked ({error})") from error
    try:
        said = "v" + ".".join(str(part) for part in version_of(bin_folder / "pulumi"))
    except ValueError as error:
        raise NoRelease(f"the pulumi of {url} is of no use here: {error}") from error
    if said != version:
        raise NoRelease(f"the pulumi of {url} says that it is {said}, not {version}")
    kept.seal(f"official release, {url}")
    progress.end("downloaded and checked")


def _receive(response: HTTPResponse, archive: IO[bytes], progress: Progress) -> str:
    digest = hashlib.sha256()
    size = int(response.headers.get("Content-Length") or 0)
    received = 0
    while chunk := response.read(1 << 18):
        digest.update(chunk)
        archive.write(chunk)
        received += len(chunk)
        progress.show(f"{received / 1e6:.0f} of {size / 1e6:.0f} MB" if size else f"{received / 1e6:.0f} MB")
    if size and received != size:
        raise OSError(f"{received} of {size} bytes came")
    return digest.hexdigest()


def _unpack(archive: IO[bytes], bin_folder: Path) -> None:
    """The engine and what runs Python programs; the hosts of other languages, hundreds of megabytes, are left out."""
    with tarfile.open(fileobj=archive, mode="r:gz") as tar:
        for member in tar:
            name = member.name.rsplit("/", 1)[-1]
            source = tar.extractfile(member) if member.isfile() else None
            if source is None or not (name == "pulumi" or "python" in name):
                continue
            with (bin_folder / name).open("wb") as target:
                shutil.copyfileobj(source, target)
            (bin_folder / name).chmod(0o755)
    missing = [name for name in ("pulumi", *COMPANIONS) if not (bin_folder / name).is_file()]
    if missing:
        raise tarfile.TarError(f"it holds no {', no '.join(missing)}")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
