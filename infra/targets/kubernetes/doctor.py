"""What the targets on Kubernetes want: a kubeconfig whose cluster answers."""

import os
import ssl
import urllib.error
import urllib.request
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tools.doctor.check import PATIENCE, Asked, Check, missing, ok


def checks(_of: Asked) -> Iterator[Check]:
    """Whether the cluster of the current context answers; who asks is not tried, as its login may be a program."""
    named = os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
    file = next((Path(each) for each in named.split(os.pathsep) if Path(each).is_file()), None)
    if file is None:
        yield missing("kubeconfig", f"there is no {named}", "export KUBECONFIG=<the file that your cluster gave you>")
        return
    told: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    current = str(told.get("current-context") or "")
    context = _entry(told.get("contexts") or (), current, "context")
    cluster = _entry(told.get("clusters") or (), str(context.get("cluster")), "cluster")
    if not cluster.get("server"):
        yield missing("kubeconfig", f"{file}: no context is current", "kubectl config use-context <name>")
        return
    yield ok("kubeconfig", f"{file}, the context {current}")
    yield _answers(cluster)


def _entry(entries: Sequence[Mapping[str, Any]], name: str, what: str) -> Mapping[str, Any]:
    found: list[Mapping[str, Any]] = [each[what] for each in entries if each.get("name") == name and each.get(what)]
    return found[0] if found else {}


def _answers(cluster: Mapping[str, Any]) -> Check:
    server = str(cluster["server"])
    given = cluster.get("certificate-authority-data")
    try:
        secure = ssl.create_default_context(
            cafile=cluster.get("certificate-authority"), cadata=b64decode(given).decode() if given else None
        )
        urllib.request.urlopen(f"{server}/version", timeout=PATIENCE, context=secure).close()
    except urllib.error.HTTPError:
        return ok("cluster", f"{server} answers")
    except OSError as error:
        return missing("cluster", f"{server} does not answer ({error})", "kubectl cluster-info")
    return ok("cluster", f"{server} answers")
