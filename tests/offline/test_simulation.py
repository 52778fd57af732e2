"""The stand-in plays whole lives of resources for the real engine: from preview to destroy, with drift and faults."""

from collections.abc import Callable

import pytest

from tests.offline.program import Program
from tools.offline.world import Fault, World

Programs = Callable[[str], Program]

REPOSITORY = "aws:ecr/repository:Repository"
LOGS = "aws:cloudwatch/logGroup:LogGroup"

KEEPER = """
import pulumi
import pulumi_aws as aws
alarm = aws.cloudwatch.LogGroup("logs", retention_in_days={days}{name})
pulumi.export("id", alarm.id)
pulumi.export("arn", alarm.arn)
"""


def keeper(days: int = 7, name: str = "") -> str:
    return KEEPER.format(days=days, name=f', name="{name}"' if name else "")


@pytest.mark.parametrize(
    ("platform", "count", "outputs"),
    [
        ("aws", 10, ["arn:aws:ec2:us-east-1:123456789012:security-group/sg-", "123456789012.dkr.ecr.us-east-1.amazonaws.com/service-", "vpc-"]),
        ("gcp", 3, ["projects/offline-project/global/networks/service-", "europe-west1-docker.pkg.dev/offline-project/service", "https://www.googleapis.com/compute/v1/projects/offline-project/regions/europe-west1/subnetworks/service-"]),
        ("azure", 3, ["/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/service", "service"]),
    ],
)  # fmt: skip
def test_a_registry_and_a_network_live_on_each_cloud(
    program: Programs, platform: str, count: int, outputs: list[str]
) -> None:
    cloud = program(platform)
    assert f"+ {count + 1} to create" in cloud.run("preview").stdout
    assert cloud.up() == {"create": count}
    made = cloud.outputs()
    assert [made[name].startswith(start) for name, start in zip(sorted(made), outputs, strict=True)] == [True] * len(
        outputs
    )
    assert cloud.up() == {}
    assert f"{count + 1} unchanged" in cloud.run("refresh", "--yes", "--skip-preview").stdout
    assert cloud.outputs() == made
    assert f"- {count + 1} deleted" in cloud.run("destroy", "--yes", "--skip-preview").stdout


def test_ids_are_known_before_anything_is_made(program: Programs) -> None:
    said = program("aws").run("preview", "--json").stdout
    assert said.count('"vpcId": "vpc-') >= 5


def test_a_change_updates_or_replaces_as_the_platform_would(program: Programs) -> None:
    cloud = program("aws")
    assert cloud.up(keeper()) == {"create": 1}
    made = cloud.outputs()
    assert cloud.up(keeper(days=14)) == {"update": 1}
    assert cloud.outputs() == made
    assert cloud.up(keeper(days=14, name="/service/web")) == {"replace": 1}
    assert cloud.outputs()["arn"] == "arn:aws:logs:us-east-1:123456789012:log-group:/service/web"


def test_a_name_that_is_taken_is_refused(program: Programs) -> None:
    first, second = program("aws"), program("gcp")
    first.up(keeper(name="/taken"))
    second.platform = "aws"
    second.write(keeper(name="/taken"))
    again = second.run("up", "--yes", "--skip-preview", ok=False)
    # As on the real platform: what is replaced is made anew before the old one goes, and its name is not free.
    replaced = first.run("up", "--yes", "--skip-preview", "--replace", "**logs", ok=False)
    said = "AlreadyExists: there is a aws:cloudwatch/logGroup:LogGroup /taken already"
    assert [said in each.stdout + each.stderr for each in (again, replaced)] == [True, True]


def test_refresh_sees_what_somebody_changed_by_hand_and_up_puts_it_right(program: Programs, world: World) -> None:
    cloud = program("aws")
    cloud.up(keeper())
    world.drift(LOGS, cloud.outputs()["id"], retentionInDays=1)
    assert "~ 1 updated" in cloud.run("refresh", "--yes", "--skip-preview").stdout
    assert cloud.up() == {"update": 1}
    assert world.things[LOGS, cloud.outputs()["id"]].inputs["retentionInDays"] == 7


def test_refresh_sees_by_hand_what_the_program_never_gave(program: Programs, world: World) -> None:
    cloud = program("aws")
    cloud.up(keeper().replace("retention_in_days=7", ""))
    assert "2 unchanged" in cloud.run("refresh", "--yes", "--skip-preview").stdout
    world.drift(LOGS, cloud.outputs()["id"], retentionInDays=1)
    assert "~ 1 updated" in cloud.run("refresh", "--yes", "--skip-preview").stdout
    assert cloud.up() == {"update": 1}
    assert "retentionInDays" not in world.things[LOGS, cloud.outputs()["id"]].inputs


def test_refresh_sees_what_somebody_took_away_and_up_makes_it_again(program: Programs, world: World) -> None:
    cloud = program("aws")
    cloud.up(keeper())
    world.removed(LOGS, cloud.outputs()["id"])
    assert "- 1 deleted" in cloud.run("refresh", "--yes", "--skip-preview").stdout
    assert cloud.up() == {"create": 1}


