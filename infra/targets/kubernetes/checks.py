"""What Kubernetes cannot do of what a stack asks: told before anything is created, each with the mending command."""

import re
from collections.abc import Iterator

from infra.commands import key_of, remove_key, set_key
from infra.errors import CONTRACT, Problem
from infra.schedule import closest
from infra.service import Service
from infra.settings import Settings
from infra.targets.kubernetes import limits
from infra.targets.kubernetes.spec import ADMIN_PORT, IngressOptions, KubernetesOptions, WorkloadOptions

REPOSITORY = "ghcr.io/acme/orders"


def problems(service: Service, settings: Settings) -> list[Problem]:
    """Everything wrong with a stack's settings for `kubernetes`."""
    options = settings.options
    if not isinstance(options, KubernetesOptions):
        return []  # They are wrong in themselves, which is told already.
    return [*_registry(settings), *workload(service, settings, options)]


def workload(
    service: Service, settings: Settings, options: WorkloadOptions, *, edge: bool = False
) -> Iterator[Problem]:
    """What is wrong whatever the cluster. `edge`: its cloud's balancer brings the domain to the service."""
    for found in (
        _size(settings),
        _namespace(options),
        _ports(service),
        () if edge else _domain(settings, options),
        _ingress(options),
        _expose(options),
        _scaling(settings, options),
        _pulling(settings, options),
        _jobs(service),
        _stored(settings, options),
        _data(settings),
    ):
        yield from found


def _registry(settings: Settings) -> Iterator[Problem]:
    if settings.registry is None and (settings.image is None or "@" not in settings.image):
        rule = "is required: a cluster has no place for images of its own"
        yield Problem(key_of("registry.repository"), rule, set_key("registry.repository", REPOSITORY))


def _size(settings: Settings) -> Iterator[Problem]:
    if settings.size.cpu < limits.LEAST_CPU:
        rule = f"{settings.size.cpu:g} is less than the {limits.LEAST_CPU} of a core that Kubernetes can say"
        yield Problem(key_of("size.cpu"), rule, set_key("size.cpu", 0.25))


def _namespace(options: WorkloadOptions) -> Iterator[Problem]:
    given, key = options.namespace, "options.namespace"
    if given.existing and given.name is None:
        rule = "is required with the namespace that is there already"
        yield Problem(key_of(f"{key}.name"), rule, set_key(f"{key}.name", "orders"))
    if given.name and not given.existing and (given.name in limits.TAKEN or given.name.startswith("kube-")):
        rule = f"{given.name} is the cluster's own, which no stack makes or removes"
        yield Problem(key_of(f"{key}.name"), rule, set_key(f"{key}.name", "orders"))


def _ports(service: Service) -> Iterator[Problem]:
    if service.web.port == ADMIN_PORT:
        rule = f"{ADMIN_PORT} is the port that metrics are told at inside the container"
        yield Problem(f"{CONTRACT}: web.port", rule, f"edit web.port in {CONTRACT}")


def _domain(settings: Settings, options: WorkloadOptions) -> Iterator[Problem]:
    if settings.domain and options.ingress is None:
        rule = "nothing brings it to the service without service:options.ingress"
        yield Problem(key_of("domain"), rule, set_key("options.ingress.namespace", "ingress-nginx"))
    if options.ingress and not settings.domain:
        rule = "is required with service:options.ingress, which brings it to the service"
        yield Problem(key_of("domain"), rule, set_key("domain", "api.example.com"))


def _ingress(options: WorkloadOptions) -> Iterator[Problem]:
    ingress = options.ingress
    if ingress is None:
        return
    key = "options.ingress"
    if ingress.kind == "gateway":
        yield from _gateway(ingress)
        return
    if ingress.gateway:
        rule = "is of no use to an Ingress"
        yield Problem(key_of(f"{key}.gateway"), rule, set_key(f"{key}.kind", "gateway"))
    given = [name for name in ("secret", "cluster_issuer", "issuer") if getattr(ingress.tls, name)]
    if ingress.plain and given:
        rule = "is of no use to plain HTTP"
        yield from (Problem(key_of(f"{key}.tls.{name}"), rule, set_key(f"{key}.plain", "false")) for name in given)
    elif not ingress.plain and not given:
        rule = "wants a secret, or an issuer by which cert-manager makes one; or service:options.ingress.plain"
        yield Problem(key_of(f"{key}.tls"), rule, set_key(f"{key}.tls.cluster_issuer", "letsencrypt"))
    elif {"cluster_issuer", "issuer"} <= {*given}:
        rule = "is of no use beside a ClusterIssuer"
        yield Problem(key_of(f"{key}.tls.issuer"), rule, remove_key(f"{key}.tls.issuer"))


