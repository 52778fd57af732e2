"""AWS, as programs ask it themselves: ECS, its logs and its load balancers, played over what the simulated platform has.

Each request is held to botocore's own model of it. What is asked of other services is answered by moto.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.validate import validate_parameters
from flask import Flask, Response, request
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from tests.offline.internet.internet import Internet, Site
from tools.offline.backend import Failure
from tools.offline.world import Thing, World

# botocore has no types of its own.
# pyright: basic

HOSTS = r"([a-z0-9-]+\.)+amazonaws\.com"
OWN = r"(ecs|logs|elasticloadbalancing)\.[a-z0-9-]+\.amazonaws\.com"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
BALANCERS = r"[a-z0-9-]+\.[a-z0-9-]+\.elb\.amazonaws\.com"

Answer = dict[str, Any]


def apis() -> Site:
    """Every service that moto knows, by the host that is asked."""
    return DomainDispatcherApplication(create_backend_app)


@dataclass
class Task:
    """A task that was asked for. It runs when it is first looked at, and has ended when it is looked at again."""

    arn: str
    cluster: str
    definition: str
    started_by: str
    command: list[str]
    exit_code: int
    looks: int = 0

    def described(self) -> Answer:
        ended = self.looks > 1
        told: Answer = {
            "taskArn": self.arn,
            "clusterArn": self.cluster,
            "taskDefinitionArn": self.definition,
            "startedBy": self.started_by,
            "lastStatus": "STOPPED" if ended else "RUNNING",
            "createdAt": 1.0,
            "startedAt": 2.0,
            "containers": [{"name": "app"}],
        }
        if ended:
            told |= {
                "stoppedAt": 3.0,
                "stopCode": "EssentialContainerExited",
                "stoppedReason": "Essential container exited",
            }
            told["containers"] = [{"name": "app", "exitCode": self.exit_code}]
        return told


@dataclass
class Amazon:
    """AWS of one world.

    `exit_codes`: of the next tasks that are run; 0 without one. `tasks`: all that were run. `guard` raises Failure where
    whoever acts may not run a definition.
    """

    world: World
    guard: Callable[[Thing], None] = lambda _: None
    exit_codes: list[int] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    _definitions: dict[str, Thing] = field(default_factory=dict)

    def play(self, internet: Internet, domains: str = r"[a-z]+\.example\.com") -> None:
        """Answer for AWS's hosts, for those of the load balancers, and for domains that lead to them."""
        internet.play(OWN, self._site())
        internet.play(f"{BALANCERS}|{domains}", self.service())
        internet.play(HOSTS, apis())

    def service(self) -> Flask:
        """What the load balancer's address answers: the web service's deployment, as its task definition has it."""
        site = Flask("service", static_folder=None)
        site.add_url_rule("/version", view_func=self._version)
        return site

    def _version(self) -> Response:
        web = self._behind(request.host)
        if not web:
            return Response(status=503)
        definition = self.definition(web[0].outputs["taskDefinition"])
        (container,) = json.loads(definition.inputs["containerDefinitions"])
        known = {each["name"]: each["value"] for each in container["environment"]}
        said = {"revision": _tags(definition)["slipway:revision"], "deployment": known["SERVICE_DEPLOYMENT"]}
        return Response(json.dumps(said), mimetype="application/json")

    def _behind(self, host: str) -> list[Thing]:
        """The service that a host leads to: by its record, its load balancer, the listener and the group of targets."""
        for record in self._things("aws:route53/record:Record"):
            if record.inputs["name"] == host and record.inputs.get("aliases"):
                host = record.inputs["aliases"][0]["name"]
        balancers = {each.outputs["arn"]: each.outputs["dnsName"] for each in self._things(BALANCER)}
        forwards = [
            each.inputs["defaultActions"][0].get("targetGroupArn")
            for each in self._things("aws:lb/listener:Listener")
            if balancers.get(each.inputs["loadBalancerArn"]) == host
        ]
        return [
            each
            for each in self._services()
            for behind in each.inputs.get("loadBalancers") or ()
            if behind["targetGroupArn"] in forwards
        ]

    def _site(self) -> Flask:
        site = Flask("amazon", static_folder=None)
        site.add_url_rule("/", view_func=self._answer, methods=["POST"])
        return site

    def _answer(self) -> Response:
        self._learn()
        if "X-Amz-Target" not in request.headers:
            return self._balancers()
        prefix, _, operation = request.headers["X-Amz-Target"].partition(".")
        service = "ecs" if prefix.startswith("AmazonEC2ContainerService") else "logs"
        model = botocore.session.get_session().get_service_model(service).operation_model(operation)
        given = json.loads(request.get_data())
        validate_parameters(given, model.input_shape)
        act: Callable[[Mapping[str, Any]], Answer] | None = getattr(self, f"_{xform_name(operation)}", None)
        if act is None:
            raise NotImplementedError(f"{service} {operation} is not played")
        try:
            answer, status = act(given), 200
        except Failure as refused:
            answer, status = {"__type": "AccessDeniedException", "message": str(refused)}, 400
        return Response(json.dumps(answer), status, mimetype="application/x-amz-json-1.1")

    def _learn(self) -> None:
        """A family's earlier definitions stay, where the simulation knows its newest alone."""
        for thing in self._things("aws:ecs/taskDefinition:TaskDefinition"):
            self._definitions[thing.outputs["arn"]] = thing

    def _things(self, type_: str) -> list[Thing]:
        return [thing for thing in list(self.world.things.values()) if thing.type == type_]

    def _services(self) -> list[Thing]:
        self._learn()
        return self._things("aws:ecs/service:Service")

    def definition(self, arn: str) -> Thing:
        """A task definition, an earlier one too."""
        return self._definitions[arn]

    def definitions_of(self, deployment: str) -> list[str]:
        """The ARNs of a deployment's task definitions."""
        return [arn for arn, thing in self._definitions.items() if _tags(thing)["slipway:deployment"] == deployment]

    # -- ECS

    def _list_clusters(self, _given: Mapping[str, Any]) -> Answer:
        return {"clusterArns": [each.outputs["arn"] for each in self._things("aws:ecs/cluster:Cluster")]}

    def _describe_clusters(self, given: Mapping[str, Any]) -> Answer:
        found = [each for each in self._things("aws:ecs/cluster:Cluster") if each.outputs["arn"] in given["clusters"]]
        told = [{"clusterArn": each.outputs["arn"], "status": "ACTIVE", "tags": _listed(_tags(each))} for each in found]
        return {"clusters": told}

    def _list_services(self, given: Mapping[str, Any]) -> Answer:
        return {"serviceArns": [e.outputs["arn"] for e in self._services() if e.inputs["cluster"] == given["cluster"]]}

    def _describe_services(self, given: Mapping[str, Any]) -> Answer:
        return {"services": [_service(e) for e in self._services() if e.outputs["arn"] in given["services"]]}

    def _describe_task_definition(self, given: Mapping[str, Any]) -> Answer:
        thing = self.definition(given["taskDefinition"])
        told = {
            "taskDefinitionArn": thing.outputs["arn"],
            "containerDefinitions": json.loads(thing.inputs["containerDefinitions"]),
            "registeredAt": float(thing.outputs["revision"]),
        }
        return {"taskDefinition": told, "tags": _listed(_tags(thing))}

    def _list_tasks(self, given: Mapping[str, Any]) -> Answer:
        stopped = given.get("desiredStatus") == "STOPPED"
        found = [task for task in self.tasks if task.cluster == given["cluster"] and (task.looks > 1) == stopped]
        if "family" in given:
            found = [task for task in found if task.definition.rpartition("/")[2].startswith(f"{given['family']}:")]
        return {"taskArns": [] if "serviceName" in given else [task.arn for task in found]}

    def _describe_tasks(self, given: Mapping[str, Any]) -> Answer:
        found = [task for task in self.tasks if task.arn in given["tasks"]]
        for task in found:
            task.looks += 1
        return {"tasks": [task.described() for task in found], "failures": []}

    def _run_task(self, given: Mapping[str, Any]) -> Answer:
        (override,) = given["overrides"]["containerOverrides"]
        cluster = given["cluster"]
        arn = f"{cluster.replace(':cluster/', ':task/')}/{len(self.tasks):032x}"
        code = self.exit_codes.pop(0) if self.exit_codes else 0
        task = Task(arn, cluster, given["taskDefinition"], given["startedBy"], override["command"], code)
        self.guard(self.definition(task.definition))
        self.tasks.append(task)
        return {"tasks": [task.described()], "failures": []}

    def _stop_task(self, given: Mapping[str, Any]) -> Answer:
        (task,) = [each for each in self.tasks if each.arn == given["task"]]
        task.looks = 2
        return {"task": task.described()}

    # -- the logs

    def _filter_log_events(self, given: Mapping[str, Any]) -> Answer:
        prefix, names = given.get("logStreamNamePrefix", ""), given.get("logStreamNames")
        events = [
            {"eventId": str(number), "timestamp": int(time.time() * 1000), "logStreamName": stream, "message": line}
            for number, (stream, line) in enumerate(self._lines())
            if stream.startswith(prefix) and (names is None or stream in names)
        ]
        return {"events": events[: given.get("limit")]}

    def _get_log_events(self, given: Mapping[str, Any]) -> Answer:
        lines = [line for stream, line in self._lines() if stream == given["logStreamName"]]
        events = [] if "nextToken" in given else [{"timestamp": 1, "message": line} for line in lines]
        return {"events": events, "nextForwardToken": "f/1", "nextBackwardToken": "b/1"}

    def _lines(self) -> list[tuple[str, str]]:
        told: list[tuple[str, str]] = []
        for task in self.tasks:
            (container,) = json.loads(self.definition(task.definition).inputs["containerDefinitions"])
            prefix = container["logConfiguration"]["options"]["awslogs-stream-prefix"]
            told.append((f"{prefix}/app/{task.arn.rpartition('/')[2]}", f"ran {' '.join(task.command)}"))
        return told

    # -- the load balancers, whose API speaks XML

    def _balancers(self) -> Response:
        action = request.form["Action"]
        group, arn = (request.form.get(f"{what}.member.1") for what in ("TargetGroupArns", "LoadBalancerArns"))
        for listener in self._things("aws:lb/listener:Listener"):
            if group and listener.inputs["defaultActions"][0].get("targetGroupArn") == group:
                arn = listener.inputs["loadBalancerArn"]
        (balancer,) = [each for each in self._things(BALANCER) if each.outputs["arn"] == arn]
        told = {
            "DescribeTargetGroups": f"<TargetGroups><member><LoadBalancerArns><member>{balancer.outputs['arn']}</member>"
            "</LoadBalancerArns></member></TargetGroups>",
            "DescribeLoadBalancers": f"<LoadBalancers><member><DNSName>{balancer.outputs['dnsName']}</DNSName></member>"
            "</LoadBalancers>",
        }[action]
        return Response(
            f"<{action}Response><{action}Result>{told}</{action}Result></{action}Response>", mimetype="text/xml"
        )


