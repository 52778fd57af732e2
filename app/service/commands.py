"""What service.toml runs beside the web process: `flask --app service release | work | tidy`."""

import logging
import signal
import threading

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from service import scratch

log = logging.getLogger("service.commands")

# The paths that a release is not let through without.
ESSENTIAL = ("/", "/api/hello")


def register(app: Flask) -> None:
    """Give the app its commands."""
    for command in (release, work, tidy):
        app.cli.add_command(command)


@click.command()
@with_appcontext
def release() -> None:
    """Check, once per revision and before traffic moves, that this revision can serve; where migrations would go."""
    client = current_app.test_client()
    for path in ESSENTIAL:
        status = client.get(path).status_code
        if status != 200:
            raise click.ClickException(f"{path} answers {status}: this revision cannot serve")
    writable = scratch.directory()
    log.info(
        "release: checked", extra={"fields": {"answered": list(ESSENTIAL), "scratch": str(writable), "migrations": 0}}
    )


@click.command()
@click.option("--every", default=30.0, show_default=True, help="Seconds between two heartbeats.")
def work(every: float) -> None:
    """Say every so often that the worker lives, until SIGTERM; where a queue's consumer would go."""
    stop = threading.Event()

    def finish(*_: object) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, finish)
    beats = 0
    log.info("work: started")
    while True:
        beats += 1
        log.info("work: heartbeat", extra={"fields": {"beat": beats}})
        if stop.wait(every):
            break
    log.info("work: finished", extra={"fields": {"beats": beats}})


@click.command()
def tidy() -> None:
    """Remove what requests that were cut short left in the scratch folder."""
    count, size = scratch.remove_forgotten()
    log.info("tidy: done", extra={"fields": {"files": count, "bytes": size}})
