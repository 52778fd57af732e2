"""Contract and settings -> what the target `local` starts, but for its secrets: the resolved configuration."""

from typing import Any, cast

from infra import wsgi
from infra.service import Service
from infra.settings import Settings
from infra.targets.local.spec import LocalOptions


def options(settings: Settings) -> LocalOptions:
    """The target's own options."""
    return cast("LocalOptions", settings.options)


def configuration(service: Service, settings: Settings, stack: str) -> dict[str, Any]:
    """The fields of `instance.Spec` that do not come from what was built, as plain values."""
    assert settings.server is not None
    plan = wsgi.plan(settings.server, settings.size.cpu, settings.size.memory, request_timeout=settings.timeout)
    return {
        "host": options(settings).host,
        "port": options(settings).port or service.web.port,
        "ready": service.web.ready,
        "version": service.web.version,
        "variables": {
            **settings.environment,
            "SERVICE_NAME": service.name,
            "SERVICE_TARGET": settings.target,
            "SERVICE_STACK": stack,
        },
        "web_variables": {**plan.environment(), "TRUSTED_PROXY_HOPS": str(settings.proxies)},
        "workers": {name: list(worker.command) for name, worker in service.workers.items()},
        "jobs": {
            name: {"command": list(job.command), "schedule": job.schedule, "timeout": job.timeout}
            for name, job in service.jobs.items()
        },
        "start_timeout": settings.rollout_timeout,
        "stop_timeout": plan.stop_timeout,
    }
