"""What a server is handed to run."""

from dataclasses import dataclass

from serving.contract import Contract
from serving.listeners import Listeners
from serving.rundir import RunDirectory
from serving.settings import Settings


@dataclass(frozen=True)
class Run:
    """One web process: what, how, on which sockets, with which directory of its own."""

    contract: Contract
    settings: Settings
    listeners: Listeners
    directory: RunDirectory
