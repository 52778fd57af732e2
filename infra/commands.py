"""The keys of a stack's file as a person writes them, and the commands that mend them."""

import shlex

# Never the project's name, so that a stack's file can be copied unchanged into another project.
NAMESPACE = "service"


def key_of(path: str) -> str:
    """A path within the namespace as it stands in a stack's file: `service:size.cpu`."""
    return f"{NAMESPACE}:{path}"


def set_command(path: str, value: object, stack: str, *, secret: bool = False) -> str:
    """The command that sets a key of a stack."""
    flags = " --secret" if secret else ""
    return f"pulumi config set{flags} --path {_typed(path)} {shlex.quote(str(value))} --stack {stack}"


def set_key(path: str, value: object) -> str:
    """The command that sets a key of whichever stack is asked for; whoever tells it names the stack."""
    return f"pulumi config set --path {key_of(path)} {value}"


def remove_key(path: str) -> str:
    """The command that removes one, likewise."""
    return f"pulumi config rm --path {key_of(path)}"


def rebuild_command(stack: str) -> str:
    """The command that builds a stack's image again, though nothing of it changed."""
    return f"make up STACK={stack} ARGS=\"--replace '**::build'\""


def remove_command(path: str, stack: str) -> str:
    """The command that removes a key of a stack."""
    return f"pulumi config rm --path {_typed(path)} --stack {stack}"


def _typed(path: str) -> str:
    """A path as a shell takes it: a name in quotes would lose them."""
    return shlex.quote(key_of(path)) if '"' in path else key_of(path)
