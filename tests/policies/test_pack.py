"""The policy pack: every rule reaches it whole, and the real engine makes nothing that breaks one."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from policies.rules import RULES, UNKNOWN, breaches
from tests.engine.conftest import Checkout
from tests.offline.program import Program
from tests.policies.breaches import BREACHES, HIDES, KEPT, hidden
from tools.engine import engine
from tools.engine.pack import PACK, pack
from tools.environment import policy_environment
from tools.offline.server import Serving
from tools.offline.values import encode

CONTAINER = """\
import pulumi_docker as docker
network = docker.Network("net")
docker.Container("web", name="web", image={image}, read_only=True, capabilities={{"drops": ["ALL"]}},
    security_opts=["no-new-privileges"], ports=[{{"internal": 8000, "external": 8000, "ip": "{ip}"}}])
"""
DIGEST = f'"sha256:{"0" * 64}"'
LATER = 'network.attachable.apply(lambda _: "web:latest")'


@pytest.fixture(scope="module")
def analyzer() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """The pack as the engine starts it, with nothing between."""
    command = [policy_environment().python, "-u", "-m", "pulumi.policy", "127.0.0.1:1", PACK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        port = int(started.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
        started.terminate()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The arguments that hold a program to the pack."""
    folder, on_path = pack(engine())
    monkeypatch.setenv("PATH", os.pathsep.join([*map(str, on_path), os.environ["PATH"]]))
    return ["--policy-pack", str(folder)]


def broken(said: str) -> list[str]:
    """The breaches that the engine told, each as rule, resource and words."""
    found = re.findall(r"- \[mandatory\]  (\S+)  \((.*)\)\n +(.*)\n +(.*)\n", said)
    return sorted(" | ".join(words) for words in found)


def test_the_pack_has_every_rule_in_its_own_words_and_all_are_mandatory(analyzer) -> None:
    told = analyzer.GetAnalyzerInfo(analyzer_pb2.google_dot_protobuf_dot_empty__pb2.Empty())
    assert [(each.name, each.description, each.enforcementLevel) for each in told.policies] == [
        (rule.name, rule.says, analyzer_pb2.MANDATORY) for rule in RULES
    ]


@pytest.mark.parametrize(("rule", "type_", "name", "inputs"), BREACHES)
def test_the_pack_says_of_a_resource_what_the_rules_say(analyzer, rule, type_, name, inputs: dict[str, Any]) -> None:
    told = analyzer.Analyze(analyzer_pb2.AnalyzeRequest(type=type_, name=name, properties=encode(inputs)))
    said = [f"{each.policyName}: {each.message.partition(chr(10))[2]}" for each in told.diagnostics]
    assert said == breaches(type_, name, inputs)


@pytest.mark.parametrize(("type_", "name", "inputs"), [*KEPT, *((type_, "web", inputs) for type_, inputs in HIDES)])
def test_the_pack_says_nothing_of_what_is_right_or_not_known_yet(analyzer, type_, name, inputs: dict[str, Any]) -> None:
    properties = encode(hidden(inputs, UNKNOWN))
    told = analyzer.Analyze(analyzer_pb2.AnalyzeRequest(type=type_, name=name, properties=properties))
    assert [each.message for each in told.diagnostics] == []


def test_a_program_that_keeps_the_rules_is_made(docker: Program, held: list[str]) -> None:
    docker.write(CONTAINER.format(image=DIGEST, ip="127.0.0.1"))
    done = docker.run("up", "--yes", *held)
    assert broken(done.stdout) == []
    assert "✅ slipway@" in done.stdout


def test_a_program_that_breaks_a_rule_makes_nothing_of_it(docker: Program, held: list[str]) -> None:
    docker.write(CONTAINER.format(image=DIGEST, ip="0.0.0.0"))
    done = docker.run("up", "--yes", "--skip-preview", *held, ok=False)
    assert done.returncode != 0
    assert broken(done.stdout) == [
        "nothing-open-to-the-world | docker:index:Container: web | Only ports 80 and 443 of a load balancer may be reached from everywhere. | "
        "port 8000 is published on every address of the machine"
    ]
    assert "docker:index/container:Container" not in docker.state()


def test_what_is_known_only_when_it_is_made_is_judged_then(docker: Program, held: list[str]) -> None:
    docker.write(CONTAINER.format(image=LATER, ip="127.0.0.1"))
    assert broken(docker.run("preview", *held).stdout) == []
    done = docker.run("up", "--yes", "--skip-preview", *held, ok=False)
    assert done.returncode != 0
    assert broken(done.stdout) == [
        "images-by-digest | docker:index:Container: web | What runs is named by its digest. | "
        "web:latest is named by a tag, which may be another image tomorrow"
    ]


def test_the_stack_that_make_up_ships_keeps_the_rules(checkout: Checkout) -> None:
    done = checkout.make("preview", STACK="local", POLICY="1")
    assert done.returncode == 0, done.stderr
    assert "✅ slipway@" in done.stdout


def test_a_stack_that_opens_its_port_to_everybody_is_not_shipped(checkout: Checkout, serving: Serving) -> None:
    file = checkout.root / "stacks" / "Pulumi.open.yaml"
    file.write_text("config:\n  service:target: docker\n  service:options:\n    host: 0.0.0.0\n", encoding="utf-8")
    played = {"PULUMI_DEBUG_PROVIDERS": serving.variable(), "SLIPWAY_PLAN": "true", "DOCKER_HOST": "unix:///nowhere"}
    alone = Checkout(checkout.root, {**checkout.variables, **played})
    try:
        done = alone.make("up", STACK="open", POLICY="1")
        assert done.returncode != 0
        assert [words.partition(" | ")[0] for words in broken(done.stdout)] == ["nothing-open-to-the-world"]
        kept = alone.pulumi("stack", "export", "--stack", "open").stdout
        assert json.loads(kept)["deployment"].get("resources", []) == []
    finally:
        file.unlink()


def test_an_official_engine_is_given_the_pack_as_it_is(tmp_path: Path) -> None:
    got = engine()
    official = type(got)(tmp_path / "pulumi", got.version, "on PATH")
    assert pack(official) == (PACK, ())
    manifest = (PACK / "PulumiPolicy.yaml").read_text(encoding="utf-8")
    assert "name: python" in manifest
    (found,) = re.findall(r"virtualenv: (.*)", manifest)
    assert (PACK / found).resolve() == policy_environment().folder.resolve()
