"""The plugins of providers that a platform's SDKs want: where the engine finds each, and how a missing one is got."""

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.engine import Engine, build, release
from tools.engine.pins import PLUGINS
from tools.errors import ToolError
from tools.process import quietly
from tools.project import ROOT, pulumi_home
from tools.saying import Progress, say
from tools.stack import parts

_URLS = (
    "https://get.pulumi.com/releases/plugins/pulumi-resource-{name}-v{version}-{platform}.tar.gz",
    "https://github.com/pulumi/pulumi-{name}/releases/download/v{version}/pulumi-resource-{name}-v{version}-{platform}.tar.gz",
)


@dataclass(frozen=True)
class Plugin:
    """A provider's plugin, of the version of its SDK."""

    name: str
    version: str

    @property
    def program(self) -> str:
        return f"pulumi-resource-{self.name}"

    def urls(self) -> list[str]:
        """Where its official release can be had, for this machine."""
        platform = release.machine().replace("x64", "amd64")
        return [url.format(name=self.name, version=self.version, platform=platform) for url in _URLS]

    def found(self) -> str | None:
        """Where the engine finds it, in the engine's own order; None when it is nowhere."""
        attached = os.environ.get("PULUMI_DEBUG_PROVIDERS", "").split(",")
        if self.name in (entry.partition(":")[0].strip() for entry in attached):
            return "attached by PULUMI_DEBUG_PROVIDERS"
        on_path = shutil.which(self.program)
        if on_path:
            return on_path
        installed = pulumi_home() / "plugins" / f"resource-{self.name}-v{self.version}"
        # Pulumi writes that file while it installs, and leaves it when it is killed.
        whole = not installed.with_name(f"{installed.name}.partial").exists()
        return str(installed) if whole and os.access(installed / self.program, os.X_OK) else None


class _NoPlugin(Exception):
    """Why a plugin cannot be had, in one line for each way that was tried."""


def wanted(lock: Path) -> list[Plugin]:
    """The plugins of the SDKs that a lock holds: an SDK has the version of its plugin."""
    locked = "".join(part.read_text() for part in parts(lock))
    found = re.findall(r"^pulumi-([a-z-]+)==(\S+)", locked, re.MULTILINE)
    return [Plugin(*each) for each in dict.fromkeys(found)]


def provide(plugins: Sequence[Plugin], engine: Engine) -> None:
    """Get the plugins that the engine would not find; a ToolError names those that cannot be had, and why."""
    refused: list[str] = []
    commands: list[str] = []
    for plugin in plugins:
        if plugin.found():
            continue
        try:
            _get(plugin, engine)
        except _NoPlugin as reason:
            refused.append(f"- {plugin.name} {plugin.version} ({plugin.urls()[0]}): {reason}")
            pulumi = engine.pulumi if engine.folders else "pulumi"
            commands.append(f"{pulumi} plugin install resource {plugin.name} v{plugin.version} --file <it>")
    if refused:
        raise ToolError(
            "the SDKs of the stack's platform want plugins that cannot be had here:\n" + "\n".join(refused),
            "try again where the internet can be reached; or bring the file of that address from elsewhere, and:"
            + "".join(f"\n  {command}" for command in commands)
            + "\nor attach a provider that runs already: export PULUMI_DEBUG_PROVIDERS=<name>:<port>",
        )


def offer(plugins: Sequence[Plugin], engine: Engine) -> None:
    """As `provide`, for whoever can go on without them: what is missing is only said."""
    try:
        provide(plugins, engine)
    except ToolError as error:
        say(f"warning: {error}")


def _get(plugin: Plugin, engine: Engine) -> None:
    part = PLUGINS.get(plugin.name)
    if part and part.version != plugin.version:
        part = None
    # What is here already comes before any attempt to reach a host.
    if part and build.place(part).whole():
        _install(plugin, engine, build.place(part).bin / plugin.program)
        return
    try:
        _download(plugin, engine)
        return
    except _NoPlugin as reason:
        if part is None:
            raise
        refused = str(reason)
    try:
        kept = build.built(part)
    except build.CannotBuild as reason:
        raise _NoPlugin(f"{refused}; it cannot be built from Go modules: {reason}") from reason
    _install(plugin, engine, kept.bin / plugin.program)


def _download(plugin: Plugin, engine: Engine) -> None:
    # Pulumi alone would ask five times, and wait long where a firewall swallows what is asked. Whoever sent it to
    # another server is believed.
    if "PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES" not in os.environ:
        try:
            release.reach(plugin.urls())[1].close()
        except release.NoRelease as reason:
            raise _NoPlugin(str(reason)) from reason
    _install(plugin, engine)


def _install(plugin: Plugin, engine: Engine, program: Path | None = None) -> None:
    """Have Pulumi install the plugin: the built `program`, or what it downloads itself."""
    progress = Progress(f"plugin: {plugin.name} {plugin.version}")
    where = ["--file", str(program)] if program else []
    command = [engine.pulumi, "plugin", "install", "resource", plugin.name, f"v{plugin.version}", *where]
    env = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    code, said = quietly(command, env, ROOT, progress, "it is fetched and installed")
    if code != 0:
        raise _NoPlugin(f"pulumi plugin install: {said.splitlines()[-1] if said else f'exit code {code}'}")
    progress.end(f"installed, {'built from Go modules' if program else 'the official release'}")
