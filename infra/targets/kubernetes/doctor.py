"""What the targets on Kubernetes want: a kubeconfig whose context leads to a cluster that answers, and a builder."""

import os
import ssl
import urllib.error
import urllib.request
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tools.doctor import building
from tools.doctor.check import PATIENCE, Asked, Check, missing, ok


def checks(of: Asked) -> Iterator[Check]:
    """Whether the cluster of the stack's context answers; who asks is not tried, as its login may be a program."""
    yield from _cluster(of)
    yield from building.checks(of, pushes=True)


def _cluster(of: Asked) -> Iterator[Check]:
    given = of.options.get("kubeconfig")
    named = str(Path(str(given)).expanduser()) if given else os.environ.get("KUBECONFIG", "")
    files = [Path(each) for each in (named or str(Path.home() / ".kube" / "config")).split(os.pathsep) if each]
    told: list[Mapping[str, Any]] = [
        yaml.safe_load(file.read_text(encoding="utf-8")) or {} for file in files if file.is_file()
    ]
    where = os.pathsep.join(map(str, files))
    if not told:
        yield missing("kubeconfig", f"there is no {where}", "export KUBECONFIG=<the file that your cluster gave you>")
        return
    contexts: list[Mapping[str, Any]] = [each for one in told for each in one.get("contexts") or ()]
    wanted = str(of.options.get("context") or "")
    context = _entry(contexts, wanted, "context")
    if not context:
        there = ", ".join(sorted(str(each.get("name")) for each in contexts)) or "none"
        said = f"{where}: there is no context {wanted or 'that the stack names'} (there are: {there})"
        fix = f"pulumi config set --path service:options.context {there.partition(',')[0]} --stack {of.stack}"
        yield missing("kubeconfig", said, fix)
        return
    yield ok("kubeconfig", f"{where}, the context {wanted}")
    clusters: list[Mapping[str, Any]] = [each for one in told for each in one.get("clusters") or ()]
    cluster = _entry(clusters, str(context.get("cluster")), "cluster")
    yield _answers(cluster, wanted)


def _entry(entries: Sequence[Mapping[str, Any]], name: str, what: str) -> Mapping[str, Any]:
    found: list[Mapping[str, Any]] = [each[what] for each in entries if each.get("name") == name and each.get(what)]
    return found[0] if found else {}


def _answers(cluster: Mapping[str, Any], context: str) -> Check:
    server = str(cluster.get("server"))
    given = cluster.get("certificate-authority-data")
    look = f"kubectl --context {context} cluster-info"
    try:
        secure = ssl.create_default_context(
            cafile=cluster.get("certificate-authority"), cadata=b64decode(given).decode() if given else None
        )
        urllib.request.urlopen(f"{server}/version", timeout=PATIENCE, context=secure).close()
    except urllib.error.HTTPError:
        return ok("cluster", f"{server} answers")
    except (OSError, ValueError) as error:
        return missing("cluster", f"{server} does not answer ({error})", look)
    return ok("cluster", f"{server} answers")