def _gateway(ingress: IngressOptions) -> Iterator[Problem]:
    key = "options.ingress"
    if ingress.gateway is None:
        rule = "is required: a route hangs on a Gateway that is there already"
        yield Problem(key_of(f"{key}.gateway"), rule, set_key(f"{key}.gateway.name", "public"))
    if ingress.class_name:
        rule = "is of no use to a route, which names its Gateway"
        yield Problem(key_of(f"{key}.class_name"), rule, remove_key(f"{key}.class_name"))
    for name in ("secret", "cluster_issuer", "issuer"):
        if getattr(ingress.tls, name):
            rule = "is of no use to a route, whose Gateway has the certificate"
            yield Problem(key_of(f"{key}.tls.{name}"), rule, remove_key(f"{key}.tls"))


def _expose(options: WorkloadOptions) -> Iterator[Problem]:
    expose, key = options.expose, "options.expose"
    if expose.kind == "node_port" and not options.ingress and not expose.address:
        rule = "is required with a port of the nodes, which is asked there"
        yield Problem(key_of(f"{key}.address"), rule, set_key(f"{key}.address", "node1.example.com"))
    for name in ("node_port", "address"):
        if getattr(expose, name) is not None and expose.kind != "node_port":
            rule = f"is of no use to a service that is exposed by {expose.kind}"
            yield Problem(key_of(f"{key}.{name}"), rule, set_key(f"{key}.kind", "node_port"))


def _scaling(settings: Settings, options: WorkloadOptions) -> Iterator[Problem]:
    scaling = options.scaling
    if settings.scale.min < settings.scale.max and scaling.cpu is None and scaling.memory is None:
        rule = "nothing starts more replicas, and there may be more than service:scale.min"
        yield Problem(key_of("options.scaling.cpu"), rule, set_key("options.scaling.cpu", 70))


def _pulling(settings: Settings, options: WorkloadOptions) -> Iterator[Problem]:
    """Pods pull with a secret of the namespace: one that is there, or one of the login's own."""
    login = settings.registry
    if options.pull_secret and not options.namespace.existing:
        rule = "is a secret of a namespace that is there already, and this one is the stack's own"
        yield Problem(key_of("options.pull_secret"), rule, set_key("options.namespace.existing", "true"))
    if login and bool(login.username) != bool(login.password):
        missing = "password" if login.username else "username"
        secret = "--secret " if missing == "password" else ""
        key = key_of(f"registry.{missing}")
        rule = "is required with the other half of the login, which pods pull their image with"
        yield Problem(key, rule, f"pulumi config set {secret}--path {key} ...")


def _jobs(service: Service) -> Iterator[Problem]:
    for name, job in service.jobs.items():
        # https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax, read 2026-11-30.
        fields = job.schedule.split()
        plain = re.sub(r"[A-Za-z]{3}", "", job.schedule)
        if re.search(r"[LW#]", plain):
            rule = f"{job.schedule!r} has the last or the nth of something, which a CronJob cannot say"
        elif re.search(r"7", fields[4]):
            rule = f"{job.schedule!r} calls Sunday 7, which a CronJob knows as 0 alone"
        else:
            # Whatever is late is skipped, so that two never run at a time: it must not always be.
            apart = closest(job.schedule)
            if job.timeout > apart:
                rule = f"{job.timeout} s are more than the {apart:g} s until it is due again"
                fix = f"shorten it, or let the job run less often, in {CONTRACT}"
                yield Problem(f"{CONTRACT}: jobs.{name}.timeout", rule, fix)
            continue
        yield Problem(f"{CONTRACT}: jobs.{name}.schedule", rule, f"edit it in {CONTRACT}")


def _stored(settings: Settings, options: WorkloadOptions) -> Iterator[Problem]:
    """A secret's name and a key of it, in a namespace that is there already."""
    for variable, name in settings.stored_secrets.items():
        key = f"stored_secrets.{variable}"
        if not re.fullmatch(rf"{limits.SUBDOMAIN}/[-._A-Za-z0-9]{{1,253}}", name):
            rule = f"{name!r} is not <secret>/<key> of a Secret in the namespace"
            yield Problem(key_of(key), rule, set_key(key, "orders-secrets/api-key"))
    if settings.stored_secrets and not options.namespace.existing:
        rule = "are in a namespace that is there already, and this one is the stack's own"
        yield Problem(key_of("stored_secrets"), rule, set_key("options.namespace.existing", "true"))


def _data(settings: Settings) -> Iterator[Problem]:
    for key, kind in (("environment", "ConfigMap"), ("secrets", "Secret")):
        given: dict[str, str] = dict(getattr(settings, key))
        size = sum(len(name) + len(value.encode()) for name, value in given.items())
        if size > limits.LARGEST_DATA:
            rule = f"{size} bytes are more than the {limits.LARGEST_DATA} that a {kind} holds"
            largest = max(given, key=lambda name: len(given[name]))
            yield Problem(key_of(key), rule, remove_key(f"{key}.{largest}"))
