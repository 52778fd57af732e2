"""A pull request's own stack: what its file says, when its time is over, and its part of the one comment."""

from datetime import UTC, datetime, timedelta

import pytest
import yaml

from tools.delivery import review_file
from tools.delivery.comment import MARK
from tools.delivery.posting import note, post
from tools.delivery.review import close, over, review, sweep, swept
from tools.delivery.review_file import cheap, write
from tools.delivery.review_stack import Made
from tools.errors import ToolError
from tools.plan.stack_file import settings
from tools.stack import Stack, stacks
from tools.workbench import Workbench

HEAD = "a" * 40
NOW = datetime(2026, 11, 30, tzinfo=UTC)
DEAR = {"domain", "protect", "image"}
OPTIONS = {"alarms", "armor", "certificate", "dns_zone", "hosted_zone", "insights", "kms", "managed_zone", "waf", "zone_redundant", "zones"}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in stacks() if name != "hosts"])
def test_from_each_stack_a_cheap_one_is_made_that_its_target_takes(name):
    base = settings(Stack(name).file)
    made = cheap(base, "review-7", 7)
    read = review_file.read(made, "review-7")
    assert not isinstance(read, Exception), read
    assert (read.target, read.domain, read.protect, read.image) == (base["service:target"], None, False, None)
    assert read.size.cpu <= 1
    assert read.size.memory == 512 * 1024**2
    assert (read.scale.min, read.scale.max) == (min(1, read.scale.min), 1)
    assert {*made} & {f"service:{key}" for key in DEAR} == set()
    assert {*made.get("service:options", {})} & OPTIONS == set()


def test_where_it_stands_stays_and_what_costs_goes():
    assert cheap(settings(Stack("aws-prod").file), "review-7", 7) == {
        "service:target": "aws.fargate",
        "service:size": {"cpu": 0.25, "memory": "512MiB"},
        "service:scale": {"min": 1, "max": 1},
        "service:options": {"region": "eu-central-1", "network": {"tasks": "private", "nat": "per-zone"}, "log_retention": 90},
    }  # fmt: skip
    internal = {"service:target": "gcp.cloud_run", "service:options": {"project": "my-project-123", "region": "europe-west1", "ingress": "internal"}}  # fmt: skip
    assert cheap(internal, "review-7", 7)["service:options"]["ingress"] == "internal"


def test_on_one_machine_it_has_a_port_of_its_own():
    local = {"service:target": "local", "service:options": {"port": 9000}}
    assert [cheap(local, "x", number)["service:options"]["port"] for number in (7, 8, 1007)] == [9007, 9008, 9007]


def test_it_runs_in_the_cluster_that_its_base_makes_and_makes_none(tmp_path, monkeypatch):
    monkeypatch.setattr("tools.stack.STACKS", tmp_path)
    made = {"version": "1.34", "access": {"arn:aws:iam::123456789012:role/a": "view"}}
    network = {"nat": "per-zone", "egress": ["10.0.0.0/16:5432"]}
    for cluster, told in ((made, {"name": "slipway-base"}), ({"name": "shared"}, {"name": "shared"})):
        options = {"region": "eu-central-1", "zones": 3, "cluster": cluster, "network": network}
        config = {"service:target": "aws.eks", "service:options": options}
        (tmp_path / "Pulumi.base.yaml").write_text(yaml.safe_dump({"config": config}))
        write(Stack("base"), Stack("review-7"), 7)
        written = settings(Stack("review-7").file)
        assert written["service:options"] == {
            "region": "eu-central-1",
            "network": {"egress": ["10.0.0.0/16:5432"]},
            "cluster": told,
        }
        assert not isinstance(review_file.read(written, "review-7"), Exception)


def test_in_a_cluster_it_takes_no_namespace_no_way_in_and_no_port_of_another():
    where = {"context": "staging", "ingress": {"namespace": "edge"}, "expose": {"kind": "node_port", "node_port": 30080, "address": "a"}}  # fmt: skip
    own = {"service:target": "kubernetes", "service:options": {**where, "namespace": {"name": "orders"}}}
    made = {"context": "staging", "expose": {"kind": "node_port", "address": "a"}}
    assert cheap(own, "review-7", 7)["service:options"] == made
    shared = {"namespace": {"name": "orders", "existing": True}}
    given = {"service:target": "kubernetes", "service:options": {**where, **shared}}
    assert cheap(given, "review-7", 7)["service:options"] == {**made, **shared}


def test_servers_that_all_stacks_share_have_no_room_for_it():
    with pytest.raises(ToolError, match="the target hosts has no room for a stack of a pull request"):
        cheap(settings(Stack("hosts").file), "review-7", 7)


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setattr("tools.stack.STACKS", tmp_path)
    return tmp_path


