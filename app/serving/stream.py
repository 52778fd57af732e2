"""A response that is sent piece by piece, watched until its end."""

from collections.abc import Callable, Iterable, Iterator

from serving.exchange import Exchange


class Stream:
    """Passes on `result` and calls `finish(bytes sent, whether complete)` once, when the server is done with it."""

    def __init__(self, result: Iterable[bytes], finish: Callable[[int, bool], None]) -> None:
        self._result = result
        self._pieces: Iterator[bytes] = iter(result)
        self._finish = finish
        self._sent = 0
        self._complete = False

    def __iter__(self) -> "Stream":
        return self

    def __next__(self) -> bytes:
        try:
            piece = next(self._pieces)
        except StopIteration:
            self._complete = True
            raise
        self._sent += len(piece)
        return piece

    def close(self) -> None:
        """Called by every server at the end, also when the client has gone."""
        try:
            close = getattr(self._result, "close", None)
            if close is not None:
                close()
        finally:
            self._finish(self._sent, self._complete)


def without_body(result: Iterable[bytes], exchange: Exchange) -> list[bytes]:
    """What is sent for HEAD, whatever the app made: not every server leaves the body out by itself."""
    try:
        if not exchange.code:
            # A generator calls start_response when its first piece is asked for.
            next(iter(result), None)
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()
    return []
