"""A service that cannot start says why, in words, and ends with a status that is not 0."""

from __future__ import annotations

from tests.app.suite.conftest import Serve, where_the_ports_are_this_machines
from tests.app.suite.place import Served


@where_the_ports_are_this_machines
def test_a_taken_port_ends_the_start_and_is_named(serve: Serve, probe: Served) -> None:
    port = probe.web[1]
    late = serve("probe", ready=False, PORT=port)
    status = late.wait(10)

    assert status not in (0, None)
    assert f"127.0.0.1:{port}" in late.log()
    assert "Traceback" not in late.log()
    assert probe.ready()


def test_settings_that_make_no_sense_are_all_named_at_once(serve: Serve) -> None:
    served = serve("probe", ready=False, WEB_THREADS="none", WEB_TIMEOUT="-1")
    status = served.wait(10)

    assert status not in (0, None)
    assert ("WEB_THREADS" in served.log(), "WEB_TIMEOUT" in served.log(), "Traceback" in served.log()) == (
        True,
        True,
        False,
    )
