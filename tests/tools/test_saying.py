"""What a person sees while something long goes on."""

import sys

import pytest

from tools.saying import Progress, duration


@pytest.fixture
def clock():
    class Clock:
        now = 100.0

        def __call__(self):
            return self.now

    return Clock()


def test_elsewhere_than_on_a_terminal_a_line_comes_every_twenty_seconds(clock, capsys):
    progress = Progress("engine", clock=clock)
    for second in range(50):
        clock.now = 100.0 + second
        progress.show(f"{second} packages")
    progress.end("done")
    assert capsys.readouterr().err.splitlines() == [
        "engine: 0.0 s, 0 packages",
        "engine: 20.0 s, 20 packages",
        "engine: 40.0 s, 40 packages",
        "engine: done in 49.0 s",
    ]


def test_on_a_terminal_one_line_is_written_over_and_the_last_one_stays(clock, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    progress = Progress("engine", clock=clock)
    progress.show("1 package")
    clock.now += 0.1
    progress.show("too soon")
    clock.now += 1
    progress.show("2 packages")
    progress.end("done")
    over = "\r\x1b[K"
    assert capsys.readouterr().err == (
        f"{over}engine: 0.0 s, 1 package{over}engine: 1.1 s, 2 packages{over}engine: done in 1.1 s\n"
    )


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0.0 s"), (59.94, "59.9 s"), (60, "1 min 0 s"), (394.6, "6 min 34 s")]
)
def test_a_duration_is_said_in_a_persons_words(seconds, words):
    assert duration(seconds) == words
