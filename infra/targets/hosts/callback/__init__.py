"""Plugins of Ansible, which it loads by their paths."""
