"""The target `aws.fargate`: the service as tasks of ECS on Fargate, behind a load balancer."""

from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions, dynamic

from infra import secrets, wsgi
from infra.commands import key_of
from infra.image import JOB, Image, Registry
from infra.service import Service
from infra.settings import Settings
from infra.targets import Endpoint
from infra.targets.aws import account, limits, vault
from infra.targets.aws.balancer import Balancer, BalancerArgs, idle_timeout
from infra.targets.aws.checks import architecture
from infra.targets.aws.cluster import Cluster, ClusterArgs
from infra.targets.aws.ground import Ground, GroundArgs
from infra.targets.aws.identity import Identity, IdentityArgs
from infra.targets.aws.jobs import Jobs, JobsArgs
from infra.targets.aws.providers import ReleaseTaskProvider
from infra.targets.aws.scaling import Scaling, ScalingArgs
from infra.targets.aws.services import Services, ServicesArgs
from infra.targets.aws.tasks import Process, Tasks, TasksArgs
from infra.targets.aws.watching import Alarms, AlarmsArgs, Watch, WatchArgs
from infra.targets.looks import Looks

WEB = "web"


class ReleaseTask(dynamic.Resource, module="slipway", name="ReleaseTask"):
    """The release task of a revision, run to its end."""


class FargateGround(Ground):
    """What a stack on Fargate stands on.

    Attributes:
        secrets: those in Secrets Manager that are there already.
    """

    def __init__(self, service: Service, settings: Settings) -> None:
        options = account.options(settings)
        self._stored = settings.stored_secrets
        args = GroundArgs(
            region=options.region,
            zones=options.zones,
            network=options.network,
            log_retention=options.log_retention,
            images_kept=options.images_kept,
            kms=options.kms,
            boundary=options.boundary,
            hosted_zone=options.hosted_zone,
            shell=options.exec,
        )
        super().__init__(service, settings, args)

    def look(self, looks: Looks) -> None:
        """Those secrets too."""
        super().look(looks)
        region, provider = self.args.region, self.provider
        nothing: dict[str, vault.Stored] = {}
        self.secrets = looks.tried(lambda: vault.stored(self._stored, region, provider), nothing)