def test_what_is_there_already_is_imported_and_what_is_not_is_refused(program: Programs) -> None:
    first, second = program("aws"), program("gcp")
    first.up(keeper(name="/there/already"))
    second.platform = "aws"
    imported = keeper(name="/there/already").replace(
        ')\npulumi.export("id"',
        ', opts=pulumi.ResourceOptions(import_="/there/already", retain_on_delete=True))\npulumi.export("id"',
    )
    assert second.up(imported) == {"import": 1}
    assert second.up() == {}
    said = second.refused(imported.replace("/there/already", "/nowhere").replace('"logs"', '"other"'))
    assert "resource '/nowhere' does not exist" in said


def test_a_secret_stays_secret_in_the_state(program: Programs) -> None:
    cloud = program("aws")
    source = 'import pulumi\nimport pulumi_aws as aws\naws.secretsmanager.SecretVersion("key", secret_id=aws.secretsmanager.Secret("key").id, secret_string=pulumi.Output.secret("hush-hush-42"))\n'
    cloud.up(source)
    assert "hush" not in cloud.state()
    cloud.run("refresh", "--yes", "--skip-preview")
    assert "hush" not in cloud.state()


def test_after_a_refused_creation_the_next_up_heals(program: Programs, world: World) -> None:
    cloud = program("aws")
    world.faults.append(Fault("create", REPOSITORY, "error"))
    assert cloud.up(ok=False)["create"] < 10
    assert sum(cloud.up().values()) > 0
    assert cloud.up() == {}


def test_a_platform_that_throttles_for_a_while_is_asked_again_by_the_next_up(program: Programs, world: World) -> None:
    cloud = program("aws")
    world.faults.append(Fault("create", LOGS, "throttle", times=2))
    cloud.write(keeper())
    refused = [cloud.run("up", "--yes", "--skip-preview", ok=False) for _ in range(2)]
    assert ["ThrottlingException: Rate exceeded" in each.stdout + each.stderr for each in refused] == [True, True]
    assert cloud.up() == {"create": 1}


def test_what_is_read_too_soon_after_its_creation_is_not_there_yet(program: Programs, world: World) -> None:
    cloud = program("aws")
    source = keeper() + '\naws.cloudwatch.LogGroup.get("again", alarm.id)\n'
    world.faults.append(Fault("read", LOGS, "lag"))
    assert cloud.up(source, ok=False) == {"create": 1}
    assert "read aws:cloudwatch:LogGroup again" in cloud.run("up", "--yes", "--skip-preview").stdout


def test_after_a_timeout_the_engine_does_not_know_what_was_made_and_the_next_up_makes_its_own(
    program: Programs, world: World
) -> None:
    cloud = program("aws")
    world.faults.append(Fault("create", LOGS, "timeout"))
    assert cloud.up(keeper(), ok=False) == {}
    assert cloud.up() == {"create": 1}


def test_a_read_that_lags_behind_is_taken_for_a_deletion_and_the_next_up_heals(program: Programs, world: World) -> None:
    cloud = program("aws")
    cloud.up(keeper())
    world.faults.append(Fault("read", LOGS, "lag"))
    cloud.run("refresh", "--yes", "--skip-preview")
    assert cloud.up() == {"create": 1}


def test_a_silent_rollback_looks_like_success_until_a_refresh(program: Programs, world: World) -> None:
    cloud = program("aws")
    cloud.up(keeper())
    world.faults.append(Fault("update", LOGS, "rollback"))
    assert cloud.up(keeper(days=14)) == {"update": 1}
    assert world.things[LOGS, cloud.outputs()["id"]].inputs["retentionInDays"] == 7
    assert "~ 1 updated" in cloud.run("refresh", "--yes", "--skip-preview").stdout
    assert cloud.up() == {"update": 1}
    assert world.things[LOGS, cloud.outputs()["id"]].inputs["retentionInDays"] == 14


def test_in_another_region_everything_is_made_anew(program: Programs) -> None:
    cloud = program("aws")
    source = (
        keeper()
        .replace("name=", "")
        .replace(
            '"logs", ', '"logs", opts=pulumi.ResourceOptions(provider=aws.Provider("there", region="us-east-1")), '
        )
    )
    assert cloud.up(source) == {"create": 2}
    assert cloud.up(source.replace("us-east-1", "eu-west-1")) == {"replace": 2}
    assert cloud.outputs()["arn"].startswith("arn:aws:logs:eu-west-1:123456789012:log-group:logs-")


def test_an_unknown_function_fails_loudly(program: Programs) -> None:
    said = program("aws").refused('import pulumi_aws as aws\naws.get_ip_ranges(services=["ec2"])\n')
    assert "aws:index/getIpRanges:getIpRanges: the stand-in for aws does not answer it; it answers " in said
