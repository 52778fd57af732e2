"""What can be known of the target `hosts` without Ansible."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from infra.targets.hosts.checks import problems_of
from infra.targets.spec import Capabilities, Options, Spec, matching

if TYPE_CHECKING:
    from infra.errors import Problem
    from infra.service import Service
    from infra.settings import Settings


def _host(value: str) -> str:
    """A name or an IPv4 address, as it stands in an inventory: nothing that a shell or Ansible would read otherwise."""
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?", value):
        raise ValueError(f"{value!r} is not a host's name or IPv4 address")
    return value


def _user(value: str) -> str:
    # useradd(8) of Debian 12: NAME_REGEX of /etc/adduser.conf, and at most 32 characters.
    if not re.fullmatch(r"[a-z_][a-z0-9_-]{0,31}", value):
        raise ValueError(f"{value!r} is not a user's name")
    return value


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s'\"]+@[^@\s'\"]+\.[^@\s'\"]+", value):
        raise ValueError(f"{value!r} is not a mail address")
    return value


Host = Annotated[str, AfterValidator(_host)]


class From(Options):
    """An output of another stack that lists the hosts."""

    stack: str = Field(
        description="The stack whose outputs name the hosts.", pattern=r"^[\w./-]+$", examples=["network-prod"]
    )
    output: str = Field("hosts", description="Its output: a list of names or addresses.", examples=["hosts"])


class Ssh(Options):
    """How the hosts are reached. The hosts' keys are always held against a file of known ones."""

    user: Annotated[str, AfterValidator(_user)] | None = Field(
        None, description="Who logs in; without it, whom SSH's own configuration names.", examples=["deploy"]
    )
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        None, description="The port of SSH; without it, SSH's own configuration.", examples=[22]
    )
    key: str | None = Field(
        None,
        description="The file of the private key, on the machine that ships; without it, SSH's agent.",
        examples=["~/.ssh/id_ed25519"],
    )
    known_hosts: str | None = Field(
        None,
        description="The file of the hosts' known keys; without it, the user's own.",
        examples=["stacks/known_hosts"],
    )
    config: str | None = Field(
        None,
        description="A configuration file of SSH, for a jump host and the like; without it, the user's own.",
        examples=["stacks/ssh_config"],
    )
    timeout: int = Field(10, ge=1, le=300, description="Seconds that a connection may take.", examples=[10])


class Acme(Options):
    """A certificate that is asked for, and renewed, by the ACME protocol."""

    email: Annotated[str, AfterValidator(_email)] = Field(
        description="Whom the authority may write to.", examples=["ops@example.com"]
    )
    directory: str | None = Field(
        None,
        pattern=r"^https://\S+$",
        description="The authority's directory; without it, that of Let's Encrypt.",
        examples=["https://acme-staging-v02.api.letsencrypt.org/directory"],
    )
    ca: str | None = Field(
        None,
        description="A PEM file of who vouches for the directory's own HTTPS: of an authority that hosts do not know.",
        examples=["stacks/acme-ca.pem"],
    )


class Nginx(Options):
    """What stands in front on every host. With a certificate of either kind HTTP leads to HTTPS."""

    enabled: bool = Field(
        True,
        description="Put nginx in front; without it the service itself listens on `options.port`.",
        examples=[True],
    )
    certificate: str | None = Field(
        None,
        description="A PEM file of the certificate with its chain, on the machine that ships.",
        examples=["/etc/ssl/certs/orders.pem"],
    )
    key: str | None = Field(
        None, description="The PEM file of its private key, likewise.", examples=["/etc/ssl/private/orders.key"]
    )
    acme: Acme | None = Field(None, description="Ask an authority for the certificate of `service:domain`.")
    body: int = Field(
        16, ge=1, le=4096, description="The largest body that a request may bring, in MiB.", examples=[16]
    )


class Balancer(Options):
    """Commands, run where `up` runs, that take a host out of the balancer in front and put it back."""

    out: tuple[str, ...] = Field(
        min_length=1,
        description="Takes a host out: words of a command, in which `{host}` stands for the host's name.",
    )
    back: tuple[str, ...] = Field(min_length=1, description="Puts a host back, likewise.")
    wait: int = Field(5, ge=0, le=600, description="Seconds between taking a host out and changing it.", examples=[5])


