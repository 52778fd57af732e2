"""A checkout to which the clouds are simulated and the internet is played: `make` reaches nothing else."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.engine.conftest import Checkout
from tests.offline.internet.amazon import Amazon
from tests.offline.internet.azure import LOGIN, Azure
from tests.offline.internet.builds import Building
from tests.offline.internet.google import Google
from tests.offline.internet.google_login import key_file
from tests.offline.internet.internet import Internet
from tests.offline.internet.registry import HOUSES, HUB, Registries
from tests.offline.internet.simulated_apps import SimulatedApps
from tests.offline.internet.simulated_run import SimulatedRun
from tools.environment import offline_environment, platform_environment, policy_environment
from tools.offline.packages import installed, simulations
from tools.offline.server import serve
from tools.offline.world import World

# Under which stacks are reached by a name of their own, on whichever cloud.
DOMAINS = r"[a-z]+\.example\.com"


class Cloud:
    """A checkout to which the clouds are simulated and the internet is played."""

    def __init__(self, checkout: Checkout, folder: Path) -> None:
        self.world = World()
        self.registries = Registries(self.world)
        self.internet = Internet(folder)
        for house in (*HOUSES, HUB):
            self.internet.play(house.hosts, self.registries.site(house))
        run = SimulatedRun(world=self.world)
        self.google = Google(run, run.logs)
        self.amazon = Amazon(self.world)
        self.azure = Azure(SimulatedApps(world=self.world))
        self.internet.play(DOMAINS, self._domains)
        self.google.play(self.internet)
        self.amazon.play(self.internet)
        self.azure.play(self.internet)
        played = simulations(installed(), self.world)
        self._serving = serve(
            Building(each.tables, each.world, self.registries) if each.package == "docker-build" else each
            for each in played
        )
        self.docker = folder / "docker"
        self.docker.mkdir()
        (self.docker / "config.json").write_text("{}", encoding="utf-8")
        self.key = key_file(folder)
        self.checkout = checkout
        self.ready: set[str] = set()

    @property
    def run(self) -> SimulatedRun:
        """Cloud Run."""
        assert isinstance(self.google.run, SimulatedRun)
        return self.google.run

    @property
    def apps(self) -> SimulatedApps:
        """Container Apps."""
        assert isinstance(self.azure.apps, SimulatedApps)
        return self.azure.apps

    def _domains(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        host = str(environ["HTTP_HOST"]).partition(":")[0]
        if self.apps.answering(host):
            return self.azure.service()(environ, start)
        return (self.google.service() if self.run.knows(host) else self.amazon.service())(environ, start)

    def make(self, verb: str, stack: str, *arguments: str, **variables: str) -> tuple[int, str]:
        """`make <verb>` of a stack: how it ended, and all that it said."""
        if stack not in self.ready:
            # Environments come from the package index; nothing afterwards reaches the internet.
            offline_environment()
            policy_environment()
            platform_environment("local")
            assert self.checkout.make("env", STACK=stack).returncode == 0
            self.ready.add(stack)
        variables_ = {
            **self.checkout.variables,
            **self.internet.variables(),
            "PULUMI_DEBUG_PROVIDERS": self._serving.variable(),
            "DOCKER_CONFIG": str(self.docker),
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "GOOGLE_APPLICATION_CREDENTIALS": str(self.key),
            **LOGIN,
        }
        played = Checkout(self.checkout.root, variables_)
        done = played.make(verb, STACK=stack, ARGS=" ".join(arguments), **variables)
        return done.returncode, done.stdout + done.stderr

    def up(self, stack: str, *arguments: str) -> str:
        """`make up`, which must end well."""
        code, said = self.make("up", stack, "--skip-preview", *arguments)
        assert code == 0, said
        return said

    def shipped(self, stack: str) -> dict[str, str]:
        """What `make rollback` lists: what each update said of itself by its number, the newest first."""
        code, said = self.make("rollback", stack)
        assert code == 0, said
        return dict(re.findall(r"(?m)^ *(\d+)  [-\dT:]{19}  [0-9a-f]{12}(?: and what was not committed)?  (.*)$", said))

    def return_to(self, stack: str, number: str) -> str:
        """`make rollback` to one of them, which must end well."""
        code, said = self.make("rollback", stack, VERSION=number, YES="1")
        assert code == 0, said
        return said

    def output(self, stack: str, name: str) -> Any:
        """An output of the stack."""
        return json.loads(self.checkout.pulumi("stack", "output", "--json", "--stack", stack).stdout)[name]

    def state(self, stack: str) -> str:
        """What the engine keeps of it, as it lies on the disk, without its spaces."""
        folder = self.checkout.root / ".slipway"
        (file,) = folder.rglob(f"{stack}.json")
        return re.sub(r"\s", "", file.read_text(encoding="utf-8"))

    @contextmanager
    def stack_file(self, stack: str) -> Iterator[Path]:
        """The stack's file, to be written anew; then it is what it was."""
        file = self.checkout.root / "stacks" / f"Pulumi.{stack}.yaml"
        kept = file.read_text(encoding="utf-8")
        try:
            yield file
        finally:
            file.write_text(kept, encoding="utf-8")

    def take_down(self, stack: str) -> None:
        """Take production down, whose sources are gone: without its protection it returns to the image that it runs."""
        image = self.output(stack, "image")
        with self.stack_file(stack) as file:
            kept = file.read_text(encoding="utf-8")
            file.write_text(kept.replace("service:protect: true", "service:protect: false"), encoding="utf-8")
            code, said = self.make("destroy", stack, YES="1")
            assert (code != 0, "because it is protected" in said) == (True, True), said
            (promotion,) = [number for number, told in self.shipped(stack).items() if told.startswith("promoted from")]
            self.return_to(stack, promotion)
            assert f"rolled back to {promotion}: image {image}" in self.shipped(stack).values()
            assert self.output(stack, "image") == image
            code, said = self.make("destroy", stack, YES="1")
            assert code == 0, said

    def close(self) -> None:
        self._serving.close()
        self.internet.close()
