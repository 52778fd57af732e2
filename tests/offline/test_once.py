"""What takes long to make is made once."""

import threading
import time

from tools.offline.once import once


def test_many_threads_that_want_a_thing_at_the_same_time_get_one_and_the_same() -> None:
    made: list[object] = []
    got: list[object] = []

    @once
    def thing() -> object:
        time.sleep(0.1)
        made.append(object())
        return made[-1]

    threads = [threading.Thread(target=lambda: got.append(thing())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(made), got) == (1, made * 8)


def test_what_failed_is_tried_again() -> None:
    tries: list[int] = []

    @once
    def thing(wanted: int) -> int:
        tries.append(wanted)
        if len(tries) == 1:
            raise ValueError
        return wanted

    for _ in range(3):
        try:
            thing(7)
        except ValueError:
            pass

    assert tries == [7, 7]


def test_what_is_made_of_itself_is_made() -> None:
    @once
    def factorial(number: int) -> int:
        return number * factorial(number - 1) if number else 1

    assert factorial(5) == 120
