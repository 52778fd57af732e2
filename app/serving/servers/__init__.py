"""One module per WSGI server; each has `run(run)`, which returns the process's exit code."""
