"""What a stack may ask of `aws.fargate`: everything wrong is told at once, each with the command that mends it."""

import json
from typing import Any

import pytest

from infra.errors import SettingsError
from infra.service import Service, load_service, parse_service
from infra.settings import Settings, load_settings
from infra.targets.aws.checks import architecture
from infra.targets.aws.spec import FargateOptions, subnets

BASE: dict[str, Any] = {"target": "aws.fargate", "options": {"region": "eu-central-1"}}
CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/1"


def load(given: dict[str, Any], service: Service | None = None) -> Settings:
    config = {f"service:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in given.items()}
    return load_settings(service or load_service(), config, (), "dev")


def refused(given: dict[str, Any], service: Service | None = None) -> list[str]:
    with pytest.raises(SettingsError) as told:
        load({**BASE, **given}, service)
    return [str(problem) for problem in told.value.problems]


def with_options(**options: Any) -> dict[str, Any]:
    return {"options": {**BASE["options"], **options}}


def test_a_region_is_all_that_a_stack_must_say() -> None:
    settings = load(BASE)
    assert (settings.size.cpu, settings.size.memory) == (0.5, 1024**3)
    assert settings.rollout_timeout == 1200


def test_a_key_of_a_stored_secret_that_is_json_is_named_behind_it() -> None:
    stored = {"SECRET_KEY": "prod/api#key"}
    assert load({**BASE, "stored_secrets": stored}).stored_secrets == stored


VPC = "vpc-0123456789abcdef0"
SUBNETS = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"options": {}}, "service:options.region: is required. Fix: pulumi config set --path service:options.region eu-central-1"),
        (with_options(region="eu--1"), "service:options.region: 'eu--1' is not a region such as eu-central-1. Fix: pulumi config set --path service:options.region eu-central-1"),
        (with_options(region="eu-central-9"), "'eu-central-9' is not a region such as eu-central-1"),
        (with_options(region="Frankfurt"), "'Frankfurt' is not a region such as eu-central-1"),
        (
            {"size": {"cpu": 0.3, "memory": "1GiB"}},
            "service:size.cpu: 0.3 is none of the sizes that Fargate has: 0.25, 0.5, 1, 2, 4, 8, 16. Fix: pulumi config set --path service:size.cpu 0.5",
        ),
        ({"size": {"cpu": 64, "memory": "1GiB"}}, "Fix: pulumi config set --path service:size.cpu 16"),
        (
            {"size": {"cpu": 1, "memory": "512MiB"}},
            "service:size.memory: 512MiB does not go with 1 CPU on Fargate; there is 2GiB to 8GiB in steps of 1GiB. Fix: pulumi config set --path service:size.memory 2GiB",
        ),
        ({"size": {"cpu": 0.25, "memory": "4GiB"}}, "there is 512MiB, 1GiB, 2GiB. Fix: pulumi config set --path service:size.memory 2GiB"),
        ({"domain": "api.example.com"}, "service:options.hosted_zone: 'api.example.com' wants a hosted zone of Route 53, or a certificate for it. Fix: pulumi config set --path service:options.hosted_zone example.com"),
        ({"domain": "api.example.org", **with_options(hosted_zone="example.com")}, "'api.example.org' is not in the hosted zone example.com"),
        ({"domain": "myexample.com", **with_options(hosted_zone="example.com")}, "'myexample.com' is not in the hosted zone example.com"),
        (with_options(hosted_zone="example.com"), "service:options.hosted_zone: is of no use without service:domain"),
        ({"domain": "api.example.com", **with_options(certificate=CERTIFICATE.replace("eu-central", "us-east"))}, "the certificate is of us-east-1, and the balancer of eu-central-1"),
        (with_options(certificate="arn:aws:iam::123456789012:role/x"), "is not the ARN of a certificate in ACM"),
        (with_options(network={"nat": "one"}), "service:options.network.nat: 'one': tasks in public subnets would not use it"),
        (with_options(network={"cidr": "10.0.0.0/28"}), "'10.0.0.0/28' is not a /16 to a /23"),
        (with_options(network={"cidr": "10.0.0.1/16"}), "'10.0.0.1/16' is not a block of IPv4 addresses such as 10.0.0.0/16"),
        (with_options(network={"public_subnets": SUBNETS}), "service:options.network.public_subnets: the stack makes its own VPC"),
        (with_options(network={"vpc": VPC}), "service:options.network.public_subnets: a load balancer wants two subnets at the least, each in another zone"),
        (with_options(network={"vpc": VPC, "public_subnets": SUBNETS, "tasks": "private"}), "service:options.network.private_subnets: is required where tasks are private"),
        (with_options(network={"vpc": VPC, "public_subnets": SUBNETS, "nat": "one"}), "service:options.network.nat: is a matter of the VPC that is there already"),
        (with_options(zones=3, network={"vpc": VPC, "public_subnets": SUBNETS}), "service:options.zones: the zones are those of the given subnets"),
        (with_options(network={"vpc": "my-vpc"}), "'my-vpc' is not an id such as vpc-0123456789abcdef0"),
        (with_options(network={"egress": ["0.0.0.0/0"]}), "'0.0.0.0/0' is not a block of addresses and a port"),
        (with_options(network={"egress": ["10.0.0.0/8:70000"]}), "is not a block of addresses and a port"),
        (with_options(network={"egress": ["0.0.0.0/0:443", "0.0.0.0/0:443"]}), "0.0.0.0/0:443 is named twice"),
        (with_options(network={"egress": ["10.0.0.0/8:5432"]}), "service:options.network.egress: none is for port 443"),
        (with_options(network={"egress": []}), "service:options.network.egress: none is for port 443"),
        ({"registry": {"repository": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/orders"}}, "service:registry: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/orders is in ECR, where the stack has a repository of its own"),
        ({"registry": {"repository": "ghcr.io/acme/orders"}, **with_options(network={"tasks": "private"})}, "service:options.network.nat: private tasks without NAT have no way to ghcr.io/acme/orders"),
        (with_options(deploy={"strategy": "linear", "percent": 2, "step_minutes": 0}), "service:options.deploy.percent: 2 is less than the 3 that a step has at the least"),
        ({"scale": {"min": 1, "max": 3}, **with_options(deploy={"strategy": "canary"}, scaling={"requests": 100})}, "service:options.scaling.requests: requests are counted for one group of tasks, and a canary deployment has two in turn"),
        ({"scale": {"min": 1, "max": 3}, **with_options(scaling={"schedules": {"Day": {"cron": "0 7 * * *", "min": 1, "max": 2}}})}, "'Day' is not 1 to 20 lower-case letters"),
        (with_options(architecture="arm64"), "service:options.architecture: 'arm64' is not among what the image is built for. Fix: pulumi config set --path service:build.platforms[0] linux/arm64"),
        (with_options(capacity={"on_demand": 0}), "service:options.capacity: one of on_demand and spot must be more than 0"),
        (with_options(log_retention=31), "31 is none of 1, 3, 5, 7, 14, 30"),
        (with_options(alarms={"emails": ["nobody"]}), "'nobody' is not an e-mail address"),
        (with_options(policies=["AdministratorAccess"]), "'AdministratorAccess' is not the ARN of a managed policy"),
        (with_options(deploy={"strategy": "linear", "percent": 10}), "service:rollout_timeout: 1200 s; by options.deploy a linear one takes 3000 s by itself. Fix: pulumi config set --path service:rollout_timeout 4200"),
        ({"scale": {"min": 1, "max": 3}, **with_options(scaling={"schedules": {"day": {"cron": "0 7 * * *", "min": 3, "max": 2}}})}, "service:options.scaling.schedules.day.min: 3 is more than max, 2"),
        ({"scale": {"min": 1, "max": 3}, **with_options(scaling={"schedules": {"day": {"cron": "0 0 */2 * MON", "min": 1, "max": 2}}})}, "'0 0 */2 * MON' is no schedule of five cron fields that EventBridge has ('0 0 */2 * MON' is due on"),
        ({"scale": {"min": 1, "max": 3}, **with_options(scaling={"schedules": {"day": {"cron": "0 7 * *", "min": 1, "max": 2}}})}, "Fix: pulumi config set --path service:options.scaling.schedules.day.cron '0 7 * * 1-5'"),
        ({"scale": {"min": 1, "max": 3}, **with_options(scaling={"schedules": {"day": {"cron": "0 7 * * *", "max": 2}}})}, "service:options.scaling.schedules.day.min: is required. Fix: pulumi config set --path service:options.scaling.schedules.day.min 1"),
        (with_options(scaling={"schedules": {"day": {"cron": "0 7 * * *", "min": 1, "max": 2}}}), "service:options.scaling.schedules: is of no use where service:scale.min and max are both 1"),
        ({"scale": {"min": 0, "max": 3}}, "the target aws.fargate cannot scale to zero"),
        ({"stored_secrets": {"SECRET_KEY": "a b"}}, "service:stored_secrets.SECRET_KEY"),
        ({"stored_secrets": {"SECRET_KY": "prod/key"}}, "service:stored_secrets.SECRET_KY: is not in [secrets] of app/service.toml (did you mean SECRET_KEY?)"),
    ],
)  # fmt: skip
def test_what_aws_cannot_do_is_refused(given: dict[str, Any], problem: str) -> None:
    assert [problem in each for each in refused(given)].count(True) == 1, refused(given)


def test_everything_wrong_is_told_at_once() -> None:
    wrong = {
        "size": {"cpu": 3, "memory": "1GiB"},
        "domain": "api.example.com",
        **with_options(network={"nat": "one"}, capacity={"on_demand": 0}),
    }
    assert len(refused(wrong)) == 4


def described(**more: Any) -> Service:
    web = {"callable": "service:app"}
    return parse_service({"name": "web", "files": ["service.toml"], "web": web, **more})


def test_a_name_too_long_for_a_balancer_is_refused() -> None:
    (told,) = refused({}, described(name="a-service-with-a-name-so-long"))
    assert "has more than the 24 characters that a load balancer's name has room for" in told


@pytest.mark.parametrize(
    ("job", "problem"),
    [
        ({"schedule": "*/2 * * * *", "timeout": 60}, "60 s, and up to 120 s to start, are more than the 120 s until it is due again"),
        ({"schedule": "0 0 */2 * MON", "timeout": 60}, "which EventBridge cannot say"),
    ],
)  # fmt: skip
def test_a_job_that_could_run_twice_at_a_time_or_is_never_due_is_refused(job: dict[str, Any], problem: str) -> None:
    (told,) = refused({}, described(jobs={"tidy": {"command": ["true"], **job}}))
    assert problem in told


@pytest.mark.parametrize(
    ("platforms", "option", "expected"),
    [
        ([], None, "amd64"),
        (["linux/arm64"], None, "arm64"),
        (["linux/amd64", "linux/arm64"], None, "amd64"),
        (["linux/amd64", "linux/arm64"], "arm64", "arm64"),
    ],
)
def test_the_tasks_run_on_what_the_image_is_built_for(platforms: list[str], option: str | None, expected: str) -> None:
    given = {**BASE, **with_options(architecture=option), "build": {"platforms": platforms}}
    settings = load(given)
    assert isinstance(settings.options, FargateOptions)
    assert architecture(settings, settings.options) == expected


def test_subnets_stay_where_they_are_when_a_zone_is_added() -> None:
    two, three = subnets("10.0.0.0/16", 2), subnets("10.0.0.0/16", 3)
    assert three[0][:2] == two[0]
    assert three[1][:2] == two[1]
    assert {*three[0]} & {*three[1]} == set()