class Firewall(Options):
    """Who may connect to a host."""

    enabled: bool = Field(
        False,
        description="Refuse all connections but those of SSH, of the service, and to these ports.",
        examples=[True],
    )
    ports: tuple[Annotated[int, Field(ge=1, le=65535)], ...] = Field((), description="Further TCP ports to let in.")


class Log(Options):
    """How much of what the service writes a host keeps."""

    size: str = Field("200M", pattern=r"^[1-9]\d*[KMG]$", description="At most so much of it.", examples=["200M"])
    days: int = Field(30, ge=1, le=3650, description="At most so many days of it.", examples=[30])


class HostsOptions(Options):
    """Options of the target `hosts`."""

    hosts: tuple[Host, ...] = Field(
        (), description="The hosts, by name or IPv4 address.", examples=["web1.example.com"]
    )
    hosts_from: From | None = Field(None, description="Take the hosts from another stack's outputs.")
    inventory: str | None = Field(
        None,
        description="Take the hosts from an Ansible inventory, a file of the project.",
        examples=["stacks/hosts.ini"],
    )
    ssh: Ssh = Field(default_factory=lambda: Ssh.model_validate({}), description="How the hosts are reached.")
    become: bool = Field(True, description="Become root by sudo; off where root itself logs in.", examples=[True])
    at_a_time: int = Field(1, ge=1, le=100, description="How many hosts are changed at the same time.", examples=[1])
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        None, description="Where the service listens on a host; without it, the contract's own port.", examples=[8001]
    )
    runtime: Literal["venv", "podman", "docker"] = Field(
        "venv",
        description="What runs on a host: an environment of the host's own Python, or the container image, pulled from "
        "`service:registry`, under Podman or Docker.",
        examples=["podman"],
    )
    python: Literal["3.11", "3.12", "3.13"] | None = Field(
        None,
        description="Which of a host's own Pythons runs the service; without it, the newest of 3.11 to 3.13.",
        examples=["3.13"],
    )
    releases_kept: int = Field(
        3, ge=2, le=20, description="So many releases stay on a host, for an instant way back.", examples=[3]
    )
    nginx: Nginx = Field(
        default_factory=lambda: Nginx.model_validate({}), description="What stands in front on every host."
    )
    reachable: bool = Field(
        True,
        description="The first host, or the domain, can be asked from where `up` runs. Where it cannot, each host is "
        "asked by itself alone.",
        examples=[False],
    )
    balancer: Balancer | None = Field(None, description="The balancer in front of the hosts, where there is one.")
    firewall: Firewall = Field(
        default_factory=lambda: Firewall.model_validate({}), description="Who may connect to a host."
    )
    log: Log = Field(default_factory=lambda: Log.model_validate({}), description="How much of the log is kept.")
    unattended_upgrades: bool = Field(
        False, description="Let the hosts install security updates by themselves.", examples=[False]
    )
    unattended_reboot: Annotated[str, matching(r"([01]\d|2[0-3]):[0-5]\d", "a time such as 04:00")] | None = Field(
        None,
        description="When a host may start anew where such an update wants it, in its own time; else it does not.",
        examples=["04:00"],
    )


def _check(service: "Service", settings: "Settings") -> "list[Problem]":
    options = settings.options
    if not isinstance(options, HostsOptions):
        return []  # They are wrong in themselves, which is told already.
    return list(problems_of(service, settings, options))


_CAPABILITIES = Capabilities(release=True, workers=True, jobs=True, domain=True, packages=True, by_host=True)


def _of_options(options: Options) -> Capabilities:
    runs_images = isinstance(options, HostsOptions) and options.runtime != "venv"
    return replace(_CAPABILITIES, image=True, packages=False) if runs_images else _CAPABILITIES


TARGETS = {
    "hosts": Spec(
        options=HostsOptions,
        capabilities=_CAPABILITIES,
        of_options=_of_options,
        # A rollout goes from host to host, and the first one installs packages.
        usual={"rollout_timeout": 120},
        check=_check,
    )
}
