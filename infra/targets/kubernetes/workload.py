"""The service in a cluster, whichever it is: any by its kubeconfig, or one that a cloud makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pulumi
from pulumi import ResourceOptions, dynamic

from infra import secrets, wsgi
from infra.image import JOB, Image
from infra.service import Service
from infra.settings import Settings
from infra.targets import Endpoint
from infra.targets.kubernetes import monitoring, scaling
from infra.targets.kubernetes.edge import Edge
from infra.targets.kubernetes.ground import Ground, GroundArgs
from infra.targets.kubernetes.names import WEB, rolled, scope_of
from infra.targets.kubernetes.network import Network, NetworkArgs
from infra.targets.kubernetes.pods import DISK, DRAIN, NOTICE, SECRETS, Pods, PodsArgs, WebArgs
from infra.targets.kubernetes.providers import ReleaseTaskProvider
from infra.targets.kubernetes.raw import NO_WAIT, TAKE_OVER, Object, declared
from infra.targets.kubernetes.reach import Reach, ReachArgs
from infra.targets.kubernetes.reached import Reached
from infra.targets.kubernetes.release_task import JOB_START
from infra.targets.kubernetes.spec import WorkloadOptions

# So many earlier ones stay of what a Deployment and a CronJob have made.
KEPT = 3
# A worker that ends within so many seconds has not come to work.
SETTLED = 5
# Seconds after which a job that could not be started in time is not started any more.
LATE = 300


class ReleaseTask(dynamic.Resource, module="slipway", name="ReleaseTask"):
    """The release task of a revision, run to its end."""


@dataclass(frozen=True)
class WorkloadArgs:
    """What runs, and where.

    Attributes:
        service: the contract.
        settings: of the stack.
        image: what runs.
        options: of the workload, whatever the cluster.
        cluster: that it runs in.
        console: where a person looks at it in a cloud's own pages.
        edge: the cloud's balancer before the pods, in place of what the options say of their ingress.
        before: what must be there before a pod starts.
        disk: that is kept for each container.
        labels: of the pods, by which a cloud knows them.
    """

    service: Service
    settings: Settings
    image: Image
    options: WorkloadOptions
    cluster: Reached
    console: pulumi.Input[str] | None = None
    edge: Edge | None = None
    before: Sequence[pulumi.Resource] = ()
    disk: str = DISK
    labels: Mapping[str, str] = field(default_factory=dict[str, str])


class Workload(pulumi.ComponentResource):
    """The service in a cluster.

    Attributes:
        endpoint: where it answers.
        balancer: the address of the cloud's balancer, where one stands before the pods.
    """

    def __init__(self, name: str, args: WorkloadArgs, opts: ResourceOptions | None = None) -> None:
        own = ResourceOptions.merge(opts, ResourceOptions(providers=[args.cluster.provider]))
        super().__init__("slipway:kubernetes:Workload", name, {}, own)
        self._args, self._service, self._settings, self._options = args, args.service, args.settings, args.options
        self._scope = scope_of(name, pulumi.get_stack(), args.options.namespace.name)
        assert args.settings.server is not None
        leading = args.edge or args.options.ingress
        self._plan = wsgi.plan(
            args.settings.server,
            args.settings.size.cpu,
            args.settings.size.memory,
            request_timeout=args.settings.timeout,
            proxy_idle=leading.idle if leading else None,
            drain=DRAIN,
        )
        values = secrets.service_secrets(args.service, args.settings, ResourceOptions(parent=self))
        self._versions = secrets.secret_versions(values, ResourceOptions(parent=self))
        self._secret_names = sorted({*values, *args.settings.stored_secrets})
        self._ground = self._lay(values)
        self._child = ResourceOptions.merge(self._ground.opts, ResourceOptions(parent=self))
        self._ready = [*args.before, *self._ground.ready]
        if args.options.network.policy:
            network = NetworkArgs(self._scope, args.service.web.port, args.options, args.edge)
            self._ready += Network(name, network, self._child).ready
        self._pods_args = self._common()
        self._deployment = self._identify()
        self._pods = Pods(self._told(self._pods_args))
        self._web_args = self._asked()
        self._reach = Reach(name, self._leading(), self._child)
        self.balancer = self._reach.balancer
        before = [self._release()] if args.service.release else []
        web = self._web([*self._ready, *before])
        self._beside_web(web)
        self.endpoint = self._endpoint(web)
        self.register_outputs({"url": self.endpoint.url})

    def _lay(self, values: Mapping[str, pulumi.Output[str]]) -> Ground:
        settings, options = self._settings, self._options
        args = GroundArgs(
            scope=self._scope,
            existing=options.namespace.existing,
            variables=self._variables(),
            secrets=values,
            stored=settings.stored_secrets,
            login=settings.registry,
            pull_secret=options.pull_secret,
            annotations=options.account_annotations,
            labels=self._args.edge.labels if self._args.edge else {},
            protect=settings.protect,
        )
        return Ground(self._scope.service, args, ResourceOptions(parent=self))

    def _variables(self) -> dict[str, str]:
        return {
            **self._settings.environment,
            **{f"{name}_FILE": f"{SECRETS}/{name}" for name in self._secret_names},
            "SERVICE_NAME": self._service.name,
            "SERVICE_TARGET": self._settings.target,
            "SERVICE_STACK": pulumi.get_stack(),
        }

    def _web_variables(self) -> dict[str, str]:
        options = self._options
        return {
            **self._plan.environment(),
            "HOST": "0.0.0.0",  # noqa: S104 -- a pod has a network interface of its own
            "PORT": str(self._service.web.port),
            **({"ADMIN_HOST": "0.0.0.0"} if options.metrics else {}),  # noqa: S104
            "TRUSTED_PROXY_HOPS": str(self._settings.proxies + bool(self._args.edge or options.ingress)),
            **self._addresses(),
        }

    def _addresses(self) -> dict[str, str]:
        """How many addresses stand behind the client's that nobody else can say, where not every hop adds one."""
        edge = self._args.edge
        if edge is None or edge.addresses == 1:
            return {}
        return {"TRUSTED_PROXY_ADDRESSES": str(self._settings.proxies + edge.addresses)}

    def _common(self) -> PodsArgs:
        return PodsArgs(
            scope=self._scope,
            image=self._args.image.reference,
            revision=self._args.image.revision,
            deployment="",
            cpu=self._settings.size.cpu,
            memory=self._settings.size.memory,
            account=self._ground.account,
            variables=self._ground.variables,
            secrets=self._ground.secrets,
            nodes=self._options.node_labels,
            disk=self._args.disk,
            labels=self._args.labels,
        )

    def _asked(self) -> WebArgs:
        web, metrics = self._service.web, self._options.metrics
        return WebArgs(
            environment=self._web_variables(),
            port=web.port,
            ready=web.ready,
            alive=web.alive,
            check=self._plan.check,
            stop=self._plan.stop_timeout,
            notice=self._args.edge.notice if self._args.edge else NOTICE,
            metrics=metrics is not None,
            annotations=monitoring.annotations(metrics, web.metrics),
        )

    def _identify(self) -> pulumi.Output[str]:
        """The deployment's identity: whatever changes a pod changes it."""
        service, blank = self._service, Pods(self._pods_args.blank())
        content = {
            "variables": self._variables(),
            "stored": dict(self._settings.stored_secrets),
            "web": blank.web(self._asked()),
            "workers": {name: self._worker(blank, name) for name in service.workers},
            "jobs": {name: job.model_dump(mode="json") for name, job in service.jobs.items()},
        }
        return pulumi.Output.all(self._args.image.revision, self._versions).apply(
            lambda known: secrets.deployment_identity(str(known[0]), content, known[1])
        )

    def _told(self, common: PodsArgs) -> PodsArgs:
        return replace(common, deployment=self._deployment)

    def _worker(self, pods: Pods, name: str) -> dict[str, Any]:
        return pods.worker(f"worker.{name}", self._service.workers[name].command, self._plan.stop_timeout)

    def _leading(self) -> ReachArgs:
        settings, options = self._settings, self._options
        return ReachArgs(
            self._scope, settings.domain, options.ingress, options.expose, settings.timeout, self._args.edge
        )

    def _metadata(self, process: str, annotations: Mapping[str, str] | None = None) -> dict[str, Any]:
        words = () if process == WEB else process.split(".")
        return {
            "name": self._scope.called(*words),
            "namespace": self._scope.namespace,
            "labels": self._scope.labels(process),
            **({"annotations": dict(annotations)} if annotations else {}),
        }

    def _release(self) -> ReleaseTask:
        """Before anything moves."""
        task = self._service.release
        assert task is not None
        props: dict[str, Any] = {
            "cluster": dict(self._args.cluster.told),
            "namespace": self._scope.namespace,
            "service": self._scope.service,
            "stack": self._scope.stack,
            "revision": self._args.image.revision,
            "command": list(task.command),
            "timeout": task.timeout,
            "manifest": self._once("release", task.command, task.timeout),
        }
        opts = ResourceOptions(parent=self, depends_on=self._ready)
        return ReleaseTask(ReleaseTaskProvider(), "release", props, opts)

    def _once(self, process: str, command: Sequence[str], timeout: int) -> dict[str, Any]:
        """A Job without its name."""
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"namespace": self._scope.namespace, "labels": self._scope.labels(process)},
            "spec": self._job(process, command, timeout),
        }

    def _job(self, process: str, command: Sequence[str], timeout: int) -> dict[str, Any]:
        template = self._pods.job(process, command)
        return {"backoffLimit": 0, "activeDeadlineSeconds": timeout + JOB_START, "template": template}

    def _web(self, after: Sequence[pulumi.Resource]) -> Object:
        scale = self._settings.scale
        spec = {
            "replicas": scale.min,
            "revisionHistoryLimit": KEPT,
            "progressDeadlineSeconds": self._settings.rollout_timeout,
            # No pod goes before another is ready in its place.
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "25%"}},
            "selector": {"matchLabels": self._scope.of(WEB)},
            "template": self._pods.web(self._web_args),
        }
        # The rollout waits for it, and says more of what is wrong.
        body = {"metadata": self._metadata(WEB, {**NO_WAIT, **TAKE_OVER}), "spec": spec}
        # Where something else decides how many there are, what it decided stays.
        ignored = ["spec.replicas"] if scale.min < scale.max else None
        opts = ResourceOptions(depends_on=list(after), ignore_changes=ignored)
        return declared("apps/v1", "Deployment", WEB, body, ResourceOptions.merge(self._child, opts))

    def _beside_web(self, web: Object) -> None:
        """What looks after its pods."""
        after = ResourceOptions.merge(self._child, ResourceOptions(depends_on=[web]))
        scaling.disruption(self._scope, after)
        scale, metrics = self._settings.scale, self._options.metrics
        if scale.min < scale.max:
            scaling.autoscaler(self._scope, scale, self._options.scaling, after)
        if metrics and metrics.kind == "service_monitor":
            monitoring.monitor(self._scope, metrics, self._service.web.metrics, after)

    def _beside_all(self, serving: pulumi.Resource) -> None:
        """Workers and jobs: those of a deployment that never serves must not replace those of one that does."""
        opts = ResourceOptions.merge(self._child, ResourceOptions(depends_on=[serving]))
        for name in self._service.workers:
            process = f"worker.{name}"
            spec = {
                "replicas": 1,
                "revisionHistoryLimit": KEPT,
                "minReadySeconds": SETTLED,
                "progressDeadlineSeconds": self._settings.rollout_timeout,
                # The old one goes first: two at a time were never asked for.
                "strategy": {"type": "Recreate"},
                "selector": {"matchLabels": self._scope.of(process)},
                "template": self._worker(self._pods, name),
            }
            body = {"metadata": self._metadata(process, TAKE_OVER), "spec": spec}
            declared("apps/v1", "Deployment", process.replace(".", "-"), body, opts)
        for name, job in self._service.jobs.items():
            process = f"job.{name}"
            spec = {
                "schedule": job.schedule,
                "timeZone": "Etc/UTC",
                "concurrencyPolicy": "Forbid",
                "startingDeadlineSeconds": LATE,
                "successfulJobsHistoryLimit": KEPT,
                "failedJobsHistoryLimit": KEPT,
                "jobTemplate": {
                    "metadata": {"labels": self._scope.labels(process)},
                    "spec": self._job(process, (*JOB, name), job.timeout),
                },
            }
            body = {"metadata": self._metadata(process), "spec": spec}
            declared("batch/v1", "CronJob", process.replace(".", "-"), body, opts)

    def _endpoint(self, web: Object) -> Endpoint:
        return Endpoint(
            # Nothing is asked before there is somebody to answer, and a way to it.
            url=pulumi.Output.all(self._reach.url, *(each.urn for each in self._reach.ready)).apply(
                lambda known: str(known[0])
            ),
            revision=self._args.image.revision,
            deployment=self._deployment,
            image=self._args.image.reference,
            started=web.output("metadata").apply(rolled),
            reachable=self._reach.open and self._options.reachable,
            console=self._args.console,
            afterwards=self._beside_all,
        )
