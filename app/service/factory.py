"""Makes the app."""

from pathlib import Path

from service import api, commands, errors, logs, pages
from service.http import Service
from service.settings import Settings, load_settings


def create_app(settings: Settings | None = None) -> Service:
    """The service with `settings`, or with what the environment says; raises SettingsError naming what is wrong."""
    settings = settings or load_settings()
    logs.configure(settings.log_level)
    # Each blueprint brings its own static files.
    app = Service("service", root_path=str(Path(__file__).parent), static_folder=None)
    app.config |= {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": settings.max_body,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
    }
    app.register_blueprint(pages.make_blueprint(settings))
    app.register_blueprint(api.make_blueprint(settings), url_prefix="/api")
    errors.register(app)
    commands.register(app)
    return app
