"""Contract and settings -> the variables of the role, but for its secrets: the resolved configuration."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from infra import wsgi
from infra.service import Service
from infra.settings import Settings
from infra.targets.hosts.checks import path_of
from infra.targets.hosts.naming import name_of
from infra.targets.hosts.schedules import calendar
from infra.targets.hosts.spec import HostsOptions

MIB = 1024 * 1024

# Seconds that nginx keeps an idle connection to the service (keepalive_timeout of ngx_http_upstream_module, its
# default, read 2026-11-29).
NGINX_IDLE = 60

# Which of the role's variables decide what a process is: where one of them differs, processes start anew.
PROCESS = (
    "service",
    "stack",
    "server",
    "port",
    "variables",
    "web_variables",
    "workers",
    "jobs",
    "memory",
    "cpu",
    "timeout",
    "stop_timeout",
    "python",
    "runtime",
    "nginx",
    "max_body",
    "proxies",
)


def options(settings: Settings) -> HostsOptions:
    """The target's own options."""
    return cast("HostsOptions", settings.options)


def configuration(service: Service, settings: Settings, stack: str) -> dict[str, Any]:
    """The role's variables that are no secrets and do not come from what was built, as plain values."""
    assert settings.server is not None
    given = options(settings)
    nginx, balancer = given.nginx, given.balancer
    plan = wsgi.plan(
        settings.server,
        settings.size.cpu,
        settings.size.memory,
        request_timeout=settings.timeout,
        proxy_idle=NGINX_IDLE if nginx.enabled else None,
    )
    release = service.release
    return _prefixed(
        {
            "name": name_of(service.name, stack),
            "description": service.description or service.name,
            "service": service.name,
            "stack": stack,
            "server": settings.server,
            "requirements": service.web.requirements.format(server=settings.server),
            "ready": service.web.ready,
            "version": service.web.version,
            "variables": dict(settings.environment),
            "web_variables": plan.environment(),
            "release_task": {"command": list(release.command), "timeout": release.timeout} if release else {},
            "workers": {name: {"command": list(worker.command)} for name, worker in service.workers.items()},
            "jobs": {
                name: {"command": list(job.command), "timeout": job.timeout, "calendar": calendar(job.schedule)}
                for name, job in service.jobs.items()
            },
            "memory": settings.size.memory,
            "cpu": settings.size.cpu,
            "timeout": settings.timeout,
            "stop_timeout": plan.stop_timeout,
            "start_timeout": settings.rollout_timeout,
            "port": given.port or service.web.port,
            "batch": given.at_a_time,
            "releases_kept": given.releases_kept,
            "balancer_out": [list(balancer.out)] if balancer else [],
            "balancer_in": [list(balancer.back)] if balancer else [],
            "balancer_wait": balancer.wait if balancer else 0,
            "python": given.python or "",
            "runtime": given.runtime,
            "registry_username": (settings.registry.username if settings.registry else None) or "",
            "nginx": nginx.enabled,
            "domain": settings.domain or "",
            "certificate": _text(nginx.certificate),
            "acme_email": nginx.acme.email if nginx.acme else "",
            **({"acme_directory": nginx.acme.directory} if nginx.acme and nginx.acme.directory else {}),
            "acme_ca": _text(nginx.acme.ca) if nginx.acme else "",
            "max_body": nginx.body * MIB,
            "proxies": settings.proxies,
            "log_size": given.log.size,
            "log_days": given.log.days,
            "firewall": given.firewall.enabled,
            "firewall_ports": list(given.firewall.ports),
            "unattended_upgrades": given.unattended_upgrades,
            "unattended_reboot": given.unattended_reboot or "",
        }
    )


def private(settings: Settings) -> dict[str, str]:
    """The role's variables that are secrets of the deployer's, and none of the service."""
    index = settings.build.secrets.get("PIP_INDEX_URL", "")
    return _prefixed(
        {
            "certificate_key": _text(options(settings).nginx.key),
            "index": index,
            "registry_password": (settings.registry.password if settings.registry else None) or "",
        }
    )


def of_processes(variables: Mapping[str, Any]) -> dict[str, Any]:
    """What of the role's variables the deployment's identity is made of."""
    return {name: variables[name] for name in _prefixed(dict.fromkeys(PROCESS)) if name in variables}


def _text(file: str | None) -> str:
    # A plan is the same on every machine, and most have no key.
    path: Path | None = path_of(file) if file else None
    return path.read_text(encoding="utf-8") if path and path.is_file() else ""


def _prefixed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"slipway_{name}": value for name, value in values.items()}
