"""A bad configuration is refused with every problem in it, each in exact words."""

import json
from typing import Any

import pytest

from infra.errors import SettingsError
from infra.service import Service, parse_service
from infra.settings import Settings, load_settings
from infra.targets import specs

GOOD: dict[str, Any] = {"target": "local"}
APP: dict[str, Any] = {
    "name": "orders",
    "files": ["service.toml", "orders"],
    "web": {"callable": "orders:app"},
    "environment": {"GREETING": {"default": "hello"}, "REGION": {}},
    "secrets": {"SECRET_KEY": {"generate": True}, "API_TOKEN": {}},
}


def contract(**changes: Any) -> Service:
    return parse_service({**APP, "environment": {}, "secrets": {}, **changes})


def load(given: dict[str, Any], service: Service | None = None, plain: tuple[str, ...] = ()) -> Settings:
    config = {f"service:{k}": v if isinstance(v, str) else json.dumps(v) for k, v in given.items()}
    return load_settings(service or contract(), config, plain, "dev")


def set_(path: str, value: object) -> str:
    return f"Fix: pulumi config set --path service:{path} {value} --stack dev"


def secret(path: str) -> str:
    return f"Fix: pulumi config set --secret --path service:{path} ... --stack dev"


def rm(path: str) -> str:
    return f"Fix: pulumi config rm --path service:{path} --stack dev"


KEYS = (
    "target, server, size, scale, timeout, rollout_timeout, proxies, image, build, registry, domain, environment, "
    "secrets, stored_secrets, protect, options"
)
TARGETS = ", ".join(sorted(specs()))


def that_do(capability: str) -> str:
    """How the targets that have it are told."""
    names = [name for name, spec in sorted(specs().items()) if getattr(spec.capabilities, capability)]
    return f"targets that do: {', '.join(names)}" if names else "no target here does"


