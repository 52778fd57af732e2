"""`python3 -m tools <verb>`: what every target of the Makefile runs, and what a person can type without make."""

import argparse
import os
import signal
import sys
from types import FrameType

from tools import checks, locks, operations
from tools.copying import verbs as copying
from tools.delivery import verbs as delivery
from tools.doctor import doctor
from tools.engine import engine
from tools.engine.plugins import offer, wanted
from tools.environment import check_environment, platform_environment
from tools.errors import ToolError
from tools.saying import say
from tools.scan import scan
from tools.stack import Stack, lock_of

# The forms of a plan: a table, or what JSON=1, MARKDOWN=1 and HTML=1 ask for.
FORMS = ("table", "json", "markdown", "html")


def main(arguments: list[str]) -> int:
    """Do what `arguments` ask for and answer the exit code."""
    given, rest = _parser().parse_known_args(arguments)
    rest = [argument for argument in rest if argument != "--"]
    match given.verb:
        case "up" | "preview":
            return {"up": operations.up, "preview": operations.preview}[given.verb](given.stack, rest, given.policy)
        case "refresh":
            return operations.refresh(given.stack, rest)
        case "destroy":
            return operations.destroy(given.stack, rest, given.yes)
        case "status" | "logs" | "exec":
            return operations.operate(given.verb, given.stack, rest)
        case "plan" | "rights" | "bootstrap":
            return _by_plan(given)
        case verb if verb in delivery.VERBS:
            return delivery.do(given)
        case verb if verb in copying.VERBS:
            return copying.do(given)
        case "env" | "environment" | "engine" | "doctor":
            return _at_hand(given)
        case "test":
            return checks.test(given.only, rest)
        case "lint" | "scan":
            return {"lint": checks.lint, "scan": scan}[given.verb]()
        case "bench" | "reference":
            return {"bench": checks.bench, "reference": checks.reference}[given.verb](rest)
        case _:
            return locks.lock(given.upgrade)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tools", description=__doc__, allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    with_stack = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    with_stack.add_argument("--stack", default=os.environ.get("STACK") or "local", help="STACK, or local")

    def verb(name: str, text: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=text, description=text, parents=parents, allow_abbrev=False)

    held = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    held.add_argument("--policy", action="store_true", default=_asked("POLICY"), help="hold it to policies/ (POLICY=1)")
    verb("up", "Ship the service; further arguments go to `pulumi up`.", with_stack, held)
    verb("preview", "What up would do; further arguments go to `pulumi preview`.", with_stack, held)
    verb("refresh", "Compare the state with what is really there.", with_stack)
    destroy = verb("destroy", "Take everything down that the stack made.", with_stack)
    destroy.add_argument("--yes", action="store_true", default=_asked("YES"), help="do not ask (YES=1)")
    for name in ("status", "logs", "exec"):
        verb(name, f"`python -m infra.operate {name}` in the stack's environment.", with_stack)
    plan = verb("plan", "What a stack would be made of and cost, with no account and no Docker; STACK=all.", with_stack)
    plan.add_argument("--form", choices=FORMS, help="table, unless JSON=1, MARKDOWN=1 or HTML=1 says otherwise")
    rights = verb("rights", "The rights that it takes to deploy a stack, made from its plan.", with_stack)
    rights.add_argument("--preview", action="store_true", default=_asked("PREVIEW"), help="to preview it (PREVIEW=1)")
    rights.add_argument("--account", default=os.environ.get("ACCOUNT", ""), help="in this account alone (ACCOUNT)")
    bootstrap = verb("bootstrap", "What a stack stands on: its state's place, and roles that need no key.", with_stack)
    bootstrap.add_argument("--repository", default=os.environ.get("REPO", ""), help="on GitHub, owner/name (REPO)")
    told = "of pull requests that `make review` makes from it, instead (FROM)"
    bootstrap.add_argument("--source", default=os.environ.get("FROM", ""), help=f"what the stacks {told}")
    told = "every stack of stacks/ on this cloud, instead (CLOUD)"
    bootstrap.add_argument("--cloud", default=os.environ.get("CLOUD", ""), help=told)
    bootstrap.add_argument("--yes", action="store_true", default=_asked("YES"), help="make it, not only say so (YES=1)")
    delivery.add(verb, with_stack, _asked)
    copying.add(verb)
    verb("env", "Print the exports after which a plain `pulumi` works on the stack.", with_stack)
    environment = verb("environment", "Make a Python environment: the stack's, or the one named.", with_stack)
    environment.add_argument("name", nargs="?", help="a platform of requirements/, or test")
    verb("engine", "Get a Pulumi engine, with the plugins that the stack wants, and say where they are.", with_stack)
    verb("doctor", "What this machine has of what the stack wants, and how the rest is got (JSON=1).", with_stack)
    test = verb("test", "Run the tests; further arguments go to pytest.")
    test.add_argument("--only", default=os.environ.get("ONLY") or None, help="one part: tests/<part> (ONLY)")
    verb("lint", "Ruff, pyright, typos and hadolint.")
    verb("scan", "Checkov, trivy, actionlint and zizmor on what says how it is deployed, and checkov on plans.")
    verb("bench", "Measure, and write the results in docs/.")
    verb("reference", "Write README's table of keys and stacks/schema.json from the settings (--check only looks).")
    lock = verb("lock", "Compile every lock.")
    lock.add_argument("--upgrade", action="store_true", default=_asked("UPGRADE"), help="to the newest (UPGRADE=1)")
    return parser


def _by_plan(given: argparse.Namespace) -> int:
    """What is made of a stack's plan."""
    match given.verb:
        case "rights":
            return operations.rights(given.stack, given.preview, given.account)
        case "bootstrap":
            return operations.bootstrap(given.stack, given.source, given.repository, given.yes, given.cloud)
        case _:
            return operations.plan(given.stack, given.form or _form())


def _at_hand(given: argparse.Namespace) -> int:
    """What is got, and where it is; or what is missing."""
    match given.verb:
        case "env":
            return operations.env(given.stack)
        case "doctor":
            return doctor(given.stack, _asked("JSON"))
        case "environment":
            return _environment(given.name or Stack(given.stack).environment())
        case _:
            return _engine(Stack(given.stack).environment())


def _environment(name: str) -> int:
    made = check_environment() if name == "test" else platform_environment(name)
    print(made.folder)
    return 0


def _engine(environment: str) -> int:
    got = engine()
    say(f"Pulumi {got.version}, {got.origin}")
    print(got.pulumi)
    plugins = wanted(lock_of(environment))
    offer(plugins, got)
    for plugin in plugins:
        say(f"plugin {plugin.name} {plugin.version}: {plugin.found() or 'missing'}")
    return 0


def _form() -> str:
    """The form that a plan is asked for in."""
    asked = [form for form in FORMS[1:] if _asked(form.upper())]
    if len(asked) > 1:
        given = " ".join(f"{form.upper()}=1" for form in asked)
        raise ToolError(f"{given}: a plan is printed in one form", f"make plan {asked[0].upper()}=1")
    return asked[0] if asked else "table"


def _asked(switch: str) -> bool:
    """Whether a switch such as YES=1 was given on make's command line."""
    return os.environ.get(switch, "").lower() in ("1", "true", "yes", "on")


def _stop(number: int, _frame: FrameType | None) -> None:
    # So that what is half done is cleaned up, and a build that was begun ends with us.
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
