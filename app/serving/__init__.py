"""Runs any WSGI callable under Gunicorn, uWSGI or Waitress, with revision, health, readiness, drain and metrics."""
