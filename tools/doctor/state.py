"""Where a stack's state is and what encrypts its secrets: asked of the engine, which alone knows all of them."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from tools.backend import Backend, orphaned
from tools.delivery.words import scrubbed, shortened
from tools.doctor.check import Check, missing, ok, warn
from tools.engine import Engine
from tools.environment import Environment
from tools.project import PASSPHRASE, ROOT, shown
from tools.stack import Stack

# Pulumi tries a place that does not answer three times.
_SECONDS = 40

_KINDS = {
    "file": "a folder",
    "s3": "S3",
    "gs": "Cloud Storage",
    "azblob": "Azure Blob Storage",
    "https": "Pulumi Cloud",
}
_FIXES = {
    "file": "make the folder, or say another: export PULUMI_BACKEND_URL=file:///...",
    "s3": "aws sts get-caller-identity says who asks; make bootstrap STACK={stack} REPO=owner/name makes a bucket",
    "gs": "gcloud auth application-default login; make bootstrap STACK={stack} REPO=owner/name makes a bucket",
    "azblob": "az login; make bootstrap STACK={stack} REPO=owner/name makes a container, and says its address",
    "https": "pulumi login, or export PULUMI_ACCESS_TOKEN=...",
}
_KEYS = {
    "awskms": "aws sts get-caller-identity says who asks; let it kms:Encrypt and kms:Decrypt with that key",
    "gcpkms": "gcloud auth application-default login; give it roles/cloudkms.cryptoKeyEncrypterDecrypter on that key",
    "azurekeyvault": "az login; give it the role Key Vault Crypto User on that key",
    "hashivault": "export VAULT_SERVER_URL=... VAULT_SERVER_TOKEN=...",
}
# What the engine puts before the reason, as the stack is made anew to try it.
_OF_A_TRIAL = "could not create secrets manager for new stack: "
_BY_HAND = "export PULUMI_CONFIG_PASSPHRASE_FILE=<the file of the passphrase of this stack>"


def checks(stack: Stack, chosen: Backend, engine: Engine | None, environment: Environment | None) -> Iterator[Check]:
    """Of the backend, then of the secrets. Without an engine there is little to ask."""
    if chosen.inside:
        yield from _inside(stack)
        return
    scheme, where = _place(chosen)
    if engine is None:
        yield warn("state", f"{where}: not asked without an engine", "make engine")
        return
    asks = _Asks(stack, engine, environment)
    yield asks.backend(scheme, where)
    yield asks.secrets(cloud=scheme == "https")


def _inside(stack: Stack) -> Iterator[Check]:
    if os.environ.get("CI") and stack.target() != "local":
        said = "inside the tree, which is gone with this runner"
        yield missing("state", said, "export PULUMI_BACKEND_URL=s3://..., gs://..., azblob://... (docs/state.md)")
    else:
        yield ok("state", "inside the tree, for this clone alone")
    if os.environ.get("PULUMI_CONFIG_PASSPHRASE") or os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        yield ok("secrets", "a passphrase, given by a variable")
    elif PASSPHRASE.exists():
        yield ok("secrets", f"a passphrase, in {shown(PASSPHRASE)}")
    elif orphaned():
        said = f"{shown(PASSPHRASE)} is gone, and with it what decrypts the secrets of the stacks"
        yield missing("secrets", said, "put it back, or export PULUMI_CONFIG_PASSPHRASE=...")
    else:
        yield ok("secrets", f"a passphrase, made by the first `up` in {shown(PASSPHRASE)}")


def _place(chosen: Backend) -> tuple[str, str]:
    """The scheme of its address, and where it is in words, without what may be secret in the address."""
    if chosen.url is None:
        return "https", f"Pulumi Cloud, as {chosen.why} says"
    parts = urlsplit(chosen.url)
    scheme = "https" if parts.scheme == "http" else parts.scheme
    shown_url = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    return scheme, f"{_KINDS.get(scheme, scheme)} {shown_url}, as {chosen.why} says"


class _Asks:
    """Asks the engine in a folder of its own, so that nothing of the tree is written."""

    def __init__(self, stack: Stack, engine: Engine, environment: Environment | None) -> None:
        self.stack, self.engine = stack, engine
        path = [*([str(environment.bin)] if environment else []), *map(str, engine.folders), os.environ.get("PATH", "")]
        self.variables = {**os.environ, "PATH": os.pathsep.join(path), "PULUMI_SKIP_UPDATE_CHECK": "true"}

    def backend(self, scheme: str, where: str) -> Check:
        """Whether the place of the state answers, and knows the stack."""
        said = self._run(["stack", "ls", "--json"], ROOT, self.variables)
        if said.returncode != 0:
            fix = _FIXES.get(scheme, "pulumi login says which there are").format(stack=self.stack.name)
            return missing("state", f"{where}: {_reason(said)}", fix)
        names = [str(each.get("name")).rpartition("/")[2] for each in json.loads(said.stdout or "[]")]
        there = "knows this stack" if self.stack.name in names else "has not this stack yet, which the first `up` makes"
        return ok("state", f"{where}: it answers, and {there}")

    def secrets(self, *, cloud: bool) -> Check:
        """Whether what encrypts the secrets is here: tried on a copy of the stack's file."""
        provider = self.stack.secrets_provider()
        if provider is None and cloud:
            return ok("secrets", "Pulumi Cloud encrypts them")
        scheme = urlsplit(provider).scheme if provider else ""
        what = f"{scheme}: {provider.partition('?')[0]}" if provider else "a passphrase"
        with tempfile.TemporaryDirectory(prefix="slipway-") as scratch:
            said = self._tried(Path(scratch), provider)
        if said.returncode == 0:
            return ok("secrets", f"{what}, which encrypts and decrypts")
        return missing("secrets", f"{what}: {_reason(said)}", _KEYS.get(scheme, _BY_HAND))

    def _tried(self, scratch: Path, provider: str | None) -> "subprocess.CompletedProcess[str]":
        shutil.copy(ROOT / "Pulumi.yaml", scratch)
        (scratch / "state").mkdir()
        (scratch / self.stack.file.parent.name).mkdir()
        shutil.copy(self.stack.file, scratch / self.stack.file.parent.name)
        own = {**self.variables, "PULUMI_BACKEND_URL": (scratch / "state").as_uri()}
        told = ["--secrets-provider", provider] if provider else []
        made = self._run(["stack", "init", self.stack.name, "--no-select", *told], scratch, own)
        if made.returncode != 0:
            return made
        return self._run(["config", "--show-secrets", "--json", "--stack", self.stack.name], scratch, own)

    def _run(self, arguments: list[str], cwd: Path, variables: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        command = [str(self.engine.pulumi), *arguments, "--non-interactive"]
        try:
            return subprocess.run(
                command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, 1, "", f"it did not answer within {_SECONDS} s")


def _reason(said: "subprocess.CompletedProcess[str]") -> str:
    """Why, in one line, with no value of a variable that is a secret."""
    lines = [line.strip() for line in said.stderr.splitlines() if line.strip()]
    first = next((index for index, line in enumerate(lines) if line.startswith("error:")), 0)
    text = " ".join(lines[first:]).removeprefix("error: ").removeprefix(_OF_A_TRIAL) or f"exit code {said.returncode}"
    return shortened(scrubbed(text), 400)
