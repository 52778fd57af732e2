"""The official release, with a server on loopback in the place of Pulumi's."""

import hashlib
import io
import socket
import tarfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tools.engine import Engine, engine, release
from tools.engine.kept import Kept
from tools.engine.pins import VERSION as VERSION_PINNED

NAMES = ("pulumi", "pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")
VERSION = "v9.8.7"


def tarball(said=VERSION, names=NAMES):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name in (*names, "pulumi-language-nodejs"):
            content = f"#!/bin/sh\necho {said}\n".encode()
            member = tarfile.TarInfo(f"pulumi/{name}")
            member.size, member.mode = len(content), 0o755
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def host(monkeypatch):
    """A release host: set `body` to what it serves and `status` to how; `asked` counts requests."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked += 1
            self.send_response(server.status)
            self.send_header("Content-Length", str(len(server.body) + server.withheld))
            self.end_headers()
            self.wfile.write(server.body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.status, server.body, server.withheld = 0, 200, tarball(), 0
    server.url = f"http://127.0.0.1:{server.server_port}/pulumi.tar.gz"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def kept(cache):
    return Kept(cache / "engine" / "release")


def test_the_release_is_kept_with_what_runs_python_and_without_other_languages(host, kept):
    release.download(kept, [host.url], sha256(host.body), VERSION)
    assert sorted(path.name for path in kept.bin.iterdir()) == sorted(NAMES)
    assert kept.whole()


def test_what_is_kept_is_not_asked_for_again(host, kept):
    for _ in range(2):
        release.download(kept, [host.url], sha256(host.body), VERSION)
    assert host.asked == 1


def test_a_file_with_another_checksum_is_refused_and_nothing_of_it_is_kept(host, kept):
    pinned = sha256(b"the real one")
    with pytest.raises(release.NoRelease) as refused:
        release.download(kept, [host.url], pinned, VERSION)
    assert str(refused.value) == f"{host.url} has the checksum {sha256(host.body)}, not the pinned {pinned}: refused"
    assert not kept.folder.exists()


def test_a_download_that_breaks_off_is_refused(host, kept):
    host.withheld = 10
    with pytest.raises(release.NoRelease, match=r"the download of .* broke off"):
        release.download(kept, [host.url], sha256(host.body), VERSION)
    assert not kept.folder.exists()


def test_a_release_that_lacks_the_language_host_is_refused(host, kept):
    host.body = tarball(names=("pulumi",))
    with pytest.raises(release.NoRelease, match=r"it holds no pulumi-language-python, no pulumi-language-python-exec"):
        release.download(kept, [host.url], sha256(host.body), VERSION)


def test_a_release_that_does_not_say_its_version_is_refused(host, kept):
    host.body = tarball(said="nonsense")
    with pytest.raises(release.NoRelease, match=r"is of no use here: .* does not say its version"):
        release.download(kept, [host.url], sha256(host.body), VERSION)
    assert not kept.whole()


def test_a_host_that_never_answers_is_given_up_within_seconds_and_the_next_one_asked(host, kept, monkeypatch):
    monkeypatch.setattr(release, "REACH_SECONDS", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = f"http://127.0.0.1:{silent.getsockname()[1]}/pulumi.tar.gz"
        started = time.monotonic()
        release.download(kept, [mute, host.url], sha256(host.body), VERSION)
        assert time.monotonic() - started < 3
    assert kept.whole()


def test_every_host_that_cannot_be_used_is_named_with_its_reason(host, kept):
    host.status = 503
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    urls = [f"http://127.0.0.1:{port}/a", host.url, "http://no-such-host.invalid/a"]
    with pytest.raises(release.NoRelease) as refused:
        release.download(kept, urls, "", VERSION)
    first, second, third = str(refused.value).split("; ")
    assert first == f"127.0.0.1:{port} cannot be reached ([Errno 111] Connection refused)"
    assert second == f"127.0.0.1:{host.server_port} answers 503 Service Unavailable"
    assert third.startswith("no-such-host.invalid cannot be reached (")


def test_a_truncated_program_in_the_cache_is_noticed_and_fetched_again(host, kept, capsys):
    release.download(kept, [host.url], sha256(host.body), VERSION)
    (kept.bin / "pulumi").write_bytes(b"#!/bin/sh\n")
    assert not kept.whole()
    assert capsys.readouterr().err.endswith(f"cache: {kept.bin}/pulumi is damaged; it is got anew\n")
    release.download(kept, [host.url], sha256(host.body), VERSION)
    assert kept.whole()


def test_a_program_changed_in_place_at_the_same_length_is_noticed(host, kept):
    release.download(kept, [host.url], sha256(host.body), VERSION)
    program = kept.bin / "pulumi"
    program.write_bytes(program.read_bytes().replace(b"echo", b"exit"))
    assert not kept.whole()


def test_a_cache_that_was_copied_is_still_good(host, kept):
    release.download(kept, [host.url], sha256(host.body), VERSION)
    (kept.bin / "pulumi").touch()
    assert kept.whole()


def test_two_at_once_download_it_once(host, kept, capsys):
    host.body += b"\0" * (1 << 20)
    threads = [
        threading.Thread(target=release.download, args=(kept, [host.url], sha256(host.body), VERSION)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept.whole()
    assert capsys.readouterr().err.count("downloaded and checked") == 1


def test_the_official_release_is_taken_where_it_can_be_had(host, cache, tmp_path, monkeypatch):
    host.body = tarball(said=f"v{VERSION_PINNED}")
    monkeypatch.setattr(release, "RELEASE_URLS", (host.url + "?{version}-{platform}",))
    monkeypatch.setattr(release, "RELEASES", {release.machine(): sha256(host.body)})
    (tmp_path / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(tmp_path))
    got = [engine(), engine()]
    bin_folder = release.place().bin
    assert got == [Engine(bin_folder / "pulumi", f"v{VERSION_PINNED}", "official release", (bin_folder,))] * 2
    assert host.asked == 1