def _tags(thing: Thing) -> dict[str, str]:
    return dict(thing.inputs.get("tags") or {})


def _listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def _service(thing: Thing) -> Answer:
    given = thing.inputs
    count = int(given.get("desiredCount", 1))
    deployment = {
        "id": "ecs-svc/1",
        "status": "PRIMARY",
        "taskDefinition": thing.outputs["taskDefinition"],
        "desiredCount": count,
        "runningCount": count,
        "pendingCount": 0,
        "failedTasks": 0,
        "rolloutState": "COMPLETED",
        "createdAt": 1.0,
    }
    network = given["networkConfiguration"]
    return {
        "serviceArn": thing.outputs["arn"],
        "clusterArn": given["cluster"],
        "status": "ACTIVE",
        "createdAt": 1.0,
        "tags": _listed(_tags(thing)),
        "deployments": [deployment],
        "events": [],
        "loadBalancers": [{"targetGroupArn": each["targetGroupArn"]} for each in given.get("loadBalancers") or ()],
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": network["subnets"],
                "securityGroups": network["securityGroups"],
                "assignPublicIp": "ENABLED" if network.get("assignPublicIp") else "DISABLED",
            }
        },
        "capacityProviderStrategy": [
            {
                "capacityProvider": each["capacityProvider"],
                "weight": int(each["weight"]),
                "base": int(each.get("base") or 0),
            }
            for each in given.get("capacityProviderStrategies") or ()
        ],
    }
