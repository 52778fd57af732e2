"""`python bound.py <pid> <command> ...` becomes the command, which ends when the process that started it does.

A killed `up` would else leave Ansible at work, and the next one would be at the same hosts with it. It is a program of
its own, as a process with threads may do nothing between its fork and its exec.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    _, parent, *command = sys.argv
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(parent):
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 -- it is no shell's line