class FargateService(pulumi.ComponentResource):
    """The service on ECS.

    Attributes:
        endpoint: where it answers.
    """

    def __init__(self, name: str, service: Service, settings: Settings, image: Image, ground: FargateGround) -> None:
        super().__init__("slipway:aws:Service", name, {}, ground.opts)
        self._name, self._service, self._settings, self._image = name, service, settings, image
        self._ground, self._options = ground, account.options(settings)
        self._child = ResourceOptions(parent=self)
        self._account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self)).account_id
        assert settings.server is not None
        self._plan = wsgi.plan(
            settings.server,
            settings.size.cpu,
            settings.size.memory,
            request_timeout=settings.timeout,
            proxy_idle=idle_timeout(settings.timeout),
            longest_stop=limits.LONGEST_STOP,
        )
        self._network = ground.network(name, self._child)
        self._cluster = self._make_cluster()
        self._secrets()
        self._identity = self._make_identity()
        self._tasks = self._make_tasks()
        self._balancer = self._make_balancer()
        alarms = self._alarms()
        self._services = self._make_services(alarms)
        web = self._web()
        self._watch = self._make_watch(alarms, web) if alarms else None
        self.endpoint = self._endpoint(web)
        self.register_outputs({"url": self.endpoint.url})

    def _make_cluster(self) -> Cluster:
        options = self._options
        args = ClusterArgs(
            network=self._network,
            public=options.network.tasks == "public",
            egress=options.network.egress,
            capacity=options.capacity,
            insights=options.insights,
            log_retention=options.log_retention,
            key=self._ground.key,
            protect=self._settings.protect,
        )
        return Cluster(self._name, args, self._child)

    def _secrets(self) -> None:
        """The secrets, the login of a registry that is not ECR, and the deployment's identity, which names both."""
        settings, found = self._settings, self._ground
        values = secrets.service_secrets(self._service, settings, self._child)
        versions = secrets.secret_versions(values, self._child)
        self._vault = vault.Vault(
            self._name, vault.VaultArgs(values, found.secrets, self._ground.key, settings.protect), self._child
        )
        stored = {name: [each.reference, each.version] for name, each in found.secrets.items()}
        content = {**self._configuration(), "stored": stored}
        self._deployment = pulumi.Output.all(self._image.revision, versions).apply(
            lambda known: secrets.deployment_identity(str(known[0]), content, known[1])
        )
        self._login = None
        login = settings.registry
        if login and login.username and login.password:
            text = pulumi.Output.secret(
                pulumi.Output.json_dumps({"username": login.username, "password": login.password})
            )
            kept = vault.VaultArgs({"REGISTRY_LOGIN": text}, {}, self._ground.key)
            self._login = vault.Vault(f"{self._name}-pull", kept, self._child).arns[0]

    def _configuration(self) -> dict[str, Any]:
        """What decides how the processes run, beside the image and the secrets."""
        service, settings = self._service, self._settings
        return {
            "size": settings.size.model_dump(mode="json"),
            "architecture": architecture(settings, self._options),
            "shell": self._options.exec,
            "policies": list(self._options.policies),
            "variables": self._variables(),
            "web": self._web_variables(),
            "stop_timeout": self._plan.stop_timeout,
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
            "HOST": "0.0.0.0",  # noqa: S104 -- a task has a network interface of its own
            "PORT": str(self._service.web.port),
            # The load balancer is one of them.
            "TRUSTED_PROXY_HOPS": str(self._settings.proxies + 1),
        }

    def _make_identity(self) -> Identity:
        arns = [*self._vault.arns, *([self._login] if self._login else [])]
        keys = [self._ground.key] if self._ground.key else []
        args = IdentityArgs(
            account=self._account,
            log_group=self._cluster.log_group.arn,
            repository=self._ground.repository,
            secrets=arns,
            region=self._options.region,
            keys=[*keys, *self._foreign_keys()],
            shell=self._options.exec,
            policies=self._options.policies,
        )
        return Identity(self._name, args, self._child)

    def _foreign_keys(self) -> list[pulumi.Input[str]]:
        """The keys of secrets that are there already; any key, where one is named by something else than its ARN."""
        named = {each.encrypted_with for each in self._ground.secrets.values()}
        named -= {"", vault.DEFAULT_KEY}
        if all(each.startswith("arn:") for each in named):
            return [*sorted(named)]
        keys = f"arn:{limits.partition(self._options.region)}:kms:{self._options.region}:"
        return [pulumi.Output.concat(keys, self._account, ":key/*")]

    def _make_tasks(self) -> Tasks:
        settings, options = self._settings, self._options
        args = TasksArgs(
            image=self._image.reference,
            revision=self._image.revision,
            deployment=self._deployment,
            cpu=settings.size.cpu,
            memory=settings.size.memory,
            architecture=architecture(settings, options),
            region=options.region,
            log_group=self._cluster.log_group.name,
            execution_arn=self._identity.execution_arn,
            task_arn=self._identity.task_arn,
            environment=self._variables(),
            secrets=self._vault.references,
            stop_timeout=self._plan.stop_timeout,
            login=self._login,
            shell=options.exec,
        )
        return Tasks(self._name, args, ResourceOptions(parent=self, depends_on=self._identity.ready))

    def _make_balancer(self) -> Balancer:
        options = self._options
        args = BalancerArgs(
            network=self._network,
            port=self._service.web.port,
            ready=self._service.web.ready,
            timeout=self._settings.timeout,
            check=self._plan.check,
            account=self._account,
            proxies=self._settings.proxies,
            certificate=self._ground.certificate(self._name, self._settings.domain, options.certificate, self._child),
            shifting=options.deploy.strategy != "rolling",
            waf=options.waf,
            access_logs=options.access_logs,
            protect=self._settings.protect,
        )
        balancer = Balancer(self._name, args, self._child)
        balancer.admit(self._cluster.group)
        zone = self._ground.zone_id
        if self._settings.domain and zone:
            alias = aws.route53.RecordAliasArgs(
                name=balancer.load_balancer.dns_name,
                zone_id=balancer.load_balancer.zone_id,
                evaluate_target_health=True,
            )
            aws.route53.Record(
                self._name, zone_id=zone, name=self._settings.domain, type="A", aliases=[alias], opts=self._child
            )
        return balancer

    def _alarms(self) -> Alarms | None:
        if self._options.alarms is None:
            return None
        if not self._options.alarms.emails:
            fix = f"pulumi config set --path '{key_of('options.alarms.emails[0]')}' oncall@example.com"
            pulumi.log.warn(f"{key_of('options.alarms.emails')}: nobody hears of an alarm. To be told: {fix}")
        groups = [group.arn_suffix for group in self._balancer.groups]
        label = self._balancer.load_balancer.arn_suffix
        return Alarms(self._name, AlarmsArgs(self._options.alarms, label, groups, self._ground.key), self._child)

    def _make_services(self, alarms: Alarms | None) -> Services:
        args = ServicesArgs(
            cluster=self._cluster,
            balancer=self._balancer,
            port=self._service.web.port,
            deploy=self._options.deploy,
            partition=limits.partition(self._options.region),
            alarms=alarms.names if alarms else (),
            shell=self._options.exec,
        )
        return Services(self._name, args, self._child)

    def _web(self) -> aws.ecs.Service:
        task = self._tasks.define(
            Process(WEB, environment=self._web_variables(), port=self._service.web.port, check=self._plan.check)
        )
        released: list[pulumi.Resource] = [self._release()] if self._service.release else []
        scale = self._settings.scale
        service = self._services.web(task, scale, released)
        if scale.max > scale.min:
            label = pulumi.Output.concat(self._balancer.load_balancer.arn_suffix, "/", self._balancer.group.arn_suffix)
            args = ScalingArgs(scale, self._options.scaling, self._cluster.cluster_name, service.name, label)
            Scaling(self._name, args, self._child)
        return service

    def _release(self) -> ReleaseTask:
        task = self._service.release
        assert task is not None
        props: dict[str, Any] = {
            "region": self._options.region,
            "cluster": self._cluster.arn,
            "task_definition": self._tasks.define(Process("release", task.command)).arn,
            "subnets": self._cluster.subnets,
            "security_groups": [self._cluster.group.id],
            "assign_public_ip": self._cluster.public,
            "revision": self._image.revision,
            "command": list(task.command),
            "timeout": task.timeout,
        }
        opts = ResourceOptions(parent=self, depends_on=[*self._cluster.ready])
        return ReleaseTask(ReleaseTaskProvider(), "release", props, opts)

    def _make_watch(self, alarms: Alarms, web: aws.ecs.Service) -> Watch:
        assert self._options.alarms is not None
        args = WatchArgs(
            region=self._options.region,
            options=self._options.alarms,
            cluster=(self._cluster.arn, self._cluster.cluster_name),
            web=web.name,
            balancer=self._balancer.load_balancer.arn_suffix,
            log_group=self._cluster.log_group.name,
            log_retention=self._options.log_retention,
            key=self._ground.key,
        )
        return Watch(self._name, args, alarms, self._child)

    def _beside_all(self, serving: pulumi.Resource) -> None:
        """Workers and jobs: those of a deployment that never serves must not replace those of one that does."""
        after = [serving]
        for name, worker in self._service.workers.items():
            process = f"worker.{name}"
            service = self._services.worker(process, self._tasks.define(Process(process, worker.command)), after)
            if self._watch:
                self._watch.tasks_of(process, service.name)
        if not self._service.jobs:
            return
        tasks = {
            name: self._tasks.define(Process(f"job.{name}", (*JOB, name), stop_timeout=job.timeout))
            for name, job in self._service.jobs.items()
        }
        args = JobsArgs(
            jobs=self._service.jobs,
            tasks=tasks,
            cluster=self._cluster.arn,
            account=self._account,
            subnets=self._cluster.subnets,
            security_groups=[self._cluster.group.id],
            public=self._cluster.public,
            roles=[self._identity.execution_arn, self._identity.task_arn],
        )
        Jobs(self._name, args, ResourceOptions(parent=self, depends_on=after))

    def _endpoint(self, web: aws.ecs.Service) -> Endpoint:
        domain, options = self._settings.domain, self._options
        name = self._balancer.load_balancer.dns_name
        if domain and not options.hosted_zone:
            name.apply(lambda known: pulumi.log.info(f"point {domain} at {known}: its DNS is not in Route 53"))
        console = f"https://{options.region}.console.aws.amazon.com/ecs/v2/clusters/"
        return Endpoint(
            url=f"https://{domain}" if domain else pulumi.Output.concat("http://", name),
            revision=self._image.revision,
            deployment=self._deployment,
            image=self._image.reference,
            started=web.task_definition.apply(str),
            reachable=not domain or bool(options.hosted_zone),
            console=self._watch.dashboard
            if self._watch
            else pulumi.Output.concat(console, self._cluster.cluster_name, f"/services?region={options.region}"),
            afterwards=self._beside_all,
        )


class Fargate:
    """The target's face. The ground is laid before there is an image, and built on afterwards."""

    def registry(self, service: Service, settings: Settings) -> Registry:
        """The stack's repository in ECR, or the one that it names."""
        self._ground = FargateGround(service, settings)
        return self._ground.registry

    def run(self, service: Service, settings: Settings, image: Image) -> Endpoint:
        """Declare the service on ECS."""
        return FargateService(service.name, service, settings, image, self._ground).endpoint


_target = Fargate()
registry, run = _target.registry, _target.run