BAD: list[tuple[dict[str, Any], str]] = [
    ({"target": "lokal"}, f"service:target: 'lokal' is not one of {TARGETS}. {set_('target', 'local')}"),
    ({"target": "mars"}, f"service:target: 'mars' is not one of {TARGETS}. {set_('target', 'local')}"),
    ({"target": ""}, f"service:target: '' is not one of {TARGETS}. {set_('target', 'local')}"),
    ({"server": "uvicorn"}, f"service:server: 'uvicorn' is not one of gunicorn, uwsgi, waitress. {set_('server', 'gunicorn')}"),
    ({"server": "Gunicorn"}, f"service:server: 'Gunicorn' is not one of gunicorn, uwsgi, waitress. {set_('server', 'gunicorn')}"),
    ({"size": "big"}, f"service:size: 'big' is not a table. {rm('size')}"),
    ({"size": [1, 2]}, f"service:size: [1, 2] is not a table. {rm('size')}"),
    ({"size": {"cpu": 0}}, f"service:size.cpu: 0 must be more than 0. {set_('size.cpu', 0.5)}"),
    ({"size": {"cpu": -1}}, f"service:size.cpu: -1 must be more than 0. {set_('size.cpu', 0.5)}"),
    ({"size": {"cpu": 1000}}, f"service:size.cpu: 1000 must be 256 or less. {set_('size.cpu', 0.5)}"),
    ({"size": {"cpu": "half"}}, f"service:size.cpu: 'half' is not a number. {set_('size.cpu', 0.5)}"),
    ({"size": {"cpu": "nan"}}, f"service:size.cpu: 'nan' is not a finite number. {set_('size.cpu', 0.5)}"),
    ({"size": {"cpu": [1]}}, f"service:size.cpu: [1] is not a number. {set_('size.cpu', 0.5)}"),
    ({"size": {"memory": "1GB"}}, f"service:size.memory: '1GB' is not a size in MiB or GiB. {set_('size.memory', '512MiB')}"),
    ({"size": {"memory": 512}}, f"service:size.memory: 512 is not a size in MiB or GiB. {set_('size.memory', '512MiB')}"),
    ({"size": {"memory": "512"}}, f"service:size.memory: '512' is not a size in MiB or GiB. {set_('size.memory', '512MiB')}"),
    ({"size": {"memory": "-1GiB"}}, f"service:size.memory: '-1GiB' is not a size in MiB or GiB. {set_('size.memory', '512MiB')}"),
    ({"size": {"memory": "10MiB"}}, f"service:size.memory: '10MiB' is less than 64MiB. {set_('size.memory', '512MiB')}"),
    (
        {"size": {"memory": "100.0000001MiB"}},
        f"service:size.memory: '100.0000001MiB' is not a whole number of bytes. {set_('size.memory', '512MiB')}",
    ),
    ({"size": {"cpus": 2}}, f"service:size.cpus: is not a known key (did you mean service:size.cpu?). {rm('size.cpus')}"),
    ({"size": {"disk": 2}}, f"service:size.disk: is not a known key (there are: cpu, memory). {rm('size.disk')}"),
    ({"scale": 3}, f"service:scale: 3 is not a table. {rm('scale')}"),
    ({"scale": {"min": -1}}, f"service:scale.min: -1 must be 0 or more. {set_('scale.min', 1)}"),
    ({"scale": {"max": 0}}, f"service:scale.max: 0 must be more than 0. {set_('scale.max', 1)}"),
    ({"scale": {"max": 5000}}, f"service:scale.max: 5000 must be 1000 or less. {set_('scale.max', 1)}"),
    ({"scale": {"max": "1.5"}}, f"service:scale.max: '1.5' is not a whole number. {set_('scale.max', 1)}"),
    ({"scale": {"max": 1.5}}, f"service:scale.max: 1.5 is not a whole number. {set_('scale.max', 1)}"),
    ({"scale": {"min": 0}}, f"service:scale.min: the target local cannot scale to zero ({that_do('scale_to_zero')}). {set_('scale.min', 1)}"),
    ({"scale": {"max": 3}}, f"service:scale.max: 3 is more than the 1 that the target local runs. {set_('scale.max', 1)}"),
    ({"timeout": "soon"}, f"service:timeout: 'soon' is not a whole number. {set_('timeout', 60)}"),
    ({"timeout": "0"}, f"service:timeout: '0' must be 1 or more. {set_('timeout', 60)}"),
    ({"timeout": "4000"}, f"service:timeout: '4000' must be 3600 or less. {set_('timeout', 60)}"),
    ({"rollout_timeout": "0"}, f"service:rollout_timeout: '0' must be 1 or more. {set_('rollout_timeout', 60)}"),
    ({"proxies": "9"}, f"service:proxies: '9' must be 8 or less. {set_('proxies', 0)}"),
    ({"proxies": "-1"}, f"service:proxies: '-1' must be 0 or more. {set_('proxies', 0)}"),
    ({"domain": "https://a.b"}, f"service:domain: 'https://a.b' is not a host name such as api.example.com. {set_('domain', 'api.example.com')}"),
    ({"domain": "localhost"}, f"service:domain: 'localhost' is not a host name such as api.example.com. {set_('domain', 'api.example.com')}"),
    ({"domain": "a.example.com"}, f"service:domain: the target local serves no domain ({that_do('domain')}). {rm('domain')}"),
    ({"environment": "x"}, f"service:environment: 'x' is not a table. {rm('environment')}"),
    ({"environment": {"PORTT": "1"}}, f"service:environment.PORTT: is not in [environment] of app/service.toml. {rm('environment.PORTT')}"),
    (
        {"environment": {"greeting": "x"}},
        "service:environment.greeting: 'greeting' is not a variable name in capitals, digits and underscores. " + rm("environment.greeting"),
    ),
    ({"secrets": "x"}, f"service:secrets: is not a table. {secret('secrets.NAME')}"),
    ({"secrets": ["x"]}, f"service:secrets: is not a table. {rm('secrets')}"),
    ({"secrets": {"TOKEN": "x"}}, f"service:secrets.TOKEN: is not in [secrets] of app/service.toml. {rm('secrets.TOKEN')}"),
    ({"options": {"host": "::1"}}, f"service:options.host: '::1' is not an IPv4 address. {set_('options.host', '127.0.0.1')}"),
    ({"options": {"port": 0}}, f"service:options.port: 0 must be 1 or more. {set_('options.port', 8001)}"),
    ({"options": {"port": "http"}}, f"service:options.port: 'http' is not a whole number. {set_('options.port', 8001)}"),
    ({"options": {"prot": 1}}, f"service:options.prot: is not a known key (did you mean service:options.port?). {rm('options.prot')}"),
    ({"options": "x"}, f"service:options: 'x' is not a table. {rm('options')}"),
    ({"sise": "x"}, f"service:sise: is not a known key (did you mean service:size?). {rm('sise')}"),
    ({"image": "staging"}, f"service:image: the target local runs no container image ({that_do('image')}). {rm('image')}"),
    ({"build": {"sbom": False}}, f"service:build: the target local runs no container image ({that_do('image')}). {rm('build')}"),
    ({"registry": {"repository": "ghcr.io/a/b"}}, f"service:registry: the target local runs no container image ({that_do('image')}). {rm('registry')}"),
    ({"replicas": "3"}, f"service:replicas: is not a known key (there are: {KEYS}). {rm('replicas')}"),
]  # fmt: skip


