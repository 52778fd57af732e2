"""What a stack may ask of `hosts`: everything wrong is told at once, each with the command that mends it."""

import json
from pathlib import Path
from typing import Any

import pytest
import trustme

from infra.errors import SettingsError
from infra.service import Service, load_service, parse_service
from infra.settings import Settings, load_settings
from infra.targets.hosts import certificates
from infra.targets.hosts.configuration import configuration, of_processes, private
from infra.targets.hosts.connection import Connection
from infra.targets.hosts.spec import HostsOptions
from tests.infra.test_settings import that_do

BASE: dict[str, Any] = {"target": "hosts", "options": {"hosts": ["web1.example.com", "10.0.0.2"]}}
SET, REMOVE = "Fix: pulumi config set --path", "Fix: pulumi config rm --path"
REGISTRY = {"registry": {"repository": "registry.example.com/orders"}}


def load(given: dict[str, Any], service: Service | None = None) -> Settings:
    config = {f"service:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in given.items()}
    return load_settings(service or load_service(), config, (), "prod")


def refused(given: dict[str, Any], service: Service | None = None) -> list[str]:
    with pytest.raises(SettingsError) as told:
        load({**BASE, **given}, service)
    return [str(problem) for problem in told.value.problems]


def options(**more: Any) -> dict[str, Any]:
    return {"options": {**BASE["options"], **more}}


def test_the_hosts_are_all_that_a_stack_must_say() -> None:
    settings = load(BASE)
    assert settings.rollout_timeout == 120
    assert Connection.of(settings.options) == Connection(  # type: ignore[arg-type]
        ("web1.example.com", "10.0.0.2"), None, None, None, None, None, None, 10, become=True
    )


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"options": {}}, f"service:options.hosts: is required, or service:options.hosts_from, or service:options.inventory. {SET} 'service:options.hosts[0]' web1.example.com"),
        (options(hosts_from={"stack": "net"}), f"service:options.hosts_from: the hosts come from service:options.hosts already. {REMOVE} service:options.hosts_from"),
        (options(hosts=["a", "b", "a"]), f"service:options.hosts[2]: 'a' is named twice. {REMOVE} 'service:options.hosts[2]'"),
        (options(hosts=["web 1"]), f"service:options.hosts[0]: 'web 1' is not a host's name or IPv4 address. {REMOVE} service:options.hosts[0] --stack prod"),
        (options(hosts=["{{ evil }}"]), f"service:options.hosts[0]: '{{{{ evil }}}}' is not a host's name or IPv4 address. {REMOVE} service:options.hosts[0] --stack prod"),
        (options(ssh={"user": "Root!"}), f"service:options.ssh.user: 'Root!' is not a user's name. {SET} service:options.ssh.user deploy --stack prod"),
        (options(ssh={"key": "/no/such/key"}), f"service:options.ssh.key: there is no file /no/such/key. {SET} service:options.ssh.key <path>"),
        (options(ssh={"known_host": "x"}), f"service:options.ssh.known_host: is not a known key (did you mean service:options.ssh.known_hosts?). {REMOVE} service:options.ssh.known_host --stack prod"),
        (options(at_a_time=0), f"service:options.at_a_time: 0 must be 1 or more. {SET} service:options.at_a_time 1 --stack prod"),
        (options(python="3.10"), f"service:options.python: '3.10' is not one of 3.11, 3.12, 3.13. {SET} service:options.python 3.13 --stack prod"),
        (options(releases_kept=1), f"service:options.releases_kept: 1 must be 2 or more. {SET} service:options.releases_kept 3 --stack prod"),
        (options(nginx={"certificate": "README.md"}), f"service:options.nginx.key: is required beside service:options.nginx.certificate. {SET} service:options.nginx.key <path>"),
        (options(nginx={"acme": {"email": "a@example.com"}}), f"service:options.nginx.acme: asks for a certificate of service:domain, which is not set. {SET} service:domain api.example.com"),
        (options(nginx={"acme": {"email": "nobody"}}), f"service:options.nginx.acme.email: 'nobody' is not a mail address. {SET} service:options.nginx.acme.email ops@example.com --stack prod"),
        (options(nginx={"acme": {"email": "a@example.com", "ca": "/no/such/ca"}}) | {"domain": "api.example.com"}, f"service:options.nginx.acme.ca: there is no file /no/such/ca. {SET} service:options.nginx.acme.ca <path>"),
        (options(unattended_reboot="04:00"), f"service:options.unattended_reboot: is of no use without service:options.unattended_upgrades. {SET} service:options.unattended_upgrades true"),
        (options(unattended_upgrades=True, unattended_reboot="4 am"), f"service:options.unattended_reboot: '4 am' is not a time such as 04:00. {SET} service:options.unattended_reboot 04:00 --stack prod"),
        (options(runtime="podman"), f"service:registry: is required, as podman on the hosts pulls the image from there. {SET} service:registry.repository registry.example.com/orders"),
        (options(runtime="docker", python="3.13") | REGISTRY, f"service:options.python: is of no use with service:options.runtime docker: the image has its own Python. {REMOVE} service:options.python"),
        (options(runtime="lxc"), f"service:options.runtime: 'lxc' is not one of venv, podman, docker. {SET} service:options.runtime podman --stack prod"),
        (options(port=443), f"service:options.port: 443 is nginx's own port. {SET} service:options.port 8000"),
        ({"domain": "api.example.com"}, f"service:domain: wants a certificate: service:options.nginx.certificate and .key, or service:options.nginx.acme. {SET} service:options.nginx.acme.email ops@example.com"),
        ({"domain": "api.example.com", **options(nginx={"enabled": False})}, f"service:domain: is served by nginx, which service:options.nginx.enabled turns off. {SET} service:options.nginx.enabled true"),
        ({"build": {"sbom": False}}, f"service:build: the target hosts runs no container image ({that_do('image')}). {REMOVE} service:build --stack prod"),
        ({"image": "staging"}, f"service:image: the target hosts runs no container image ({that_do('image')}). {REMOVE} service:image --stack prod"),
        ({"scale": {"max": 3}}, f"service:scale.max: 3 is more than the 1 that the target hosts runs. {SET} service:scale.max 1 --stack prod"),
        ({"size": {"cpu": 0.001}}, f"service:size.cpu: 0.001 is less than the 0.01 of a core that systemd can give. {SET} service:size.cpu 0.25"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_plain_words(given: dict[str, Any], problem: str) -> None:
    assert refused(given) == [problem]


def test_a_schedule_that_systemd_has_no_words_for_is_refused() -> None:
    job = {"command": ["true"], "schedule": "0 0 */2 * 5L"}
    service = parse_service(
        {"name": "orders", "files": ["service.toml"], "web": {"callable": "orders:app"}, "jobs": {"tidy": job}}
    )
    assert refused({}, service) == [
        "app/service.toml: jobs.tidy.schedule: '0 0 */2 * 5L' wants days of the week counted in a month and certain dates"
        " at once, for which systemd has no words. Fix: edit jobs.tidy.schedule in app/service.toml"
    ]


def test_the_roles_variables_are_those_that_it_declares() -> None:
    import yaml

    role = Path("infra/targets/hosts/ansible/roles/slipway/meta/argument_specs.yml")
    declared = set(yaml.safe_load(role.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"])
    settings = load(BASE)
    given = {**configuration(load_service(), settings, "prod"), **private(settings)}
    assert set(given) - declared == set()


def test_only_what_a_process_is_made_of_is_in_its_identity() -> None:
    def identity(**more: Any) -> dict[str, Any]:
        return of_processes(configuration(load_service(), load({**BASE, **options(**more)}), "prod"))

    assert identity(at_a_time=2, releases_kept=5, firewall={"enabled": True}) == identity()
    assert identity(python="3.12") != identity()


def test_each_way_of_the_balancer_is_one_command_of_the_role() -> None:
    balancer = {"out": ["lb", "drain", "{host}"], "back": ["lb", "ready", "{host}"]}
    given = configuration(load_service(), load({**BASE, **options(balancer=balancer)}), "prod")
    assert [given[f"slipway_balancer_{name}"] for name in ("out", "in", "wait")] == [
        [["lb", "drain", "{host}"]],
        [["lb", "ready", "{host}"]],
        5,
    ]


def test_a_secret_is_in_no_plain_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("chain.pem", "key.pem"):
        (tmp_path / name).write_text(f"-- {name} --", encoding="utf-8")
    nginx = {"certificate": str(tmp_path / "chain.pem"), "key": str(tmp_path / "key.pem")}
    monkeypatch.setattr(certificates, "wrong", lambda *_: [])
    settings = load(
        {**BASE, **options(nginx=nginx), "build": {"secrets": {"PIP_INDEX_URL": "https://u:p@example.com"}}}
    )
    plain = configuration(load_service(), settings, "prod")
    assert plain["slipway_certificate"] == "-- chain.pem --"
    assert private(settings) == {
        "slipway_certificate_key": "-- key.pem --",
        "slipway_index": "https://u:p@example.com",
        "slipway_registry_password": "",
    }
    assert "key.pem --" not in repr(plain)


def test_a_certificate_that_browsers_would_not_take_is_refused(tmp_path: Path) -> None:
    made = trustme.CA().issue_cert("www.example.com")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    made.cert_chain_pems[0].write_to_path(str(chain))
    made.private_key_pem.write_to_path(str(key))
    given = {"domain": "api.example.com", **options(nginx={"certificate": str(chain), "key": str(key)})}
    assert refused(given) == [
        f"service:options.nginx.certificate: {chain} is of www.example.com, not of api.example.com."
        f" {SET} service:options.nginx.certificate <path>"
    ]


@pytest.mark.parametrize("runtime", ["podman", "docker"])
def test_hosts_that_run_an_image_take_the_settings_of_one(runtime: str) -> None:
    login = {"repository": "registry.example.com/orders", "username": "ci", "password": "hunter2"}
    settings = load({**BASE, **options(runtime=runtime), "registry": login, "build": {"sbom": False}})
    plain = configuration(load_service(), settings, "prod")
    assert (plain["slipway_runtime"], plain["slipway_registry_username"]) == (runtime, "ci")
    assert private(settings)["slipway_registry_password"] == "hunter2"
    assert "hunter2" not in repr(plain)
    assert of_processes(plain)["slipway_runtime"] == runtime


def test_the_options_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        HostsOptions().become = False  # type: ignore[misc]
