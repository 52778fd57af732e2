"""What each platform's own checks say, of played platforms and of none."""

import http.server
import socket
import threading
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import yaml

from infra.errors import DeploymentError
from infra.targets.aws import doctor as aws_doctor
from infra.targets.azure import doctor as azure_doctor
from infra.targets.docker import doctor as docker_doctor
from infra.targets.gcp import doctor as gcp_doctor
from infra.targets.gcp import session as google
from infra.targets.hosts import doctor as hosts_doctor
from infra.targets.kubernetes import doctor as kubernetes_doctor
from infra.targets.local import doctor as local_doctor
from tools.doctor import building
from tools.doctor.check import Asked
from tools.project import ROOT

KEY = "a-key-that-nobody-may-see"
INSPECTED = "Name:          builder0\nDriver:        {driver}\n\nNodes:\nName:     builder00\nStatus:   {status}\n"


def told(checks):
    return [(each.name, each.state, each.said, each.fix) for each in checks]


def asked(**config):
    return Asked("dev", {f"service:{key}": value for key, value in config.items()})


@pytest.fixture(autouse=True)
def nobody(monkeypatch, tmp_path):
    """No login of whoever runs the tests, and an empty PATH to which a test adds what it plays."""
    for name in ("AWS_PROFILE", "GITHUB_ACTIONS", "KUBECONFIG", "DOCKER_HOST", "BUILDX_CONFIG", *gcp_doctor.SOURCES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path}/bin")


@pytest.fixture
def program(tmp_path):
    def make(name, script):
        file = tmp_path / "bin" / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    return make


def test_every_platform_has_checks_of_its_own():
    folders = {path.name for path in (ROOT / "infra/targets").iterdir() if (path / "spec.py").is_file()}
    assert {path.parent.name for path in (ROOT / "infra/targets").glob("*/doctor.py")} == folders


def test_aws_says_who_one_is_and_never_the_key(monkeypatch):
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "SECRET_ACCESS_KEY": KEY,
        "ENDPOINT_URL": f"http://{host}:{port}",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    found = told(aws_doctor.checks(asked(options={"region": "eu-central-1"}, image="aws-dev")))
    server.stop()
    assert [(name, state) for name, state, *_ in found] == [("credentials", "ok"), ("clock", "ok")]
    assert found[0][2].endswith("in the account 123456789012 (from: env)")
    assert KEY not in str(found)
    gone = told(aws_doctor.checks(asked(target="aws.eks", options={"region": "eu-central-1"}, image="aws-dev")))
    assert [(name, state) for name, state, *_ in gone] == [("credentials", "missing"), ("aws", "missing")]
    assert gone[0][3] == "look at the network, and at AWS_ENDPOINT_URL if it is set"


@contextmanager
def answering(answer):
    yield SimpleNamespace(get=lambda *_: answer)


def refusing(cause=None):
    @contextmanager
    def connected(*_):
        raise DeploymentError("it cannot be asked (no login). Fix: log in; see who it is") from cause
        yield

    return connected


@pytest.mark.parametrize(
    ("doctor", "options", "answer", "state", "said"),
    [
        (gcp_doctor, {"project": "acme-dev", "region": "europe-west1"}, {"projectNumber": "12", "lifecycleState": "ACTIVE"}, "ok", "Google takes them (from: what gcloud or this machine has), and they see acme-dev, number 12: active"),
        (azure_doctor, {"subscription": "0-1"}, {"displayName": "Acme", "tenantId": "t", "state": "Enabled"}, "ok", "Azure takes them, and they see Acme (0-1), of the tenant t"),
        (azure_doctor, {"subscription": "0-1"}, {"displayName": "Acme", "tenantId": "t", "state": "Disabled"}, "missing", "Acme (0-1), of the tenant t: it is Disabled"),
        (azure_doctor, {"subscription": "0-1"}, {"displayName": "Acme", "tenantId": "t", "state": "Warned"}, "warn", "Acme (0-1), of the tenant t: it is Warned"),
    ],
)  # fmt: skip
def test_google_and_azure_say_what_one_sees(monkeypatch, doctor, options, answer, state, said):
    monkeypatch.setattr(doctor, "connected", lambda *_: answering(answer))
    assert [each[:3] for each in told(doctor.checks(asked(options=options, image="dev")))] == [
        ("credentials", state, said)
    ]
    for status, found in {401: "missing", 403: "warn"}.items():
        monkeypatch.setattr(doctor, "connected", refusing(google.Refused(status, "", "no", "service")))
        assert told(doctor.checks(asked(options=options, image="dev"))) == [
            ("credentials", found, "it cannot be asked (no login)", "log in; see who it is")
        ]


def test_the_programs_by_which_a_cluster_on_azure_is_logged_in_to_are_looked_for(monkeypatch, program, tmp_path):
    answer = {"displayName": "Acme", "tenantId": "t", "state": "Enabled"}
    monkeypatch.setattr(azure_doctor, "connected", lambda *_: answering(answer))
    program("kubelogin", "exit 0")
    stack = asked(target="azure.aks", options={"subscription": "0-1"}, image="dev")
    assert told(azure_doctor.checks(stack))[1:] == [
        ("kubelogin", "ok", str(tmp_path / "bin/kubelogin"), ""),
        (
            "az",
            "missing",
            "there is no az on PATH, by which a cluster of AKS is logged in to",
            "see https://learn.microsoft.com/cli/azure/install-azure-cli",
        ),
    ]