def test_a_value_that_no_environment_can_carry_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"service:environment.GREETING: 'a\\x00b' has a NUL character in it"):
        load({**GOOD, "environment": {"GREETING": "a\0b"}})


@pytest.mark.parametrize(("given", "message"), BAD, ids=[json.dumps(given) for given, _ in BAD])
def test_a_bad_configuration_is_refused_in_exact_words(given: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load({**GOOD, **given})
    assert str(refused.value) == message


def test_a_stack_without_a_target_is_told_which_there_are() -> None:
    with pytest.raises(SettingsError) as refused:
        load({})
    assert str(refused.value) == f"service:target: is required ({TARGETS}). {set_('target', 'local')}"


def test_what_the_contract_requires_is_asked_for_and_a_near_name_is_offered() -> None:
    with pytest.raises(SettingsError) as refused:
        load({**GOOD, "environment": {"REGIO": "eu"}}, parse_service(APP))
    assert str(refused.value).splitlines() == [
        f"service:environment.REGIO: is not in [environment] of app/service.toml (did you mean REGION?). {rm('environment.REGIO')}",
        f"service:environment.REGION: is required by app/service.toml. {set_('environment.REGION', '...')}",
        f"service:secrets.API_TOKEN: is required by app/service.toml. {secret('secrets.API_TOKEN')}",
    ]


def test_a_secret_in_plain_text_is_refused_without_showing_it() -> None:
    given = {**GOOD, "environment": {"REGION": "eu"}, "secrets": {"API_TOKEN": "hunter2"}}
    with pytest.raises(SettingsError) as refused:
        load(given, parse_service(APP), plain=("secrets.API_TOKEN",))
    assert (
        str(refused.value)
        == f"service:secrets.API_TOKEN: stands in the stack's file in plain text. {secret('secrets.API_TOKEN')}"
    )


def test_a_secret_of_another_type_is_refused_without_showing_it() -> None:
    with pytest.raises(SettingsError) as refused:
        load({**GOOD, "environment": {"REGION": "eu"}, "secrets": {"API_TOKEN": 90210}}, parse_service(APP))
    assert str(refused.value) == f"service:secrets.API_TOKEN: is not text. {secret('secrets.API_TOKEN')}"


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        load({"target": "mars", "size": {"cpu": 0, "memory": "1GB"}, "timeout": "x", "colour": "red"})
    keys = [problem.key for problem in refused.value.problems]
    assert keys == ["service:colour", "service:size.cpu", "service:size.memory", "service:target", "service:timeout"]


def test_numbers_may_arrive_as_text_and_text_as_numbers() -> None:
    given = {
        **GOOD,
        "size": {"cpu": "0.5", "memory": "1.5GiB"},
        "scale": {"min": "1", "max": "1"},
        "timeout": "90",
        "environment": {"REGION": 7, "GREETING": True},
        "secrets": {"API_TOKEN": "t"},
        "options": {"port": "8080"},
    }
    settings = load(given, parse_service(APP))
    assert settings.model_dump() == {
        "target": "local",
        "server": "gunicorn",
        "size": {"cpu": 0.5, "memory": 1536 * 1024 * 1024},
        "scale": {"min": 1, "max": 1},
        "timeout": 90,
        "rollout_timeout": 60,
        "proxies": 0,
        "image": None,
        "build": {
            "base": None,
            "platforms": (),
            "builder": None,
            "cache": True,
            "provenance": True,
            "sbom": True,
            "scanner": None,
            "secrets": {},
        },
        "registry": None,
        "domain": None,
        "environment": {"REGION": "7", "GREETING": "true"},
        "secrets": {"API_TOKEN": "t"},
        "stored_secrets": {},
        "protect": False,
        "options": {"host": "127.0.0.1", "port": 8080},
    }


def test_the_stack_chooses_another_server_with_one_word() -> None:
    assert load({**GOOD, "server": "waitress"}).server == "waitress"
    assert load(GOOD, contract(web={"callable": "a:b", "server": "uwsgi"})).server == "uwsgi"


def test_keys_of_other_namespaces_are_left_alone() -> None:
    settings = load_settings(contract(), {"aws:region": "eu-west-1", "service:target": "local"}, (), "dev")
    assert settings.target == "local"


def test_settings_cannot_be_changed_and_do_not_show_their_secrets() -> None:
    settings = load({**GOOD, "environment": {"REGION": "eu"}, "secrets": {"API_TOKEN": "hunter2"}}, parse_service(APP))
    with pytest.raises(ValueError, match="frozen"):
        settings.target = "other"  # type: ignore[misc]
    assert "hunter2" not in repr(settings)
