"""Which engine, and which plugins beside it: the versions, and what each part built from Go modules is made of."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

# The version of the SDK in pyproject.toml (a test holds them together). It is also the oldest engine taken from PATH:
# Pulumi keeps newer engines working with older SDKs, not the other way round.
VERSION = "3.250.0"

# SHA-256 of the official releases, by operating system and processor as Pulumi names them. They are published with the
# release, and again in Pulumi's Homebrew tap, from whose formula of 2026-07-02 they were taken.
RELEASES = {
    "darwin-arm64": "dbd289ce3069cf567683252082e226aef533775f546df7286f64f3f36f5fda28",
    "darwin-x64": "8aa1615ed737022949d4050bf183ab37bce1f9cecb88877bc6636db82604e348",
    "linux-arm64": "deb4bf0d05b4cbaf3adcf82ffa44039ad0ebf039e33338ead8136877a437b4e5",
    "linux-x64": "8916fd36ccc96adbd45ca679194b685e3b767d94502ae05610878a6d9870b8f3",
}

# Both serve the same file; the second is asked when the first cannot be reached.
RELEASE_URLS = (
    "https://get.pulumi.com/releases/sdk/pulumi-v{version}-{platform}.tar.gz",
    "https://github.com/pulumi/pulumi/releases/download/v{version}/pulumi-v{version}-{platform}.tar.gz",
)

_HERE = Path(__file__).resolve().parent
_SDK = "github.com/pulumi/pulumi/sdk/v3"


@dataclass(frozen=True)
class Program:
    """A program built in a module of our own, whose go.mod and go.sum pin every module that it is made of.

    Run with `asked` it must print `answer`: that proves it whole and of the right version.
    """

    name: str
    version: str
    # Left out of the recipe, like every path: what it holds counts, not where the tree lies.
    module: Path = field(repr=False)
    package: str
    asked: str
    answer: str
    version_variable: str | None = None
    # A GOEXPERIMENT that the package cannot be built without.
    experiment: str = ""


@dataclass(frozen=True)
class Copy:
    """A script that the engine looks for beside itself, taken as it is from `package`, which `module` requires."""

    module: Path = field(repr=False)
    package: str
    path: str

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Part:
    """Programs that are built, kept and put on PATH together."""

    name: str
    version: str
    programs: tuple[Program, ...]
    copies: tuple[Copy, ...] = ()

    def key(self) -> str:
        """Twelve hex digits that change with anything that the part is made of, wherever the tree lies."""
        modules = sorted({made.module for made in (*self.programs, *self.copies)})
        recipe = repr((self.programs, self.copies))
        contents = [recipe.encode(), *((m / name).read_bytes() for m in modules for name in ("go.mod", "go.sum"))]
        return hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in contents)).hexdigest()[:12]


# The language host left `sdk/v3` after v3.79.0 for a module of its own, which the Go proxy does not serve. The older
# host speaks to the newer engine; the scripts beside it, which run the program, are those of the engine's version.
ENGINE = Part(
    name="pulumi",
    version=VERSION,
    programs=(
        Program(
            name="pulumi",
            version=f"v{VERSION}",
            module=_HERE / "cli",
            package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
            asked="version",
            answer=f"v{VERSION}",
            version_variable=f"{_SDK}/go/common/version.Version",
        ),
        Program(
            name="pulumi-language-python",
            version="v3.79.0",
            module=_HERE / "host",
            package=f"{_SDK}/python/cmd/pulumi-language-python",
            asked="-help",
            answer="Usage of",
            version_variable=f"{_SDK}/go/common/version.Version",
        ),
    ),
    copies=(
        Copy(_HERE / "cli", _SDK, "python/cmd/pulumi-language-python-exec"),
        Copy(_HERE / "cli", _SDK, "python/dist/pulumi-resource-pulumi-python"),
    ),
)

# The plugins of providers that can be built, each by its name. The module's requirements beside the plugin itself are
# newer than its own: those are versions that the Go proxy does not serve. They want Go 1.26, as the plugin does.
_DOCKER_BUILD = "github.com/pulumi/pulumi-docker-build/provider"
PLUGINS = {
    "docker-build": Part(
        name="pulumi-resource-docker-build",
        version="0.0.22",
        programs=(
            Program(
                name="pulumi-resource-docker-build",
                version="0.0.22",
                module=_HERE / "docker_build",
                package=f"{_DOCKER_BUILD}/cmd/pulumi-resource-docker-build",
                asked="-help",
                answer="Usage of",
                version_variable=f"{_DOCKER_BUILD}.Version",
            ),
        ),
    ),
}
