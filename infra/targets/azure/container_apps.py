"""The target `azure.container_apps`: the service on Container Apps."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi import ResourceOptions, dynamic

from infra import secrets, wsgi
from infra.commands import key_of
from infra.image import JOB, Image, Registry
from infra.service import Service
from infra.settings import Settings
from infra.targets import Endpoint
from infra.targets.azure import account, limits, names
from infra.targets.azure.apps import Apps, AppsArgs, Ingress, Login, Shared
from infra.targets.azure.arm import CANARY
from infra.targets.azure.checks import concurrency, in_azure
from infra.targets.azure.container_apps_ground import PASSWORD, Ground
from infra.targets.azure.domain import Certificate, CertificateArgs, Records, RecordsArgs
from infra.targets.azure.jobs import Jobs
from infra.targets.azure.providers import ReleaseTaskProvider, RevisionProvider, TrialProvider
from infra.targets.azure.templates import Templates, TemplatesArgs, WebArgs, suffix
from infra.targets.raw import Resource

if TYPE_CHECKING:
    from infra.targets.azure.watching import Watch

# Seconds that a stopping server goes on serving as not ready, until ingress has noticed.
DRAIN = 10


class ReleaseTask(dynamic.Resource, module="slipway", name="ReleaseTask"):
    """The release task of a revision, run to its end."""


class Trial(dynamic.Resource, module="slipway", name="Trial"):
    """A revision that is well before it gets any request."""


class Revision(dynamic.Resource, module="slipway", name="Revision"):
    """What the app's revision is called, and how requests are shared.

    Attributes:
        suffix: what ends the name of the revision that the template makes.
        traffics: the shares.
        mode: whether one revision is active or several.
        deployment: that which will serve.
        release: the revision of its image.
        image: its image, by its digest.
        newest: what the newest revision that there is was made of.
        secrets: of what has the rest of the requests; all that the app has, where it goes back.
    """

    suffix: pulumi.Output[str]
    traffics: pulumi.Output[Any]
    mode: pulumi.Output[str]
    newest: pulumi.Output[Any]
    secrets: pulumi.Output[Any]
    deployment: pulumi.Output[str]
    release: pulumi.Output[str]
    image: pulumi.Output[str]


class ContainerAppsService(pulumi.ComponentResource):
    """The service on Container Apps.

    Attributes:
        endpoint: where it answers.
    """

    def __init__(
        self, name: str, service: Service, settings: Settings, image: Image, ground: Ground, opts: ResourceOptions
    ) -> None:
        super().__init__("slipway:azure:Service", name, {}, opts)
        self._name, self._service, self._settings, self._image = name, service, settings, image
        self._ground, self._options = ground, account.options(settings)
        self._tags = account.tags(name)
        self._child = ResourceOptions(parent=self)
        self._held = self._options.traffic.revision is not None
        assert settings.server is not None
        self._plan = wsgi.plan(
            settings.server,
            settings.size.cpu,
            settings.size.memory,
            request_timeout=settings.timeout,
            proxy_idle=limits.INGRESS_IDLE,
            drain=DRAIN,
            longest_stop=limits.LONGEST_STOP,
        )
        self._deployment = self._identify()
        self._templates = self._make_templates()
        self._apps = self._make_apps()
        self._jobs = Jobs(self._apps)
        web = self._web()
        self._watch = self._make_watch(web)
        self.endpoint = self._endpoint(web)
        self.register_outputs({"url": self.endpoint.url})

    def _called(self, *words: str) -> str:
        return names.stack_name(self._name, pulumi.get_stack(), *words)

    def _identify(self) -> pulumi.Output[str]:
        """The deployment's identity, which names the versions of its secrets."""
        stored = {name: each.url for name, each in self._ground.secrets.items()}
        content = {**self._configuration(), "stored": stored}
        return pulumi.Output.all(self._image.revision, self._ground.versions).apply(
            lambda known: secrets.deployment_identity(str(known[0]), content, known[1])
        )

    def _configuration(self) -> dict[str, Any]:
        """What decides how the processes run, beside the image and the secrets."""
        service, settings, options = self._service, self._settings, self._options
        return {
            "size": settings.size.model_dump(mode="json"),
            "scale": settings.scale.model_dump(mode="json"),
            "rules": options.scale_rules.model_dump(mode="json"),
            "concurrency": concurrency(options, self._plan.concurrency),
            "profile": options.workload_profile,
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
        return {
            **self._plan.environment(),
            "HOST": "0.0.0.0",  # noqa: S104 -- a replica has a network interface of its own
            "PORT": str(self._service.web.port),
            # Azure's ingress is one of them.
            "TRUSTED_PROXY_HOPS": str(self._settings.proxies + 1),
        }

    def _make_templates(self) -> Templates:
        settings = self._settings
        args = TemplatesArgs(
            image=self._image.reference,
            revision=self._image.revision,
            deployment=self._deployment,
            cpu=settings.size.cpu,
            memory=settings.size.memory,
            client=self._ground.identity.client_id,
            environment=self._variables(),
            secrets={name: each for name, each in self._ground.vault.references.items() if name != PASSWORD},
            stop=self._plan.stop_timeout,
        )
        return Templates(args)

    def _make_apps(self) -> Apps:
        login, references = self._settings.registry, dict(self._ground.vault.references)
        pulled: Login | None = None
        if login is None or in_azure(login.repository):
            pulled = Login(self._ground.server)
        elif login.username:
            pulled = Login(self._ground.server, login.username, references[PASSWORD])
        args = AppsArgs(
            group=self._ground.group,
            options=self._options,
            environment_id=self._ground.environment.environment_id,
            identity_id=self._ground.identity.identity_id,
            login=pulled,
            secrets={name: each for name, each in references.items() if name != PASSWORD},
            tags=self._tags,
            ready=[*self._ground.ready, *self._ground.environment.ready],
            held=self._held,
            protect=self._settings.protect,
        )
        return Apps(self._name, args, self._child)

    def _web(self) -> Resource:
        settings, options = self._settings, self._options
        template = self._templates.web(
            WebArgs(
                environment=self._web_variables(),
                port=self._service.web.port,
                ready=self._service.web.ready,
                alive=self._service.web.alive,
                check=self._plan.check,
                concurrency=concurrency(options, self._plan.concurrency),
                rules=options.scale_rules,
                least=settings.scale.min,
                most=settings.scale.max,
            )
        )
        self._revision = self._decide(template)
        before: list[pulumi.Resource] = [self._release()] if self._service.release else []
        named = {**template, "revisionSuffix": self._revision.suffix}
        if options.traffic.canary is not None or self._held:
            before = [self._trial(named, before)]
        records = self._records() if settings.domain else None
        pointed = self._ground.pointed
        taken = records.domain if records and pointed else None
        ingress = Ingress(self._service.web.port, self._revision.traffics, taken)
        after = [*before, *(records.ready if records else ())]
        # Another template than the newest revision's would be another revision.
        shipped = self._revision.newest if self._held else named
        shared = Shared(self._revision.mode, self._revision.secrets)
        web = self._apps.web(self._called(), shipped, shared, ingress, after)
        self._listening = self._certify(web, records, pointed) if records and pointed else ()
        return web

    def _decide(self, template: dict[str, Any]) -> Revision:
        traffic = self._options.traffic
        props: dict[str, Any] = {
            "subscription": self._options.subscription,
            "group": self._ground.group,
            "app": self._called(),
            "base": suffix(template),
            "deployment": self._deployment,
            "release": self._image.revision,
            "image": self._image.reference,
            "canary": traffic.canary or 0,
            "back_to": traffic.revision or "",
            "template": template,
            **dict.fromkeys(("suffix", "traffics", "mode", "secrets", "newest")),
        }
        return Revision(RevisionProvider(), "revision", props, self._child)

    def _release(self) -> ReleaseTask:
        """After it is known that there is something to go to, and before anything goes."""
        task = self._service.release
        assert task is not None
        template = self._templates.job(task.command)
        job = self._jobs.started(self._called("release"), "release", template, task.timeout, [self._revision])
        props: dict[str, Any] = {
            "subscription": self._options.subscription,
            "group": self._ground.group,
            "job": job.output("name"),
            "revision": self._image.revision,
            "command": list(task.command),
            "timeout": task.timeout,
        }
        held = ["revision", "command"] if self._held else None
        opts = ResourceOptions(parent=self, depends_on=[self._revision], ignore_changes=held)
        return ReleaseTask(ReleaseTaskProvider(), "release", props, opts)

    def _trial(self, template: dict[str, Any], after: Sequence[pulumi.Resource]) -> Trial:
        """What is to get a part of the requests, or had them once, proves itself before it gets one."""
        props: dict[str, Any] = {
            "subscription": self._options.subscription,
            "group": self._ground.group,
            "app": self._called(),
            "suffix": self._revision.suffix,
            "back_to": self._options.traffic.revision or "",
            "template": template,
            "configuration": self._apps.configuration(),
        }
        opts = ResourceOptions(parent=self, depends_on=[*self._ground.ready, *after])
        return Trial(TrialProvider(), "trial", props, opts)

    def _records(self) -> Records:
        domain = str(self._settings.domain)
        args = RecordsArgs(domain, self._ground.zone, self._called(), self._ground.environment)
        records = Records(self._name, args, self._child)
        if self._ground.pointed is None:
            _tell(domain, records.wanted)
        return records

    def _certify(self, web: Resource, records: Records, validation: str) -> Sequence[pulumi.Resource]:
        args = CertificateArgs(
            group=self._ground.group,
            location=self._options.location,
            records=records,
            validation=validation,
            app_ready=[web],
            tags=self._tags,
        )
        return Certificate(self._name, args, self._child).ready

    def _make_watch(self, web: Resource) -> "Watch | None":
        if self._options.alarms is None:
            return None
        # Only here, where it is asked for.
        from infra.targets.azure.watching import Watch, WatchArgs

        options, settings = self._options, self._settings
        place = pulumi.Output.concat(
            f"/subscriptions/{options.subscription}/resourceGroups/",
            self._ground.group,
            "/providers/Microsoft.App/containerApps/",
        )
        args = WatchArgs(
            group=self._ground.group,
            location=options.location,
            app_id=web.id,
            workers={
                f"worker.{name}": pulumi.Output.concat(place, self._called("worker", name))
                for name in self._service.workers
            },
            workspace_id=self._ground.workspace.resource_id,
            options=self._options.alarms,
            scale_max=settings.scale.max,
            scale_min=settings.scale.min,
            tags=self._tags,
            insights_id=self._ground.insights.insights_id if self._ground.insights else None,
        )
        return Watch(self._name, args, self._child)

    def _beside_all(self, serving: pulumi.Resource) -> None:
        """Workers and jobs: those of a deployment that never serves must not replace those of one that does."""
        for name, worker in self._service.workers.items():
            template = self._templates.worker(worker.command)
            self._apps.worker(self._called("worker", name), f"worker.{name}", template, [serving])
        for name, job in self._service.jobs.items():
            template = self._templates.job((*JOB, name))
            self._jobs.scheduled(
                self._called("job", name), f"job.{name}", template, job.timeout, job.schedule, [serving]
            )

    def _endpoint(self, web: Resource) -> Endpoint:
        options, revision = self._options, self._revision
        open_ = options.ingress == "all" and not options.internal and not options.allowed_ips
        inner = "" if options.ingress == "all" else "internal."
        suffix_ = pulumi.Output.concat(inner, self._ground.environment.default_domain)
        canary = pulumi.Output.concat("https://", web.output("name"), f"---{CANARY}.", suffix_)
        asked = pulumi.Output.all(revision.traffics, canary).apply(lambda known: _canary(known[0], known[1]))
        own = pulumi.Output.concat("https://", web.output("name"), ".", suffix_)
        return Endpoint(
            url=f"https://{self._settings.domain}" if self._ground.pointed else own,
            asked=asked if options.traffic.canary is not None and open_ else None,
            revision=revision.release if self._held else self._image.revision,
            deployment=revision.deployment if self._held else self._deployment,
            image=revision.image if self._held else self._image.reference,
            # Nothing is asked before there is somebody to answer.
            started=pulumi.Output.all(revision.suffix, web.id, *(each.urn for each in self._listening)).apply(
                lambda known: str(known[0])
            ),
            reachable=open_,
            console=self._watch.dashboard
            if self._watch
            else pulumi.Output.concat("https://portal.azure.com/#resource", web.id),
            afterwards=self._beside_all,
        )


def _tell(domain: str, wanted: pulumi.Output[list[list[str]]]) -> None:
    """The records that somebody else's DNS must have, of which a plan knows no values yet."""

    def tell(records: Sequence[Sequence[str]]) -> None:
        told = "; ".join(" ".join(record) for record in records)
        rule = f"the app has {domain} once its DNS says so; it needs {told}"
        pulumi.log.warn(f"{key_of('domain')}: {rule}. Then: make up STACK={pulumi.get_stack()}")

    if pulumi.runtime.is_dry_run():
        tell([["TXT", f"asuid.{domain}"], ["CNAME", domain], ["A", domain]])
    else:
        wanted.apply(tell)


def _canary(shares: Sequence[Any], address: str) -> str:
    """Where the new revision alone is asked; nothing where it gets all requests, since there was none before."""
    return address if any(each.get("label") == CANARY for each in shares) else ""


class ContainerApps:
    """The target's face. The ground is laid before there is an image, and built on afterwards."""

    def registry(self, service: Service, settings: Settings) -> Registry:
        """The stack's repository in its container registry, or the one that it names."""
        self._ground = Ground(service, settings)
        return self._ground.registry

    def run(self, service: Service, settings: Settings, image: Image) -> Endpoint:
        """Declare the service on Container Apps."""
        return ContainerAppsService(service.name, service, settings, image, self._ground, self._ground.opts).endpoint


_target = ContainerApps()
registry, run = _target.registry, _target.run