def test_an_engine_that_is_not_there_is_told(program):
    program("docker", "echo 'ERROR: no builder' >&2; exit 1")
    engine, builder = told(docker_doctor.checks(asked(options={"engine": "tcp://127.0.0.1:9"})))
    assert engine[:2] == ("Engine", "missing")
    assert engine[2].startswith("no Docker Engine answers at tcp://127.0.0.1:9 (")
    assert engine[3] == "start Docker, or set service:options.engine or DOCKER_HOST"
    make = "docker buildx create --use --bootstrap --driver docker-container"
    assert builder == ("builder", "missing", "ERROR: no builder", make)


@pytest.mark.parametrize(
    ("driver", "status", "state"),
    [("docker-container", "running", "ok"), ("docker-container", "inactive", "warn"), ("docker", "running", "warn")],
)
def test_a_builder_is_told_by_what_buildx_says_of_it(program, driver, status, state):
    program("docker", f"echo '{INSPECTED.format(driver=driver, status=status)}'")
    (found,) = told(building.checks(asked(), pushes=True))
    assert found[:2] == ("builder", state)
    assert found[2].startswith(f"builder0, of the driver {driver}, {status}")


def test_without_buildx_a_builder_that_it_noted_down_is_found(tmp_path):
    (missing,) = told(building.checks(asked(), pushes=True))
    assert missing[1:] == (
        "missing",
        f"none is noted in {tmp_path}/.docker/buildx/instances, and there is no docker on PATH",
        "install Docker with its plugin buildx",
    )
    (tmp_path / ".docker/buildx/instances").mkdir(parents=True)
    (tmp_path / ".docker/buildx/instances/lab").touch()
    assert [each[1] for each in told(building.checks(asked(build={"builder": "lab"}), pushes=True))] == ["ok"]
    assert [each[1] for each in told(building.checks(asked(build={"builder": "other"}), pushes=True))] == ["missing"]


def test_a_registry_that_cannot_be_asked_is_told_and_one_with_a_login_of_its_own_is_not_asked():
    where = {"repository": "127.0.0.1:9/acme/orders"}
    (refused,) = told(building.checks(asked(image="dev", registry=where), pushes=True))
    assert refused[:2] == ("registry", "missing")
    (own,) = told(building.checks(asked(image="dev", registry={**where, "password": {"secure": "v1:x"}}), pushes=True))
    assert own == ("registry", "ok", "127.0.0.1:9/acme/orders, with the login of the stack's file", "")


def test_hosts_are_each_asked_to_let_us_in(program):
    program(
        "ssh",
        """case "$*" in *"-l deploy web1 sudo -n true") ;; *) echo "deploy@web2: Permission denied (publickey)." >&2; exit 255;; esac""",
    )
    options = {"hosts": ["web1", "web2"], "ssh": {"user": "deploy"}}
    ssh, first, second = told(hosts_doctor.checks(asked(options=options)))
    assert (ssh[1], first[:3]) == ("ok", ("web1", "ok", "lets us in and become root"))
    assert second[:3] == ("web2", "missing", "deploy@web2: Permission denied (publickey).")
    assert second[3].startswith("ssh -o BatchMode=yes ")
    assert second[3].endswith(" -l deploy web2 'sudo -n true'")
    (_, wrong) = told(hosts_doctor.checks(asked(options={"hosts": ["a b"]})))
    assert wrong[1:3] == ("warn", "not asked: the stack's options are wrong")


@pytest.mark.parametrize("code", [200, 401])
def test_a_cluster_answers_whoever_asks(tmp_path, monkeypatch, code):
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(code)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    file = tmp_path / "config"
    file.write_text(
        yaml.safe_dump(
            {
                "current-context": "prod",
                "contexts": [
                    {"name": "dev", "context": {"cluster": "c"}},
                    {"name": "prod", "context": {"cluster": "p"}},
                ],
                "clusters": [{"name": "c", "cluster": {"server": url}}],
            }
        )
    )
    named = asked(options={"context": "dev"}, image="dev")
    assert [each[:2] for each in told(kubernetes_doctor.checks(named))] == [("kubeconfig", "missing")]
    monkeypatch.setenv("KUBECONFIG", f"/nowhere:{file}")
    assert [each[:3] for each in told(kubernetes_doctor.checks(named))] == [
        ("kubeconfig", "ok", f"/nowhere:{file}, the context dev"),
        ("cluster", "ok", f"{url} answers"),
    ]
    # Whichever context is current is never taken for the one that is meant.
    assert told(kubernetes_doctor.checks(asked(image="dev"))) == [
        (
            "kubeconfig",
            "missing",
            f"/nowhere:{file}: there is no context that the stack names (there are: dev, prod)",
            "pulumi config set --path service:options.context dev --stack dev",
        )
    ]
    server.shutdown()
    server.server_close()
    assert [each[1] for each in told(kubernetes_doctor.checks(named))] == ["ok", "missing"]
    elsewhere = asked(options={"context": "dev", "kubeconfig": str(file)}, image="dev")
    monkeypatch.delenv("KUBECONFIG")
    assert [each[1] for each in told(kubernetes_doctor.checks(elsewhere))] == ["ok", "missing"]


def test_a_port_that_somebody_has_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert told(local_doctor.checks(asked(options={"port": port}))) == [
            ("port", "warn", f"somebody answers at 127.0.0.1:{port} already", f"pulumi config set --path service:options.port {port + 1} --stack dev")
        ]  # fmt: skip
    assert [each[1] for each in told(local_doctor.checks(asked(options={"port": port})))] == ["ok"]