def test_a_file_brings_the_key_of_its_secrets_and_is_written_again_but_no_other_is(files):
    secret = {"service:target": "local", "service:secrets": {"KEY": {"secure": "v1:a"}}}
    base, stack = Stack("dev"), Stack("review-7")
    base.file.write_text(yaml.safe_dump({"encryptionsalt": "v1:salt", "config": secret}))
    for _ in range(2):
        write(base, stack, 7)
    text = stack.file.read_text()
    assert text.startswith("# Written by `make review`, from the stack dev.\n")
    said = yaml.safe_load(text)
    assert (said["encryptionsalt"], said["config"]["service:secrets"]) == ("v1:salt", secret["service:secrets"])

    base.file.write_text(yaml.safe_dump({"config": secret}))
    with pytest.raises(ToolError, match="has secrets, and does not say how they are encrypted"):
        write(base, stack, 7)
    stack.file.write_text("config: {}\n")
    with pytest.raises(ToolError, match="is a stack's of its own"):
        write(base, stack, 7)
    assert stack.file.read_text() == "config: {}\n"


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: review(0, "local", False, None), "PR=0: that is no pull request"),
        (lambda: close(-1, None), "PR=-1: that is no pull request"),
        (lambda: review(7, "", False, None), "FROM is not said\nFix: make review PR=7 FROM=aws-dev"),
        (lambda: review(7, "nowhere", False, None), "STACK=nowhere: there is no stacks/Pulumi.nowhere.yaml"),
    ],
)
def test_a_stack_for_nothing_or_from_nowhere_is_refused(call, told):
    with pytest.raises(ToolError) as refused:
        call()
    assert str(refused.value).startswith(told)


def test_its_time_is_over_when_its_pull_request_is_closed_or_after_some_days(simulated, hub):
    for number in (7, 8):
        simulated.pull(number, HEAD)
    simulated.pulls[8]["state"] = "closed"
    young, old = NOW - timedelta(days=14), NOW - timedelta(days=14, seconds=1)
    assert over(Made(7, "dev", young), 14, hub, NOW) == ""
    assert over(Made(7, "dev", old), 14, hub, NOW) == "it is older than 14 days"
    assert over(Made(8, "dev", young), 14, hub, NOW) == "its pull request #8 is closed"
    assert over(Made(8, "dev", young), 14, None, NOW) == ""


def test_one_that_cannot_be_asked_for_stays_and_keeps_no_other(simulated, hub, monkeypatch, capsys):
    simulated.pull(8, HEAD)
    simulated.pulls[8]["state"] = "closed"
    removed = []
    stacks = [(Workbench(Stack(f"review-{n}"), None, None, None), Made(n, "dev", NOW)) for n in (7, 8)]
    monkeypatch.setattr("tools.delivery.review._its_own", lambda *_: iter(stacks))
    monkeypatch.setattr("tools.delivery.review._remove", lambda bench, made: removed.append(bench.stack.name) or 0)
    assert sweep(10**5, True, hub) == 1
    said = capsys.readouterr()
    assert "error: review-7: the hub answered GET" in said.err
    assert (removed, said.out) == (["review-8"], "review-8: is removed: its pull request #8 is closed\n")
    assert sweep(10**5, False, None) == 0
    assert capsys.readouterr().out == "review-7: stays\nreview-8: stays\n"

    # Each of those gets a job of its own, and so does the one of which nobody can tell: its job says so.
    assert swept(10**5, hub) == [{"stack": "review-7", "number": "7"}, {"stack": "review-8", "number": "8"}]
    assert swept(10**5, None) == []
    assert "error: review-7: the hub answered GET" in capsys.readouterr().err
    assert sweep(10**5, True, hub, 8) == 0
    assert capsys.readouterr().out == "review-8: is removed: its pull request #8 is closed\n"


def test_its_address_stands_in_the_one_comment_and_each_part_leaves_the_other(simulated, hub):
    simulated.pull(7, HEAD)
    simulated.comment(7, f"{MARK}\nmine, says mallory", "mallory")
    note(hub, 7, "http://127.0.0.1:8007")
    first = "\n\n<!-- slipway:review -->\n**The stack of this pull request** is at {}\n<!-- /slipway:review -->"
    assert simulated.bodies(7)[1:] == [f"{MARK}{first.format('http://127.0.0.1:8007')}"]
    post(hub, 7, f"{MARK}\n## What this change does", HEAD)
    note(hub, 7, "https://review.example.com")
    whole = f"{MARK}\n## What this change does{first.format('https://review.example.com')}"
    assert simulated.bodies(7)[1:] == [whole]
    post(hub, 7, f"{MARK}\n## What it does now", HEAD)
    note(hub, 7, "")
    removed = "\n\n<!-- slipway:review -->\n_The stack of this pull request is removed._\n<!-- /slipway:review -->"
    assert simulated.bodies(7)[1:] == [f"{MARK}\n## What it does now{removed}"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x.example/ [here](https://evil.example)", "https://x\n@everyone"])  # fmt: skip
def test_what_is_no_address_is_not_put_there(simulated, hub, url):
    with pytest.raises(ToolError, match="that is no address"):
        note(hub, 7, url)
    assert simulated.asked == []
