"""Where the state lives and what encrypts its secrets, on the real engine and played clouds; moved between them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from infra.paths import ROOT
from tests.engine.stores import BlobStorage, CloudStorage, Handler, played
from tools.engine import engine
from tools.environment import platform_environment

BUCKET, REGION = "orders-state", "eu-central-1"
KEY = f"awskms://alias/orders-state?region={REGION}"
PROGRAM = """\
import pulumi

secret = pulumi.Config().require_secret("key")
pulumi.export("secret", secret)
"""


@dataclass
class Clone:
    """The tools, and a program that makes nothing but outputs: only its state is of interest."""

    root: Path
    variables: dict[str, str] = field(default_factory=dict[str, str])

    def run(self, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
        own = {"PATH": self.variables["PATH"], "HOME": str(self.root.parent), "PULUMI_HOME": str(self.root / "home")}
        env = {**own, "PULUMI_SKIP_UPDATE_CHECK": "true", **self.variables, **more}
        done = subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, timeout=120)
        print(f"$ {command} -> {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def pulumi(self, *arguments: str, **more: str) -> str:
        """What it says when it goes well."""
        done = self.run("pulumi", *arguments, "--non-interactive", **more)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def tools(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return self.run(sys.executable, "-m", "tools", *arguments, **more)

    def outputs(self, stack: str, **more: str) -> dict[str, Any]:
        return dict(json.loads(self.pulumi("stack", "output", "--json", "--show-secrets", "-s", stack, **more)))

    def file(self, stack: str) -> str:
        return (self.root / "stacks" / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    root = tmp_path / "tree"
    root.mkdir()
    for name in ("tools", "requirements", "infra"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", root)
    (root / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (root / "stacks").mkdir()
    (root / "stacks" / "Pulumi.dev.yaml").write_text("config:\n  service:target: local\n", encoding="utf-8")
    (root / ".slipway").mkdir()
    environment, got = platform_environment("local"), engine()
    (root / ".slipway" / "envs").symlink_to(environment.folder.parent)
    path = [str(environment.bin), *map(str, got.folders), "/usr/local/bin", "/usr/bin", "/bin"]
    return Clone(root, {"PATH": ":".join(path)})


@pytest.fixture(scope="module")
def aws() -> Iterator[dict[str, str]]:
    """AWS with a bucket and a key, played by moto on this machine: the variables by which it is reached."""
    boto3 = pytest.importorskip("boto3")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    login = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": REGION}
    reached = {"endpoint_url": f"http://{host}:{port}", **login}
    boto3.client("s3", **reached).create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    keys = boto3.client("kms", **reached)
    keys.create_alias(AliasName="alias/orders-state", TargetKeyId=keys.create_key()["KeyMetadata"]["KeyId"])
    told = {name.upper(): value for name, value in login.items() if name != "region_name"}
    yield {**told, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": reached["endpoint_url"]}
    server.stop()


def s3(told: dict[str, str]) -> str:
    return f"s3://{BUCKET}?region={REGION}&endpoint={told['AWS_ENDPOINT_URL']}&s3ForcePathStyle=true"


@pytest.mark.timeout(300)
def test_a_stack_moves_from_a_folder_to_s3_and_from_a_passphrase_to_kms_with_its_secrets(clone, aws, tmp_path):
    (tmp_path / "states").mkdir()
    old = {"PULUMI_BACKEND_URL": f"file://{tmp_path}/states", "PULUMI_CONFIG_PASSPHRASE": "correct horse"}
    clone.pulumi("stack", "init", "dev", "--no-select", **old)
    clone.pulumi("config", "set", "--secret", "key", "hush", "-s", "dev", **old)
    shipped = clone.tools("up", "--stack", "dev", "--", "--skip-preview", **old)
    assert (shipped.returncode, "state as PULUMI_BACKEND_URL says" in shipped.stderr) == (0, True)
    before = clone.file("dev")
    assert "\nencryptionsalt: v1:" in before
    assert "hush" not in before + (tmp_path / "states/.pulumi/stacks/slipway/dev.json").read_text()

    exported = str(tmp_path / "dev.json")
    clone.pulumi("stack", "export", "-s", "dev", "--file", exported, **old)
    assert "hush" not in Path(exported).read_text(encoding="utf-8")
    new = {**aws, "PULUMI_BACKEND_URL": s3(aws), "PULUMI_CONFIG_PASSPHRASE": "correct horse"}
    clone.pulumi("stack", "init", "dev", "--no-select", **new)
    assert clone.file("dev") == before, "the salt is the same: what it encrypts can be read still"
    clone.pulumi("stack", "import", "-s", "dev", "--file", exported, **new)
    assert clone.outputs("dev", **new) == {"secret": "hush"}

    clone.pulumi("stack", "change-secrets-provider", KEY, "-s", "dev", **new)
    assert f"secretsprovider: {KEY}\nencryptedkey: " in clone.file("dev")
    assert "encryptionsalt" not in clone.file("dev")
    del new["PULUMI_CONFIG_PASSPHRASE"]
    assert clone.outputs("dev", **new) == {"secret": "hush"}
    assert "Resources:\n    1 unchanged" in clone.tools("up", "--stack", "dev", "--", "--skip-preview", **new).stdout
    gone = clone.run("pulumi", "config", "get", "key", "-s", "dev", **{**new, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    assert (gone.returncode, gone.stdout) == (1, "")


@pytest.mark.timeout(300)
def test_a_new_stack_whose_file_names_a_key_needs_no_passphrase_and_a_lock_is_held_until_it_is_cancelled(clone, aws):
    told = {**aws, "PULUMI_BACKEND_URL": s3(aws)}
    file = clone.root / "stacks" / "Pulumi.prod.yaml"
    file.write_text(f"secretsprovider: {KEY}\nconfig:\n  service:target: local\n  slipway:key: plain\n")
    assert clone.tools("up", "--stack", "prod", "--", "--skip-preview", **told).returncode == 0
    assert "encryptedkey: " in clone.file("prod")
    assert clone.outputs("prod", **told) == {"secret": "plain"}

    boto3 = pytest.importorskip("boto3")
    lock = {"pid": 1, "username": "rosa", "hostname": "elsewhere", "timestamp": "2026-11-30T00:00:00Z"}
    reached = {"endpoint_url": aws["AWS_ENDPOINT_URL"], "aws_access_key_id": "test", "aws_secret_access_key": "test"}
    where = {"Bucket": BUCKET, "Key": ".pulumi/locks/organization/slipway/prod/x.json"}
    boto3.client("s3", region_name=REGION, **reached).put_object(**where, Body=json.dumps(lock).encode())
    refused = clone.tools("up", "--stack", "prod", "--", "--skip-preview", **told)
    assert refused.returncode != 0
    assert "rosa@elsewhere" in refused.stdout + refused.stderr
    clone.pulumi("cancel", "--yes", "--stack", "prod", **told)
    assert clone.tools("up", "--stack", "prod", "--", "--skip-preview", **told).returncode == 0


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("kind", "url", "variables"),
    [
        (CloudStorage, "gs://states", {"STORAGE_EMULATOR_HOST": "{host}", "GOOGLE_OAUTH_ACCESS_TOKEN": "test"}),
        (
            BlobStorage,
            "azblob://states?protocol=http&domain={host}&localemu=true",
            {"AZURE_STORAGE_ACCOUNT": "acmestate", "AZURE_STORAGE_KEY": "dGVzdA=="},
        ),
    ],
)
def test_a_state_in_the_stores_of_google_and_azure_is_kept_encrypted(
    clone: Clone, kind: type[Handler], url: str, variables: dict[str, str]
) -> None:
    (clone.root / "stacks" / "Pulumi.dev.yaml").write_text(
        "config:\n  service:target: local\n  slipway:key: hush\n", encoding="utf-8"
    )
    with played(kind) as (host, store):
        told = {name: value.format(host=host) for name, value in variables.items()}
        told |= {"PULUMI_BACKEND_URL": url.format(host=host), "PULUMI_CONFIG_PASSPHRASE": "correct horse"}
        for done in ("1 created", "1 unchanged"):
            assert done in clone.tools("up", "--stack", "dev", "--", "--skip-preview", **told).stdout
        assert clone.outputs("dev", **told) == {"secret": "hush"}
        said = clone.tools("doctor", "--stack", "dev", **told).stdout
        assert "it answers, and knows this stack\n" in said
        assert "ok      secrets      a passphrase, which encrypts and decrypts\n" in said
        assert ".pulumi/stacks/slipway/dev.json" in store.objects
        state = store.objects[".pulumi/stacks/slipway/dev.json"]
        assert (b"ciphertext" in state, b"hush" in state) == (True, False)
        assert not [name for name in store.objects if "/locks/" in name]
        assert store.unplayed == []
