"""Where this project's parts are on the disk."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app"
STATE = ROOT / ".slipway"
