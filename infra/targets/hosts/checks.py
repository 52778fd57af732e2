"""What a stack may ask of the target `hosts`, beside what is wrong in one key alone."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from infra.commands import key_of
from infra.errors import CONTRACT, Problem
from infra.paths import ROOT
from infra.targets.hosts import certificates
from infra.targets.hosts.schedules import calendar

if TYPE_CHECKING:
    from infra.service import Service
    from infra.settings import Settings
    from infra.targets.hosts.spec import HostsOptions

# systemd.resource-control(5), read 2026-11-29: CPUQuota= is a whole percent of one core or more.
LEAST_CPU = 0.01

SET = "pulumi config set --path"
REMOVE = "pulumi config rm --path"


def problems_of(service: "Service", settings: "Settings", options: "HostsOptions") -> Iterator[Problem]:
    """Every problem of the options with each other, with the settings, and with the files that they name."""
    yield from _hosts(options)
    yield from _files(options)
    yield from _front(settings, options)
    yield from _certificate(settings, options)
    yield from _schedules(service)
    yield from _runtime(settings, options)
    if settings.size.cpu < LEAST_CPU:
        rule = f"{settings.size.cpu:g} is less than the {LEAST_CPU} of a core that systemd can give"
        yield Problem(key_of("size.cpu"), rule, f"{SET} {key_of('size.cpu')} 0.25")
    if options.unattended_reboot and not options.unattended_upgrades:
        rule = f"is of no use without {key_of('options.unattended_upgrades')}"
        yield Problem(key_of("options.unattended_reboot"), rule, f"{SET} {key_of('options.unattended_upgrades')} true")
    if options.nginx.enabled and (options.port or service.web.port) in (80, 443):
        rule = f"{options.port or service.web.port} is nginx's own port"
        yield Problem(key_of("options.port"), rule, f"{SET} {key_of('options.port')} 8000")


def path_of(name: str) -> Path:
    """A file that an option names: relative to the project, `~` being the user's home."""
    return ROOT / Path(name).expanduser()


def _hosts(options: "HostsOptions") -> Iterator[Problem]:
    given = [name for name in ("hosts", "hosts_from", "inventory") if getattr(options, name)]
    if not given:
        rule = "is required, or service:options.hosts_from, or service:options.inventory"
        yield Problem(key_of("options.hosts"), rule, f"{SET} '{key_of('options.hosts[0]')}' web1.example.com")
    for name in given[1:]:
        rule = f"the hosts come from {key_of(f'options.{given[0]}')} already"
        yield Problem(key_of(f"options.{name}"), rule, f"{REMOVE} {key_of(f'options.{name}')}")
    for index, host in enumerate(options.hosts):
        if host in options.hosts[:index]:
            key = key_of(f"options.hosts[{index}]")
            yield Problem(key, f"{host!r} is named twice", f"{REMOVE} '{key}'")


def _runtime(settings: "Settings", options: "HostsOptions") -> Iterator[Problem]:
    if options.runtime == "venv":
        return
    if settings.registry is None:
        rule = f"is required, as {options.runtime} on the hosts pulls the image from there"
        yield Problem(key_of("registry"), rule, f"{SET} {key_of('registry.repository')} registry.example.com/orders")
    if options.python:
        rule = f"is of no use with {key_of('options.runtime')} {options.runtime}: the image has its own Python"
        yield Problem(key_of("options.python"), rule, f"{REMOVE} {key_of('options.python')}")


def _schedules(service: "Service") -> Iterator[Problem]:
    for name, job in service.jobs.items():
        try:
            calendar(job.schedule)
        except ValueError as error:
            rule = f"{error}, for which systemd has no words"
            yield Problem(f"{CONTRACT}: jobs.{name}.schedule", rule, f"edit jobs.{name}.schedule in {CONTRACT}")


def _files(options: "HostsOptions") -> Iterator[Problem]:
    named = {
        "inventory": options.inventory,
        "ssh.key": options.ssh.key,
        "ssh.known_hosts": options.ssh.known_hosts,
        "ssh.config": options.ssh.config,
        "nginx.certificate": options.nginx.certificate,
        "nginx.key": options.nginx.key,
        "nginx.acme.ca": options.nginx.acme.ca if options.nginx.acme else None,
    }
    for name, file in named.items():
        key = key_of(f"options.{name}")
        if file and not _planned() and not path_of(file).is_file():
            yield Problem(key, f"there is no file {path_of(file)}", f"{SET} {key} <path>")
        if file and any(letter in str(path_of(file)) for letter in " \t\n'\""):
            yield Problem(
                key, f"{file!r} has a space or a quote in it, which SSH's options cannot carry", f"{SET} {key} <path>"
            )


def _planned() -> bool:
    """A plan is the same on every machine, and most have no key."""
    return bool(os.environ.get("SLIPWAY_PLAN"))


def _certificate(settings: "Settings", options: "HostsOptions") -> Iterator[Problem]:
    certificate, private = options.nginx.certificate, options.nginx.key
    if not certificate or not private or _planned():
        return
    files = path_of(certificate), path_of(private)
    if all(file.is_file() for file in files):
        for which, rule in certificates.wrong(*files, settings.domain):
            key = key_of(f"options.nginx.{which}")
            yield Problem(key, rule, f"{SET} {key} <path>")


def _front(settings: "Settings", options: "HostsOptions") -> Iterator[Problem]:
    nginx, key = options.nginx, key_of("options.nginx")
    given = [n for n in ("certificate", "key", "acme") if getattr(nginx, n)]
    if given and not nginx.enabled:
        yield Problem(f"{key}.{given[0]}", "is of no use without nginx", f"{SET} {key}.enabled true")
    if bool(nginx.certificate) != bool(nginx.key):
        missing, there = ("key", "certificate") if nginx.certificate else ("certificate", "key")
        yield Problem(f"{key}.{missing}", f"is required beside {key}.{there}", f"{SET} {key}.{missing} <path>")
    if nginx.acme and nginx.certificate:
        yield Problem(f"{key}.acme", "a certificate is given already", f"{REMOVE} {key}.acme")
    if nginx.acme and not settings.domain:
        rule = "asks for a certificate of service:domain, which is not set"
        yield Problem(f"{key}.acme", rule, f"{SET} {key_of('domain')} api.example.com")
    if settings.domain and not nginx.enabled:
        rule = "is served by nginx, which service:options.nginx.enabled turns off"
        yield Problem(key_of("domain"), rule, f"{SET} {key}.enabled true")
    elif settings.domain and not nginx.certificate and not nginx.acme:
        rule = f"wants a certificate: {key}.certificate and .key, or {key}.acme"
        yield Problem(key_of("domain"), rule, f"{SET} {key}.acme.email ops@example.com")
