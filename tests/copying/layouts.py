"""Flask applications as they lie in real repositories: each a folder's files, and what is to be found in it."""

from dataclasses import dataclass

SINGLE = {
    "app.py": """\
import os

from flask import Flask, render_template

app = Flask(__name__)


@app.get("/")
def index():
    return render_template("index.html", name="ledger")


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", "5001")), debug=True)
""",
    "templates/index.html": "<h1>{{ name }}</h1>\n",
    "static/site.css": "body { margin: 0 }\n",
    "requirements.txt": "Flask==3.0.3\ngunicorn==21.2.0\n",
    "Procfile": "web: gunicorn --bind 0.0.0.0:5001 app:app\n",
    "README.md": "# Ledger\n",
    "Makefile": "run:\n\tflask run\n",
    "LICENSE": "All rights reserved.\n",
    ".gitignore": "__pycache__/\n",
    "tests/test_app.py": "from app import app\n\n\ndef test_it():\n    assert app\n",
}
FACTORY = {
    "shop/__init__.py": """\
from flask import Flask

from .pages import pages


def create_app(settings=None):
    app = Flask(__name__)
    app.config.from_mapping(settings or {})
    app.register_blueprint(pages)
    return app
""",
    "shop/pages.py": "from flask import Blueprint\n\npages = Blueprint('pages', __name__)\n\n\n@pages.get('/')\ndef index():\n    return 'shop'\n",
    "setup.py": "from setuptools import setup\n\nsetup(name='shop')\n",
    "requirements/base.txt": "flask>=3\n",
    ".flaskenv": "FLASK_APP=shop\nFLASK_RUN_PORT=8080\n",
}
SRC = {
    "pyproject.toml": '[project]\nname = "orders"\nversion = "1"\ndependencies = ["flask>=3", "itsdangerous"]\n',
    "src/orders/__init__.py": "",
    "src/orders/web.py": "from flask import Flask\n\n\ndef create_app() -> Flask:\n    made = Flask('orders')\n    made.get('/')(lambda: 'orders')\n    return made\n",
    "src/orders/wsgi.py": "from orders.web import create_app\n\napplication = create_app()\n",
    "Dockerfile": 'FROM python:3.12\nEXPOSE 9000\nCMD ["gunicorn", "orders.wsgi:application"]\n',
    "docs/index.md": "# Orders\n",
}
# The package is called as the folder in which this project puts what it ships.
PACKAGE_APP = {
    "app/__init__.py": "from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n    return app\n",
    "microblog.py": "from app import create_app\n\napp = create_app()\n",
    "requirements.txt": "flask\n",
}


@dataclass(frozen=True)
class Layout:
    """A repository, and what `make adopt` is to find: callable, folder, files, requirements, port."""

    files: dict[str, str]
    found: tuple[str, str, tuple[str, ...], str, int]


LAYOUTS = {
    "single": Layout(SINGLE, ("app:app", ".", ("app.py", "static", "templates"), "requirements.txt", 5001)),
    "factory": Layout(FACTORY, ("shop:create_app()", ".", ("shop",), "requirements/base.txt", 8080)),
    "src": Layout(SRC, ("orders.wsgi:application", "src", ("orders",), "pyproject.toml", 9000)),
    "package-app": Layout(PACKAGE_APP, ("microblog:app", ".", ("app", "microblog.py"), "requirements.txt", 8000)),
}
