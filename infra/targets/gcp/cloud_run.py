"""The target `gcp.cloud_run`: the service on Cloud Run, with a load balancer in front where it has a domain."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi import ResourceOptions, dynamic

from infra import secrets, wsgi
from infra.image import JOB, Image, Registry
from infra.service import Service
from infra.settings import Settings
from infra.targets import Endpoint
from infra.targets.gcp import account, limits, log_bucket, network, run_api, vault
from infra.targets.gcp.apis import wanted
from infra.targets.gcp.balancer import Balancer, BalancerArgs
from infra.targets.gcp.checks import concurrency
from infra.targets.gcp.ground import Ground, GroundArgs
from infra.targets.gcp.identity import Identity, IdentityArgs
from infra.targets.gcp.jobs import Jobs, JobsArgs
from infra.targets.gcp.providers import ReleaseTaskProvider, RevisionProvider
from infra.targets.gcp.services import Services, ServicesArgs
from infra.targets.gcp.templates import Command, Templates, TemplatesArgs, WebArgs, revision_name
from infra.targets.gcp.watching import Watch, WatchArgs
from infra.targets.looks import Looks
from infra.targets.raw import Resource


class ReleaseTask(dynamic.Resource, module="slipway", name="ReleaseTask"):
    """The release task of a revision, run to its end."""


class Revision(dynamic.Resource, module="slipway", name="Revision"):
    """The name of Cloud Run's revision, and how requests are shared.

    Attributes:
        name: of the revision that the template makes.
        traffics: the shares.
        deployment: that which will serve.
        release: the revision of its image.
        image: its image, by its digest.
    """

    name: pulumi.Output[str]
    traffics: pulumi.Output[Any]
    deployment: pulumi.Output[str]
    release: pulumi.Output[str]
    image: pulumi.Output[str]


class CloudRunGround(Ground):
    """What a stack on Cloud Run stands on.

    Attributes:
        secrets: those in Secret Manager that are there already, by the variable that each stands for.
    """

    def __init__(self, service: Service, settings: Settings) -> None:
        options = account.options(settings)
        args = GroundArgs(
            project=options.project,
            region=options.region,
            network=options.network,
            managed_zone=options.managed_zone,
            certificate=options.certificate,
            images_kept=options.images_kept,
            scanning=options.scanning,
            apis=wanted(service, settings, secrets=bool(service.secrets)),
        )
        super().__init__(service, settings, args)

    def look(self, settings: Settings, looks: Looks) -> None:
        """Those secrets too."""
        super().look(settings, looks)
        nothing: dict[str, vault.Stored] = {}
        names, project = settings.stored_secrets, self.args.project
        self.secrets = looks.tried(lambda: vault.stored(names, project, self.provider), nothing)


class CloudRunService(pulumi.ComponentResource):
    """The service on Cloud Run.

    Attributes:
        endpoint: where it answers.
    """

    def __init__(
        self,
        name: str,
        service: Service,
        settings: Settings,
        image: Image,
        ground: CloudRunGround,
        opts: ResourceOptions,
    ) -> None:
        super().__init__("slipway:gcp:Service", name, {}, opts)
        self._name, self._service, self._settings, self._image = name, service, settings, image
        self._ground, self._options = ground, account.options(settings)
        self._child = ResourceOptions(parent=self)
        self._on_apis = ResourceOptions(parent=self, depends_on=ground.apis)
        self._held = self._options.traffic.revision is not None
        assert settings.server is not None
        self._plan = wsgi.plan(
            settings.server,
            settings.size.cpu,
            settings.size.memory,
            request_timeout=settings.timeout,
            proxy_idle=limits.FRONT_END_IDLE,
            longest_stop=limits.LONGEST_STOP,
        )
        self._network = self._make_network()
        self._identity = self._make_identity()
        self._vault = self._make_vault()
        self._templates = self._make_templates()
        ready = [*ground.apis, *self._identity.ready, *self._vault.ready, *(self._network or _NOWHERE).way_out]
        self._services = Services(name, ServicesArgs(self._options, ready, self._held, settings.protect), self._child)
        self._logs = self._make_logs()
        web = self._web()
        self._balancer = self._make_balancer(web) if settings.domain else None
        self._watch = self._make_watch(web)
        self.endpoint = self._endpoint(web)
        self.register_outputs({"url": self.endpoint.url})

    def _called(self, *words: str) -> str:
        return account.stack_name(self._name, pulumi.get_stack(), *words)

    def _make_network(self) -> "network.Network | network.GivenNetwork | None":
        asked = self._options.network
        if asked.egress == "none":
            return None
        return self._ground.network(self._name, self._on_apis)

    def _make_identity(self) -> Identity:
        args = IdentityArgs(
            account.account_id(self._name, pulumi.get_stack()), self._options.project, self._options.roles
        )
        return Identity(self._name, args, self._on_apis)

    def _make_vault(self) -> vault.Vault:
        """The secrets, and the deployment's identity, which names their versions."""
        settings, found = self._settings, self._ground.secrets
        values = secrets.service_secrets(self._service, settings, self._child)
        versions = secrets.secret_versions(values, self._child)
        stored = {name: [each.project, each.secret, each.version] for name, each in found.items()}
        content = {**self._configuration(), "stored": stored}
        self._deployment = pulumi.Output.all(self._image.revision, versions).apply(
            lambda known: secrets.deployment_identity(str(known[0]), content, known[1])
        )
        args = vault.VaultArgs(
            stack=self._called(),
            region=self._options.region,
            reader=self._identity.member,
            values=values,
            stored=found,
            protect=settings.protect,
        )
        return vault.Vault(self._name, args, self._on_apis)

    def _configuration(self) -> dict[str, Any]:
        """What decides how the processes run, beside the image and the secrets."""
        service, settings, options = self._service, self._settings, self._options
        return {
            "size": settings.size.model_dump(mode="json"),
            "network": options.network.model_dump(mode="json"),
            "environment": options.execution_environment,
            "billing": options.billing,
            "boost": options.cpu_boost,
            "affinity": options.session_affinity,
            "concurrency": concurrency(settings, options, self._plan.concurrency),
            "most": settings.scale.max,
            "roles": list(options.roles),
            "variables": self._variables(),
            "web": self._web_variables(),
            "workers": {name: list(worker.command) for name, worker in service.workers.items()},
            "jobs": {name: job.model_dump(mode="json") for name, job in service.jobs.items()},
        }

    def _variables(self) -> dict[str, str]:
        return {
            **self._settings.environment,
            "SERVICE_NAME": self._service.name,
            "SERVICE_TARGET": self._settings.target,
            "SERVICE_STACK": pulumi.get_stack(),
        }

    def _web_variables(self) -> dict[str, str]:
        """PORT is Cloud Run's own to set."""
        balanced: dict[str, str] = {}
        if self._options.ingress == "load-balancer":
            # The load balancer adds its own address behind the client's, and nobody else reaches the service:
            # https://cloud.google.com/load-balancing/docs/https#x-forwarded-for_header, read 2026-11-29.
            balanced["TRUSTED_PROXY_ADDRESSES"] = str(self._settings.proxies + 2)
        return {
            **self._plan.environment(),
            "HOST": "0.0.0.0",  # noqa: S104 -- an instance has a network interface of its own
            # Google's front end is one of them.
            "TRUSTED_PROXY_HOPS": str(self._settings.proxies + 1),
            **balanced,
        }

    def _make_templates(self) -> Templates:
        settings, options, inside = self._settings, self._options, self._network
        args = TemplatesArgs(
            image=self._image.reference,
            revision=self._image.revision,
            deployment=self._deployment,
            cpu=settings.size.cpu,
            memory=settings.size.memory,
            account=self._identity.email,
            environment=self._variables(),
            secrets=self._vault.references,
            network=(inside.network_id, inside.subnet_id, network.EGRESS[options.network.egress]) if inside else None,
            generation=options.execution_environment,
        )
        return Templates(args)

    def _make_logs(self) -> log_bucket.Logs:
        """They are kept from the first line on."""
        service = self._service
        workers = [self._called("worker", name) for name in service.workers]
        jobs = [self._called("job", name) for name in service.jobs]
        jobs += [self._called("release")] if service.release else []
        args = log_bucket.LogsArgs(
            self._options.project,
            self._options.region,
            self._options.log_retention,
            log_bucket.written_by(self._called(), workers, jobs),
        )
        return log_bucket.Logs(self._name, args, self._on_apis)

    def _web(self) -> Resource:
        settings, options = self._settings, self._options
        template = self._templates.web(
            WebArgs(
                environment=self._web_variables(),
                port=self._service.web.port,
                ready=self._service.web.ready,
                alive=self._service.web.alive,
                check=self._plan.check,
                timeout=settings.timeout,
                concurrency=concurrency(settings, options, self._plan.concurrency),
                most=settings.scale.max,
                boost=options.cpu_boost,
                idle=options.billing == "request",
                affinity=options.session_affinity,
            )
        )
        self._revision = self._decide(template)
        released: Sequence[pulumi.Resource] = [self._release()] if self._service.release else []
        named = {**template, "revision": self._revision.name}
        return self._services.web(self._called(), named, settings.scale, self._revision.traffics, released)

    def _decide(self, template: dict[str, Any]) -> Revision:
        traffic = self._options.traffic
        props: dict[str, Any] = {
            "project": self._options.project,
            "region": self._options.region,
            "service": self._called(),
            "base": revision_name(self._called(), template),
            "deployment": self._deployment,
            "release": self._image.revision,
            "image": self._image.reference,
            "canary": traffic.canary or 0,
            "back_to": traffic.revision or "",
            "name": None,
            "traffics": None,
        }
        return Revision(RevisionProvider(), "revision", props, self._on_apis)

    def _release(self) -> ReleaseTask:
        """After it is known that there is something to go to, and before anything goes."""
        task = self._service.release
        assert task is not None
        template = self._templates.job(Command("release", task.command, task.timeout))
        job = self._services.job(self._called("release"), "release", template, [self._revision])
        props: dict[str, Any] = {
            "project": self._options.project,
            "region": self._options.region,
            "job": job.id,
            "revision": self._image.revision,
            "command": list(task.command),
            "timeout": task.timeout,
        }
        held = ["revision", "command"] if self._held else None
        opts = ResourceOptions(parent=self, depends_on=[self._revision], ignore_changes=held)
        return ReleaseTask(ReleaseTaskProvider(), "release", props, opts)

    def _make_balancer(self, web: Resource) -> Balancer:
        options, domain = self._options, str(self._settings.domain)
        args = BalancerArgs(
            region=options.region,
            domain=domain,
            service=web.output("name"),
            managed_zone=options.managed_zone,
            certificate=options.certificate,
            armor=options.armor,
            proxies=self._settings.proxies,
            protect=self._settings.protect,
        )
        balancer = Balancer(self._name, args, self._on_apis)
        if not options.managed_zone:
            balancer.address.apply(
                lambda known: pulumi.log.info(f"point {domain} at {known}: its DNS is not in Cloud DNS")
            )
        return balancer

    def _make_watch(self, web: Resource) -> Watch | None:
        if self._options.alarms is None:
            return None
        settings, options = self._settings, self._options
        args = WatchArgs(
            project=options.project,
            service=web.output("name"),
            workers={f"worker.{name}": self._called("worker", name) for name in self._service.workers},
            logs=self._logs,
            host=settings.domain or web.output("uri").apply(lambda uri: str(uri).removeprefix("https://")),
            path=self._service.web.ready,
            checked=options.public and (settings.domain is not None or options.ingress == "all"),
            options=self._options.alarms,
            scale_max=settings.scale.max,
            scale_min=settings.scale.min,
        )
        return Watch(self._name, args, self._on_apis)

    def _beside_all(self, serving: pulumi.Resource) -> None:
        """Workers and jobs: those of a deployment that never serves must not replace those of one that does."""
        service, services = self._service, self._services
        for name, worker in service.workers.items():
            process = f"worker.{name}"
            template = self._templates.worker(Command(process, worker.command))
            services.worker(self._called("worker", name), process, template, [serving])
        if not service.jobs:
            return
        made = {
            name: services.job(
                self._called("job", name),
                f"job.{name}",
                self._templates.job(Command(f"job.{name}", (*JOB, name), job.timeout)),
                [serving],
            )
            for name, job in service.jobs.items()
        }
        args = JobsArgs(
            jobs=service.jobs,
            made=made,
            region=self._options.region,
            account_id=account.account_id(self._name, pulumi.get_stack(), "jobs"),
            ready=self._ground.apis,
        )
        Jobs(self._name, args, ResourceOptions(parent=self, depends_on=[serving]))

    def _endpoint(self, web: Resource) -> Endpoint:
        domain, options, revision = self._settings.domain, self._options, self._revision
        open_ = options.public and options.ingress == "all"
        canary = options.traffic.canary is not None
        pages = f"https://console.cloud.google.com/run/detail/{options.region}/"
        listening = self._balancer.ready if self._balancer else ()
        return Endpoint(
            url=f"https://{domain}" if domain else web.output("uri"),
            asked=web.output("trafficStatuses").apply(_canary) if canary and open_ else None,
            revision=revision.release if self._held else self._image.revision,
            deployment=revision.deployment if self._held else self._deployment,
            image=revision.image if self._held else self._image.reference,
            # Nothing is asked before there is somebody to answer.
            started=pulumi.Output.all(revision.name, web.id, *(each.urn for each in listening)).apply(
                lambda known: str(known[0])
            ),
            reachable=open_ if canary or not domain else options.public and options.managed_zone is not None,
            console=self._watch.dashboard
            if self._watch
            else pulumi.Output.concat(pages, web.output("name"), f"/revisions?project={options.project}"),
            afterwards=self._beside_all,
        )


_NOWHERE = network.GivenNetwork("", "")


def _canary(statuses: Sequence[Mapping[str, Any]] | None) -> str:
    """Where the new revision alone is asked; nothing where it gets all requests, since there was none before."""
    tagged = (str(each.get("uri") or "") for each in statuses or () if each.get("tag") == run_api.CANARY)
    return next((uri for uri in tagged if uri), "")


class CloudRun:
    """The target's face. The ground is laid before there is an image, and built on afterwards."""

    def registry(self, service: Service, settings: Settings) -> Registry:
        """The stack's repository in Artifact Registry, or the one that it names."""
        self._ground = CloudRunGround(service, settings)
        return self._ground.registry

    def run(self, service: Service, settings: Settings, image: Image) -> Endpoint:
        """Declare the service on Cloud Run."""
        return CloudRunService(service.name, service, settings, image, self._ground, self._ground.opts).endpoint


_target = CloudRun()
registry, run = _target.registry, _target.run
