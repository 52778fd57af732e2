"""Headers by which a proxy speaks for a client count only where a proxy is known to stand."""

from __future__ import annotations

import json

from tests.app.suite.conftest import Serve
from tests.app.suite.eventually import eventually
from tests.app.suite.place import Served
from tests.app.suite.wire import ask

FORWARDED = {
    "X-Forwarded-For": "6.6.6.6, 203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "shop.example",
    "X-Forwarded-Prefix": "/shop",
    "Forwarded": "for=6.6.6.6;proto=https;host=shop.example",
    "X-Forwarded-SSL": "on",
    "X-Forwarded-Protocol": "ssl",
}


def test_proxy_headers_are_ignored_by_default(probe: Served) -> None:
    told = ask(probe.web, "/who", FORWARDED).json()
    del told["pid"]

    assert told == {
        "REMOTE_ADDR": probe.client,
        "HTTP_HOST": f"127.0.0.1:{probe.web[1]}",
        "SERVER_PORT": str(probe.web[1]),
        "SCRIPT_NAME": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "scheme": "http",
    }


def test_one_trusted_hop_is_believed_and_no_more(serve: Serve) -> None:
    served = serve("probe", TRUSTED_PROXY_HOPS=1)
    told = ask(served.web, "/who", {**FORWARDED, "X-Request-ID": "by-a-proxy"}).json()

    assert (told["REMOTE_ADDR"], told["scheme"], told["HTTP_HOST"], told["SCRIPT_NAME"]) == (
        "203.0.113.9",
        "https",
        "shop.example",
        "/shop",
    )
    eventually(lambda: "by-a-proxy" in served.log())
    (line,) = [json.loads(line) for line in served.log().splitlines() if "by-a-proxy" in line]
    assert line["remote"] == "203.0.113.9"


def test_a_proxy_that_adds_its_own_address_too_is_seen_through(serve: Serve) -> None:
    served = serve("probe", TRUSTED_PROXY_HOPS=1, TRUSTED_PROXY_ADDRESSES=2)
    forwarded = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9, 192.0.2.7", "X-Forwarded-Proto": "https"}
    told = ask(served.web, "/who", forwarded).json()

    assert (told["REMOTE_ADDR"], told["scheme"]) == ("203.0.113.9", "https")


def test_a_proxy_cannot_be_told_to_speak_of_the_admin_port(serve: Serve) -> None:
    served = serve("probe", TRUSTED_PROXY_HOPS=1)
    port = str(served.admin[1])
    answer = ask(served.web, "/metrics", {"X-Forwarded-Port": port, "X-Forwarded-Host": f"127.0.0.1:{port}"})

    assert answer.status == 404
