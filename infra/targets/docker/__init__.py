"""A Docker Engine: this machine's or another's."""
