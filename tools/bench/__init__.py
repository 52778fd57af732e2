"""What the project costs, measured: run it by `make bench`, see `python -m tools.bench --help`."""
