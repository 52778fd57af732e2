"""Two stacks that end at an image: this project's, and one on the Dockerfile of Pulumi's Python container templates.

Both are built by the same builder, on the same base, for the same app, and pushed to the same registry.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from infra.service import Server, load_service
from tools.bench.image.parts import Parts
from tools.bench.image.watch import Up, build_seconds
from tools.bench.scratch_stack import ScratchEngine
from tools.project import ROOT

# A value of BENCH_COLD that was never used makes a build cold: no step from the cache, and empty cache mounts.
COLD = """
import os
import pulumi

def cold(asked):
    if asked.type_ != "docker-build:index:Image" or "BENCH_COLD" not in os.environ:
        return None
    # In the provider's words, or in the SDK's.
    given, anew = ("buildArgs", "noCache") if "buildArgs" in asked.props else ("build_args", "no_cache")
    arguments = {**(asked.props.get(given) or {}), "BUILDKIT_CACHE_MOUNT_NS": os.environ["BENCH_COLD"]}
    return pulumi.ResourceTransformationResult({**asked.props, given: arguments, anew: True}, asked.opts)

pulumi.runtime.register_stack_transformation(cold)
"""

OURS = f"""{COLD}
from infra.image import build_image
from infra.program import described
from infra.targets import load_target

service, settings, release = described()
place = load_target(settings.target).registry(service, settings)
pulumi.export("image", build_image(service, settings, release, place).reference)
"""

THEIRS = f"""{COLD}
import pulumi_docker_build as docker_build

pulumi.export("image", docker_build.Image(
    "image",
    context=docker_build.BuildContextArgs(location="app"),
    push=True,
    tags=["{{repository}}:latest"],
    builder=docker_build.BuilderConfigArgs(name="{{builder}}"),
).ref)
"""

# The steps of the Dockerfile in container-gcp-python and container-azure-python (pulumi/templates, read on 2026-11-23),
# whose base is python:3.10-alpine.
DOCKERFILE = """FROM {base}
WORKDIR /app
COPY requirements.txt .
RUN pip install --requirement requirements.txt
COPY . .
CMD ["flask", "--app", "service", "run", "--host=0.0.0.0"]
"""

# What the one-line change is made in.
CHANGED = "app/service/factory.py"


@dataclass
class ImageStack:
    """A stack in a folder of its own, whose output `image` is what was pushed."""

    engine: ScratchEngine
    folder: Path
    name: str

    def up(self, cold: str = "") -> Up:
        """The whole command, and the build in it."""
        watched = self._up({"BENCH_COLD": cold} if cold else {})
        return Up(watched[-1][0], build_seconds(watched))

    def up_again(self) -> float:
        """Seconds of an `up` that must find nothing to do."""
        return self._up({}, "--expect-no-changes")[-1][0]

    def change(self) -> None:
        """One more line of code, unlike any before."""
        with (self.folder / CHANGED).open("a", encoding="utf-8") as file:
            file.write(f"# {os.urandom(8).hex()}\n")

    def image(self) -> str:
        """What was pushed, by its digest."""
        return self.engine.run("stack", "output", "image", "--stack", self.name, cwd=self.folder).strip()

    def _up(self, variables: dict[str, str], *more: str) -> list[tuple[float, str]]:
        command = ("up", "--yes", "--skip-preview", "--stack", self.name, *more)
        return self.engine.watch(*command, cwd=self.folder, variables=variables)


class Images:
    """Makes the stacks, each a checkout's copy below `folder`; what they push stays in the registry."""

    def __init__(self, folder: Path, parts: Parts) -> None:
        self._folder, self._parts = folder, parts
        self._engine = ScratchEngine(folder, "docker", attached=("docker",))
        self.base = f"{parts.registry}/library/{load_service().image.base}"

    def ours(self, server: Server) -> ImageStack:
        """The line of this project's program up to the image."""
        folder, name = self._copy(server), f"bench-{server}"
        (folder / "__main__.py").write_text(OURS, encoding="utf-8")
        config = {
            "service:target": "docker",
            "service:server": server,
            "service:registry": {"repository": self._repository("service")},
            # What lists the packages in an image for the SBOM is an image itself, and not everywhere to be had.
            "service:build": {"base": self.base, "builder": self._parts.builder, "sbom": False},
        }
        # JSON is YAML.
        lines = "".join(f"  {key}: {json.dumps(value)}\n" for key, value in config.items())
        (folder / "stacks" / f"Pulumi.{name}.yaml").write_text(f"config:\n{lines}", encoding="utf-8")
        return self._made(folder, name)

    def theirs(self) -> ImageStack:
        """A template's program up to the image: the app's files, its requirements without versions."""
        folder = self._folder / "template"
        shutil.copytree(self._copy("template-source") / "app", folder / "app")
        requirements = (folder / "app" / "requirements" / "app.in").read_text(encoding="utf-8")
        (folder / "app" / "requirements.txt").write_text("\n".join(unpinned(requirements)) + "\n", encoding="utf-8")
        # The templates have none, and this project's lets in no more than its own Dockerfile wants.
        (folder / "app" / ".dockerignore").unlink(missing_ok=True)
        (folder / "app" / "Dockerfile").write_text(DOCKERFILE.format(base=self.base), encoding="utf-8")
        program = THEIRS.replace("{repository}", self._repository("template"))
        (folder / "__main__.py").write_text(program.replace("{builder}", self._parts.builder), encoding="utf-8")
        (folder / "Pulumi.yaml").write_text("name: template\nruntime: python\n", encoding="utf-8")
        return self._made(folder, "bench-template")

    def _made(self, folder: Path, name: str) -> ImageStack:
        self._engine.run("stack", "init", name, "--no-select", cwd=folder)
        return ImageStack(self._engine, folder, name)

    def _repository(self, name: str) -> str:
        return f"{self._parts.registry}/slipway-bench/{name}"

    def _copy(self, name: str) -> Path:
        """What git tracks of this checkout, as it is on disk, in a folder where it can be changed."""
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
        folder = self._folder / name
        for path in (os.fsdecode(path) for path in listed.split(b"\0") if path):
            if (ROOT / path).is_file():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / path, folder / path)
        for command in (["init", "--quiet"], ["add", "--all"]):
            subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
        return folder


def unpinned(requirements: str) -> list[str]:
    """The packages that a requirements file names, without their versions."""
    return re.findall(r"^[A-Za-z0-9][A-Za-z0-9._-]*", requirements, re.MULTILINE)
