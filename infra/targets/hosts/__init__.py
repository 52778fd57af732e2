"""Own servers, reached over SSH and set up by Ansible: the service as systemd units behind nginx."""
